using Sentinel.Benchmarks.Macro;

namespace Sentinel.Benchmarks.Tool;

/// <summary>What <c>macro</c> is to do.</summary>
internal sealed record MacroOptions
{
    public const string UsualOther = "/usr/bin/redis-sentinel";

    /// <summary>The cases, by their names.</summary>
    public required string[] Cases { get; init; }

    /// <summary>How often each is measured with each make.</summary>
    public required int Rounds { get; init; }

    /// <summary>How many masters <c>masters</c> and <c>mass</c> have.</summary>
    public required int Masters { get; init; }

    public required TimeSpan DownAfter { get; init; }

    /// <summary>Ours; null: the one of this repository is published first.</summary>
    public required string? Sentinel { get; init; }

    /// <summary>What it is compared with.</summary>
    public required string Against { get; init; }

    /// <summary>Where table and chart go.</summary>
    public required string Output { get; init; }

    /// <exception cref="UsageException">The command line makes no sense.</exception>
    public static MacroOptions Parse(IEnumerable<string> words)
    {
        var arguments = new Arguments(words, ["--case", "--rounds", "--masters", "--down-after", "--sentinel", "--against", "--output"], []);
        return new MacroOptions
        {
            Cases = arguments.Some("--case", MacroRun.Names),
            Rounds = arguments.Number("--rounds", 5, 1, 1000),
            Masters = arguments.Number("--masters", 100, 2, 1000),
            DownAfter = TimeSpan.FromMilliseconds(arguments.Number("--down-after", 1000, 100, 60_000)),
            Sentinel = arguments.Text("--sentinel"),
            Against = arguments.Text("--against") ?? UsualOther,
            Output = Path.GetFullPath(arguments.Text("--output") ?? Path.Combine(Path.GetTempPath(), "sentinel-benchmarks")),
        };
    }
}
