using System.Diagnostics;
using Sentinel.Benchmarks.Servers;
using Sentinel.Daemon.Tests.Lab;
using Sentinel.Resp;

namespace Sentinel.Benchmarks.Soak;

/// <summary>Strikes one group, again and again, one fault at a time, under an application that writes.</summary>
/// <param name="group">The group.</param>
/// <param name="cluster">Where it is.</param>
/// <param name="chronicle">Where faults are told.</param>
/// <param name="random">Draws which fault, whom it strikes and when.</param>
internal sealed class GroupFaults(Group group, Cluster cluster, Chronicle chronicle, Random random)
{
    private static readonly TimeSpan WritePeriod = TimeSpan.FromMilliseconds(5);

    /// <summary>Within which a group must be well again: a replica that is told late who its master is, on a busy machine.</summary>
    private static readonly TimeSpan RecoveryMax = TimeSpan.FromMinutes(2);

    private static readonly FaultKind[] s_kinds =
    [
        FaultKind.MasterKilled, FaultKind.MasterKilled, FaultKind.MasterFrozen, FaultKind.MasterRestarted, FaultKind.PlannedSwitch, FaultKind.PlannedSwitch,
        FaultKind.ForcedSwitch, FaultKind.ReplicaKilled, FaultKind.ReplicaRestarted,
    ];

    private int _period;

    /// <summary>What the application was promised.</summary>
    public WriteLedger Ledger { get; } = new(group.Name);

    /// <param name="enough">When no further fault is to strike.</param>
    /// <param name="stopping">When all is to be left as it is.</param>
    public async Task RunAsync(CancellationToken enough, CancellationToken stopping)
    {
        var discovery = new Discovery(cluster.Sentinels, group.Name);
        var application = new Writer("w", () => discovery.TryConnectAsync(), WritePeriod, Ledger.Note) { Key = KeyOf(_period) };
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        Task writing = application.RunAsync(over.Token);
        try
        {
            while (await GoesOnAsync(TimeSpan.FromSeconds(2 + 4 * random.NextDouble()), enough, stopping))
                await StrikeAsync(application, stopping);
        }
        catch (Exception failure) when (failure is NotInTimeException || Discovery.IsSilence(failure))
        {
            chronicle.Find($"{group.Name} did not recover, and gets no further faults: {failure.Message}");
        }
        finally
        {
            await over.CancelAsync();
            await writing;
        }
    }

    /// <summary>Waits.</summary>
    /// <returns>Whether it goes on afterwards.</returns>
    public static async Task<bool> GoesOnAsync(TimeSpan time, CancellationToken enough, CancellationToken stopping)
    {
        try
        {
            await Task.Delay(time, enough);
            return true;
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task StrikeAsync(Writer application, CancellationToken stopping)
    {
        RedisNode master = await cluster.SettleAsync(group, stopping, RecoveryMax);
        FaultKind kind = s_kinds[random.Next(s_kinds.Length)];
        RedisNode replica = group.Nodes.Where(node => node != master).ElementAt(random.Next(group.Nodes.Count - 1));
        bool isOfReplica = kind is FaultKind.ReplicaKilled or FaultKind.ReplicaRestarted;
        var awayFor = TimeSpan.FromSeconds(5 * random.NextDouble());
        SentinelServer asked = cluster.Sentinels[random.Next(cluster.Sentinels.Count)];
        RedisNode struck = isOfReplica ? replica : master;
        int number = chronicle.Begin(group.Name, kind, $"{struck}");
        Ledger.Strike();
        string remark = kind switch
        {
            FaultKind.MasterKilled => await ReplacedAsync(master, awayFor, struck.KillAsync, struck.StartAsync, stopping),
            FaultKind.MasterFrozen => await ReplacedAsync(master, awayFor, () => Done(struck.Process.Freeze), () => Done(struck.Process.Resume), stopping),
            FaultKind.MasterRestarted or FaultKind.ReplicaRestarted => await RestartedAsync(struck),
            FaultKind.PlannedSwitch => await OrderedAsync(asked, master, stopping),
            FaultKind.ForcedSwitch => await OrderedAsync(asked, master, stopping, "FORCE"),
            FaultKind.ReplicaKilled => await KilledAsync(struck, awayFor, stopping),
            _ => throw new UnreachableException(),
        };
        RedisNode next = await cluster.SettleAsync(group, stopping, RecoveryMax);
        (int acknowledged, int lost) = await CountAsync(application, next, stopping);
        chronicle.End(number, fault => fault with
        {
            Outage = isOfReplica ? null : Ledger.Outage,
            Acknowledged = acknowledged,
            Lost = lost,
            Remark = $"{remark}{(remark.Length > 0 ? ", " : "")}the master is {(next == master ? "as before" : $"{next}")}",
        });
    }

    /// <summary>Takes a master away, and gives it back some time after it was replaced.</summary>
    private async Task<string> ReplacedAsync(RedisNode master, TimeSpan awayFor, Func<Task> take, Func<Task> giveBack, CancellationToken stopping)
    {
        await take();
        await Eventually.SoAsync($"{master} of {group.Name} is replaced", async () => await cluster.Sentinels[0].MasterPortAsync(group.Name) != master.Port, RecoveryMax);
        await Task.Delay(awayFor, stopping);
        await giveBack();
        return "";
    }

    private async Task<string> OrderedAsync(SentinelServer asked, RedisNode master, CancellationToken stopping, params string[] how)
    {
        try
        {
            RespValue reply = await asked.AskAsync(["SENTINEL", "FAILOVER", group.Name, .. how]);
            if (reply.IsError)
                return $"{asked} refused: {reply.Text()}";
        }
        catch (Exception failure) when (Discovery.IsSilence(failure))
        {
            return $"{asked} did not answer";    // it may be down
        }
        // An order ends with the sentinel it was given to, so it may come to nothing.
        string? objection = await Eventually.LastObjectionAsync(async () =>
        {
            stopping.ThrowIfCancellationRequested();
            return await cluster.Sentinels[0].MasterPortAsync(group.Name) == master.Port ? "nothing came of it" : null;
        }, within: TimeSpan.FromSeconds(15));
        return objection ?? "";
    }

    private static async Task<string> RestartedAsync(RedisNode node)
    {
        node.Process.AskToEnd();
        await node.Process.ExitCodeAsync();
        await node.StartAsync();
        return "";
    }

    private static async Task<string> KilledAsync(RedisNode node, TimeSpan awayFor, CancellationToken stopping)
    {
        await node.KillAsync();
        await Task.Delay(awayFor, stopping);
        await node.StartAsync();
        return "";
    }

    /// <summary>Compares what was acknowledged with what is there, and lets the application go on with another list.</summary>
    private async Task<(int Acknowledged, int Lost)> CountAsync(Writer application, RedisNode master, CancellationToken stopping)
    {
        string key = KeyOf(_period++);
        application.Key = KeyOf(_period);
        await Task.Delay(Discovery.Patience * 2, stopping);    // for the write that is under way
        IReadOnlyList<string> acknowledged = Ledger.Take(key);
        HashSet<string> kept = [.. (await master.AskAsync("LRANGE", key, "0", "-1")).Texts()];
        await master.AskAsync("DEL", key);
        return (acknowledged.Count, acknowledged.Count(value => !kept.Contains(value)));
    }

    private static string KeyOf(int period) => $"log:{period}";

    private static Task Done(Action action)
    {
        action();
        return Task.CompletedTask;
    }
}
