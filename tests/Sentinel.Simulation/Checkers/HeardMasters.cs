using Sentinel.Core;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Nodes;
using Sentinel.Simulation.Sentinels;

namespace Sentinel.Simulation.Checkers;

/// <summary>Where <c>corroborate</c> is set, no master that works is replaced for its silence while a replica that can be reached hears it.</summary>
internal sealed class HeardMastersStay(World world) : Checker(world)
{
    public override string Name => "heard-masters-stay";

    public override void Happened(SimSentinel sentinel, SentinelEvent happened)
    {
        if (happened.MasterName is not { } name || sentinel is not SentinelProcess ours)
            return;
        if (happened.Name != "+try-failover" || World.Ordered.Of(sentinel, name) is not null
            || ours.View.Masters[name] is not { Options.Corroborate: true, ReportsMaster: true })    // one that said last that it is a replica is not held down for its silence alone
            return;
        if (Witnessing.Of(World, ours, World.Group(name)) is { } witness)
            Violated($"{sentinel.Name} starts a failover of {name} although {witness.Name} hears its master");
    }
}

/// <summary>Where a cooldown is set, no Sentinel replaces a master soon after a switch that a replica, or a peer that it can ask, hears.</summary>
internal sealed class CooldownsHold(World world) : Checker(world)
{
    /// <summary>So long what a peer said counts.</summary>
    private static readonly TimeSpan s_answerAge = TimeSpan.FromSeconds(7);

    private readonly Dictionary<(SimSentinel Sentinel, string Master), Instant> _switchedAt = [];
    private readonly Dictionary<(SimSentinel Sentinel, string Master), Instant> _judgedAt = [];

    public override string Name => "cooldowns-hold";

    public override void Acknowledged(SimSentinel sentinel, string master) => _switchedAt.Remove((sentinel, master));

    public override void Restored(SimSentinel sentinel, SentinelState state)
    {
        foreach (Group group in World.Groups)
            _switchedAt.Remove((sentinel, group.Name));
    }

    public override void Happened(SimSentinel sentinel, SentinelEvent happened)
    {
        if (happened.MasterName is not { } name)
            return;
        switch (happened.Name)
        {
            case "+monitor":
                _switchedAt.Remove((sentinel, name));
                break;
            case "+switch-master":
                _switchedAt[(sentinel, name)] = _judgedAt[(sentinel, name)] = World.Agenda.Now;
                break;
            case "+sdown" or "-sdown" when happened.Kind is InstanceKind.Master:
                _judgedAt[(sentinel, name)] = World.Agenda.Now;
                break;
            case "+try-failover" when World.Ordered.Of(sentinel, name) is null && sentinel is SentinelProcess ours:
                Check(ours, name);
                break;
            default:
                break;
        }
    }

    private void Check(SentinelProcess sentinel, string name)
    {
        MasterView view = sentinel.View.Masters[name];
        // Its clock may be a little fast.
        if (!view.ReportsMaster || !_switchedAt.TryGetValue((sentinel, name), out Instant at) || World.Agenda.Now - at > 0.9 * view.Options.FailoverCooldown)
            return;
        if (Witnessing.Of(World, sentinel, World.Group(name)) is { } witness)
            Violated($"{sentinel.Name} starts a failover of {name} in the cooldown although {witness.Name} hears its master");
        else if (World.Sentinels.Find(peer => peer != sentinel && Hears(peer, sentinel, view)) is { } hearing)
            Violated($"{sentinel.Name} starts a failover of {name} in the cooldown although {hearing.Name} does not hold its master down");
    }

    private bool Hears(SimSentinel peer, SentinelProcess sentinel, MasterView view) =>
        peer.MasterOf(view.Name) == view.Address && !peer.HoldsDown(view.Name) && Witnessing.Talk(World, sentinel, peer)
        && (!_judgedAt.TryGetValue((peer, view.Name), out Instant judged) || World.Agenda.Now - judged > s_answerAge)
        && view.Peers.Any(known => known.Name == peer.Id.Text && known is { IsSubjectivelyDown: false, Link.IsDisconnected: false });
}

/// <summary>A Sentinel on which a master is paused starts no failover of it but by order, and whom it was told of that stays told over restarts.</summary>
internal sealed class PausedMastersRest(World world) : Checker(world)
{
    private readonly HashSet<(SimSentinel Sentinel, string Master)> _paused = [];

    public override string Name => "paused-masters-rest";

    public override void Restored(SimSentinel sentinel, SentinelState state)
    {
        // What was not on disk was not answered with OK.
        foreach (MasterState master in state.Masters)
        {
            if (master.Options.PauseReason is null)
                _paused.Remove((sentinel, master.Options.Name));
            else
                _paused.Add((sentinel, master.Options.Name));
        }
    }

    public override void Happened(SimSentinel sentinel, SentinelEvent happened)
    {
        if (happened.MasterName is not { } name)
            return;
        switch (happened.Name)
        {
            case "+pause":
                _paused.Add((sentinel, name));
                break;
            case "-pause" or "+monitor" when sentinel is not SentinelProcess ours || !ours.View.Masters[name].Flags.HasFlag(InstanceFlags.Paused):
                _paused.Remove((sentinel, name));
                break;
            case "+try-failover" when _paused.Contains((sentinel, name)) && World.Ordered.Of(sentinel, name) is null:
                Violated($"{sentinel.Name} starts a failover of {name}, which is paused there");
                break;
            default:
                break;
        }
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
            || master.HadIllness(Illness.Busy, world.Agenda.Now - s_newsAge, world.Agenda.Now)    // it answered, with errors, a moment ago
            || master.HadIllness(Illness.CannotSave, world.Agenda.Now - s_newsAge, world.Agenda.Now)
            || NoNeedlessFailover.HasOtherData(master, group) || sentinel.HasLostTrackOf(master)    // not its silence is what it is replaced for
            || !IsSettled(world, master) || world.Agenda.Now - master.LastBecameMasterAt < s_settled || !IsSettled(world, sentinel))
            return null;
        return group.Nodes.Find(node => node != master && node is { IsWorking: true, IsIll: false, IsLoading: false } && node.Master == address && IsSettled(world, node)
            && node.Link is { IsUp: true } link && world.Agenda.Now - link.HeardAt < s_heardFor && link.WasUpFor(s_newsAge - TimeSpan.FromSeconds(1), address, world.Agenda.Now - s_newsAge, world.Agenda.Now)
            && Talk(world, sentinel, node)
            && sentinel.View.Masters[group.Name].Replicas.Any(known => known.Address == node.Address && known is { IsSubjectivelyDown: false, Link.IsDisconnected: false }));
    }

    /// <summary>Whether a Sentinel and another process have been well, and have reached each other, for long enough to know all of each other that counts now.</summary>
    public static bool Talk(World world, SentinelProcess sentinel, Process other) =>
        other.IsWorking && IsSettled(world, sentinel) && IsSettled(world, other) && ArePathsFree(world, sentinel, other)
        && sentinel.ConnectedSince(other.Address) is { } connected && sentinel.Machine.Clock.Now - connected > s_newsAge;

    private static bool IsSettled(World world, Process process) =>
        world.Agenda.Now - process.StartedAt > s_settled && (process.ThawedAt is not { } thawed || world.Agenda.Now - thawed > s_settled);

    private static bool ArePathsFree(World world, Process one, Process other)
    {
        (Machine from, Machine to, Instant since) = (one.Machine, other.Machine, world.Agenda.Now - s_newsAge - Network.RetransmitMax);
        return !world.Network.WasBlocked(from, to, since, world.Agenda.Now) && !world.Network.WasBlocked(to, from, since, world.Agenda.Now)
            && world.Network.ExtraDelay(from, to, since, world.Agenda.Now) == TimeSpan.Zero && world.Network.ExtraDelay(to, from, since, world.Agenda.Now) == TimeSpan.Zero;
    }
}
