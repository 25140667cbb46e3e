namespace Sentinel.Core;

/// <summary>The data node that is configured as the group's master.</summary>
internal sealed class MasterNode : DataNode
{
    public MasterNode(MasterMonitor master, InstanceLink link, Instant now)
        : base(master, link)
    {
        (ReportsMaster, RoleSince, ReportedMasterSince) = (true, now, now);
        link.Users.Add(this);
    }

    /// <summary>The node of a replica that has become the master.</summary>
    public MasterNode(Replica promoted, Instant now)
        : base(promoted.Master, promoted.Link)
    {
        InheritFrom(promoted);
        if (!ReportsMaster)
            (ReportsMaster, RoleSince) = (true, now);
    }

    /// <summary>We did not run for some time, in which it had no chance to show itself in another light.</summary>
    public void Miss(TimeSpan time)
    {
        if (!ReportsMaster)
            RoleSince += time;
        RebootedAt += time;
    }

    public override InstanceKind Kind => InstanceKind.Master;
    public override string Name => Master.Name;
    public override string Prefix => $"master {Master.Name} {Told.Host} {Told.Port}";

    /// <summary>When it was seen to have rebooted without having answered a PING since; null: it has not.</summary>
    public Instant? RebootedAt { get; set; }
}
