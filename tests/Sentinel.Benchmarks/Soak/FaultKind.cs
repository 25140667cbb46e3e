namespace Sentinel.Benchmarks.Soak;

/// <summary>What is done to real servers.</summary>
internal enum FaultKind
{
    /// <summary><c>kill -9</c> of a master; it comes back after it was replaced.</summary>
    MasterKilled,

    /// <summary><c>SIGSTOP</c> of a master; it goes on after it was replaced.</summary>
    MasterFrozen,

    /// <summary><c>SIGTERM</c> of a master without persistence, and an immediate start: it comes back empty, and may be replaced.</summary>
    MasterRestarted,

    /// <summary><c>SENTINEL FAILOVER</c>.</summary>
    PlannedSwitch,

    /// <summary><c>SENTINEL FAILOVER … FORCE</c>.</summary>
    ForcedSwitch,

    /// <summary><c>kill -9</c> of a replica, which comes back after a while.</summary>
    ReplicaKilled,

    /// <summary><c>SIGTERM</c> of a replica, and an immediate start.</summary>
    ReplicaRestarted,

    /// <summary><c>SIGTERM</c> of a sentinel, and a start after a while.</summary>
    SentinelRestarted,

    /// <summary><c>kill -9</c> of a sentinel, and a start after a while.</summary>
    SentinelKilled,

    /// <summary>Two thousand connections to a sentinel at once.</summary>
    ConnectionStorm,

    /// <summary>A client that subscribes to all events and does not read.</summary>
    SlowSubscriber,
}
