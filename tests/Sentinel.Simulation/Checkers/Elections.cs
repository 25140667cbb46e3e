using Sentinel.Core;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Nodes;
using Sentinel.Simulation.Sentinels;

namespace Sentinel.Simulation.Checkers;

/// <summary>An epoch of a master has one leader at most.</summary>
/// <remarks>Of Redis' kind one may become leader in an epoch that was another's, for it counts the votes of a later one, or without votes by an order.</remarks>
internal sealed class OneLeader(World world) : Checker(world)
{
    private readonly Dictionary<(string Master, Epoch Epoch), SimSentinel> _leaders = [];

    public override string Name => "one-leader";

    public override void Happened(SimSentinel sentinel, SentinelEvent happened)
    {
        if (happened.Name != "+elected-leader" || happened.MasterName is not { } master)
            return;
        if (_leaders.TryAdd((master, happened.Epoch), sentinel) || _leaders[(master, happened.Epoch)] == sentinel)
            return;
        SimSentinel other = _leaders[(master, happened.Epoch)];
        if (HadTwoVotes(master, happened.Epoch))
            World.Coverage.Count("excused two leaders, by a voter without memory");
        else if (sentinel.IsLegacy || other.IsLegacy)
            World.Coverage.Count("excused two leaders, one of Redis' kind");
        else
            Violated($"{other.Name} and {sentinel.Name} lead in epoch {happened.Epoch} of {master}");
    }
}

/// <summary>Only who has the votes of a majority, and of the quorum, or was ordered to, promotes.</summary>
internal sealed class OnlyLeadersPromote(World world) : Checker(world)
{
    private readonly Dictionary<(string Master, Epoch Epoch, SentinelId Leader), HashSet<SentinelId>> _votes = [];
    private readonly Dictionary<(SimSentinel Sentinel, string Master), Epoch> _tried = [];
    private readonly HashSet<(SimSentinel Sentinel, string Master)> _ordered = [];

    public override string Name => "only-leaders-promote";

    public override void Voted(SimSentinel sentinel, string master, Epoch epoch, SentinelId leader) => Count(sentinel, master, epoch, leader);

    public override void OrderedFailover(SimSentinel sentinel, string master, FailoverOptions order) => _ordered.Add((sentinel, master));

    public override void RefusedFailover(SimSentinel sentinel, string master) => _ordered.Remove((sentinel, master));

    public override void Happened(SimSentinel sentinel, SentinelEvent happened)
    {
        if (happened.MasterName is not { } master)
            return;
        switch (happened.Name)
        {
            case "+vote-for-leader":
                if (SentinelId.TryParse(happened.Payload.Split(' ')[0], out SentinelId leader))
                    Count(sentinel, master, happened.Epoch, leader);
                break;
            case "+try-failover":
                _tried[(sentinel, master)] = happened.Epoch;
                break;
            case "+switch-master" or "+failover-end" or "-failover-abort-no-good-slave" or "-failover-abort-slave-timeout" or "-failover-abort-not-elected":
                _ordered.Remove((sentinel, master));
                break;
            default:
                break;
        }
    }

    public override void Reconfiguring(RedisNode node, SimSentinel by, Address? master)
    {
        if (master is not null || by.IsLegacy)
            return;
        foreach (Group group in World.Groups)
        {
            if (by.FailoverOf(group.Name) is not (FailoverStep.SendReplicaOfNoOne or FailoverStep.WaitPromotion) || _ordered.Contains((by, group.Name)))
                continue;
            if (!_tried.TryGetValue((by, group.Name), out Epoch epoch))
                continue;
            int votes = _votes.TryGetValue((group.Name, epoch, by.Id), out HashSet<SentinelId>? voters) ? voters.Count : 0;
            int needed = Math.Max(World.Sentinels.Count / 2 + 1, group.Topology.Options.Quorum);
            if (votes < needed)
                Violated($"{by.Name} promotes {node.Name} in epoch {epoch} of {group.Name} with {votes} votes of {World.Sentinels.Count}; {needed} are needed");
        }
    }

    private void Count(SimSentinel sentinel, string master, Epoch epoch, SentinelId leader)
    {
        if (!_votes.TryGetValue((master, epoch, leader), out HashSet<SentinelId>? voters))
            _votes.Add((master, epoch, leader), voters = []);
        voters.Add(sentinel.Id);
    }
}
