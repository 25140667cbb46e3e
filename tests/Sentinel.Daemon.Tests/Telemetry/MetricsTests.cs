using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Sentinel.Core;
using Sentinel.Daemon.Notifications;
using Sentinel.Daemon.Tests.Lab;
using Sentinel.Daemon.Tests.Notifications;

namespace Sentinel.Daemon.Tests.Telemetry;

/// <summary>Metrics as a collector gets them.</summary>
[Collection(TelemetryTestGroup.Name)]
public sealed class MetricsTests
{
    private static readonly FailoverReport Report = new()
    {
        Cause = FailoverCause.Fault, From = TelemetrySetup.OldMaster, To = TelemetrySetup.NewMaster, MasterOffset = 1000, PromotedOffset = 900, WithoutMaster = TimeSpan.FromSeconds(1.5),
    };

    [Fact]
    public async Task Each_metric_has_its_kind_and_unit()
    {
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync();
        OtlpPoint[] points = await PointsAsync(
            sentinel =>
            {
                sentinel.View = View(Master("m"));
                sentinel.LeadFailover();
                sentinel.Happens(10.25, "+failover-report", change: happened => happened with { Report = Report });
            },
            services => services.AddWebhooks(TelemetrySetup.Id('a'), [WebhookSetup.Endpoint(receiver.Url)]));

        Assert.All(points, point => Assert.Equal("Sentinel", point.Meter));
        Assert.Equal(
            [
                "gauge sentinel.epoch {epoch}",
                "counter sentinel.events {event}",
                "histogram sentinel.failover.duration s",
                "histogram sentinel.failover.loss By",
                "histogram sentinel.failover.outage s",
                "histogram sentinel.failover.state.duration s",
                "counter sentinel.failovers {failover}",
                "gauge sentinel.master.config_epoch {epoch}",
                "gauge sentinel.masters {master}",
                "gauge sentinel.peers.known {sentinel}",
                "gauge sentinel.peers.usable {sentinel}",
                "gauge sentinel.replicas.known {replica}",
                "gauge sentinel.replicas.usable {replica}",
                "gauge sentinel.save.failed 1",
                "gauge sentinel.tilt 1",
                "counter sentinel.webhook.delivered {event}",
                "counter sentinel.webhook.dropped {event}",
                "counter sentinel.webhook.failed {event}",
                "gauge sentinel.webhook.queued {event}",
            ],
            points.OrderBy(point => point.Name, StringComparer.Ordinal).Select(point => $"{point.Kind} {point.Name} {point.Unit}").Distinct());
    }

    [Fact]
    public async Task Events_are_counted_by_name()
    {
        OtlpPoint[] points = await PointsAsync(sentinel =>
        {
            sentinel.Happens(1, "+sdown");
            sentinel.Happens(2, "+sdown", master: "other");
            sentinel.Tell(3, new SentinelEvent("+tilt", EventLevel.Warning, "#tilt mode entered"));
        });

        Assert.Equal(
            [("+sdown", 2), ("+tilt", 1)],
            Of(points, "sentinel.events").Select(point => ((string)Assert.Single(point.Attributes).Value, point.Value)).Order());
    }

    [Fact]
    public async Task A_failover_that_we_lead_is_timed_from_the_first_sign_to_the_switch_and_by_state()
    {
        OtlpPoint[] points = await PointsAsync(sentinel => sentinel.LeadFailover());

        Assert.Equal([("switched", "", 1)], Failovers(points));
        OtlpPoint duration = Assert.Single(Of(points, "sentinel.failover.duration"));
        Assert.Equal("switched", Assert.Single(duration.Attributes).Value);
        Assert.Equal((1, 0.25), (duration.Count, Math.Round(duration.Value, 9)));
        Assert.Equal(
            [
                ("agree", 1, 0.05), ("detect", 1, 0.05), ("elect", 1, 0.02), ("reconf_slaves", 1, 0.15),
                ("select_slave", 1, 0.01), ("send_slaveof_noone", 1, 0.01), ("wait_promotion", 1, 0.11),
            ],
            Of(points, "sentinel.failover.state.duration")
                .Select(point => ((string)point.Attributes["sentinel.failover.state"], point.Count, Math.Round(point.Value, 9))).Order());
    }

    [Fact]
    public async Task What_a_failover_cost_is_measured_by_its_cause_and_an_unknown_loss_is_none()
    {
        OtlpPoint[] points = await PointsAsync(sentinel =>
        {
            sentinel.Happens(1, "+failover-report", change: happened => happened with { Report = Report });
            sentinel.Happens(2, "+failover-report", change: happened => happened with { Report = Report with { MasterOffset = null } });
            sentinel.Happens(3, "+failover-report", change: happened => happened with { Report = Report with { Cause = FailoverCause.Planned, MasterOffset = 900, WithoutMaster = TimeSpan.Zero } });
        });

        Assert.Equal([("fault", 1, 100), ("planned", 1, 0)], Of(points, "sentinel.failover.loss").Select(Told).Order());
        Assert.Equal([("fault", 2, 3.0), ("planned", 1, 0)], Of(points, "sentinel.failover.outage").Select(Told).Order());

        static (string, long, double) Told(OtlpPoint point) => ((string)point.Attributes["sentinel.failover.cause"], (long)point.Count, Math.Round(point.Value, 9));
    }

    [Fact]
    public async Task A_failover_that_is_ordered_is_timed_from_the_order()
    {
        OtlpPoint[] points = await PointsAsync(sentinel =>
        {
            sentinel.Happens(10, "+try-failover");
            sentinel.Happens(11, "+failover-state-reconf-slaves");
            sentinel.Happens(12, "+switch-master", change: TelemetrySetup.ToNewMaster);
        });

        Assert.Equal(2, Assert.Single(Of(points, "sentinel.failover.duration")).Value, 9);
    }

    [Fact]
    public async Task A_failover_after_one_that_failed_is_timed_from_the_first_sign()
    {
        OtlpPoint[] points = await PointsAsync(sentinel =>
        {
            sentinel.Happens(10, "+sdown");
            sentinel.Happens(11, "+odown");
            sentinel.Happens(12, "+try-failover");
            sentinel.Happens(13, "-failover-abort-not-elected");
            sentinel.Happens(14, "+try-failover", epoch: 8);
            sentinel.Happens(15, "+failover-state-reconf-slaves", epoch: 8);
            sentinel.Happens(16, "+switch-master", epoch: 8, change: TelemetrySetup.ToNewMaster);
        });

        Assert.Equal([("aborted", "not_elected", 1), ("switched", "", 1)], Failovers(points));
        Assert.Equal(6, Assert.Single(Of(points, "sentinel.failover.duration")).Value, 9);
    }

    [Fact]
    public async Task A_failover_that_another_leads_is_observed_and_timed_if_we_saw_the_master_down()
    {
        OtlpPoint[] points = await PointsAsync(sentinel =>
        {
            sentinel.Happens(10, "+sdown");
            sentinel.Happens(13, "+config-update-from", change: TelemetrySetup.AboutPeer);
            sentinel.Happens(13, "+switch-master", change: TelemetrySetup.ToNewMaster);
            sentinel.Happens(20, "+config-update-from", master: "unseen", change: TelemetrySetup.AboutPeer);
            sentinel.Happens(20, "+switch-master", master: "unseen", change: TelemetrySetup.ToNewMaster);
        });

        Assert.Equal([("observed", "", 2)], Failovers(points));
        OtlpPoint duration = Assert.Single(Of(points, "sentinel.failover.duration"));
        Assert.Equal((1, 3.0), (duration.Count, Math.Round(duration.Value, 9)));
    }

    [Fact]
    public async Task Aborted_failovers_are_counted_by_reason()
    {
        OtlpPoint[] points = await PointsAsync(sentinel =>
        {
            foreach (string name in (string[])["not-elected", "not-elected", "no-good-slave", "slave-timeout"])
            {
                sentinel.Happens(1, "+try-failover");
                sentinel.Happens(2, $"-failover-abort-{name}");
            }
            sentinel.Happens(3, "+try-failover");
            sentinel.Happens(4, "+reset-master");
        });

        Assert.Equal(
            [("aborted", "no_good_slave", 1), ("aborted", "not_elected", 2), ("aborted", "reset", 1), ("aborted", "slave_timeout", 1)],
            Failovers(points));
    }

    [Fact]
    public async Task The_state_of_masters_is_read_from_the_latest_view()
    {
        InstanceFlags down = InstanceFlags.SubjectivelyDown;
        LinkHealth up = LinkThatIsUp();
        var replica = new ReplicaView { Name = "r", Address = TelemetrySetup.NewMaster, Link = up, Priority = 100 };
        var peer = new PeerView { Name = "p", Address = TelemetrySetup.Peer, Link = up };
        SentinelView view = View(
            Master("well") with
            {
                ConfigEpoch = new Epoch(5),
                Replicas = [replica, replica with { Priority = 0 }, replica with { Flags = down }, replica with { Link = new LinkHealth() }],
                Peers = [peer, peer, peer with { Flags = down }],
            },
            Master("suspect") with { Flags = down },
            Master("gone") with { Flags = down | InstanceFlags.ObjectivelyDown });

        OtlpPoint[] points = await PointsAsync(sentinel => sentinel.View = view with { CurrentEpoch = new Epoch(9), TiltSince = Instant.Zero, SaveError = "No space left on device" });

        Assert.Equal(
            [("odown", 1), ("ok", 1), ("sdown", 1)],
            Of(points, "sentinel.masters").Select(point => ((string)point.Attributes["sentinel.master.status"], point.Value)).Order());
        Assert.Equal(4, OfMaster(points, "sentinel.replicas.known", "well"));
        Assert.Equal(1, OfMaster(points, "sentinel.replicas.usable", "well"));
        Assert.Equal(3, OfMaster(points, "sentinel.peers.known", "well"));
        Assert.Equal(2, OfMaster(points, "sentinel.peers.usable", "well"));
        Assert.Equal(5, OfMaster(points, "sentinel.master.config_epoch", "well"));
        Assert.Equal(0, OfMaster(points, "sentinel.replicas.known", "gone"));
        Assert.Equal(9, Assert.Single(Of(points, "sentinel.epoch")).Value);
        Assert.Equal(1, Assert.Single(Of(points, "sentinel.tilt")).Value);
        Assert.Equal(1, Assert.Single(Of(points, "sentinel.save.failed")).Value);
    }

    [Fact]
    public async Task What_becomes_of_webhooks_is_told_by_webhook()
    {
        await using WebhookReceiver receiver = await WebhookReceiver.AnsweringAsync(404);
        OtlpPoint[] points = await PointsAsync(
            sentinel =>
            {
                sentinel.Happens(1, "+sdown");
                sentinel.Happens(2, "-sdown");
            },
            // Added before telemetry, so stopped after it: what it counts must come about while both run.
            services => services.AddWebhooks(TelemetrySetup.Id('a'), [WebhookSetup.Endpoint(receiver.Url)]),
            isReady: services => services.GetRequiredService<Webhooks>().Workers[0].Counts is { Delivered: 1, Failed: 1 });

        Assert.Equal(
            [("delivered", 1), ("dropped", 0), ("failed", 1), ("queued", 0)],
            points.Where(point => point.Attributes.TryGetValue("sentinel.webhook.id", out object? id) && id is "ops")
                .Select(point => (point.Name["sentinel.webhook.".Length..], point.Value)).Order());
    }

    private static SentinelView View(params MasterView[] masters) =>
        new() { Id = TelemetrySetup.Id('a'), Masters = masters.ToImmutableDictionary(master => master.Name, StringComparer.Ordinal) };

    private static MasterView Master(string name) => new()
    {
        Name = name, Address = TelemetrySetup.OldMaster, Link = new LinkHealth(), Options = new MasterOptions { Name = name, Quorum = 2 },
    };

    /// <summary>Only a core can say how a link is.</summary>
    private static LinkHealth LinkThatIsUp()
    {
        var master = new MasterState { Options = new MasterOptions { Name = "m", Quorum = 1 }, Address = TelemetrySetup.OldMaster };
        var core = new SentinelCore(new SentinelState(TelemetrySetup.Id('a'), Epoch.Zero, [master]), new SentinelOptions(), new Random(1), Instant.Zero);
        List<Connect> connects = [.. core.Step(new Started(), Instant.Zero).OfType<Connect>()];
        foreach (Connect connect in connects)
            core.Step(new LinkConnected(connect.Link, connect.Attempt, connect.Channel, "10.0.0.9"), Instant.Zero);
        LinkHealth link = core.View.Masters["m"].Link;
        Assert.False(link.IsDisconnected);
        return link;
    }

    /// <summary>The points of the last export of a story.</summary>
    private static async Task<OtlpPoint[]> PointsAsync(
        Action<TelemetrySetup> story, Action<IServiceCollection>? add = null, Func<IServiceProvider, bool>? isReady = null)
    {
        await using OtlpReceiver collector = await OtlpReceiver.StartAsync();
        await using TelemetrySetup sentinel = await TelemetrySetup.StartAsync(
            add ?? (_ => { }), ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.HttpUrl), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"));
        story(sentinel);
        if (isReady is not null)
            await Eventually.SoAsync("what is to be counted comes about", () => isReady(sentinel.Services));
        await sentinel.StopAsync();
        return [.. collector.Points];
    }

    private static IEnumerable<OtlpPoint> Of(OtlpPoint[] points, string name) => points.Where(point => point.Name == name);

    private static double OfMaster(OtlpPoint[] points, string name, string master) =>
        Assert.Single(Of(points, name), point => point.Attributes["sentinel.master.name"] is string named && named == master).Value;

    private static IEnumerable<(string Outcome, string Error, double Count)> Failovers(OtlpPoint[] points) =>
        Of(points, "sentinel.failovers")
            .Select(point => ((string)point.Attributes["sentinel.failover.outcome"], (string)point.Attributes.GetValueOrDefault("error.type", ""), point.Value))
            .Order();
}
