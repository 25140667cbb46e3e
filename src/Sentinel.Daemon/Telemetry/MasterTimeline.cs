using Sentinel.Daemon.Notifications;

namespace Sentinel.Daemon.Telemetry;

/// <summary>What the events have told of one master that is not over yet.</summary>
internal sealed class MasterTimeline
{
    /// <summary>When this Sentinel found it down; null: it is not.</summary>
    public DateTimeOffset? DownAt { get; set; }

    /// <summary>When a quorum did; null: it does not.</summary>
    public DateTimeOffset? AgreedAt { get; set; }

    /// <summary>The first sign of the present outage; null: there is none.</summary>
    public DateTimeOffset? TroubleSince => DownAt ?? AgreedAt;

    /// <summary>Whether a failover that was tried has told how the outage was detected: a second try begins with itself.</summary>
    public bool IsDetectionTold { get; set; }

    /// <summary>The failover that we lead or want to; null: none.</summary>
    public FailoverRecord? Failover { get; set; }

    /// <summary>A peer's news of a new master, that the switch follows; null: none.</summary>
    public StampedEvent? UpdateFrom { get; set; }

    /// <summary>The master is up, or another node is the master.</summary>
    public void TroubleIsOver() => (DownAt, AgreedAt, IsDetectionTold) = (null, null, false);
}
