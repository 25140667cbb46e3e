namespace Sentinel.Simulation.Nodes;

/// <summary>Why a node has the role that it has.</summary>
internal enum RoleReason
{
    /// <summary>It was started without data, and its configuration says so.</summary>
    EmptyStart,

    /// <summary>It was started with what its disk had, and its configuration says so.</summary>
    Restart,

    /// <summary>A Sentinel told it.</summary>
    Sentinel,

    /// <summary>A Sentinel made it the master because an operator had ordered a failover, which may go on without the former master.</summary>
    OrderedFailover,

    /// <summary>It was a master, began to make way for a replica, and goes on as that did not succeed.</summary>
    Resumed,

    /// <summary>An operator told it.</summary>
    Operator,
}
