namespace Sentinel.Simulation.Nodes;

/// <summary>With which configuration a node is started.</summary>
internal enum RestartConfiguration
{
    /// <summary>With the one that CONFIG REWRITE saved.</summary>
    Rewritten,

    /// <summary>With the one that it began with, as containers are.</summary>
    Original,
}
