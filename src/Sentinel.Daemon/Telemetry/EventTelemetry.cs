using Sentinel.Core;
using Sentinel.Daemon.Notifications;

namespace Sentinel.Daemon.Telemetry;

/// <summary>Makes metrics and traces of the stream of events.</summary>
/// <remarks>
/// The stream is all it knows, so what it shows is what the log shows. Leader and observers differ in it: only the leader
/// tells the states, <c>+failover-state-reconf-slaves</c> right before its <c>+switch-master</c>; on an observer the
/// switch follows a <c>+config-update-from</c>, or stands alone when the peer is not known.
/// </remarks>
internal sealed class EventTelemetry(SentinelMetrics metrics, FailoverTracing tracing) : IEventListener
{
    private const string AbortPrefix = "-failover-abort-";

    /// <summary>By name; as many as are monitored, for <c>-monitor</c> removes them.</summary>
    private readonly Dictionary<string, MasterTimeline> _masters = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public void OnEvent(StampedEvent e)
    {
        metrics.EventHappened(e.Event.Name);
        if (e.Event.MasterName is not { } name)
            return;
        if (e.Event.Name is "-monitor" or "+reset-master")
        {
            if (_masters.Remove(name, out MasterTimeline? gone))
                EndFailover(gone, e, "reset");
            return;
        }
        if (!_masters.TryGetValue(name, out MasterTimeline? master))
            _masters.Add(name, master = new MasterTimeline());
        Follow(master, e);
    }

    private void Follow(MasterTimeline master, StampedEvent e)
    {
        SentinelEvent happened = e.Event;
        if (happened.Name is "+try-failover")
        {
            EndFailover(master, e, "superseded");
            BeginFailover(master, e);
            return;
        }
        master.Failover?.Add(e);
        switch (happened.Name)
        {
            case "+sdown" when happened.Kind is InstanceKind.Master:
                master.DownAt ??= e.Time;
                break;
            case "-sdown" when happened.Kind is InstanceKind.Master:
                master.TroubleIsOver();
                break;
            case "+odown":
                master.AgreedAt ??= e.Time;
                break;
            case "-odown":
                master.AgreedAt = null;
                break;
            case "+failover-state-select-slave":
                Enter(master, FailoverPhase.SelectReplica, e);
                break;
            case "+selected-slave" when master.Failover is { } failover:
                failover.Replica = happened.InstanceAddress;
                break;
            case "+failover-state-send-slaveof-noone":
                Enter(master, FailoverPhase.SendReplicaOfNoOne, e);
                break;
            case "+failover-state-wait-promotion":
                Enter(master, FailoverPhase.WaitPromotion, e);
                break;
            case "+failover-state-reconf-slaves":
                Enter(master, FailoverPhase.ReconfReplicas, e);
                break;
            case "+config-update-from":
                master.UpdateFrom = e;
                break;
            case "+switch-master":
                Switch(master, e);
                break;
            case "+failover-report" when happened.Report is { } report:
                metrics.FailoverReported(report);
                break;
            case "+failover-end-for-timeout" when master.Failover is { } failover:
                failover.IsTimedOut = true;
                break;
            case "+failover-end":
                EndFailover(master, e, error: null);
                break;
            case { } name when name.StartsWith(AbortPrefix, StringComparison.Ordinal):
                EndFailover(master, e, name[AbortPrefix.Length..].Replace('-', '_'));
                break;
        }
    }

    private void BeginFailover(MasterTimeline master, StampedEvent e)
    {
        bool isFirst = !master.IsDetectionTold;
        var failover = new FailoverRecord(e, isFirst ? master.DownAt : null, isFirst ? master.AgreedAt : null);
        foreach (PhaseRecord before in failover.Phases)
            metrics.PhaseLeft(before);
        (master.Failover, master.IsDetectionTold) = (failover, true);
    }

    private void Enter(MasterTimeline master, FailoverPhase phase, StampedEvent e)
    {
        if (master.Failover is { } failover)
            metrics.PhaseLeft(failover.Enter(phase, e.Time));
    }

    private void Switch(MasterTimeline master, StampedEvent e)
    {
        if (master.Failover is { Phase: FailoverPhase.ReconfReplicas, IsSwitched: false } led && led.Epoch == e.Event.Epoch && master.UpdateFrom is null)
        {
            led.Switch(e.Event.NewAddress);
            metrics.FailoverSwitched(led.To - (master.TroubleSince ?? led.From));
        }
        else
        {
            EndFailover(master, e, "superseded");
            metrics.FailoverObserved(e.Time - master.TroubleSince);
            tracing.WriteObserved(master.UpdateFrom, e, master.DownAt, master.AgreedAt);
        }
        master.UpdateFrom = null;
        master.TroubleIsOver();
    }

    /// <summary>Tells of a failover that is over, if there is one. One whose switch is done does not fail any more.</summary>
    private void EndFailover(MasterTimeline master, StampedEvent e, string? error)
    {
        if (master.Failover is not { } failover)
            return;
        master.Failover = null;
        PhaseRecord last = failover.End(e, failover.IsSwitched ? null : error);
        if (failover.Error is null)
            metrics.PhaseLeft(last);
        else
            metrics.FailoverAborted(failover.Error);
        tracing.Write(failover);
    }
}
