namespace Sentinel.Core;

/// <summary>A data node that is configured as a replica of the group's master, whatever it says itself.</summary>
internal sealed class Replica : DataNode
{
    public Replica(MasterMonitor master, InstanceLink link, Instant now)
        : base(master, link)
    {
        (RoleSince, ReportedMasterSince) = (now, now);
        link.Users.Add(this);
    }

    /// <summary>The same node as another entry: of a former master, or of a replica whose group has a new master.</summary>
    public Replica(DataNode former)
        : base(former.Master, former.Link)
    {
        InheritFrom(former);
        if (former is Replica replica)
            (RunIdAsReplica, SeenAsReplicaAt) = (replica.RunIdAsReplica, replica.SeenAsReplicaAt);
    }

    public override InstanceKind Kind => InstanceKind.Replica;
    public override string Name => Told.ToString();
    public override string Prefix => $"slave {Name} {Told.Host} {Told.Port} @ {Master.Name} {Master.Node.Told.Host} {Master.Node.Told.Port}";

    /// <summary>How far it has come in following a new master.</summary>
    public ReconfStep Reconf { get; set; }

    /// <summary>When <see cref="Reconf"/> last changed.</summary>
    public Instant ReconfSince { get; set; }

    /// <summary>A case of a role or master that is not the configured one; null: all is as it should be.</summary>
    public StrayCase? Stray { get; set; }

    /// <summary>Since when it is known to be a node that is listed already; null: it is not.</summary>
    public Instant? TwinSince { get; set; }

    /// <summary>Its process when it was last seen as a replica; null: never.</summary>
    public string? RunIdAsReplica { get; private set; }

    /// <summary>When that was.</summary>
    public Instant SeenAsReplicaAt { get; private set; }

    /// <summary>It says that it is a replica.</summary>
    public void SeenAsReplica(Instant now) => (RunIdAsReplica, SeenAsReplicaAt) = (RunId, now);

    /// <summary>Whether it turned from replica to master without a restart: somebody made it one.</summary>
    public bool HasBecomeMaster => ReportsMaster && RunId is not null && RunId == RunIdAsReplica;

    public InstanceFlags Flags(bool isPromoted) =>
        CommonFlags | InstanceFlags.Replica
        | (isPromoted ? InstanceFlags.Promoted : InstanceFlags.None)
        | Reconf switch
        {
            ReconfStep.Sent => InstanceFlags.ReconfSent,
            ReconfStep.InProgress => InstanceFlags.ReconfInProgress,
            ReconfStep.Done => InstanceFlags.ReconfDone,
            _ => InstanceFlags.None,
        };
}

/// <summary>How far a replica has come in following a new master.</summary>
internal enum ReconfStep
{
    /// <summary>Nothing was said to it.</summary>
    None,

    /// <summary>It was told.</summary>
    Sent,

    /// <summary>It names the new master as its own.</summary>
    InProgress,

    /// <summary>Its link to the new master is up, or was given up on.</summary>
    Done,
}
