using Sentinel.Core;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Nodes;
using Sentinel.Simulation.Sentinels;

namespace Sentinel.Simulation.Checkers;

/// <summary>
/// A replica that has the group's data, and may be promoted, does not throw them away for a master that restarted empty: a majority that saw both of them all along
/// has made it the master within a bound.
/// </summary>
/// <remarks>
/// Replicas come back to their master by themselves, and copy what it has, which is nothing. Judged is who took longer over that than the bound, for the synchronisation
/// took so long; what is copied before is lost to a master without persistence that is back too soon. Nor is judged what happens while a Sentinel, which may lead, does not run,
/// and who gives up data that another one has, which became the master in time.
/// </remarks>
internal sealed class EmptiedMastersAreReplaced(World world) : Checker(world)
{
    /// <summary>Somebody who is silent may be waited for for two seconds; the connection to the master, its INFO, a vote and the order take their time too.</summary>
    private static readonly TimeSpan s_bound = TimeSpan.FromSeconds(4);

    /// <summary>To a machine that was without power for so long what is sent is tried again soon.</summary>
    private static readonly TimeSpan s_shortAway = TimeSpan.FromSeconds(3);

    /// <summary>For how long before the restart somebody must have been well to count.</summary>
    private static readonly TimeSpan s_calm = TimeSpan.FromSeconds(15);

    /// <summary>For how long a failover may keep the next one from beginning.</summary>
    private static readonly TimeSpan s_rest = TimeSpan.FromSeconds(40);

    private readonly Dictionary<string, Instant> _lastFailovers = new(StringComparer.Ordinal);
    private readonly Dictionary<(SimSentinel Sentinel, string Master), Instant> _unsettledAt = [];

    public override string Name => "emptied-masters-are-replaced";

    public override void Believes(SimSentinel sentinel, string master, Address address, Epoch configEpoch) => Unsettled(sentinel, master);

    public override void Happened(SimSentinel sentinel, SentinelEvent happened)
    {
        if (happened.MasterName is not { } master)
            return;
        // What begins when the master is back is judged.
        if (happened.Name.Contains("failover", StringComparison.Ordinal) && !IsEmptied(World.Group(master)))
            _lastFailovers[master] = World.Agenda.Now;
        else if (happened.Name is "+reset-master" or "-monitor" or "+monitor" or "+set" or "+master-data-adopted")
            Unsettled(sentinel, master);
    }

    public override void DataLost(DataLoss loss)
    {
        if (loss is not { IsRestart: false, After: { } after, By: { Master: { } address } heir } || loss.Before.Root.Opening.LostItsData || after.Root.Opening is not { LostItsData: true } opening
            || opening.By is not { IsMaster: true } emptied || emptied.StartedAt != opening.At || emptied.Address != address || emptied.Group != heir.Group)
            return;
        Instant restarted = emptied.StartedAt, calm = restarted - s_calm;
        // To a machine without power connections stay, and what is sent over them is tried again after ever longer pauses, as long as it was away at most.
        TimeSpan away = emptied.Machine.PowerLostAt is { } lostAt && lostAt >= calm ? restarted - lostAt : TimeSpan.Zero;
        TimeSpan bound = away <= s_shortAway ? s_bound : s_bound + away;
        if (World.Agenda.Now - restarted <= bound || loss.FollowsSince >= calm || !IsWell(emptied, restarted) || !IsFit(heir, calm)
            || (_lastFailovers.TryGetValue(heir.Group.Name, out Instant last) && last >= restarted - s_rest)
            || !World.Sentinels.TrueForAll(sentinel => HasRun(sentinel, restarted)) || heir.Group.Nodes.Exists(node => HasDelayed(node, calm)) || heir.Group.Nodes.Exists(node => node.IsMaster && node.Data.Contains(loss.Before.Branch, loss.Before.Offset)))
            return;
        SentinelProcess[] well = [.. World.Sentinels.OfType<SentinelProcess>().Where(sentinel => IsWell(sentinel, calm) && Watches(sentinel, emptied, heir, calm))];
        int known = Math.Max(World.Sentinels.Count, 1 + World.Sentinels.Max(sentinel => sentinel.PeersOf(heir.Group.Name)));
        if (well.Length < Math.Max(known / 2 + 1, heir.Group.Topology.Options.Quorum) || !AreConnected([.. well, emptied, heir], calm))
            return;
        Violated($"{heir.Name}, which has data and could have been promoted, throws them away for {emptied.Name}, which restarted empty {(World.Agenda.Now - restarted).TotalSeconds:F1} s ago");
    }

    private static bool IsEmptied(Group group) => group.Nodes.Exists(node => node is { IsMaster: true, IsRunning: true } && node.Data.Root.Opening is { LostItsData: true } opening && opening.At == node.StartedAt);

    private void Unsettled(SimSentinel sentinel, string master) => _unsettledAt[(sentinel, master)] = World.Agenda.Now;

    /// <summary>Whether a process has run without a break since some moment.</summary>
    private static bool HasRun(Process process, Instant since) => process.IsWorking && process.StartedAt <= since && process.FrozenSpells.All(spell => spell.Until < since);

    /// <summary>Whether a node may have been told first, and waited for in vain: it acknowledged an order and did nothing, or did it and did not say so.</summary>
    private bool HasDelayed(RedisNode node, Instant since) =>
        node.HadIllness(Illness.IgnoresOrders, since, World.Agenda.Now) || node.HadIllness(Illness.HidesInfo, since, World.Agenda.Now);

    private bool IsWell(RedisNode node, Instant since) =>
        HasRun(node, since) && Enum.GetValues<Illness>().All(illness => !node.HadIllness(illness, since, World.Agenda.Now));

    private bool IsFit(RedisNode node, Instant since) =>
        IsWell(node, since) && node is { Priority: > 0, HasDataSince: { } hasSince } && node.PrioritySince < since && hasSince < since;

    private static bool IsWell(SentinelProcess sentinel, Instant since) =>
        HasRun(sentinel, since) && !(sentinel.LineagesLostAt >= since) && sentinel.Disk is { Error: null } disk && disk.SaveTime <= sentinel.World.Topology.SaveTime
        && sentinel.View is { TiltSince: null, SimulatedFailures: SimulatedFailures.None };

    /// <summary>Whether a Sentinel has known both nodes for what they are, and nothing was changed by hand, since some moment.</summary>
    private bool Watches(SentinelProcess sentinel, RedisNode emptied, RedisNode heir, Instant since) =>
        sentinel.View.Masters.TryGetValue(heir.Group.Name, out MasterView? view) && view.Address == emptied.Address && !view.Flags.HasFlag(InstanceFlags.Paused)
        && view.Options is { EmptyRestartFailover: true, FailoverCooldown.Ticks: 0, Corroborate: false } && sentinel.KnowsOfKeysOf(heir.Group.Name)
        && !(_unsettledAt.TryGetValue((sentinel, heir.Group.Name), out Instant unsettled) && unsettled >= since)
        && view.Replicas.Any(replica => replica.Address == heir.Address && replica is { IsSubjectivelyDown: false, ReportsMaster: false });

    private bool AreConnected(Process[] processes, Instant since) => Array.TrueForAll(processes, one => Array.TrueForAll(processes, other =>
        one.Machine == other.Machine || (!World.Network.WasBlocked(one.Machine, other.Machine, since, World.Agenda.Now)
            && World.Network.ExtraDelay(one.Machine, other.Machine, since, World.Agenda.Now) == TimeSpan.Zero)));
}
