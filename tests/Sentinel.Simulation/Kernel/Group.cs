using Sentinel.Core;
using Sentinel.Simulation.Nodes;
using Sentinel.Simulation.Sentinels;

namespace Sentinel.Simulation.Kernel;

/// <summary>A master and its replicas, under one name.</summary>
internal sealed class Group(GroupTopology topology)
{
    private readonly List<(Instant At, SimSentinel Sentinel, Address Master)> _beliefs = [];

    public string Name => Topology.Options.Name;
    public GroupTopology Topology { get; } = topology;

    /// <summary>All nodes that were ever of it; the first one began as the master.</summary>
    public List<RedisNode> Nodes { get; } = [];

    /// <summary>When an operator last had a Sentinel fail it over; null: never.</summary>
    public Instant? FailoverOrderedAt { get; set; }

    /// <summary>A Sentinel believes something new of where its master is.</summary>
    public void Believed(Instant at, SimSentinel sentinel, Address master) => _beliefs.Add((at, sentinel, master));

    /// <summary>Whether more Sentinels than not believed at some time that its master was somewhere else.</summary>
    public bool WasElsewhere(Instant at, Address node)
    {
        var last = new Dictionary<SimSentinel, Address>();
        foreach (var belief in _beliefs)
        {
            if (belief.At <= at)
                last[belief.Sentinel] = belief.Master;
        }
        int elsewhere = last.Values.Count(master => master != node);
        return 2 * elsewhere > last.Count;
    }

    /// <summary>What its Sentinels were first configured with.</summary>
    public MasterState Original => new() { Options = Topology.Options, Address = Nodes[0].Address };
}
