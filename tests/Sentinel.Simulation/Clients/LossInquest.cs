using Sentinel.Core;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Nodes;

namespace Sentinel.Simulation.Clients;

/// <summary>Finds out why a group's data lack writes: by whose doing the history turned away from the one that has them.</summary>
internal sealed class LossInquest
{
    /// <summary>Longest time in which a write comes to the replicas when nothing is wrong but the network slow.</summary>
    private static readonly TimeSpan LagMax = TimeSpan.FromSeconds(2);

    private readonly World _world;
    private readonly Group _group;
    private readonly Dataset _data;

    /// <summary>The branches that the data consist of, the last one first.</summary>
    private readonly List<Branch> _path = [];

    public LossInquest(World world, Group group, Dataset data)
    {
        (_world, _group, _data) = (world, group, data);
        for (Dataset? part = data; part is { } at; part = at.Branch.Origin)
            _path.Add(at.Branch);
    }

    /// <summary>Why the data lack a write.</summary>
    public LossCause CauseOf(WriteAccepted write)
    {
        if (_path[^1].Opening.By.Group != _group)
            return LossCause.OtherGroup;
        Branch? shared = write.Branch;
        Branch? aside = null;
        while (shared is not null && _data.ExtentIn(shared) < 0)
            (aside, shared) = (shared, shared.Origin?.Branch);
        if (shared is null)
            return LossCause.Emptied;
        int place = _path.IndexOf(shared);
        if (place == 0)
            return CauseOfReturn(shared, aside);
        Opening turn = _path[place - 1].Opening;
        return turn.By.Group != _group ? LossCause.OtherGroup : turn.Reason switch
        {
            OpeningReason.Operator or OpeningReason.OrderedFailover => LossCause.Operator,
            OpeningReason.Restart or OpeningReason.EmptyStart => write.Node == turn.By && write.At <= turn.At ? LossCause.Emptied : LossCause.Unexplained,
            OpeningReason.Sentinel => CauseOfPromotion(write, turn),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    /// <summary>Whoever wrote aside gave way to a master that was one all the time.</summary>
    private LossCause CauseOfReturn(Branch kept, Branch? aside) =>
        aside is null ? LossCause.Unexplained
        : aside.Opening.Reason is OpeningReason.Operator or OpeningReason.OrderedFailover ? LossCause.Operator
        : WasCutOff(kept.Opening.By, aside.Opening.By, kept.Opening.At, _world.Agenda.Now) ? LossCause.Partition
        : LossCause.Unexplained;

    private LossCause CauseOfPromotion(WriteAccepted write, Opening turn)
    {
        if (write.At >= turn.At || WasCutOff(write.Node, turn.By, write.At - Network.RetransmitMax, turn.At))
            return LossCause.Partition;
        TimeSpan lagMax = LagMax + turn.Behind;
        if (turn.At - write.At <= lagMax)
            return LossCause.Lag;
        foreach (Instant failure in write.Node.Failures)
        {
            if (failure >= write.At && failure - write.At <= lagMax)
                return LossCause.Lag;
        }
        return turn.StartedAt >= write.At ? LossCause.Emptied
            : turn.DetachedSince <= write.At + lagMax ? LossCause.Detached
            : LossCause.Unexplained;
    }

    private bool WasCutOff(RedisNode one, RedisNode other, Instant from, Instant to) =>
        _world.Network.WasBlocked(one.Machine, other.Machine, from, to) || _world.Network.WasBlocked(other.Machine, one.Machine, from, to);
}
