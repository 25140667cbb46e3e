namespace Sentinel.Benchmarks.Soak;

/// <summary>A time in which the application of a group had no acknowledged write.</summary>
internal sealed record Silence(string Group, DateTimeOffset From, DateTimeOffset To);
