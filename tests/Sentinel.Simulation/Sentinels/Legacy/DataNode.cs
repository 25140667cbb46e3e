using Sentinel.Core;

namespace Sentinel.Simulation.Sentinels.Legacy;

/// <summary>A master or a replica: what its INFO said.</summary>
internal abstract class DataNode(LegacySentinel sentinel, Address address, bool isMaster) : Instance(sentinel, new Link(sentinel, hasSubscription: true), address)
{
    public string? RunId { get; set; }

    /// <summary>When INFO was last answered; null: never.</summary>
    public Instant? InfoAt { get; set; }

    public bool ReportsMaster { get; set; } = isMaster;

    /// <summary>When the reported role last changed.</summary>
    public Instant RoleSince { get; set; } = sentinel.Now;

    public abstract TimeSpan InfoPeriod { get; }
}
