using Sentinel.Core;

namespace Sentinel.Simulation.Sentinels.Legacy;

/// <summary>A node that is configured as a replica, whatever it says itself.</summary>
internal sealed class Replica(LegacySentinel sentinel, Master master, Address address) : DataNode(sentinel, address, isMaster: false)
{
    public override Master Owner => master;
    public override InstanceKind Kind => InstanceKind.Replica;
    public override string Prefix => $"slave {Address} {Address.Host} {Address.Port} @ {master.Options.Name} {master.Address.Host} {master.Address.Port}";

    /// <summary>Whom it says it follows; null: it never said.</summary>
    public Address? ReportedMaster { get; set; }

    public Instant ReportedMasterSince { get; set; } = sentinel.Now;

    /// <summary>How long its link to its master has been down; −1 s: it never was up.</summary>
    public TimeSpan MasterLinkDownTime { get; set; }

    public bool IsMasterLinkUp { get; set; }
    public int Priority { get; set; } = 100;
    public ulong Offset { get; set; }
    public ReconfFlags Reconf { get; set; }
    public Instant ReconfSentAt { get; set; }

    /// <summary>Whether it is on its way to a new master.</summary>
    public bool IsUnderWay => (Reconf & (ReconfFlags.Sent | ReconfFlags.InProgress)) != ReconfFlags.None;

    public override TimeSpan InfoPeriod =>
        master.IsObjectivelyDown || master.Step is not FailoverStep.None || MasterLinkDownTime != TimeSpan.Zero ? Periods.FastInfo : Periods.Info;

    /// <summary>Orders it, in a transaction whose replies nobody reads, to follow somebody or to be a master.</summary>
    /// <returns>False when there is no connection.</returns>
    public bool SlaveOf(Address? followed) => Link.Ask(new Request.Reconfigure("SLAVEOF", followed), this);
}

/// <summary>How far a replica has come in following a new master.</summary>
[Flags]
internal enum ReconfFlags
{
    None = 0,

    /// <summary>It was told.</summary>
    Sent = 1,

    /// <summary>It names the new master as its own.</summary>
    InProgress = 2,

    /// <summary>Its link to the new master is up, or it was given up on.</summary>
    Done = 4,
}
