using System.Collections.Immutable;
using System.Text;

namespace Sentinel.Core;

/// <summary>A master or a replica: what its INFO said.</summary>
internal abstract class DataNode(MasterMonitor master, InstanceLink link) : Instance(master, link)
{
    /// <summary>Of a longer INFO only so much is kept to be shown; all of it is read.</summary>
    private const int InfoKeptMax = 1024 * 1024;

    private Instant? _seenAsMasterAt;

    /// <summary>The INFO that waits for its reply.</summary>
    public RequestSlot Info;

    public string? RunId { get; protected set; }

    /// <summary>When INFO was last answered; null: never.</summary>
    public Instant? InfoAt { get; protected set; }

    /// <summary>That answer, as UTF-8: as a string, those of many nodes would be half of all that we remember. Null: none yet.</summary>
    public ReadOnlyMemory<byte>? InfoText { get; protected set; }

    /// <summary>Before this time no INFO is asked again after an error.</summary>
    public Instant NextInfoAt { get; set; }

    /// <summary>When it is asked next if nothing is the matter.</summary>
    public Instant InfoRoundAt { get; set; } = Instant.Never;

    public bool ReportsMaster { get; protected set; }
    public Instant RoleSince { get; protected set; }

    /// <summary>The reported master of a replica; null: not known.</summary>
    public Address? ReportedMaster { get; protected set; }

    public Instant ReportedMasterSince { get; protected set; }
    public TimeSpan MasterLinkDownTime { get; protected set; }
    public bool IsMasterLinkUp { get; protected set; }

    /// <summary>
    /// <see cref="MasterLinkDownTime"/>, but no longer than since it was last seen as a master. redis-server 7.0.15 says -1 s of a node that has just begun to follow; one that counts
    /// on from when it last had a master would seem to have lost it long ago when it was a master itself for hours.
    /// </summary>
    public TimeSpan WithoutMasterFor { get; private set; }

    /// <summary>When something last came to a replica from its master, as it said last; null: its link was down then, or it does not say.</summary>
    public Instant? MasterHeardAt { get; private set; }

    /// <summary>When it was asked for the INFO that it answered last; null: it answered none.</summary>
    public Instant? ReportAskedAt { get; set; }

    public int Priority { get; protected set; } = 100;
    public ulong Offset { get; protected set; }
    public bool HasKeys { get; private set; }

    /// <summary>Whether it has keys that it would keep if it were made a master now, though it may be about to replace them.</summary>
    public bool HoldsKeys { get; private set; }

    /// <summary>Whether it was loading its data.</summary>
    public bool IsLoading { get; private set; }

    /// <summary>Whether its process began with nothing, as far as it says.</summary>
    public bool HasLoadedNothing { get; private set; }

    /// <summary>Whether what it said is of the process that is connected now.</summary>
    public bool HasReported => Link.IsUsable && InfoAt >= Link.ConnectedSince;

    public bool IsAnnounced { get; protected set; } = true;

    /// <summary>The word for a change of role that the node takes: the old one only if it refused the new one when it was asked.</summary>
    public string ReplicaOfVerb => Link.TakesReplicaOf is false ? "SLAVEOF" : "REPLICAOF";

    /// <summary>Where the stream that it passes on has come to; of a master, what it has written.</summary>
    public ulong StreamOffset { get; private set; }

    /// <summary>Whether it is handing its role over by itself, and takes no order of role meanwhile.</summary>
    public bool IsHandingOver { get; private set; }

    /// <summary>The replicas that it named when it last said that it is a master, as it calls them.</summary>
    public ImmutableArray<Address> Listed { get; private set; } = [];

    /// <summary>The replicas that are attached to it; see <see cref="InfoReport.Attached"/>.</summary>
    public ImmutableArray<Address> Attached { get; private set; } = [];

    /// <summary>Until when, at most, it holds writes back because we asked it to: a PUBLISH would hold up all that follows on our connection.</summary>
    public Instant WritesHeldUntil { get; set; }

    /// <summary>The replication history that its data are of; null: not known.</summary>
    public string? History { get; protected set; }

    /// <summary>The one that it went on from when it became a master; null: none.</summary>
    public string? FormerHistory { get; protected set; }

    /// <summary>Whether its data are of a history, or went on from it.</summary>
    public bool HasDataOf(string? history) => history is not null && (History == history || FormerHistory == history);

    /// <summary>Since when it has not been silent for down-after, nor refused connections for too long; null: it is, or does. Where it never was: since it was first judged.</summary>
    public Instant? HeardSince { get; set; }

    /// <summary>When it was found to refuse connections for too long, without having answered since; null: it was not.</summary>
    public Instant? CrashedAt { get; set; }

    /// <summary>Up to which offset it has <see cref="FormerHistory"/>; null: not known.</summary>
    public ulong? FormerHistoryEnd { get; private set; }

    /// <summary>What is known of it that matters only when a failover comes.</summary>
    public Checkup Checkup { get; private set; } = new();

    /// <summary>Asks for INFO now, unless the last question is still open.</summary>
    public void RequestInfo()
    {
        if (!Info.IsPending(Link) && Link.Send(Request.Info.Instance))
            Info.Sent(Link);
    }

    /// <summary>What a report changed that others care about.</summary>
    public readonly record struct Change(bool Rebooted, bool RoleChanged);

    /// <summary>Takes in a report; what is not said stays as it was.</summary>
    public Change Absorb(InfoReport report, string text, Instant now)
    {
        bool rebooted = report.RunId is not null && RunId is not null && report.RunId != RunId;
        RunId = report.RunId ?? RunId;
        InfoAt = now;
        InfoText = Encoding.UTF8.GetBytes(text.Length <= InfoKeptMax ? text : text[..InfoKeptMax]);
        MasterLinkDownTime = report.MasterLinkDownTime;
        (HasKeys, HoldsKeys, IsLoading, HasLoadedNothing) = (report.HasKeys, report.HoldsKeys, report.IsLoading, report.HasLoadedNothing);
        (StreamOffset, IsHandingOver, Attached) = (report.StreamOffset ?? StreamOffset, report.IsHandingOver, report.Attached);
        MasterHeardAt = now - report.MasterLastHeard;
        if (report.History is not null)
            (History, FormerHistory, FormerHistoryEnd) = (report.History, report.FormerHistory, report.FormerHistoryEnd);
        bool reportsMaster = report.IsMaster ?? false;
        if (reportsMaster)
            _seenAsMasterAt = now;
        WithoutMasterFor = _seenAsMasterAt is { } seenAt && now - seenAt < MasterLinkDownTime ? now - seenAt : MasterLinkDownTime;
        bool roleChanged = reportsMaster != ReportsMaster;
        if (roleChanged)
        {
            ReportsMaster = reportsMaster;
            RoleSince = now;
            if (!reportsMaster)
                ReportedMasterSince = now;
        }
        if (reportsMaster)
        {
            Listed = report.Replicas;
        }
        else
        {
            Address? reported = report is { MasterHost: { } host, MasterPort: { } port } ? new Address(host, port) : ReportedMaster;
            if (reported != ReportedMaster)
                ReportedMasterSince = now;
            ReportedMaster = reported;
            IsMasterLinkUp = report.IsMasterLinkUp ?? IsMasterLinkUp;
            Priority = report.Priority ?? Priority;
            Offset = report.Offset ?? Offset;
            IsAnnounced = report.IsAnnounced ?? IsAnnounced;
        }
        return new Change(rebooted, roleChanged);
    }

    /// <summary>Takes over what is known of the same node in another part.</summary>
    protected void InheritFrom(DataNode other)
    {
        (RunId, InfoAt, InfoRoundAt, InfoText) = (other.RunId, other.InfoAt, other.InfoRoundAt, other.InfoText);
        (ReportsMaster, RoleSince, ReportedMaster, ReportedMasterSince) = (other.ReportsMaster, other.RoleSince, other.ReportedMaster, other.ReportedMasterSince);
        (Priority, Offset, IsAnnounced) = (other.Priority, other.Offset, other.IsAnnounced);
        (MasterLinkDownTime, IsMasterLinkUp, HasKeys, HoldsKeys) = (other.MasterLinkDownTime, other.IsMasterLinkUp, other.HasKeys, other.HoldsKeys);
        (IsLoading, HasLoadedNothing) = (other.IsLoading, other.HasLoadedNothing);
        (History, FormerHistory, FormerHistoryEnd) = (other.History, other.FormerHistory, other.FormerHistoryEnd);
        (StreamOffset, IsHandingOver, Listed, WritesHeldUntil) = (other.StreamOffset, other.IsHandingOver, other.Listed, other.WritesHeldUntil);
        HeardSince = other.HeardSince;
        (WithoutMasterFor, _seenAsMasterAt) = (other.WithoutMasterFor, other._seenAsMasterAt);
        (Info, Checkup) = (other.Info, other.Checkup);
        Link.Users.Remove(other);
        Link.Users.Add(this);
    }
}
