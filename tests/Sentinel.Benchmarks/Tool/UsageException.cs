namespace Sentinel.Benchmarks.Tool;

/// <summary>A command line that makes no sense; the message says why, and what would.</summary>
internal sealed class UsageException(string message) : Exception(message);
