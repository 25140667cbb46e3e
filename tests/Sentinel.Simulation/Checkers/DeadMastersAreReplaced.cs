using Sentinel.Core;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Nodes;
using Sentinel.Simulation.Sentinels;

namespace Sentinel.Simulation.Checkers;

/// <summary>A master that is dead is replaced within a bound, as long as a majority that can elect, and a replica that can be promoted, are well all along.</summary>
/// <remarks>
/// Looked at now and then. The time does not count in which one of Redis' kind leads: it may wait for two failover timeouts for a replica that will not become
/// the master, and the others let it work.
/// </remarks>
internal sealed class DeadMastersAreReplaced : Checker
{
    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(2);

    /// <summary>For how long somebody must have been well to count.</summary>
    private static readonly TimeSpan s_recovery = TimeSpan.FromSeconds(15);

    /// <summary>So long Redis' kind is in TILT when its clock jumped.</summary>
    private static readonly TimeSpan s_tilt = TimeSpan.FromSeconds(30);

    private readonly Dictionary<Group, Death> _dead = [];

    public DeadMastersAreReplaced(World world)
        : base(world) => world.Agenda.After(s_period, Look);

    public override string Name => "dead-masters-are-replaced";

    /// <summary>A pause after a lost election is 15 s at most, a leader that died is noticed in less; and each of the other replicas may fail to become master before the good one.</summary>
    private static TimeSpan Bound(Group group) => TimeSpan.FromSeconds(40) + (group.Nodes.Count - 1) * group.Topology.Options.DownAfter
        + (group.Topology.Options is { Corroborate: true } or { FailoverCooldown.Ticks: > 0 } ? TimeSpan.FromSeconds(15) : TimeSpan.Zero);    // replicas hear one that hangs for some time still

    private void Look()
    {
        foreach (Group group in World.Groups)
        {
            if (CanBeReplaced(group))
                Judge(group);
            else
                _dead.Remove(group);
        }
        if (!World.IsHealed)
            World.Agenda.After(s_period, Look);
    }

    private void Judge(Group group)
    {
        if (_dead.TryAdd(group, new Death(World.Agenda.Now, TimeSpan.Zero)))
            return;
        Death before = _dead[group], death = IsLedByRedisKind(group) ? before with { Excused = before.Excused + s_period } : before;
        _dead[group] = death;
        TimeSpan lasts = World.Agenda.Now - death.Since, bound = Bound(group);
        if (lasts - death.Excused > bound)
            Violated($"{group.Name} has had no master for {lasts.TotalSeconds:F0} s, although a majority and a replica are well");
        else if (lasts > bound && lasts - s_period <= bound)
            World.Coverage.Count("excused a dead master for longer, as one of Redis' kind led");
    }

    /// <summary>Whether one of Redis' kind was elected, or ordered, and is at work: the others wait for it.</summary>
    private bool IsLedByRedisKind(Group group) =>
        World.Sentinels.Exists(sentinel => sentinel is { IsLegacy: true, IsWorking: true } && sentinel.FailoverOf(group.Name) is not (FailoverStep.None or FailoverStep.WaitStart));

    private bool CanBeReplaced(Group group)
    {
        SimSentinel[] well = [.. World.Sentinels.Where(sentinel => sentinel.MasterOf(group.Name) is not null && IsWell(sentinel))];
        SentinelProcess[] ours = [.. well.OfType<SentinelProcess>()];
        if (ours.Length == 0)
            return false;
        // One that lost its identity counts twice, until its former one is forgotten.
        int known = Math.Max(World.Sentinels.Count, 1 + well.Max(sentinel => sentinel.PeersOf(group.Name)));
        int needed = Math.Max(known / 2 + 1, group.Topology.Options.Quorum);
        // Where ours are enough, the others do not matter.
        if (ours.Length >= needed)
            well = ours;
        if (well.Length < needed || ours[0].MasterOf(group.Name) is not { } master || World.NodeAt(master) is not { IsWorking: false } dead)
            return false;
        return well.All(sentinel => sentinel.MasterOf(group.Name) == master && sentinel.HoldsDown(group.Name) && well.All(other => World.Network.Passes(sentinel.Machine, other.Machine)))
            && group.Nodes.Exists(node => node != dead && IsFit(node, master, group, ours));
    }

    private bool IsWell(SimSentinel sentinel)
    {
        if (!sentinel.IsWorking || World.Agenda.Now - sentinel.StartedAt <= s_recovery)
            return false;
        TimeSpan thawed = World.Agenda.Now - (sentinel.ThawedAt ?? World.StartedAt);
        return sentinel is SentinelProcess ours
            ? (ours.ThawedAt is null || thawed > s_recovery) && ours.View.Masters.Values.All(view => !view.Flags.HasFlag(InstanceFlags.Paused)) && ours.Disk is { Error: null } disk && disk.SaveTime <= World.Topology.SaveTime
            : sentinel is LegacySentinel { IsInTilt: false } && thawed > s_tilt + s_recovery;
    }

    private bool IsFit(RedisNode node, Address master, Group group, SentinelProcess[] well) =>
        node is { IsWorking: true, IsIll: false, IsLoading: false, Priority: > 0, HasDataSince: { } since } && node.Master == master && World.Agenda.Now - since > s_recovery
        && World.Agenda.Now - node.PrioritySince > s_recovery && World.Agenda.Now - node.StartedAt > s_recovery
        && well.All(sentinel => World.Network.Passes(sentinel.Machine, node.Machine) && World.Network.Passes(node.Machine, sentinel.Machine)
            && sentinel.View.Masters[group.Name].Replicas.Any(replica => replica.Address == node.Address && replica is { IsSubjectivelyDown: false, ReportsMaster: false }
                && replica.MasterLinkDownTime >= TimeSpan.Zero && replica.MasterLinkDownTime < 10 * replica.DownAfter));

    /// <summary>A time without a master, in which another one could take its place.</summary>
    /// <param name="Since">When it began.</param>
    /// <param name="Excused">How much of it does not count.</param>
    private sealed record Death(Instant Since, TimeSpan Excused);
}
