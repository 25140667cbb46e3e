using Sentinel.Core;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Nodes;
using Sentinel.Simulation.Sentinels;

namespace Sentinel.Simulation.Checkers;

/// <summary>A master that is dead is replaced within a bound, as long as a majority that can elect, and a replica that can be promoted, are well all along.</summary>
/// <remarks>Looked at now and then. Not with Sentinels of Redis' kind among them: those wait for two failover timeouts.</remarks>
internal sealed class DeadMastersAreReplaced : Checker
{
    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(2);

    /// <summary>For how long somebody must have been well to count.</summary>
    private static readonly TimeSpan s_recovery = TimeSpan.FromSeconds(15);

    private readonly Dictionary<Group, Instant> _since = [];

    public DeadMastersAreReplaced(World world)
        : base(world)
    {
        if (world.Topology.LegacySentinels == 0)
            world.Agenda.After(s_period, Look);
    }

    public override string Name => "dead-masters-are-replaced";

    /// <summary>A pause after a lost election is 15 s at most, a leader that died is noticed in less; and each of the other replicas may fail to become master before the good one.</summary>
    private static TimeSpan Bound(Group group) => TimeSpan.FromSeconds(40) + (group.Nodes.Count - 1) * group.Topology.Options.DownAfter
        + (group.Topology.Options is { Corroborate: true } or { FailoverCooldown.Ticks: > 0 } ? TimeSpan.FromSeconds(15) : TimeSpan.Zero);    // replicas hear one that hangs for some time still

    private void Look()
    {
        foreach (Group group in World.Groups)
        {
            if (!CanBeReplaced(group))
                _since.Remove(group);
            else if (_since.TryAdd(group, World.Agenda.Now))
                continue;
            else if (World.Agenda.Now - _since[group] > Bound(group))
                Violated($"{group.Name} has had no master for {(World.Agenda.Now - _since[group]).TotalSeconds:F0} s, although a majority and a replica are well");
        }
        if (!World.IsHealed)
            World.Agenda.After(s_period, Look);
    }

    private bool CanBeReplaced(Group group)
    {
        SentinelProcess[] well = [.. World.Sentinels.OfType<SentinelProcess>().Where(sentinel => IsWell(sentinel) && sentinel.MasterOf(group.Name) is not null)];
        if (well.Length == 0)
            return false;
        // One that lost its identity counts twice, until its former one is forgotten.
        int known = Math.Max(World.Sentinels.Count, 1 + well.Max(sentinel => sentinel.View.Masters[group.Name].Peers.Length));
        int needed = Math.Max(known / 2 + 1, group.Topology.Options.Quorum);
        if (well.Length < needed || well[0].MasterOf(group.Name) is not { } master || World.NodeAt(master) is not { IsWorking: false } dead)
            return false;
        return well.All(sentinel => sentinel.MasterOf(group.Name) == master && sentinel.HoldsDown(group.Name) && well.All(other => World.Network.Passes(sentinel.Machine, other.Machine)))
            && group.Nodes.Exists(node => node != dead && IsFit(node, master, group, well));
    }

    private bool IsWell(SentinelProcess sentinel) =>
        sentinel.IsWorking && World.Agenda.Now - sentinel.StartedAt > s_recovery && (sentinel.ThawedAt is not { } thawed || World.Agenda.Now - thawed > s_recovery)
        && sentinel.View.Masters.Values.All(view => !view.Flags.HasFlag(InstanceFlags.Paused)) && sentinel.Disk is { Error: null } disk && disk.SaveTime <= World.Topology.SaveTime;

    private bool IsFit(RedisNode node, Address master, Group group, SentinelProcess[] well) =>
        node is { IsWorking: true, IsIll: false, IsLoading: false, Priority: > 0, HasDataSince: { } since } && node.Master == master && World.Agenda.Now - since > s_recovery
        && World.Agenda.Now - node.PrioritySince > s_recovery && World.Agenda.Now - node.StartedAt > s_recovery
        && well.All(sentinel => World.Network.Passes(sentinel.Machine, node.Machine) && World.Network.Passes(node.Machine, sentinel.Machine)
            && sentinel.View.Masters[group.Name].Replicas.Any(replica => replica.Address == node.Address && replica is { IsSubjectivelyDown: false, ReportsMaster: false }
                && replica.MasterLinkDownTime >= TimeSpan.Zero && replica.MasterLinkDownTime < 10 * replica.DownAfter));
}
