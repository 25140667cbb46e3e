using System.Diagnostics;
using System.Globalization;

namespace Sentinel.Benchmarks.Macro;

/// <summary>How a number is written.</summary>
internal static class Figure
{
    /// <summary>With as many digits as mean something.</summary>
    public static string Of(double value, Unit unit) => value.ToString(
        unit is Unit.Count or Unit.PerSecond ? "#,0" : value < 10 ? "0.00" : value < 100 ? "0.0" : "#,0", CultureInfo.InvariantCulture).Replace(',', ' ');

    /// <summary>What stands behind it.</summary>
    public static string Suffix(Unit unit) => unit switch
    {
        Unit.Milliseconds => " ms",
        Unit.PerSecond => " /s",
        Unit.CpuSecondsPerMillion => " s",
        Unit.CpuPercent => " %",
        Unit.Megabytes => " MB",
        Unit.Count => "",
        _ => throw new UnreachableException(),
    };

    /// <summary>What a chart of such figures is called.</summary>
    public static string Title(Unit unit) => unit switch
    {
        Unit.Milliseconds => "Milliseconds (less is better)",
        Unit.PerSecond => "Queries a second (more is better)",
        Unit.CpuSecondsPerMillion => "Processor seconds for a million queries (less is better)",
        Unit.CpuPercent => "Share of one processor, % (less is better)",
        Unit.Megabytes => "Resident memory, MB (less is better)",
        Unit.Count => "Number (less is better)",
        _ => throw new UnreachableException(),
    };
}
