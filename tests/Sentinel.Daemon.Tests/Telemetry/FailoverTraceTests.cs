using System.Diagnostics;
using Sentinel.Core;

namespace Sentinel.Daemon.Tests.Telemetry;

/// <summary>Traces as a collector gets them.</summary>
[Collection(TelemetryTestGroup.Name)]
public sealed class FailoverTraceTests
{
    [Fact]
    public async Task A_failover_is_one_trace_with_a_span_for_each_state_at_the_times_of_its_events()
    {
        OtlpSpan[] spans = await SpansAsync(sentinel => sentinel.LeadFailover());

        OtlpSpan root = Root(spans);
        Assert.Equal("failover mymaster", root.Name);
        Assert.Equal("Sentinel", root.Source);
        Assert.Equal((At(10), At(10.4)), (root.From, root.To));
        Assert.Equal(OtlpStatus.Ok, root.Status);
        Assert.Equal(
            new Dictionary<string, object>
            {
                ["sentinel.master.name"] = "mymaster",
                ["sentinel.epoch"] = 7L,
                ["sentinel.master.old_address"] = "10.0.0.1:6379",
                ["sentinel.master.new_address"] = "10.0.0.2:6379",
                ["sentinel.replica.address"] = "10.0.0.2:6379",
                ["sentinel.failover.outcome"] = "switched",
            },
            root.Attributes);
        Assert.Equal(
            [
                ("detect", At(10.00), At(10.05)),
                ("agree", At(10.05), At(10.10)),
                ("elect", At(10.10), At(10.12)),
                ("select_slave", At(10.12), At(10.13)),
                ("send_slaveof_noone", At(10.13), At(10.14)),
                ("wait_promotion", At(10.14), At(10.25)),
                ("reconf_slaves", At(10.25), At(10.40)),
            ],
            Children(spans, root).Select(span => (span.Name, span.From, span.To)));
        Assert.Equal(("+try-failover", At(10.10)), root.Events[0]);
        Assert.Contains(("+switch-master", At(10.25)), root.Events);
        Assert.Equal(("+failover-end", At(10.40)), root.Events[^1]);
    }

    [Fact]
    public async Task An_aborted_failover_ends_in_an_error_with_its_reason()
    {
        OtlpSpan[] spans = await SpansAsync(sentinel =>
        {
            sentinel.Happens(10, "+sdown");
            sentinel.Happens(11, "+odown");
            sentinel.Happens(12, "+try-failover");
            sentinel.Happens(13, "-failover-abort-not-elected", change: e => e with { Reason = "1 of the 2 votes needed came in time" });
        });

        OtlpSpan root = Root(spans);
        Assert.Equal((At(10), At(13)), (root.From, root.To));
        Assert.Equal((OtlpStatus.Error, "1 of the 2 votes needed came in time"), (root.Status, root.StatusText));
        Assert.Equal("not_elected", root.Attributes["error.type"]);
        Assert.Equal("aborted", root.Attributes["sentinel.failover.outcome"]);
        Assert.False(root.Attributes.ContainsKey("sentinel.master.new_address"));
        Assert.Equal(
            [("detect", OtlpStatus.Unset), ("agree", OtlpStatus.Unset), ("elect", OtlpStatus.Error)],
            Children(spans, root).Select(span => (span.Name, span.Status)));
    }

    [Fact]
    public async Task A_second_try_is_a_trace_of_its_own_that_begins_with_itself()
    {
        OtlpSpan[] spans = await SpansAsync(sentinel =>
        {
            sentinel.Happens(10, "+sdown");
            sentinel.Happens(11, "+odown");
            sentinel.Happens(12, "+try-failover");
            sentinel.Happens(13, "-failover-abort-not-elected");
            sentinel.Happens(14, "+try-failover", epoch: 8);
            sentinel.Happens(15, "-failover-abort-no-good-slave", epoch: 8);
        });

        OtlpSpan second = Assert.Single(spans, span => span.ParentId == "" && span.Attributes["sentinel.epoch"] is 8L);
        Assert.Equal((At(14), At(15)), (second.From, second.To));
        Assert.Equal(["elect"], Children(spans, second).Select(span => span.Name));
        Assert.Equal(("no_good_slave", "no_good_slave"), (second.Attributes["error.type"], second.StatusText));
        Assert.Equal(2, spans.Select(span => span.TraceId).Distinct().Count());
    }

    [Fact]
    public async Task A_failover_that_an_operator_ordered_has_nothing_to_detect()
    {
        OtlpSpan[] spans = await SpansAsync(sentinel =>
        {
            sentinel.Happens(10, "+try-failover");
            sentinel.Happens(11, "+failover-state-select-slave");
            sentinel.Happens(12, "-failover-abort-no-good-slave");
        });

        OtlpSpan root = Root(spans);
        Assert.Equal(At(10), root.From);
        Assert.Equal(["elect", "select_slave"], Children(spans, root).Select(span => span.Name));
    }

    [Fact]
    public async Task The_next_best_replica_is_tried_in_the_same_trace()
    {
        OtlpSpan[] spans = await SpansAsync(sentinel =>
        {
            sentinel.Happens(10, "+try-failover");
            sentinel.Happens(11, "+failover-state-select-slave");
            sentinel.PromoteAt(12);
            sentinel.Happens(13, "-promotion-failed", change: TelemetrySetup.AboutReplica);
            sentinel.PromoteAt(14);
            sentinel.Happens(15, "-failover-abort-slave-timeout");
        });

        OtlpSpan root = Root(spans);
        Assert.Equal(
            [
                ("elect", At(10)), ("select_slave", At(11)),
                ("send_slaveof_noone", At(12)), ("wait_promotion", At(12.01)),
                ("send_slaveof_noone", At(14)), ("wait_promotion", At(14.01)),
            ],
            Children(spans, root).Select(span => (span.Name, span.From)));
        Assert.Contains(root.Events, e => e.Name == "-promotion-failed");
    }

    [Fact]
    public async Task A_failover_that_ran_out_of_time_for_the_other_replicas_has_still_switched()
    {
        OtlpSpan[] spans = await SpansAsync(sentinel =>
        {
            sentinel.Happens(10, "+try-failover");
            sentinel.Happens(11, "+failover-state-select-slave");
            sentinel.PromoteAt(12);
            sentinel.Happens(13, "+failover-state-reconf-slaves");
            sentinel.Happens(13, "+switch-master", change: TelemetrySetup.ToNewMaster);
            sentinel.Happens(190, "+failover-end-for-timeout");
            sentinel.Happens(190, "+failover-end");
        });

        OtlpSpan root = Root(spans);
        Assert.Equal(OtlpStatus.Ok, root.Status);
        Assert.Equal(true, root.Attributes["sentinel.failover.timed_out"]);
        Assert.Equal(At(190), root.To);
    }

    [Fact]
    public async Task An_observer_tells_the_switch_in_one_span()
    {
        OtlpSpan[] spans = await SpansAsync(sentinel =>
        {
            sentinel.Happens(10, "+sdown");
            sentinel.Happens(11, "+odown");
            sentinel.Happens(12, "+config-update-from", epoch: 9, change: TelemetrySetup.AboutPeer);
            sentinel.Happens(12.5, "+switch-master", epoch: 9, change: TelemetrySetup.ToNewMaster);
        });

        OtlpSpan span = Assert.Single(spans);
        Assert.Equal(("switch mymaster", "", OtlpStatus.Ok), (span.Name, span.ParentId, span.Status));
        Assert.Equal((At(12), At(12.5)), (span.From, span.To));
        Assert.Equal(
            new Dictionary<string, object>
            {
                ["sentinel.master.name"] = "mymaster",
                ["sentinel.epoch"] = 9L,
                ["sentinel.master.old_address"] = "10.0.0.1:6379",
                ["sentinel.master.new_address"] = "10.0.0.2:6379",
                ["sentinel.failover.outcome"] = "observed",
                ["sentinel.peer.address"] = "10.0.0.9:26379",
            },
            span.Attributes);
        Assert.Equal([("+sdown", At(10)), ("+odown", At(11)), ("+config-update-from", At(12)), ("+switch-master", At(12.5))], span.Events);
    }

    [Fact]
    public async Task A_switch_that_another_led_ends_a_failover_of_ours()
    {
        OtlpSpan[] spans = await SpansAsync(sentinel =>
        {
            sentinel.Happens(10, "+try-failover");
            sentinel.Happens(11, "+switch-master", epoch: 9, change: TelemetrySetup.ToNewMaster);    // of a peer that is not known
        });

        OtlpSpan failover = Assert.Single(spans, span => span.Name == "failover mymaster");
        Assert.Equal((OtlpStatus.Error, "superseded"), (failover.Status, failover.Attributes["error.type"]));
        OtlpSpan switched = Assert.Single(spans, span => span.Name == "switch mymaster");
        Assert.NotEqual(failover.TraceId, switched.TraceId);
    }

    [Theory]
    [InlineData("-monitor")]
    [InlineData("+reset-master")]
    public async Task A_master_that_is_forgotten_ends_its_failover(string name)
    {
        OtlpSpan[] spans = await SpansAsync(sentinel =>
        {
            sentinel.Happens(10, "+sdown");
            sentinel.Happens(11, "+try-failover");
            sentinel.Happens(12, name);
            sentinel.Happens(20, "+try-failover");    // knows nothing of what was before
            sentinel.Happens(21, "-failover-abort-not-elected");
        });

        Assert.Equal(
            [("reset", At(10), At(12)), ("not_elected", At(20), At(21))],
            spans.Where(span => span.ParentId == "").OrderBy(span => span.From).Select(span => ((string)span.Attributes["error.type"], span.From, span.To)));
    }

    [Fact]
    public async Task A_master_that_came_back_begins_its_next_outage_anew()
    {
        OtlpSpan[] spans = await SpansAsync(sentinel =>
        {
            sentinel.Happens(10, "+sdown");
            sentinel.Happens(11, "-sdown");
            sentinel.Happens(11.5, "+sdown", change: TelemetrySetup.AboutReplica);    // no master
            sentinel.Happens(20, "+sdown");
            sentinel.Happens(21, "+odown");
            sentinel.Happens(22, "-odown");
            sentinel.Happens(23, "+odown");
            sentinel.Happens(24, "+try-failover");
            sentinel.Happens(25, "-failover-abort-not-elected");
        });

        Assert.Equal(
            [("detect", At(20), At(23)), ("agree", At(23), At(24)), ("elect", At(24), At(25))],
            Children(spans, Root(spans)).Select(span => (span.Name, span.From, span.To)));
    }

    [Fact]
    public async Task Failovers_of_several_masters_are_told_apart()
    {
        OtlpSpan[] spans = await SpansAsync(sentinel =>
        {
            sentinel.Happens(10, "+try-failover", master: "a", epoch: 1);
            sentinel.Happens(11, "+try-failover", master: "b", epoch: 2);
            sentinel.Happens(12, "-failover-abort-not-elected", master: "a", epoch: 1);
            sentinel.Happens(13, "-failover-abort-no-good-slave", master: "b", epoch: 2);
            sentinel.Tell(14, new SentinelEvent("+tilt", EventLevel.Warning, "#tilt mode entered"));
        });

        Assert.Equal(
            [("failover a", At(10), At(12)), ("failover b", At(11), At(13))],
            spans.Where(span => span.ParentId == "").Select(span => (span.Name, span.From, span.To)));
    }

    [Fact]
    public async Task No_span_ends_before_it_begins_when_the_wall_clock_steps_back()
    {
        OtlpSpan[] spans = await SpansAsync(sentinel =>
        {
            sentinel.Happens(10, "+sdown");
            sentinel.Happens(11, "+odown");
            sentinel.Happens(5, "+try-failover");
            sentinel.Happens(5.5, "+failover-state-select-slave");
            sentinel.Happens(12, "-failover-abort-no-good-slave");
        });

        Assert.All(spans, span => Assert.True(span.From <= span.To, $"{span.Name} from {span.From} to {span.To}"));
        OtlpSpan root = Root(spans);
        Assert.Equal((At(10), At(12)), (root.From, root.To));
        Assert.Equal([At(10), At(11), At(11), At(11)], Children(spans, root).Select(span => span.From));
    }

    [Fact]
    public async Task A_trace_is_nobodys_child()
    {
        using var ambient = new Activity("a request that is being served");
        ambient.Start();

        OtlpSpan[] spans = await SpansAsync(sentinel => sentinel.LeadFailover());

        Assert.NotEqual(ambient.TraceId.ToHexString(), Root(spans).TraceId, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The spans of a story, in the order of their begin.</summary>
    private static async Task<OtlpSpan[]> SpansAsync(Action<TelemetrySetup> story)
    {
        await using OtlpReceiver collector = await OtlpReceiver.StartAsync();
        await using TelemetrySetup sentinel = await TelemetrySetup.StartAsync(collector);
        story(sentinel);
        await sentinel.StopAsync();
        return [.. collector.Spans];
    }

    private static DateTimeOffset At(double seconds) => TelemetrySetup.At(seconds);

    /// <summary>The root; all others are below it.</summary>
    private static OtlpSpan Root(OtlpSpan[] spans)
    {
        OtlpSpan root = Assert.Single(spans, span => span.ParentId == "");
        Assert.All(spans, span => Assert.Equal(root.TraceId, span.TraceId));
        Assert.Equal(spans.Length - 1, Children(spans, root).Count());
        return root;
    }

    /// <summary>In the order written, which is that of their begin.</summary>
    private static IEnumerable<OtlpSpan> Children(OtlpSpan[] spans, OtlpSpan parent) => spans.Where(span => span.ParentId == parent.Id);
}
