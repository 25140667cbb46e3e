using Sentinel.Core;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Nodes;
using Sentinel.Simulation.Sentinels;

namespace Sentinel.Simulation.Checkers;

/// <summary>What those who guard the holding of writes look at.</summary>
internal abstract class FenceChecker(World world) : Checker(world)
{
    private readonly Dictionary<(SimSentinel Sentinel, RedisNode Node), (Instant Since, Instant LastAt)> _lasting = [];

    /// <summary>How long something has lasted that is looked at now and then; what was not seen for a while begins anew.</summary>
    protected TimeSpan Lasting(SimSentinel sentinel, RedisNode node, bool isSo, TimeSpan gapMax)
    {
        Instant now = World.Agenda.Now;
        if (!isSo)
        {
            _lasting.Remove((sentinel, node));
            return TimeSpan.Zero;
        }
        bool goesOn = _lasting.TryGetValue((sentinel, node), out var before) && now - before.LastAt <= gapMax;
        _lasting[(sentinel, node)] = (goesOn ? before.Since : now, now);
        return goesOn ? now - before.Since : TimeSpan.Zero;
    }

    protected static bool IsOn(RedisNode node) => node.Group.Topology.Options.FenceAfter > TimeSpan.Zero;

    /// <summary>The Sentinels of ours that run as they should, with what they believe of a node's group.</summary>
    protected IEnumerable<(SentinelProcess Sentinel, MasterView View)> Working(RedisNode node)
    {
        foreach (SimSentinel sentinel in World.Sentinels)
        {
            if (sentinel is SentinelProcess { IsWorking: true, View.TiltSince: null } ours && ours.View.Masters.TryGetValue(node.Group.Name, out MasterView? view)
                && view.Options.FenceAfter > TimeSpan.Zero)
                yield return (ours, view);
        }
    }

    /// <summary>Whether a majority, the Sentinel itself included, answered it in some time.</summary>
    protected static bool HearsMajority(SentinelProcess sentinel, MasterView view, TimeSpan time) =>
        1 + view.Peers.Count(peer => sentinel.Machine.Clock.Now - peer.Link.LastReplyAt <= time) >= (view.Peers.Length + 1) / 2 + 1;

    /// <summary>Whether what one sends gets to the other and back, and did so for some time.</summary>
    protected bool Reaches(SentinelProcess sentinel, RedisNode node, TimeSpan time)
    {
        Instant now = World.Agenda.Now;
        return sentinel.ConnectedSince(node.Address) is { } since && sentinel.Machine.Clock.Now - since > time
            && World.Network.Passes(sentinel.Machine, node.Machine) && World.Network.Passes(node.Machine, sentinel.Machine)
            && !World.Network.WasBlocked(sentinel.Machine, node.Machine, now - time, now) && !World.Network.WasBlocked(node.Machine, sentinel.Machine, now - time, now)
            && World.Network.ExtraDelay(sentinel.Machine, node.Machine, now - time, now) == TimeSpan.Zero && World.Network.ExtraDelay(node.Machine, sentinel.Machine, now - time, now) == TimeSpan.Zero;
    }

    /// <summary>Whether all whom a Sentinel knows as replicas acknowledged something not long ago and, if that matters, all that a node has.</summary>
    protected bool HasAll(RedisNode node, MasterView view, TimeSpan lagMax, bool completely)
    {
        Instant now = World.Agenda.Now;
        return view.Replicas.All(replica => node.Followers.All.Any(follower =>
            follower.IsOnline && follower.Address == replica.Address && now - follower.AckedAt <= lagMax && (!completely || follower.AckedOffset >= node.Offset)));
    }
}

/// <summary>A master that a Sentinel reaches, which hears no majority and sees that replicas are missing, takes writes for a short time only.</summary>
internal sealed class SmallSidesTakeNoWrites(World world) : FenceChecker(world)
{
    /// <summary>INFO tells of a missing replica after two seconds, and a question may wait behind another one; clocks may be a little slow.</summary>
    private static readonly TimeSpan s_bound = TimeSpan.FromSeconds(4);

    private static readonly TimeSpan s_gap = TimeSpan.FromSeconds(1.5);

    public override string Name => "small-sides-take-no-writes";

    public override void WriteTaken(RedisNode node)
    {
        if (!IsOn(node))
            return;
        foreach ((SentinelProcess sentinel, MasterView view) in Working(node))
        {
            bool isToHold = view.Address == node.Address && view.ReportsMaster && !node.IsIll && !HearsMajority(sentinel, view, 1.1 * view.Options.FenceAfter)
                && Reaches(sentinel, node, s_bound) && !(World.Agenda.Now - sentinel.ThawedAt < s_bound)
                && !HasAll(node, view, s_bound / 2, completely: false);
            if (Lasting(sentinel, node, isToHold, s_gap) > s_bound)
                Violated($"{node} takes writes, although {sentinel.Name} beside it has heard no majority for long, and replicas of it are missing");
        }
    }
}

/// <summary>A former master that returned is held from when it was seen until it is told, or the others disagree.</summary>
internal sealed class ReturnedMastersAreHeld(World world) : FenceChecker(world)
{
    private static readonly TimeSpan s_soon = TimeSpan.FromMilliseconds(400), s_long = TimeSpan.FromSeconds(1.5), s_gap = TimeSpan.FromSeconds(1.5), s_infoAge = TimeSpan.FromSeconds(1.2);

    public override string Name => "returned-masters-are-held";

    public override void WriteTaken(RedisNode node)
    {
        if (!IsOn(node))
            return;
        foreach ((SentinelProcess sentinel, MasterView view) in Working(node))
        {
            // One that was a replica when it was made the master may be the choice of a leader; one that was started as a master is nobody's.
            bool isReturned = node.Branch.Opening.Reason is RoleReason.Restart or RoleReason.EmptyStart && !node.IsIll
                && view.Replicas.FirstOrDefault(replica => replica.Address == node.Address) is { ReportsMaster: true, IsSubjectivelyDown: false } seen && seen.RunId == node.RunId && !sentinel.HasLostTrackOf(node)
                && Reaches(sentinel, node, TimeSpan.Zero) && HearsMajority(sentinel, view, view.Options.FenceAfter / 2)
                && view is { IsSubjectivelyDown: false, ReportsMaster: true, InfoAt: not null }
                // There has to be a master to follow, which says that it has its data: it is asked once a second.
                && World.NodeAt(view.Address) is { } followed && CanBeFollowed(followed) && Reaches(sentinel, followed, TimeSpan.Zero)
                // A Sentinel that does not hear that one has a veto: it may know of a newer.
                && World.Sentinels.TrueForAll(other => !other.HoldsDown(node.Group.Name) && other.FailoverOf(node.Group.Name) is FailoverStep.None && other.ConfigEpochOf(node.Group.Name) <= view.ConfigEpoch);
            TimeSpan lasts = Lasting(sentinel, node, isReturned, s_gap);
            if (lasts > s_soon && lasts < s_long)
                Violated($"{node}, a former master, takes writes {lasts.TotalMilliseconds:F0} ms after {sentinel.Name} has seen that it is back");
        }
    }

    /// <summary>Whether a master can be followed, and was asked what it has. Nobody need follow one that lost its data as long as somebody doubts it.</summary>
    private bool CanBeFollowed(RedisNode master)
    {
        Instant now = World.Agenda.Now;
        return master is { IsLoading: false, IsIll: false, IsWorking: true } && now - master.StartedAt > s_infoAge && !(now - master.LoadedAt < s_infoAge) && !(now - master.ThawedAt < s_infoAge)
            && !master.Data.Root.Opening.LostItsData && !master.HadIllness(Illness.HidesInfo, now - s_infoAge - s_long, now);
    }
}

/// <summary>No hold is long, and none goes on when there is no reason any more: all replicas are attached, or a majority is heard that believes in the master.</summary>
internal sealed class HoldsEnd(World world) : FenceChecker(world)
{
    /// <summary>One that is renewed comes more often than this.</summary>
    private static readonly TimeSpan s_gap = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan s_lease = TimeSpan.FromSeconds(1);

    /// <summary>Peers that do not tell what they believe are waited for, for twice the time between two hellos.</summary>
    private static readonly TimeSpan s_bound = TimeSpan.FromSeconds(6);

    public override string Name => "holds-end";

    public override void WritesHeld(RedisNode node, SimSentinel by, TimeSpan time)
    {
        if (time > s_lease)
            Violated($"{by.Name} holds the writes of {node} for {time.TotalSeconds} s, which go on should it die");
        if (by is not SentinelProcess sentinel || !sentinel.View.Masters.TryGetValue(node.Group.Name, out MasterView? view))
            return;
        bool isWhole = view.Address == node.Address && node.IsMaster && !node.IsIll && HasAll(node, view, TimeSpan.FromSeconds(1.5), completely: true);
        bool isConfirmed = view.Address == node.Address && HearsMajority(sentinel, view, view.Options.FenceAfter)
            && World.Sentinels.TrueForAll(other => other.FailoverOf(node.Group.Name) is FailoverStep.None && other.MasterOf(node.Group.Name) == node.Address);
        if (Lasting(sentinel, node, isWhole || isConfirmed, s_gap) > s_bound)
            Violated($"{sentinel.Name} goes on to hold the writes of {node}, which {(isWhole ? "has all its replicas" : "all believe in")}");
    }
}
