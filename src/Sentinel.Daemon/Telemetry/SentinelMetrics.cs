using System.Diagnostics.Metrics;
using Sentinel.Core;
using Sentinel.Daemon.Commands;
using Sentinel.Daemon.Notifications;

namespace Sentinel.Daemon.Telemetry;

/// <summary>The numbers by which a Sentinel is watched: meter <c>Sentinel</c>.</summary>
/// <remarks>
/// <para>
/// Names are dotted, durations in seconds, units in UCUM. What adds up over the Sentinels of a group is a counter; what
/// each of them sees of the same masters is a gauge, for its sum over Sentinels would mean nothing.
/// </para>
/// <para>
/// What grows with the configuration are the gauges with a master's name: one series each per master. Where the SDK's
/// bound of 2000 series per instrument is too low, those beyond it fall into one series marked as overflow.
/// </para>
/// </remarks>
internal sealed class SentinelMetrics
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "Sentinel";

    /// <summary>Bounds of the buckets, in seconds: from what one failover's step takes on a LAN up to its default timeout.</summary>
    private static readonly InstrumentAdvice<double> Buckets = new()
    {
        HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 180],
    };

    /// <summary>Bounds of the buckets, in bytes: from nothing over one write to what a link that was slow for long had not passed on.</summary>
    private static readonly InstrumentAdvice<long> ByteBuckets = new()
    {
        HistogramBucketBoundaries = [0, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000],
    };

    private readonly Func<SentinelView> _view;
    private readonly IReadOnlyList<WebhookWorker> _webhooks;
    private readonly Counter<long> _events;
    private readonly Counter<long> _failovers;
    private readonly Histogram<double> _failoverDuration;
    private readonly Histogram<double> _phaseDuration;
    private readonly Histogram<long> _lost;
    private readonly Histogram<double> _outage;

    /// <param name="meters">Makes the meter, and disposes of it.</param>
    /// <param name="view">Gives the latest view; called when metrics are collected, on any thread.</param>
    /// <param name="webhooks">The webhooks' workers; empty: there are none.</param>
    public SentinelMetrics(IMeterFactory meters, Func<SentinelView> view, IReadOnlyList<WebhookWorker> webhooks)
    {
        (_view, _webhooks) = (view, webhooks);
        Meter meter = meters.Create(new MeterOptions(MeterName) { Version = ServerVersion.Own });

        _events = meter.CreateCounter<long>("sentinel.events", "{event}", "Events, as log and pub/sub tell them");
        _failovers = meter.CreateCounter<long>("sentinel.failovers", "{failover}", "Failovers that were led by this Sentinel, observed by it, or aborted");
        _failoverDuration = meter.CreateHistogram(
            "sentinel.failover.duration", "s", "Time from the first sign that a master is down until clients were told the new one", advice: Buckets);
        _phaseDuration = meter.CreateHistogram("sentinel.failover.state.duration", "s", "Time spent in one state of a failover", advice: Buckets);

        _lost = meter.CreateHistogram(
            "sentinel.failover.loss", "By", "Bytes of the former master's stream that the new master lacks, at least, in failovers led by this Sentinel of which it is known", advice: ByteBuckets);
        _outage = meter.CreateHistogram("sentinel.failover.outage", "s", "Time without a master in failovers led by this Sentinel, from the former one's last sign of life", advice: Buckets);

        meter.CreateObservableGauge("sentinel.masters", MastersByStatus, "{master}", "Masters monitored, by what this Sentinel holds of them");
        meter.CreateObservableGauge("sentinel.replicas.known", () => PerMaster(m => m.Replicas.Length), "{replica}", "Replicas of a master");
        meter.CreateObservableGauge("sentinel.replicas.usable", () => PerMaster(m => m.Replicas.Count(IsUsable)), "{replica}", "Replicas of a master that are up and may be promoted");
        meter.CreateObservableGauge("sentinel.peers.known", () => PerMaster(m => m.Peers.Length), "{sentinel}", "Other Sentinels that watch a master");
        meter.CreateObservableGauge("sentinel.peers.usable", () => PerMaster(m => m.Peers.Count(IsUp)), "{sentinel}", "Other Sentinels that watch a master and are up");
        meter.CreateObservableGauge("sentinel.master.config_epoch", () => PerMaster(m => (long)m.ConfigEpoch.Number), "{epoch}", "Epoch of the failover that made the master one");
        meter.CreateObservableGauge("sentinel.epoch", () => (long)_view().CurrentEpoch.Number, "{epoch}", "Largest epoch heard of");
        meter.CreateObservableGauge("sentinel.tilt", () => _view().TiltSince is null ? 0 : 1, "1", "1 while this Sentinel does not trust its clock and only watches, else 0");
        meter.CreateObservableGauge("sentinel.save.failed", () => _view().SaveError is null ? 0 : 1, "1", "1 while the last save of the state failed, so that this Sentinel gives no vote and leads no failover, else 0");

        if (webhooks.Count == 0)
            return;
        meter.CreateObservableCounter("sentinel.webhook.delivered", () => PerWebhook(counts => counts.Delivered), "{event}", "Events that a webhook has taken");
        meter.CreateObservableCounter("sentinel.webhook.failed", () => PerWebhook(counts => counts.Failed), "{event}", "Events that a webhook refused, or that were given up after all attempts");
        meter.CreateObservableCounter("sentinel.webhook.dropped", () => PerWebhook(counts => counts.Dropped), "{event}", "Events that were never sent to a webhook, for too many waited");
        meter.CreateObservableGauge("sentinel.webhook.queued", () => PerWebhook(counts => counts.Queued), "{event}", "Events that wait for a webhook");
    }

    /// <summary>Counts an event.</summary>
    /// <param name="name">Its name; Sentinel's vocabulary is closed, so the series are bounded.</param>
    public void EventHappened(string name) => _events.Add(1, new KeyValuePair<string, object?>(TelemetryAttributes.EventName, name));

    /// <summary>Counts a failover that this Sentinel led until clients were told.</summary>
    /// <param name="took">Since the first sign of trouble.</param>
    public void FailoverSwitched(TimeSpan took) => Switched("switched", took);

    /// <summary>Counts a failover that another Sentinel led.</summary>
    /// <param name="took">Since the first sign of trouble; null: we saw none.</param>
    public void FailoverObserved(TimeSpan? took) => Switched("observed", took);

    /// <summary>Counts a failover of ours that came to nothing.</summary>
    /// <param name="error">Why, in a word; see <see cref="TelemetryAttributes.ErrorType"/>.</param>
    public void FailoverAborted(string error) => _failovers.Add(
        1,
        new KeyValuePair<string, object?>(TelemetryAttributes.Outcome, "aborted"),
        new KeyValuePair<string, object?>(TelemetryAttributes.ErrorType, error));

    /// <summary>Records what a failover cost that this Sentinel led.</summary>
    public void FailoverReported(FailoverReport report)
    {
        var cause = new KeyValuePair<string, object?>(TelemetryAttributes.Cause, report.Cause.Word());
        if (report.LostBytes is { } lost)
            _lost.Record((long)Math.Min(lost, long.MaxValue), cause);
        _outage.Record(report.WithoutMaster.TotalSeconds, cause);
    }

    /// <summary>Records how long a phase took that led to the next one. Those in which a failover was aborted are not recorded.</summary>
    public void PhaseLeft(PhaseRecord phase) =>
        _phaseDuration.Record(phase.Duration.TotalSeconds, new KeyValuePair<string, object?>(TelemetryAttributes.Phase, phase.Phase.Name()));

    private void Switched(string outcome, TimeSpan? took)
    {
        var tag = new KeyValuePair<string, object?>(TelemetryAttributes.Outcome, outcome);
        _failovers.Add(1, tag);
        if (took is { } duration)
            _failoverDuration.Record(Math.Max(duration.TotalSeconds, 0), tag);    // wall time may have stepped back
    }

    private IEnumerable<Measurement<long>> MastersByStatus()
    {
        int subjectively = 0;
        int objectively = 0;
        SentinelView view = _view();
        foreach (MasterView master in view.Masters.Values)
        {
            if (master.IsObjectivelyDown)
                objectively++;
            else if (master.IsSubjectivelyDown)
                subjectively++;
        }
        return
        [
            Of("ok", view.Masters.Count - subjectively - objectively),
            Of("sdown", subjectively),
            Of("odown", objectively),
        ];

        static Measurement<long> Of(string status, int count) => new(count, new KeyValuePair<string, object?>(TelemetryAttributes.MasterStatus, status));
    }

    private IEnumerable<Measurement<long>> PerMaster(Func<MasterView, long> measure) => _view().Masters.Values.Select(
        master => new Measurement<long>(measure(master), new KeyValuePair<string, object?>(TelemetryAttributes.MasterName, master.Name)));

    private IEnumerable<Measurement<long>> PerWebhook(Func<WebhookCounts, long> measure) => _webhooks.Select(
        webhook => new Measurement<long>(measure(webhook.Counts), new KeyValuePair<string, object?>(TelemetryAttributes.WebhookId, webhook.Id)));

    private static bool IsUsable(ReplicaView replica) => replica.Priority != 0 && IsUp(replica);    // 0 means: never promote

    private static bool IsUp(InstanceView instance) => !instance.IsSubjectivelyDown && !instance.Link.IsDisconnected;
}
