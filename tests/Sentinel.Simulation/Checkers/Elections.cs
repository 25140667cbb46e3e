using Sentinel.Core;
using Sentinel.Simulation.Kernel;
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

/// <summary>Only who leads a failover promotes: with the votes of a majority, and of the quorum, or by an order.</summary>
/// <remarks>
/// Judged when the order to be a master leaves, not when it arrives. It goes to the replica that was chosen; or, when nobody is fit, to the configured master, which
/// came back as a replica and is to be the master again. Redis' kind is not judged.
/// </remarks>
internal sealed class OnlyLeadersPromote(World world) : Checker(world)
{
    private readonly Dictionary<(string Master, Epoch Epoch, SentinelId Leader), HashSet<SentinelId>> _votes = [];
    private readonly Dictionary<(SimSentinel Sentinel, string Master), Lead> _leads = [];

    public override string Name => "only-leaders-promote";

    public override void Voted(SimSentinel sentinel, string master, Epoch epoch, SentinelId leader) => Count(sentinel, master, epoch, leader);

    public override void Restored(SimSentinel sentinel, SentinelState state)
    {
        foreach (Group group in World.Groups)
            _leads.Remove((sentinel, group.Name));
    }

    public override void Happened(SimSentinel sentinel, SentinelEvent happened)
    {
        if (happened.MasterName is not { } master)
            return;
        if (OrderedFailovers.Ends(happened.Name))
            _leads.Remove((sentinel, master));
        else if (happened.Name == "+vote-for-leader" && SentinelId.TryParse(happened.Payload.Split(' ')[0], out SentinelId leader))
            Count(sentinel, master, happened.Epoch, leader);
        else if (happened.Name == "+elected-leader")
            _leads[(sentinel, master)] = new Lead(happened.Epoch, Chosen: null);
        else if (happened.Name is "+selected-slave" or "-promotion-failed" && _leads.TryGetValue((sentinel, master), out Lead? lead))
            _leads[(sentinel, master)] = lead with { Chosen = happened.Name == "+selected-slave" ? happened.InstanceAddress : null };
    }

    public override void Promoting(SentinelProcess by, string master, Address node)
    {
        if (!_leads.TryGetValue((by, master), out Lead? lead))
        {
            Violated($"{by.Name} promotes {node} for {master}, of which it leads no failover");
            return;
        }
        if (node != (lead.Chosen ?? by.MasterOf(master)))
            Violated($"{by.Name} promotes {node} for {master}, and has chosen {lead.Chosen?.ToString() ?? "nobody"}");
        int votes = _votes.TryGetValue((master, lead.Epoch, by.Id), out HashSet<SentinelId>? voters) ? voters.Count : 0;
        int needed = Math.Max(World.Sentinels.Count / 2 + 1, World.Group(master).Topology.Options.Quorum);
        if (votes < needed && World.Ordered.Of(by, master) is null)
            Violated($"{by.Name} promotes {node} in epoch {lead.Epoch} of {master} with {votes} votes of {World.Sentinels.Count}; {needed} are needed");
    }

    private void Count(SimSentinel sentinel, string master, Epoch epoch, SentinelId leader)
    {
        if (!_votes.TryGetValue((master, epoch, leader), out HashSet<SentinelId>? voters))
            _votes.Add((master, epoch, leader), voters = []);
        voters.Add(sentinel.Id);
    }

    /// <summary>A failover that a Sentinel leads.</summary>
    /// <param name="Epoch">Its epoch.</param>
    /// <param name="Chosen">Who is to be the master; null: nobody yet, or nobody any more.</param>
    private sealed record Lead(Epoch Epoch, Address? Chosen);
}
