namespace Sentinel.Benchmarks.Soak;

/// <summary>What a process used at one moment of its life.</summary>
/// <param name="Age">Since its start.</param>
internal sealed record Sample(TimeSpan Age, long MemoryBytes, int Handles, int Threads);
