using Sentinel.Benchmarks.Micro;

namespace Sentinel.Benchmarks.Tool;

/// <summary>What <c>micro</c> is to do.</summary>
internal sealed record MicroOptions
{
    /// <summary>Whose benchmarks are run.</summary>
    public required string[] Only { get; init; }

    /// <summary>Whether three short iterations are enough.</summary>
    public required bool IsQuick { get; init; }

    /// <summary>Where the table goes.</summary>
    public required string Output { get; init; }

    /// <exception cref="UsageException">The command line makes no sense.</exception>
    public static MicroOptions Parse(IEnumerable<string> words)
    {
        var arguments = new Arguments(words, ["--only", "--output"], ["--quick"]);
        return new MicroOptions
        {
            Only = arguments.Some("--only", MicroRun.Names),
            IsQuick = arguments.Has("--quick"),
            Output = Path.GetFullPath(arguments.Text("--output") ?? Path.Combine(Path.GetTempPath(), "sentinel-benchmarks")),
        };
    }
}
