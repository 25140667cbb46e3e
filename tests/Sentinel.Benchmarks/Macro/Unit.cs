namespace Sentinel.Benchmarks.Macro;

/// <summary>What a figure counts.</summary>
internal enum Unit
{
    Milliseconds,
    PerSecond,
    CpuSecondsPerMillion,
    CpuPercent,
    Megabytes,

    /// <summary>A number of things, which is added up over the rounds. All others are shown by their median.</summary>
    Count,
}
