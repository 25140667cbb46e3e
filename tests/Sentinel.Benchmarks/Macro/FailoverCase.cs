using System.Diagnostics;
using Sentinel.Benchmarks.Servers;
using Sentinel.Benchmarks.Tool;
using Sentinel.Daemon.Tests.Lab;
using Sentinel.Resp;

namespace Sentinel.Benchmarks.Macro;

/// <summary>A master goes away, in one way or another, under a client that looks for it.</summary>
/// <param name="name">By which it is called.</param>
/// <param name="fault">What happens to the master.</param>
internal sealed class FailoverCase(string name, FailoverCase.Fault fault) : Case
{
    /// <summary>How long it is looked whether a second switch follows.</summary>
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(1.5);

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan SilenceOfCrashed = TimeSpan.FromSeconds(5);

    /// <summary>What happens to a master.</summary>
    public enum Fault
    {
        /// <summary><c>kill -9</c>.</summary>
        Killed,

        /// <summary><c>SIGSTOP</c>.</summary>
        Frozen,

        /// <summary><c>SENTINEL FAILOVER</c>: it stays as it is.</summary>
        Replaced,

        /// <summary><c>kill -9</c>, where the configuration tells a crash from silence.</summary>
        Crashed,
    }

    public override string Name => name;

    public override string SetUp(MacroOptions options) => fault switch
    {
        Fault.Killed => $"`kill -9` of the master, `down-after-milliseconds {options.DownAfter.TotalMilliseconds}`",
        Fault.Frozen => $"`SIGSTOP` of the master, `down-after-milliseconds {options.DownAfter.TotalMilliseconds}`",
        Fault.Replaced => "`SENTINEL FAILOVER` of a healthy master",
        Fault.Crashed => $"`kill -9` of the master, `down-after-milliseconds {SilenceOfCrashed.TotalMilliseconds}`, ours with `crash-down-after-milliseconds 200`",
        _ => throw new UnreachableException(),
    };

    public override async Task<IReadOnlyList<Row>> MeasureAsync(MacroOptions options, Makes makes, CancellationToken stopping)
    {
        TimeSpan downAfter = fault is Fault.Crashed ? SilenceOfCrashed : options.DownAfter;
        string oursOnly = fault is Fault.Crashed ? "sentinel crash-down-after-milliseconds {0} 200" : "";
        await using SidesOf<Cluster> sides = await ClustersAsync(makes, program => new ClusterOptions { Sentinel = program, DownAfter = downAfter }, stopping, oursOnly);
        var figures = new Figures();
        await AlternateAsync(name, options.Rounds, sides, async (isOurs, cluster) => await RoundAsync(isOurs, cluster, figures, stopping));
        return figures.Rows;
    }

    private async Task RoundAsync(bool isOurs, Cluster cluster, Figures figures, CancellationToken stopping)
    {
        Group group = cluster.Group;
        RedisNode former = await cluster.SettleAsync(group, stopping);
        await using SwitchWatch watch = await SwitchWatch.StartAsync(cluster.Sentinels);
        var application = new Discovery(cluster.Sentinels, group.Name);
        await application.WriteAsync(_ => true, stopping);

        long since = await StrikeAsync(cluster, former);
        await application.WriteAsync(port => port != former.Port, stopping).WaitAsync(Patience, stopping);
        figures.Add(isOurs, "first acknowledged write", Unit.Milliseconds, Elapsed(since));
        long toldAt = 0;
        await Eventually.SoAsync("all sentinels tell +switch-master", () => (toldAt = watch.ToldAt ?? 0) != 0);
        figures.Add(isOurs, "`+switch-master` on all sentinels", Unit.Milliseconds, Stopwatch.GetElapsedTime(since, toldAt).TotalMilliseconds);

        int next = await cluster.Sentinels[0].MasterPortAsync(group.Name);
        long backSince = Stopwatch.GetTimestamp();
        if (fault is Fault.Killed or Fault.Crashed)
            former.Launch();
        else
            former.Process.Resume();
        await FollowsAsync(former, stopping);
        figures.Add(isOurs, "the former master, back again, follows", Unit.Milliseconds, Elapsed(backSince));
        await cluster.SettleAsync(group, stopping);
        await Task.Delay(Calm, stopping);
        figures.Add(isOurs, "needless second failovers", Unit.Count, await cluster.Sentinels[0].MasterPortAsync(group.Name) == next ? 0 : 1);
    }

    /// <returns>When it was struck.</returns>
    private async Task<long> StrikeAsync(Cluster cluster, RedisNode master)
    {
        long since = Stopwatch.GetTimestamp();
        switch (fault)
        {
            case Fault.Killed or Fault.Crashed:
                await master.KillAsync();
                break;
            case Fault.Frozen:
                master.Process.Freeze();
                break;
            case Fault.Replaced:
                RespValue reply = await cluster.Sentinels[0].AskAsync("SENTINEL", "FAILOVER", cluster.Group.Name);
                if (reply.IsError)
                    throw new InvalidOperationException($"{cluster.Sentinels[0]} refuses SENTINEL FAILOVER: {reply.Text()}");
                break;
            default:
                throw new UnreachableException();
        }
        return since;
    }

    /// <summary>Waits until a node is the replica of another, and has its data.</summary>
    private static async Task FollowsAsync(RedisNode node, CancellationToken stopping)
    {
        for (long since = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(since) < Patience; await Task.Delay(5, stopping))
        {
            try
            {
                // With the state of its link behind it, it is not there yet.
                if (await node.RoleAsync() is var role && role.StartsWith("slave of ", StringComparison.Ordinal) && !role.EndsWith(')'))
                    return;
            }
            catch (Exception silence) when (Discovery.IsSilence(silence))
            {
                // Not yet up.
            }
        }
        throw new NotInTimeException($"{node} does not follow");
    }

    private static double Elapsed(long since) => Stopwatch.GetElapsedTime(since).TotalMilliseconds;
}
