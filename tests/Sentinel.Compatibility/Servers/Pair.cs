using Sentinel.Daemon.Tests.Lab;

namespace Sentinel.Compatibility.Servers;

/// <summary>The original and ours, configured alike.</summary>
internal sealed record Pair(SentinelNode Theirs, SentinelNode Ours);
