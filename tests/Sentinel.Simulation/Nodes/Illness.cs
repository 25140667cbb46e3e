namespace Sentinel.Simulation.Nodes;

/// <summary>What can be wrong with a node that runs.</summary>
internal enum Illness
{
    /// <summary>A script keeps it busy: BUSY to everything.</summary>
    Busy,

    /// <summary>It cannot save: MISCONF to PING and writes.</summary>
    CannotSave,

    /// <summary>As a replica it does not synchronise: its link to the master stays down.</summary>
    Stuck,

    /// <summary>As a replica it is far behind.</summary>
    Slow,

    /// <summary>It acknowledges orders of role and does not carry them out.</summary>
    IgnoresOrders,

    /// <summary>It refuses orders of role.</summary>
    RefusesOrders,

    /// <summary>Every INFO is refused.</summary>
    HidesInfo,
}
