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

    /// <summary>A Sentinel told it because an operator had ordered a failover.</summary>
    OrderedFailover,

    /// <summary>An operator told it.</summary>
    Operator,
}
