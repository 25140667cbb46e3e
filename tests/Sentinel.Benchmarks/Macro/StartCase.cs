using System.Diagnostics;
using Sentinel.Benchmarks.Servers;
using Sentinel.Benchmarks.Tool;
using Sentinel.Daemon.Tests.Lab;

namespace Sentinel.Benchmarks.Macro;

/// <summary>A sentinel starts, and then has nothing to do.</summary>
internal sealed class StartCase : Case
{
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(10);

    public override string Name => "start";

    public override string SetUp(MacroOptions options) => $"a sentinel is started anew, and watches one group; memory after {Idle.TotalSeconds} idle seconds";

    public override async Task<IReadOnlyList<Row>> MeasureAsync(MacroOptions options, Makes makes, CancellationToken stopping)
    {
        await using SidesOf<Cluster> sides = await ClustersAsync(makes, program => new ClusterOptions { Sentinel = program, DownAfter = options.DownAfter }, stopping);
        var figures = new Figures();
        await AlternateAsync(Name, options.Rounds, sides, async (isOurs, cluster) =>
        {
            SentinelServer sentinel = cluster.Sentinels[^1];
            sentinel.Process.AskToEnd();
            await sentinel.Process.ExitCodeAsync();
            long since = Stopwatch.GetTimestamp();
            sentinel.Launch();
            await AnswersAsync(sentinel, stopping);
            figures.Add(isOurs, "ready after", Unit.Milliseconds, Stopwatch.GetElapsedTime(since).TotalMilliseconds);
            await cluster.SettleAsync(cluster.Group, stopping);
            await Task.Delay(Idle, stopping);
            figures.Add(isOurs, "memory when idle", Unit.Megabytes, sentinel.Usage!.MemoryBytes / 1048576.0);
        });
        return figures.Rows;
    }

    private static async Task AnswersAsync(SentinelServer sentinel, CancellationToken stopping)
    {
        for (long since = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(since) < Eventually.Patience; await Task.Delay(1, stopping))
        {
            try
            {
                if ((await sentinel.AskAsync("PING")).Text() == "PONG")
                    return;
            }
            catch (Exception silence) when (Discovery.IsSilence(silence))
            {
                // Not yet.
            }
        }
        throw new NotInTimeException($"{sentinel} does not answer");
    }
}
