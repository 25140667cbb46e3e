namespace Sentinel.Core;

/// <summary>Something that would make a failover fail or lose data, found out while all is well.</summary>
/// <param name="Kind">What is wrong.</param>
/// <param name="About">Who it is about: <c>master</c>, <c>replica</c> or <c>sentinel</c>, and its address; or <c>this sentinel</c>.</param>
/// <param name="Text">What is wrong, what would come of it, and often what to do, in words for an operator.</param>
public sealed record Finding(FindingKind Kind, string About, string Text)
{
    /// <summary>One sentence.</summary>
    public override string ToString() => $"{About}: {Text}";
}

/// <summary>Kinds of findings: an instance has one of each at most.</summary>
public enum FindingKind
{
    /// <summary>A node refuses a command of which every change of role is made. It is promoted only where nobody else is fit.</summary>
    Rights,

    /// <summary>A node has no configuration file, or could not write it when its role was last changed.</summary>
    ConfigurationFile,

    /// <summary>A node refuses our hellos.</summary>
    Hellos,

    /// <summary>A replica is attached to the master, and does not answer us; or a peer's hellos come, and it does not answer us.</summary>
    Unreachable,

    /// <summary>A node is known by a loopback address, and Sentinels are on other machines.</summary>
    Loopback,

    /// <summary>The clock of a replica is not that of the master.</summary>
    Clock,

    /// <summary>A node is of an older version than one that is, or may become, its master.</summary>
    Version,

    /// <summary>The replication backlog of a node holds less than is written in the time that a failure takes.</summary>
    Backlog,

    /// <summary>A node has no password, or another user, for a master, and replicas that work have.</summary>
    MasterAuth,

    /// <summary>A replica is set to use TLS towards a master, and the master is not; or the other way round.</summary>
    Tls,

    /// <summary>A replica would, as the master, want more replicas than are left.</summary>
    MinReplicas,

    /// <summary>No replica could be promoted.</summary>
    Candidates,

    /// <summary>Too few Sentinels can be reached for a failover.</summary>
    Votes,

    /// <summary>This Sentinel could not save its file. It is told by log lines, not by events.</summary>
    Saves,
}
