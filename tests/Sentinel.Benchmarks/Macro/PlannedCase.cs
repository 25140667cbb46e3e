using System.Collections.Concurrent;
using System.Diagnostics;
using Sentinel.Benchmarks.Servers;
using Sentinel.Benchmarks.Tool;
using Sentinel.Daemon.Tests.Lab;
using Sentinel.Resp;

namespace Sentinel.Benchmarks.Macro;

/// <summary>An operator moves the master under writing clients.</summary>
internal sealed class PlannedCase : Case
{
    private const int Writers = 8;

    private static readonly TimeSpan WritePeriod = TimeSpan.FromMilliseconds(2);

    /// <summary>Writing before and after the switch.</summary>
    private static readonly TimeSpan Around = TimeSpan.FromSeconds(1);

    public override string Name => "planned";

    public override string SetUp(MacroOptions options) => $"`SENTINEL FAILOVER` under {Writers} clients that leave a master only on an error";

    public override async Task<IReadOnlyList<Row>> MeasureAsync(MacroOptions options, Makes makes, CancellationToken stopping)
    {
        await using SidesOf<Cluster> sides = await ClustersAsync(makes, program => new ClusterOptions { Sentinel = program, DownAfter = TimeSpan.FromSeconds(5) }, stopping);
        var figures = new Figures();
        await AlternateAsync(Name, options.Rounds, sides, (isOurs, cluster) => RoundAsync(isOurs, cluster, figures, stopping));
        return figures.Rows;
    }

    private static async Task RoundAsync(bool isOurs, Cluster cluster, Figures figures, CancellationToken stopping)
    {
        Group group = cluster.Group;
        RedisNode former = await cluster.SettleAsync(group, stopping);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        ConcurrentQueue<Acknowledged>[] acknowledged = [.. Enumerable.Range(0, Writers).Select(_ => new ConcurrentQueue<Acknowledged>())];
        Task[] writing =
        [
            .. acknowledged.Select((values, i) =>
            {
                var application = new Discovery(cluster.Sentinels, group.Name);
                return new Writer($"{i}", () => application.TryConnectAsync(), WritePeriod, values.Enqueue).RunAsync(enough.Token);
            }),
        ];
        RedisNode master;
        long since;
        try
        {
            await Task.Delay(Around, stopping);
            since = Stopwatch.GetTimestamp();
            RespValue reply = await cluster.Sentinels[0].AskAsync("SENTINEL", "FAILOVER", group.Name);
            if (reply.IsError)
                throw new InvalidOperationException($"{cluster.Sentinels[0]} refuses SENTINEL FAILOVER: {reply.Text()}");
            await Eventually.SoAsync("all sentinels have another master", async () =>
                !(await Task.WhenAll(cluster.Sentinels.Select(sentinel => sentinel.MasterPortAsync(group.Name)))).Contains(former.Port));
            master = await cluster.SettleAsync(group, stopping);
            await Task.Delay(Around, stopping);
        }
        finally
        {
            await enough.CancelAsync();
            await Task.WhenAll(writing);
        }
        HashSet<string> kept = [.. (await master.AskAsync("LRANGE", "log", "0", "-1")).Texts()];
        await master.AskAsync("DEL", "log");
        figures.Add(isOurs, "acknowledged writes that were lost", Unit.Count, acknowledged.Sum(values => values.Count(write => !kept.Contains(write.Value))));
        figures.Add(isOurs, "… of", Unit.Count, acknowledged.Sum(values => values.Count));
        figures.Add(isOurs, "longest pause of a client", Unit.Milliseconds, acknowledged.Max(values => LongestPause(values, since)));
    }

    /// <returns>Milliseconds between two acknowledged writes, of which the later one came after the order.</returns>
    private static double LongestPause(IEnumerable<Acknowledged> writes, long since) =>
        writes.Zip(writes.Skip(1)).Where(pair => pair.Second.At >= since).Max(pair => Stopwatch.GetElapsedTime(pair.First.At, pair.Second.At).TotalMilliseconds);
}
