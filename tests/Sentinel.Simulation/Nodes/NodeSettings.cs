namespace Sentinel.Simulation.Nodes;

/// <summary>How a node is set up.</summary>
internal sealed record NodeSettings
{
    /// <summary><c>replica-priority</c>; 0: never to be promoted. Default 100, as in Redis.</summary>
    public int Priority { get; init; } = 100;

    /// <summary><c>replica-announced</c>: whether masters list it, as a replica, in their INFO.</summary>
    public bool IsAnnounced { get; init; } = true;

    public Persistence Persistence { get; init; } = Persistence.AppendOnly;

    /// <summary>Longest time between two snapshots.</summary>
    public TimeSpan SnapshotPeriod { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Whether a restart forgets the replication id and offset of what it loads, as Redis does with an append-only file: a replica then
    /// shows offset 0, and a full synchronisation follows.
    /// </summary>
    public bool ForgetsOffset { get; init; }

    /// <summary>How long a start with data takes to load it; PING is answered with <c>LOADING</c> meanwhile.</summary>
    public TimeSpan LoadTime { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How long a full synchronisation takes; in its second half the replica loads, and has nothing.</summary>
    public TimeSpan FullSyncTime { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Bytes that the replication backlog keeps. Default 64 KB, some two minutes of what a writer and three Sentinels cause; Redis' is 1 MB.</summary>
    public int Backlog { get; init; } = 65_536;

    /// <summary><c>min-replicas-to-write</c>. Default 0, as in Redis.</summary>
    public int MinReplicasToWrite { get; init; }

    /// <summary><c>min-replicas-max-lag</c>. Default 10 s, as in Redis.</summary>
    public TimeSpan MinReplicasMaxLag { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether <c>CONFIG REWRITE</c> works: without it a restart brings back the original role.</summary>
    public bool CanRewriteConfig { get; init; } = true;

    /// <summary>Whether it knows <c>SLAVEOF</c> only.</summary>
    public bool KnowsOnlySlaveOf { get; init; }
}

/// <summary>What a node finds after a restart.</summary>
internal enum Persistence
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>What it had up to some minutes ago (RDB).</summary>
    Snapshots,

    /// <summary>What it had, or after a loss of power what it had up to a second ago (AOF, everysec).</summary>
    AppendOnly,
}
