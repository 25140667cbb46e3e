namespace Sentinel.Benchmarks.Soak;

/// <summary>What a process used at one moment of its life.</summary>
/// <param name="Age">Since its start.</param>
/// <param name="MemoryBytes">What of it is resident.</param>
/// <param name="Handles">Open files and sockets.</param>
/// <param name="Threads">How many.</param>
internal sealed record Sample(TimeSpan Age, long MemoryBytes, int Handles, int Threads);
