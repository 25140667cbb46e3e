using System.Globalization;

namespace Sentinel.Benchmarks.Tool;

/// <summary>What <c>soak</c> is to do.</summary>
internal sealed record SoakOptions
{
    public required TimeSpan Duration { get; init; }

    /// <summary>Of which all chances are drawn.</summary>
    public required int Seed { get; init; }

    public required int Groups { get; init; }

    public required TimeSpan DownAfter { get; init; }

    /// <summary>The program; null: the one of this repository is published first.</summary>
    public required string? Sentinel { get; init; }

    /// <summary>Where report, time-line and what goes wrong go.</summary>
    public required string Output { get; init; }

    /// <exception cref="UsageException">The command line makes no sense.</exception>
    public static SoakOptions Parse(IEnumerable<string> words)
    {
        var arguments = new Arguments(words, ["--minutes", "--seed", "--groups", "--down-after", "--sentinel", "--output"], []);
        return new SoakOptions
        {
            Duration = Minutes(arguments.Text("--minutes") ?? throw new UsageException("--minutes is needed: how long faults strike, such as --minutes 60")),
            Seed = arguments.Number("--seed", Random.Shared.Next(1_000_000), 0, int.MaxValue),
            Groups = arguments.Number("--groups", 3, 1, 50),
            DownAfter = TimeSpan.FromMilliseconds(arguments.Number("--down-after", 1000, 100, 60_000)),
            Sentinel = arguments.Text("--sentinel"),
            Output = Path.GetFullPath(arguments.Text("--output") ?? Path.Combine(Path.GetTempPath(), "sentinel-benchmarks")),
        };
    }

    private static TimeSpan Minutes(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double minutes) && minutes is > 0 and <= 14_400
            ? TimeSpan.FromMinutes(minutes)
            : throw new UsageException($"--minutes {text}: minutes are a number above 0, at most 14400, such as 60 or 0.5");
}
