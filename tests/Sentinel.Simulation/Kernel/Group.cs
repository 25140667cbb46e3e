using Sentinel.Core;
using Sentinel.Simulation.Nodes;
using Sentinel.Simulation.Sentinels;

namespace Sentinel.Simulation.Kernel;

/// <summary>A master and its replicas, under one name.</summary>
internal sealed class Group(GroupTopology topology)
{
    private readonly List<Belief> _beliefs = [];
    private readonly List<(Instant At, TimeSpan? DownAfter, TimeSpan? FailoverTimeout)> _set = [];

    public string Name => Topology.Options.Name;
    public GroupTopology Topology { get; } = topology;

    /// <summary>All nodes that were ever of it; the first one began as the master.</summary>
    public List<RedisNode> Nodes { get; } = [];

    /// <summary>What operators had Sentinels do.</summary>
    public OrderedPromotions OrderedPromotions { get; } = new(topology.Options.Name);

    /// <summary>An operator sets times; null: not this one.</summary>
    public void Set(Instant at, TimeSpan? downAfter, TimeSpan? failoverTimeout) => _set.Add((at, downAfter, failoverTimeout));

    /// <summary>The shortest down-after that any Sentinel had until some time: configured, or set by an operator.</summary>
    public TimeSpan DownAfterBefore(Instant at) => _set.Where(set => set.At <= at).Select(set => set.DownAfter).OfType<TimeSpan>().Append(Topology.Options.DownAfter).Min();

    /// <summary>The shortest failover timeout that any Sentinel had until some time: configured, or set by an operator.</summary>
    public TimeSpan FailoverTimeoutBefore(Instant at) => _set.Where(set => set.At <= at).Select(set => set.FailoverTimeout).OfType<TimeSpan>().Append(Topology.Options.FailoverTimeout).Min();

    /// <summary>A Sentinel believes something new of where its master is.</summary>
    /// <param name="at">When.</param>
    /// <param name="sentinel">Who.</param>
    /// <param name="address">Of which it believes that.</param>
    /// <param name="master">Who had that address then; null: nobody.</param>
    /// <param name="epoch">Under which configuration.</param>
    public void Believed(Instant at, SimSentinel sentinel, Address address, RedisNode? master, Epoch epoch) => _beliefs.Add(new Belief(at, sentinel, address, master, epoch));

    /// <summary>Who first believed that its master is at an address in an epoch, and so announced it to the others; null: nobody did.</summary>
    public SimSentinel? FirstBeliever(Epoch epoch, Address master) => _beliefs.Find(belief => belief.Epoch == epoch && belief.Address == master)?.Sentinel;

    /// <summary>Whether its master was elsewhere at some time, to who knew the newest configuration, or to most Sentinels.</summary>
    public bool WasElsewhere(Instant at, RedisNode node)
    {
        var last = new Dictionary<SimSentinel, Belief>();
        foreach (Belief belief in _beliefs)
        {
            if (belief.At <= at)
                last[belief.Sentinel] = belief;
        }
        return last.Values.MaxBy(belief => belief.Epoch) is { } newest && newest.Master != node
            || 2 * last.Values.Count(belief => belief.Master != node) > last.Count;
    }

    /// <summary>Who is the master by the configuration that was the newest at some time; null: nobody knew one, or nobody was where it says.</summary>
    public RedisNode? NewestMaster(Instant at) => Newest(at)?.Master;

    /// <summary>Since when somebody knew the configuration that was the newest at some time.</summary>
    public Instant NewestSince(Instant at)
    {
        Belief newest = Newest(at)!;
        return _beliefs.Find(belief => belief.Epoch == newest.Epoch && belief.Master == newest.Master)!.At;
    }

    /// <summary>Whether one Sentinel alone knew, until a later time, the configuration that was the newest at some time, and others an older one.</summary>
    public bool WasKnownToOneOnly(Instant at, Instant until) =>
        Newest(at) is { } newest && _beliefs.Exists(belief => belief.At <= until && belief.Sentinel != newest.Sentinel)
        && !_beliefs.Exists(belief => belief.At <= until && belief.Sentinel != newest.Sentinel && belief.Epoch == newest.Epoch && belief.Master == newest.Master);

    private Belief? Newest(Instant at) => _beliefs.Where(belief => belief.At <= at).MaxBy(belief => belief.Epoch);

    /// <summary>When somebody first knew, after some time, of another master than one, in a newer configuration than was known by then; null: nobody did.</summary>
    public (Instant At, RedisNode? Master)? FirstElsewhere(Instant after, RedisNode than)
    {
        Epoch newest = _beliefs.Where(belief => belief.At <= after).Select(belief => belief.Epoch).DefaultIfEmpty().Max();
        return _beliefs.Find(belief => belief.At > after && belief.Epoch > newest && belief.Master != than) is { } elsewhere ? (elsewhere.At, elsewhere.Master) : null;
    }

    /// <summary>What its Sentinels were first configured with.</summary>
    public MasterState Original => new() { Options = Topology.Options with { PreflightPeriod = Topology.PreflightPeriod }, Address = Nodes[0].Address };

    private sealed record Belief(Instant At, SimSentinel Sentinel, Address Address, RedisNode? Master, Epoch Epoch);
}
