using Sentinel.Core;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Nodes;
using Sentinel.Simulation.Sentinels;

namespace Sentinel.Simulation.Checkers;

/// <summary>Where <c>corroborate</c> is set, no master that works is replaced for its silence while a replica that can be reached hears it.</summary>
internal sealed class HeardMastersStay(World world) : Checker(world)
{
    private readonly HashSet<(SimSentinel Sentinel, string Master)> _ordered = [];

    public override string Name => "heard-masters-stay";

    public override void OrderedFailover(SimSentinel sentinel, string master) => _ordered.Add((sentinel, master));

    public override void RefusedFailover(SimSentinel sentinel, string master) => _ordered.Remove((sentinel, master));

    public override void Happened(SimSentinel sentinel, SentinelEvent happened)
    {
        if (happened.MasterName is not { } name || sentinel is not SentinelProcess ours)
            return;
        if (happened.Name == "+elected-leader")
            _ordered.Remove((sentinel, name));
        if (happened.Name != "+try-failover" || _ordered.Contains((sentinel, name)) || !ours.View.Masters[name].Options.Corroborate)
            return;
        if (Witnessing.Of(World, ours, World.Group(name)) is { } witness)
            Violated($"{sentinel.Name} starts a failover of {name} although {witness.Name} hears its master");
    }
}

/// <summary>Who can tell a Sentinel that a master lives.</summary>
internal static class Witnessing
{
    /// <summary>So old may be what a Sentinel knows of a replica in this time: it asks each second.</summary>
    private static readonly TimeSpan s_newsAge = TimeSpan.FromSeconds(5);

    /// <summary>A process that was started before this time is known by all.</summary>
    private static readonly TimeSpan s_settled = TimeSpan.FromSeconds(15);

    /// <summary>So long ago a replica that hears a master, which pings it each 10 s, may have heard it: with what its INFO is old by, less than what counts.</summary>
    private static readonly TimeSpan s_heardFor = TimeSpan.FromSeconds(8);

    /// <summary>A replica that all along hears the master that a Sentinel believes in, and is heard by that Sentinel; null: none surely is.</summary>
    public static RedisNode? Of(World world, SentinelProcess sentinel, Group group)
    {
        if (sentinel.MasterOf(group.Name) is not { } address || world.NodeAt(address) is not { IsWorking: true, IsMaster: true, IsIll: false } master
            || !IsSettled(world, master) || world.Agenda.Now - master.LastBecameMasterAt < s_settled || !IsSettled(world, sentinel))
            return null;
        return group.Nodes.Find(node => node != master && node is { IsWorking: true, IsIll: false, IsLoading: false } && node.Master == address && IsSettled(world, node)
            && node.Link is { IsUp: true } link && world.Agenda.Now - link.HeardAt < s_heardFor && link.WasUpFor(s_newsAge - TimeSpan.FromSeconds(1), address, world.Agenda.Now - s_newsAge, world.Agenda.Now)
            && IsHeard(world, sentinel, node)
            && sentinel.View.Masters[group.Name].Replicas.Any(known => known.Address == node.Address && known is { IsSubjectivelyDown: false, Link.IsDisconnected: false }));
    }

    private static bool IsSettled(World world, Process process) =>
        world.Agenda.Now - process.StartedAt > s_settled && (process.ThawedAt is not { } thawed || world.Agenda.Now - thawed > s_settled);

    private static bool IsHeard(World world, SentinelProcess sentinel, RedisNode node)
    {
        (Machine one, Machine other, Instant now) = (sentinel.Machine, node.Machine, world.Agenda.Now);
        Instant since = now - s_newsAge - Network.RetransmitMax;
        return !world.Network.WasBlocked(one, other, since, now) && !world.Network.WasBlocked(other, one, since, now)
            && world.Network.ExtraDelay(one, other, since, now) == TimeSpan.Zero && world.Network.ExtraDelay(other, one, since, now) == TimeSpan.Zero
            && sentinel.ConnectedSince(node.Address) is { } connected && sentinel.Machine.Clock.Now - connected > s_newsAge;
    }
}
