using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Sentinel.Benchmarks.Servers;
using Sentinel.Benchmarks.Tool;

namespace Sentinel.Benchmarks.Macro;

/// <summary>How many clients' queries one sentinel answers, asked by <c>redis-benchmark</c>.</summary>
internal sealed partial class QueryCase : Case
{
    private static readonly (string Label, int Requests, string[] Arguments)[] s_kinds =
    [
        ("one in flight", 150_000, []),
        ("16 in flight", 1_500_000, ["-P", "16"]),
        ("a new connection each", 20_000, ["-k", "0"]),
    ];

    public override string Name => "queries";

    public override string SetUp(MacroOptions options) => "`SENTINEL GET-MASTER-ADDR-BY-NAME` by 50 clients of `redis-benchmark`, one sentinel";

    public override async Task<IReadOnlyList<Row>> MeasureAsync(MacroOptions options, Makes makes, CancellationToken stopping)
    {
        await using SidesOf<Cluster> sides = await ClustersAsync(makes, program => new ClusterOptions { Sentinel = program, Sentinels = 1, DownAfter = TimeSpan.FromSeconds(5) }, stopping);
        // What is compiled at first use is compiled here.
        await AskAsync(sides.Theirs, 100_000, ["-P", "16"], stopping);
        await AskAsync(sides.Ours, 500_000, ["-P", "16"], stopping);
        var figures = new Figures();
        await AlternateAsync(Name, options.Rounds, sides, async (isOurs, cluster) =>
        {
            foreach ((string label, int requests, string[] arguments) in s_kinds)
            {
                TimeSpan before = cluster.Sentinels[0].Usage!.Cpu;
                figures.Add(isOurs, $"{label}: queries a second", Unit.PerSecond, await AskAsync(cluster, requests, arguments, stopping));
                figures.Add(isOurs, $"{label}: processor seconds for a million", Unit.CpuSecondsPerMillion, (cluster.Sentinels[0].Usage!.Cpu - before).TotalSeconds / requests * 1e6);
            }
        });
        return figures.Rows;
    }

    /// <returns>Queries a second.</returns>
    private static async Task<double> AskAsync(Cluster cluster, int requests, string[] arguments, CancellationToken stopping)
    {
        var call = new ProcessStartInfo("redis-benchmark",
            ["-p", $"{cluster.Sentinels[0].Port}", "-n", $"{requests}", "-c", "50", "-q", .. arguments, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", cluster.Group.Name])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using Process benchmark = Process.Start(call)!;
        try
        {
            string said = await benchmark.StandardOutput.ReadToEndAsync(stopping);
            await benchmark.WaitForExitAsync(stopping);
            return Rate().Matches(said) is [.., { Groups: [_, var rate] }]
                ? double.Parse(rate.Value, CultureInfo.InvariantCulture)
                : throw new InvalidOperationException($"redis-benchmark gives no rate: {said}");
        }
        finally
        {
            benchmark.Kill();
        }
    }

    [GeneratedRegex(@"([\d.]+) requests per second")]
    private static partial Regex Rate();
}
