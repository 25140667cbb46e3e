using Sentinel.Core;
using Sentinel.Simulation.Nodes;

namespace Sentinel.Simulation.Kernel;

/// <summary>A master and its replicas, under one name.</summary>
internal sealed class Group(GroupTopology topology)
{
    public string Name => Topology.Options.Name;
    public GroupTopology Topology { get; } = topology;

    /// <summary>All nodes that were ever of it; the first one began as the master.</summary>
    public List<RedisNode> Nodes { get; } = [];

    /// <summary>When an operator last had a Sentinel fail it over; null: never.</summary>
    public Instant? FailoverOrderedAt { get; set; }

    /// <summary>What its Sentinels were first configured with.</summary>
    public MasterState Original => new() { Options = Topology.Options, Address = Nodes[0].Address };
}
