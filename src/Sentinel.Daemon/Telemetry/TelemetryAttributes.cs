namespace Sentinel.Daemon.Telemetry;

/// <summary>The names of attributes, the same on metrics and spans.</summary>
internal static class TelemetryAttributes
{
    /// <summary>The name of an event, such as <c>+sdown</c>. About fifty values.</summary>
    public const string EventName = "sentinel.event.name";

    /// <summary>The payload of an event. On spans only.</summary>
    public const string EventMessage = "sentinel.event.message";

    /// <summary>The name of a master's group. As many values as masters are monitored.</summary>
    public const string MasterName = "sentinel.master.name";

    /// <summary><c>ok</c>, <c>sdown</c> or <c>odown</c>.</summary>
    public const string MasterStatus = "sentinel.master.status";

    /// <summary><c>switched</c>: led by this Sentinel; <c>observed</c>: led by another; <c>aborted</c>.</summary>
    public const string Outcome = "sentinel.failover.outcome";

    /// <summary><c>fault</c>, <c>forced</c> or <c>planned</c>; see <see cref="Sentinel.Core.FailoverCause"/>.</summary>
    public const string Cause = "sentinel.failover.cause";

    /// <summary>The part of a failover; see <see cref="FailoverPhase"/>.</summary>
    public const string Phase = "sentinel.failover.state";

    /// <summary>What went wrong: the last words of a <c>-failover-abort-…</c>, <c>superseded</c> or <c>reset</c>. The name is OpenTelemetry's.</summary>
    public const string ErrorType = "error.type";

    /// <summary>The epoch of a failover. On spans only.</summary>
    public const string Epoch = "sentinel.epoch";

    /// <summary>The address that a master is failed over from. On spans only.</summary>
    public const string OldAddress = "sentinel.master.old_address";

    /// <summary>The address that it is failed over to. On spans only.</summary>
    public const string NewAddress = "sentinel.master.new_address";

    /// <summary>The replica chosen. On spans only.</summary>
    public const string Replica = "sentinel.replica.address";

    /// <summary>The Sentinel that told us of a switch. On spans only.</summary>
    public const string Peer = "sentinel.peer.address";

    /// <summary>Whether replicas were left to themselves, for the time was up. On spans only.</summary>
    public const string TimedOut = "sentinel.failover.timed_out";

    /// <summary>The id of a webhook. As many values as are configured.</summary>
    public const string WebhookId = "sentinel.webhook.id";
}
