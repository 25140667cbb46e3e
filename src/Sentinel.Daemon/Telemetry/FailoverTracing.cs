using System.Diagnostics;
using Sentinel.Core;
using Sentinel.Daemon.Commands;
using Sentinel.Daemon.Notifications;

namespace Sentinel.Daemon.Telemetry;

/// <summary>Writes each failover as one trace: a root span, below it a span for each phase.</summary>
/// <remarks>
/// A span leaves the process when it ends, so nothing is lost by writing all of a failover at its end, with the times of
/// its events; and no span is left open on the deciding loop, where it would become the parent of whatever comes by.
/// While nobody listens (no exporter, or not sampled) no span is made.
/// </remarks>
internal sealed class FailoverTracing : IDisposable
{
    /// <summary>The name of the source of spans.</summary>
    public const string SourceName = "Sentinel";

    private readonly ActivitySource _source = new(SourceName, ServerVersion.Own);

    /// <summary>Writes a failover that this Sentinel led or wanted to.</summary>
    public void Write(FailoverRecord failover)
    {
        using Activity? root = Begin($"failover {failover.MasterName}", parent: default, failover.From);
        if (root is null)
            return;
        Describe(root, failover.MasterName, failover.Epoch, failover.OldAddress, failover.NewAddress);
        root.SetTag(TelemetryAttributes.Replica, failover.Replica?.ToString());
        root.SetTag(TelemetryAttributes.Outcome, failover.Error is null ? "switched" : "aborted");
        root.SetTag(TelemetryAttributes.TimedOut, failover.IsTimedOut ? true : null);
        foreach (StampedEvent e in failover.Events)
            AddEvent(root, e);
        for (int i = 0; i < failover.Phases.Count; i++)
        {
            PhaseRecord phase = failover.Phases[i];
            using Activity? child = Begin(phase.Phase.Name(), root.Context, phase.From);
            bool isLast = i == failover.Phases.Count - 1;
            End(child, phase.To, isLast ? failover.Error : null, failover.ErrorReason, isSuccess: false);
        }
        End(root, failover.To, failover.Error, failover.ErrorReason, isSuccess: failover.Error is null);
    }

    /// <summary>Writes a switch that another Sentinel led.</summary>
    /// <param name="update">Its <c>+config-update-from</c>; null: the peer is not known.</param>
    /// <param name="switched">The <c>+switch-master</c>.</param>
    /// <param name="downAt">When we found the master down; null: we did not.</param>
    /// <param name="agreedAt">When a quorum did; null: it did not, as far as we know.</param>
    public void WriteObserved(StampedEvent? update, StampedEvent switched, DateTimeOffset? downAt, DateTimeOffset? agreedAt)
    {
        SentinelEvent happened = switched.Event;
        using Activity? span = Begin($"switch {happened.MasterName}", parent: default, (update ?? switched).Time);
        if (span is null)
            return;
        Describe(span, happened.MasterName, happened.Epoch, happened.MasterAddress, happened.NewAddress);
        span.SetTag(TelemetryAttributes.Outcome, "observed");
        span.SetTag(TelemetryAttributes.Peer, update?.Event.InstanceAddress?.ToString());
        if (downAt is { } down)
            span.AddEvent(new ActivityEvent("+sdown", down));
        if (agreedAt is { } agreed)
            span.AddEvent(new ActivityEvent("+odown", agreed));
        if (update is not null)
            AddEvent(span, update);
        AddEvent(span, switched);
        End(span, switched.Time, error: null, reason: null, isSuccess: true);
    }

    /// <inheritdoc/>
    public void Dispose() => _source.Dispose();

    private Activity? Begin(string name, ActivityContext parent, DateTimeOffset at)
    {
        // Without a parent given, the source would take the current activity for it; here a root is a root.
        if (parent == default)
            Activity.Current = null;
        return _source.StartActivity(name, ActivityKind.Internal, parent, startTime: at);
    }

    private static void Describe(Activity span, string? masterName, Epoch epoch, Address? from, Address? to)
    {
        span.SetTag(TelemetryAttributes.MasterName, masterName);
        span.SetTag(TelemetryAttributes.Epoch, (long)epoch.Number);
        span.SetTag(TelemetryAttributes.OldAddress, from?.ToString());
        span.SetTag(TelemetryAttributes.NewAddress, to?.ToString());
    }

    private static void AddEvent(Activity span, StampedEvent e) => span.AddEvent(new ActivityEvent(
        e.Event.Name, e.Time, new ActivityTagsCollection { [TelemetryAttributes.EventMessage] = e.Event.Payload }));

    private static void End(Activity? span, DateTimeOffset at, string? error, string? reason, bool isSuccess)
    {
        if (error is not null)
        {
            span?.SetTag(TelemetryAttributes.ErrorType, error);
            span?.SetStatus(ActivityStatusCode.Error, reason ?? error);
        }
        else if (isSuccess)
            span?.SetStatus(ActivityStatusCode.Ok);
        span?.SetEndTime(at.UtcDateTime);    // an end before the start counts as the shortest there is
    }
}
