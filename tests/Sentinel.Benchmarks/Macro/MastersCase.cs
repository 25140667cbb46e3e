using System.Diagnostics;
using Sentinel.Benchmarks.Servers;
using Sentinel.Benchmarks.Tool;

namespace Sentinel.Benchmarks.Macro;

/// <summary>What it costs one sentinel to watch many masters.</summary>
internal sealed class MastersCase : Case
{
    /// <summary>Until links stand, and what a start compiles is compiled.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan PingPeriod = TimeSpan.FromMilliseconds(20);

    public override string Name => "masters";

    public override string SetUp(MacroOptions options) => $"one sentinel watches {options.Masters} masters without replicas for {Watched.TotalSeconds} s, default `down-after-milliseconds`";

    public override async Task<IReadOnlyList<Row>> MeasureAsync(MacroOptions options, Makes makes, CancellationToken stopping)
    {
        var figures = new Figures();
        for (int round = 1; round <= options.Rounds; round++)
        {
            await MeasureAsync(isOurs: false, makes.Theirs, options, figures, stopping);
            await MeasureAsync(isOurs: true, makes.Ours, options, figures, stopping);
            Console.Error.WriteLine($"  {Name}: round {round} of {options.Rounds}");
        }
        return figures.Rows;
    }

    private static async Task MeasureAsync(bool isOurs, string program, MacroOptions options, Figures figures, CancellationToken stopping)
    {
        await using Cluster cluster = await Cluster.StartAsync(
            new ClusterOptions { Sentinel = program, Groups = options.Masters, Replicas = 0, Sentinels = 1, DownAfter = TimeSpan.FromSeconds(30), NodeLines = "hz 1" }, stopping);
        await Task.Delay(Settling, stopping);
        SentinelServer sentinel = cluster.Sentinels[0];
        var pings = new List<double>();
        TimeSpan before = sentinel.Usage!.Cpu;
        long since = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(since) < Watched)
        {
            long sentAt = Stopwatch.GetTimestamp();
            await sentinel.AskAsync("PING");
            pings.Add(Stopwatch.GetElapsedTime(sentAt).TotalMilliseconds);
            await Task.Delay(PingPeriod, stopping);
        }
        ProcessUsage after = sentinel.Usage!;
        figures.Add(isOurs, "one processor's share", Unit.CpuPercent, (after.Cpu - before) / Stopwatch.GetElapsedTime(since) * 100);
        figures.Add(isOurs, "memory", Unit.Megabytes, after.MemoryBytes / 1048576.0);
        figures.Add(isOurs, "PING on a new connection, median", Unit.Milliseconds, Row.Quantile(pings, 0.5));
        figures.Add(isOurs, "PING on a new connection, 99th percentile", Unit.Milliseconds, Row.Quantile(pings, 0.99));
    }
}
