using System.Collections.Immutable;
using System.Text;

namespace Sentinel.Core;

/// <summary>What this Sentinel believes, at one moment. Immutable and safe to read from any thread.</summary>
/// <remarks>Only masters that changed are new objects in a later view. The ages of a link's replies are read through <see cref="LinkHealth"/>.</remarks>
public sealed record SentinelView
{
    /// <summary>Who we are.</summary>
    public required SentinelId Id { get; init; }

    /// <summary>The largest epoch heard of.</summary>
    public Epoch CurrentEpoch { get; init; }

    /// <summary>What the configuration says about this Sentinel itself, with all changes made since the start.</summary>
    public SentinelOptions Options { get; init; } = new();

    /// <summary>When TILT began; null: not in TILT.</summary>
    public Instant? TiltSince { get; init; }

    /// <summary>Why the last save of the state failed, in the system's words, one line; null: it did not, or there was none. Until one succeeds no vote is given, and no failover led.</summary>
    public string? SaveError { get; init; }

    /// <summary>When this Sentinel is to die on purpose.</summary>
    public SimulatedFailures SimulatedFailures { get; init; }

    /// <summary>The monitored masters, by name; names are case-sensitive.</summary>
    public ImmutableDictionary<string, MasterView> Masters { get; init; } = ImmutableDictionary.Create<string, MasterView>(StringComparer.Ordinal);
}

/// <summary>What an instance is flagged with, in the order in which the wire shows it.</summary>
[Flags]
public enum InstanceFlags
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Subjectively down: this Sentinel holds it down.</summary>
    SubjectivelyDown = 1 << 0,

    /// <summary>Objectively down: a quorum holds it down.</summary>
    ObjectivelyDown = 1 << 1,

    /// <summary>It is a master.</summary>
    Master = 1 << 2,

    /// <summary>It is a replica.</summary>
    Replica = 1 << 3,

    /// <summary>It is a Sentinel.</summary>
    Sentinel = 1 << 4,

    /// <summary>A connection of its link is missing.</summary>
    Disconnected = 1 << 5,

    /// <summary>Of a Sentinel: it holds the master down.</summary>
    MasterDown = 1 << 6,

    /// <summary>Of a master: this Sentinel is failing it over.</summary>
    FailoverInProgress = 1 << 7,

    /// <summary>Of a replica: it is being promoted.</summary>
    Promoted = 1 << 8,

    /// <summary>Of a replica: it was told to follow the new master.</summary>
    ReconfSent = 1 << 9,

    /// <summary>Of a replica: it is on its way to the new master.</summary>
    ReconfInProgress = 1 << 10,

    /// <summary>Of a replica: it follows the new master.</summary>
    ReconfDone = 1 << 11,

    /// <summary>Of a master: the failover was ordered by an operator.</summary>
    ForceFailover = 1 << 12,

    /// <summary>It was told to end a script that kept it busy.</summary>
    ScriptKillSent = 1 << 13,

    /// <summary>Of a master: it rebooted and has not answered since.</summary>
    MasterReboot = 1 << 14,

    /// <summary>Of a master: this Sentinel starts no failover of it by itself.</summary>
    Paused = 1 << 15,

    /// <summary>Of a node: this Sentinel holds its writes.</summary>
    Fenced = 1 << 16,
}

/// <summary>One instance: what masters, replicas and Sentinels have in common.</summary>
public abstract record InstanceView
{
    /// <summary>Its name on the wire: of a master the group's, of a replica its address, of a Sentinel its id.</summary>
    public required string Name { get; init; }

    /// <summary>Where it listens.</summary>
    public required Address Address { get; init; }

    /// <summary>A data node's <c>run_id</c>, a Sentinel's id; null: not known yet.</summary>
    public string? RunId { get; init; }

    /// <summary>Its flags, <see cref="InstanceFlags.Disconnected"/> aside, which the link tells.</summary>
    public InstanceFlags Flags { get; init; }

    /// <summary>Ages of its replies and state of its connections, always current.</summary>
    public required LinkHealth Link { get; init; }

    /// <summary>When it was last found subjectively down; null: never.</summary>
    public Instant? DownSince { get; init; }

    /// <summary>Silence after which it is down.</summary>
    public TimeSpan DownAfter { get; init; }

    /// <summary>Whether this Sentinel holds it down.</summary>
    public bool IsSubjectivelyDown => Flags.HasFlag(InstanceFlags.SubjectivelyDown);
}

/// <summary>A data node.</summary>
public abstract record NodeView : InstanceView
{
    /// <summary>When it last answered INFO; null: never.</summary>
    public Instant? InfoAt { get; init; }

    /// <summary>That answer, as UTF-8; null: none yet.</summary>
    public ReadOnlyMemory<byte>? InfoUtf8 { get; init; }

    /// <summary>The same as a string, which is made when it is asked for.</summary>
    public string? Info => InfoUtf8 is { } answer ? Encoding.UTF8.GetString(answer.Span) : null;

    /// <summary>Whether it says that it is a master.</summary>
    public bool ReportsMaster { get; init; }

    /// <summary>Since when it says what it says of its role.</summary>
    public Instant RoleSince { get; init; }
}

/// <summary>A replica.</summary>
public sealed record ReplicaView : NodeView
{
    /// <summary>How long its link to its master has been down; zero: it is up; −1 s: it never was.</summary>
    public TimeSpan MasterLinkDownTime { get; init; }

    /// <summary>Whether its link to its master is up.</summary>
    public bool IsMasterLinkUp { get; init; }

    /// <summary>Its master as it says; null: not known.</summary>
    public Address? Master { get; init; }

    /// <summary>The smaller, the sooner it is promoted; 0: never.</summary>
    public int Priority { get; init; }

    /// <summary>How far it has come in the master's stream of writes, in bytes.</summary>
    public ulong Offset { get; init; }

    /// <summary>Whether it wants to be listed to clients.</summary>
    public bool IsAnnounced { get; init; }
}

/// <summary>Another Sentinel, as it watches one master.</summary>
public sealed record PeerView : InstanceView
{
    /// <summary>When its last hello for this master came.</summary>
    public Instant LastHelloAt { get; init; }

    /// <summary>Its last vote that we know of; null: none.</summary>
    public SentinelId? VotedLeader { get; init; }

    /// <summary>The epoch of that vote.</summary>
    public Epoch VotedEpoch { get; init; }
}

/// <summary>The steps of a failover, as <c>failover-state</c> shows them.</summary>
public enum FailoverStep
{
    /// <summary>No failover.</summary>
    None,

    /// <summary>Votes are awaited.</summary>
    WaitStart,

    /// <summary>The replica to promote is being chosen.</summary>
    SelectReplica,

    /// <summary>It is about to be told.</summary>
    SendReplicaOfNoOne,

    /// <summary>It was told.</summary>
    WaitPromotion,

    /// <summary>It is the master; the others are told to follow it.</summary>
    ReconfReplicas,
}

/// <summary>One monitored master.</summary>
public sealed record MasterView : NodeView
{
    /// <summary>Its options.</summary>
    public required MasterOptions Options { get; init; }

    /// <summary>The epoch of the failover that made it master.</summary>
    public Epoch ConfigEpoch { get; init; }

    /// <summary>When a quorum last agreed that it is down; null: never.</summary>
    public Instant? ObjectivelyDownSince { get; init; }

    /// <summary>The failover led by this Sentinel.</summary>
    public FailoverStep Failover { get; init; }

    /// <summary>The Sentinel that this one voted for, while it may be about to make another node the master; null: nobody.</summary>
    public SentinelId? LeaderToSwitch { get; init; }

    /// <summary>Its replicas.</summary>
    public ImmutableArray<ReplicaView> Replicas { get; init; } = [];

    /// <summary>The other Sentinels.</summary>
    public ImmutableArray<PeerView> Peers { get; init; } = [];

    /// <summary>What would go wrong if it failed, each a sentence (<see cref="Finding.ToString"/>): first what is wrong with this Sentinel, then the oldest; empty: nothing that is known.</summary>
    public ImmutableArray<Finding> Findings { get; init; } = [];

    /// <summary>Whether a quorum holds it down.</summary>
    public bool IsObjectivelyDown => Flags.HasFlag(InstanceFlags.ObjectivelyDown);
}

/// <summary>The clocks of one link, written by the core alone and readable from any thread at any time.</summary>
/// <remarks>
/// They change with every PING. Were they part of the immutable view, each reply would make a new one, and one
/// peer shared by a thousand masters a thousand.
/// </remarks>
public sealed class LinkHealth
{
    private const long None = long.MinValue;
    private long _oldestPing = None;
    private long _lastValidReply;
    private long _lastReply;
    private int _pendingCommands;
    private int _masters = 1;
    private bool _isDisconnected = true;

    /// <summary>When the oldest unanswered PING was sent; null: none is pending.</summary>
    public Instant? OldestPingAt
    {
        get => Volatile.Read(ref _oldestPing) is var ticks && ticks == None ? null : new Instant(ticks);
        internal set => Volatile.Write(ref _oldestPing, value?.Ticks ?? None);
    }

    /// <summary>When the last valid reply to a PING came.</summary>
    public Instant LastValidReplyAt
    {
        get => new(Volatile.Read(ref _lastValidReply));
        internal set => Volatile.Write(ref _lastValidReply, value.Ticks);
    }

    /// <summary>When the last reply to a PING came, valid or not.</summary>
    public Instant LastReplyAt
    {
        get => new(Volatile.Read(ref _lastReply));
        internal set => Volatile.Write(ref _lastReply, value.Ticks);
    }

    /// <summary>Requests that wait for a reply.</summary>
    public int PendingCommands
    {
        get => Volatile.Read(ref _pendingCommands);
        internal set => Volatile.Write(ref _pendingCommands, value);
    }

    /// <summary>How many masters share the link.</summary>
    public int Masters
    {
        get => Volatile.Read(ref _masters);
        internal set => Volatile.Write(ref _masters, value);
    }

    /// <summary>Whether a needed connection is missing; one that is being made is not.</summary>
    public bool IsDisconnected
    {
        get => Volatile.Read(ref _isDisconnected);
        internal set => Volatile.Write(ref _isDisconnected, value);
    }
}
