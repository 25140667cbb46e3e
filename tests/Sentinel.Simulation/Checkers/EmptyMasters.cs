using Sentinel.Core;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Nodes;
using Sentinel.Simulation.Sentinels;

namespace Sentinel.Simulation.Checkers;

/// <summary>A node that has data is not told to follow one that restarted empty, by a Sentinel that could see what both of them have.</summary>
internal sealed class NobodyFollowsTheEmptied(World world) : Checker(world)
{
    /// <summary>So long an order, and the question that comes to it, may be under way.</summary>
    private static readonly TimeSpan s_flight = TimeSpan.FromMilliseconds(100);

    /// <summary>Who knew, when a node was started last, that its group had data.</summary>
    private readonly Dictionary<RedisNode, HashSet<SimSentinel>> _knowing = [];

    /// <summary>Who doubted a master, and who came to believe it, for the others of the quorum do.</summary>
    private readonly Dictionary<(SimSentinel Sentinel, string Master), (Instant DoubtedAt, bool HasYielded)> _doubts = [];

    public override string Name => "nobody-follows-the-emptied";

    public override void Happened(SimSentinel sentinel, SentinelEvent happened)
    {
        if (happened.MasterName is not { } master)
            return;
        if (happened.Name == "+master-lost-data")
            _doubts[(sentinel, master)] = (World.Agenda.Now, HasYielded: false);
        else if (happened is { Name: "-sdown", Kind: InstanceKind.Master } && _doubts.TryGetValue((sentinel, master), out var doubt))
            _doubts[(sentinel, master)] = doubt with { HasYielded = true };
    }

    public override void StartedAnew(RedisNode node) =>
        _knowing[node] = [.. World.Sentinels.OfType<SentinelProcess>().Where(sentinel => sentinel.KnowsOfKeysOf(node.Group.Name))];

    public override void Reconfiguring(RedisNode node, SimSentinel by, Address? master)
    {
        if (by is not SentinelProcess ours || !node.HasData || master is not { } address || World.NodeAt(address) is not { } followed || followed.Group != node.Group)
            return;
        // It has nothing of its own yet, and had something before it was started.
        if (followed is { HasData: true } or { IsLoading: true } or { IsRunning: false } || !followed.Data.Branch.Opening.LostItsData)
            return;
        // The order left before that could be seen.
        if (World.Agenda.Now - followed.StartedAt <= s_flight)
            return;
        // The order had come to a node that did not run, over a connection from before that.
        if (node.FrozenSpells.Any(spell => spell.From <= followed.StartedAt && World.Agenda.Now - spell.Until <= s_flight
            && !(ours.ConnectedSince(node.Address) is { } made && by.Machine.Clock.TrueTimeOf(made) >= spell.Until)))
            return;
        // Nobody could see what it has.
        if (node.HadIllness(Illness.HidesInfo, followed.StartedAt, World.Agenda.Now))
            return;
        // The node has only what it took since it was emptied itself.
        if (node.Data.Root.Opening.LostItsData)
            return;
        // It follows that one already, as with a configuration that could not be rewritten: the order changes nothing.
        if (node.Master == address)
            return;
        // It does not know, or not any more, that there was anything.
        if (ours.LineagesLostAt >= followed.StartedAt || !_knowing[followed].Contains(by))
            return;
        // It said so, and the others of the quorum, who hear the master, did not come to the same.
        if (_doubts.TryGetValue((by, node.Group.Name), out var doubt) && doubt.HasYielded && doubt.DoubtedAt >= followed.StartedAt)
            return;
        // Nobody else has what it has, and it is not to be the master, or was not until a moment ago: there is nothing to save it for.
        if (node.Priority == 0 || World.Agenda.Now - node.PrioritySince < NewsAge)
            return;
        // The node was there all the time in which the Sentinel could see the master as it is now; one that comes back later finds others agreed.
        if (ours.ConnectedSince(node.Address) is { } since && ours.ConnectedSince(address) is { } lookedSince && since <= lookedSince && by.Machine.Clock.TrueTimeOf(lookedSince) >= followed.StartedAt)
            Violated($"{by.Name} makes {node.Name}, which has data, a replica of {followed.Name}, which restarted empty");
    }
}
