using System.Collections.Immutable;
using Sentinel.Core;
using Sentinel.Simulation.Nodes;

namespace Sentinel.Simulation.Kernel;

/// <summary>What a world consists of.</summary>
internal sealed record Topology
{
    /// <summary>Sentinels of ours: the real core.</summary>
    public int Sentinels { get; init; } = 3;

    /// <summary>Sentinels besides them that behave like redis-sentinel.</summary>
    public int LegacySentinels { get; init; }

    public ImmutableArray<GroupTopology> Groups { get; init; } = [new GroupTopology()];

    /// <summary>Whether Sentinels run on the machines of nodes, or on machines of their own.</summary>
    public bool IsColocated { get; init; }

    /// <summary>Periods of our Sentinels.</summary>
    public Timing Timing { get; init; } = new();

    /// <summary>Shortest time a message takes.</summary>
    public TimeSpan DelayMin { get; init; } = TimeSpan.FromMicroseconds(100);

    /// <summary>How much longer it may take when all is well.</summary>
    public TimeSpan DelayNoise { get; init; } = TimeSpan.FromMicroseconds(300);

    /// <summary>How long a save of a Sentinel's state usually takes.</summary>
    public TimeSpan SaveTime { get; init; } = TimeSpan.FromMilliseconds(2);

    /// <summary>Writers for each group.</summary>
    public int ClientsPerGroup { get; init; } = 1;

    /// <summary>Pause of a writer between an acknowledgement and the next write.</summary>
    public TimeSpan WritePause { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>All Sentinels, of either kind.</summary>
    public int AllSentinels => Sentinels + LegacySentinels;
}

/// <summary>What a group consists of.</summary>
internal sealed record GroupTopology
{
    public MasterOptions Options { get; init; } = new() { Name = "mymaster", Quorum = 2, DownAfter = TimeSpan.FromSeconds(1), FailoverTimeout = TimeSpan.FromSeconds(10) };

    /// <summary>
    /// <see cref="MasterOptions.PreflightPeriod"/>, whatever <see cref="Options"/> say. Default zero: what a failover will need is looked at only where
    /// that is the story.
    /// </summary>
    public TimeSpan PreflightPeriod { get; init; }

    /// <summary>How its nodes are set up; the first one begins as the master.</summary>
    public ImmutableArray<NodeSettings> Nodes { get; init; } = [new NodeSettings(), new NodeSettings(), new NodeSettings()];
}
