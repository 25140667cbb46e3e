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

    public override InstanceKind Kind => InstanceKind.Master;
    public override string Name => Master.Name;
    public override string Prefix => $"master {Master.Name} {Told.Host} {Told.Port}";

    /// <summary>When it was seen to have rebooted without having answered a PING since; null: it has not.</summary>
    public Instant? RebootedAt { get; set; }
}
