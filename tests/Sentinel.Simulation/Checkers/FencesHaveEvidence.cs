using Sentinel.Core;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Nodes;
using Sentinel.Simulation.Sentinels;

namespace Sentinel.Simulation.Checkers;

/// <summary>
/// A master that reaches all its replicas, and has fresh acknowledgements of all that it has, is not held, however few Sentinels are heard: none of them can
/// have been promoted.
/// </summary>
internal sealed class FencesHaveEvidence(World world) : FenceChecker(world)
{
    /// <summary>How long the evidence of a Sentinel counts, three questions, and an order may be on its way: so long all must have been well.</summary>
    private static readonly TimeSpan s_wellFor = TimeSpan.FromSeconds(2);

    /// <summary>Replicas acknowledge each second by themselves.</summary>
    private static readonly TimeSpan s_ackAge = TimeSpan.FromSeconds(1.2);

    private static readonly TimeSpan s_gap = TimeSpan.FromSeconds(1);

    private readonly Dictionary<RedisNode, (Instant Since, Instant LastAt)> _held = [];

    public override string Name => "fences-have-evidence";

    public override void WriteTaken(RedisNode node)
    {
        if (!IsOn(node))
            return;
        foreach ((SentinelProcess sentinel, MasterView view) in Working(node))
            WholeFor(sentinel, view, node);
    }

    public override void WritesHeld(RedisNode node, SimSentinel by, TimeSpan time)
    {
        Instant now = World.Agenda.Now;
        // While they are held, replicas are not asked, and acknowledge late: what is found out then is of no use.
        bool isRenewed = _held.TryGetValue(node, out var held) && now - held.LastAt <= s_wellFor;
        _held[node] = (isRenewed ? held.Since : now, now);
        if (isRenewed || !IsOn(node) || by is not SentinelProcess { View.TiltSince: null } sentinel || !sentinel.View.Masters.TryGetValue(node.Group.Name, out MasterView? view)
            || view.Address != node.Address || view.Failover is not FailoverStep.None || !Reaches(sentinel, node, s_wellFor) || MayHaveWaited(sentinel, node) || WasFrozen(sentinel))
            return;
        if (WholeFor(sentinel, view, node) > s_wellFor && HasAll(node, view, s_ackAge, completely: true))
            Violated($"{sentinel.Name} holds the writes of {node}, which has had all its {view.Replicas.Length} replicas for {s_wellFor.TotalSeconds} s");
    }

    /// <summary>Whether an order may be one that was given long ago and waited for a free path: it cannot be taken back, only be followed by its release.</summary>
    private bool MayHaveWaited(SentinelProcess sentinel, RedisNode node)
    {
        Instant now = World.Agenda.Now, connectedAt = sentinel.Machine.Clock.TrueTimeOf(sentinel.ConnectedSince(node.Address)!.Value);
        return World.Network.WasBlocked(sentinel.Machine, node.Machine, Instant.Max(connectedAt, now - Network.RetransmitMax), now);
    }

    private TimeSpan WholeFor(SentinelProcess sentinel, MasterView view, RedisNode node) =>
        Lasting(sentinel, node, view.Address == node.Address && node.IsMaster && IsWell(node) && HasAll(node, view, s_ackAge, completely: false) && view.Replicas.All(replica => IsWellFollowing(replica.Address, node)), s_gap);

    private bool IsWellFollowing(Address address, RedisNode node)
    {
        Instant now = World.Agenda.Now, then = now - s_wellFor;
        return World.NodeAt(address) is { } replica && IsWell(replica) && !replica.IsLoading && !(replica.LoadedAt > then)
            && new[] { (node.Machine, replica.Machine), (replica.Machine, node.Machine) }.All(way =>
                World.Network.Passes(way.Item1, way.Item2) && !World.Network.WasBlocked(way.Item1, way.Item2, then, now)
                && World.Network.ExtraDelay(way.Item1, way.Item2, then, now) == TimeSpan.Zero);
    }

    private bool IsWell(RedisNode node) =>
        node is { IsWorking: true, IsIll: false } && !WasFrozen(node) && node.DelayBetween(World.Agenda.Now - s_wellFor, World.Agenda.Now) == TimeSpan.Zero;

    private bool WasFrozen(Process process) => World.Agenda.Now - process.ThawedAt < s_wellFor;
}
