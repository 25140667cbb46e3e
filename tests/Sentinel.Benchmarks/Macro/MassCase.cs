using System.Diagnostics;
using Sentinel.Benchmarks.Servers;
using Sentinel.Benchmarks.Tool;
using Sentinel.Daemon.Tests.Lab;
using Sentinel.Resp;

namespace Sentinel.Benchmarks.Macro;

/// <summary>A host dies: of many masters a part is killed in the same moment.</summary>
internal sealed class MassCase : Case
{
    private static readonly TimeSpan DownAfter = TimeSpan.FromSeconds(2);

    /// <summary>After which a group counts as not moved.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    public override string Name => "mass";

    public override string SetUp(MacroOptions options) =>
        $"{options.Masters} masters with a replica each, three sentinels, `down-after-milliseconds {DownAfter.TotalMilliseconds}`; {Killed(options)} masters are killed at once";

    public override async Task<IReadOnlyList<Row>> MeasureAsync(MacroOptions options, Makes makes, CancellationToken stopping)
    {
        var figures = new Figures();
        for (int round = 1; round <= options.Rounds; round++)
        {
            await MeasureAsync(isOurs: false, makes.Theirs, options, round, figures, stopping);
            await MeasureAsync(isOurs: true, makes.Ours, options, round, figures, stopping);
            Console.Error.WriteLine($"  {Name}: round {round} of {options.Rounds}");
        }
        return figures.Rows;
    }

    private static int Killed(MacroOptions options) => Math.Max(1, options.Masters / 4);

    private static async Task MeasureAsync(bool isOurs, string program, MacroOptions options, int round, Figures figures, CancellationToken stopping)
    {
        await using Cluster cluster = await Cluster.StartAsync(
            new ClusterOptions { Sentinel = program, Groups = options.Masters, Replicas = 1, DownAfter = DownAfter, NodeLines = "hz 1\nrepl-backlog-size 16kb" }, stopping);
        Group[] victims = [.. cluster.Groups];
        new Random(round).Shuffle(victims);
        victims = victims[..Killed(options)];
        Group[] spared = [.. cluster.Groups.Except(victims)];

        long since = Stopwatch.GetTimestamp();
        await Task.WhenAll(victims.Select(victim => victim.Nodes[0].KillAsync()));
        double[][] moved = await Task.WhenAll(cluster.Sentinels.Select(sentinel => MovedAsync(sentinel, victims, since, stopping)));
        // A group has moved when all sentinels say so.
        double[] last = [.. Enumerable.Range(0, victims.Length).Select(i => moved.Max(times => times[i])).Where(double.IsFinite)];
        if (last.Length > 0)
        {
            figures.Add(isOurs, "a killed master's group has its new address on all sentinels, median", Unit.Milliseconds, Row.Quantile(last, 0.5));
            figures.Add(isOurs, "… the last of all groups", Unit.Milliseconds, last.Max());
        }
        figures.Add(isOurs, $"groups that did not move within {Limit.TotalSeconds} s", Unit.Count, victims.Length - last.Length);
        await Task.Delay(DownAfter, stopping);
        int needless = 0;
        foreach (Group group in spared)
            needless += await cluster.Sentinels[0].MasterPortAsync(group.Name) == group.Nodes[0].Port ? 0 : 1;
        figures.Add(isOurs, "healthy masters that were replaced", Unit.Count, needless);
        figures.Add(isOurs, "memory of a sentinel afterwards", Unit.Megabytes, cluster.Sentinels.Max(sentinel => sentinel.Usage!.MemoryBytes) / 1048576.0);
    }

    /// <returns>For each group the milliseconds until this sentinel had another address; infinity: it never had.</returns>
    private static async Task<double[]> MovedAsync(SentinelServer sentinel, Group[] victims, long since, CancellationToken stopping)
    {
        double[] moved = [.. victims.Select(_ => double.PositiveInfinity)];
        List<int> pending = [.. Enumerable.Range(0, victims.Length)];
        using RespConnection connection = await RespConnection.ConnectAsync(sentinel.Port, patience: Limit);
        while (pending.Count > 0 && Stopwatch.GetElapsedTime(since) < Limit)
        {
            RespValue[] replies = await connection.AskTogetherAsync([.. pending.Select(i => new[] { "SENTINEL", "GET-MASTER-ADDR-BY-NAME", victims[i].Name })]);
            double now = Stopwatch.GetElapsedTime(since).TotalMilliseconds;
            for (int i = replies.Length - 1; i >= 0; i--)
            {
                int victim = pending[i];
                if (Observation.PortIn(replies[i]) is not 0 and int port && port != victims[victim].Nodes[0].Port)
                {
                    moved[victim] = now;
                    pending.RemoveAt(i);
                }
            }
            await Task.Delay(5, stopping);
        }
        return moved;
    }
}
