using System.Text;
using Sentinel.Core;
using Sentinel.Daemon.Notifications;

namespace Sentinel.Daemon.Tests.Notifications;

public sealed class WebhookMessageTests
{
    private static readonly Address Old = new("10.0.0.1", 6379);
    private static readonly Address New = new("10.0.0.2", 6380);

    [Fact]
    public void A_switch_tells_the_old_and_the_new_address() => Assert.Equal(
        """
        {"id":"x-1","time":"2026-01-02T03:04:05.678Z","sentinel":"0123456789abcdef0123456789abcdef01234567",
        "event":"+switch-master","level":"warning","message":"mymaster 10.0.0.1 6379 10.0.0.2 6380",
        "master":{"name":"mymaster","ip":"10.0.0.1","port":6379},"new":{"ip":"10.0.0.2","port":6380},
        "instance":{"kind":"master","ip":"10.0.0.2","port":6380},"epoch":7}
        """.ReplaceLineEndings(""),
        Json(new SentinelEvent("+switch-master", EventLevel.Warning, "mymaster 10.0.0.1 6379 10.0.0.2 6380")
        {
            MasterName = "mymaster", MasterAddress = Old, NewAddress = New, Kind = InstanceKind.Master, InstanceAddress = New, Epoch = new Epoch(7),
        }));

    [Fact]
    public void An_event_about_the_process_has_neither_master_nor_instance() => Assert.Equal(
        """
        {"id":"x-1","time":"2026-01-02T03:04:05.678Z","sentinel":"0123456789abcdef0123456789abcdef01234567",
        "event":"+tilt","level":"warning","message":"#tilt mode entered","master":null,"instance":null,"epoch":0}
        """.ReplaceLineEndings(""),
        Json(new SentinelEvent("+tilt", EventLevel.Warning, "#tilt mode entered")));

    [Fact]
    public void A_reason_and_a_gap_are_told_when_there_are_any()
    {
        string json = Json(
            new SentinelEvent("-failover-abort-not-elected", EventLevel.Warning, "master m 10.0.0.1 6379") { Reason = "1 of the 2 votes needed" },
            dropped: 3);

        Assert.EndsWith("""
            "epoch":0,"reason":"1 of the 2 votes needed","dropped":3}
            """, json, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_failover_cost_is_told_in_figures_and_null_where_it_is_not_known()
    {
        var report = new FailoverReport
        {
            Cause = FailoverCause.Fault, From = Old, To = New, MasterOffset = 1000, MasterOffsetAge = TimeSpan.FromMilliseconds(812.7), PromotedOffset = 900, WithoutMaster = TimeSpan.FromMilliseconds(1100),
            Phases = new FailoverPhases(TimeSpan.FromMilliseconds(1000), TimeSpan.FromMilliseconds(90), TimeSpan.FromMilliseconds(10)),
        };
        Assert.EndsWith("""
            "epoch":0,"report":{"cause":"fault","from":{"ip":"10.0.0.1","port":6379},"lostBytes":100,"masterOffset":1000,"masterOffsetAgeMs":812,"promotedOffset":900,"withoutMasterMs":1100,"detectionMs":1000,"electionMs":90,"promotionMs":10}}
            """, Json(new SentinelEvent("+failover-report", EventLevel.Warning, "") { Report = report }), StringComparison.Ordinal);
        Assert.EndsWith("""
            "report":{"cause":"forced","from":{"ip":"10.0.0.1","port":6379},"lostBytes":null,"masterOffset":null,"masterOffsetAgeMs":null,"promotedOffset":900,"withoutMasterMs":0,"detectionMs":null,"electionMs":null,"promotionMs":null}}
            """, Json(new SentinelEvent("+failover-report", EventLevel.Warning, "") { Report = new FailoverReport { Cause = FailoverCause.Forced, From = Old, To = New, PromotedOffset = 900 } }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(InstanceKind.Master, "master")]
    [InlineData(InstanceKind.Replica, "replica")]
    [InlineData(InstanceKind.Sentinel, "sentinel")]
    public void An_instance_tells_its_kind(InstanceKind kind, string word) => Assert.Contains(
        $$"""
        "instance":{"kind":"{{word}}","ip":"::1","port":1}
        """,
        Json(new SentinelEvent("+sdown", EventLevel.Warning, "") { Kind = kind, InstanceAddress = new Address("::1", 1) }),
        StringComparison.Ordinal);

    [Theory]
    [InlineData(EventLevel.Verbose, "verbose")]
    [InlineData(EventLevel.Notice, "notice")]
    [InlineData(EventLevel.Warning, "warning")]
    public void A_level_is_told_in_Redis_words(EventLevel level, string word) =>
        Assert.Contains($"\"level\":\"{word}\"", Json(new SentinelEvent("+slave", level, "")), StringComparison.Ordinal);

    [Fact]
    public void Times_are_told_in_UTC_wherever_they_were_read()
    {
        var e = new StampedEvent(1, new DateTimeOffset(2026, 1, 2, 5, 4, 5, TimeSpan.FromHours(2)), new SentinelEvent("+tilt", EventLevel.Warning, ""));

        Assert.Equal("2026-01-02T03:04:05.000Z", WebhookMessage.Of(e, "x", default, 0).Time);
    }

    [Fact]
    public void Text_that_is_no_text_is_told_as_far_as_it_can_be() => Assert.Contains(
        """
        "message":"a\"b\\\u0001é\uFFFD"
        """,
        Json(new SentinelEvent("+set", EventLevel.Warning, "a\"b\\\u0001é\ud800")),
        StringComparison.Ordinal);

    private static string Json(SentinelEvent happened, long dropped = 0)
    {
        Assert.True(SentinelId.TryParse("0123456789abcdef0123456789abcdef01234567", out SentinelId id));
        var e = new StampedEvent(1, new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero), happened);
        return Encoding.UTF8.GetString(WebhookJson.BodyOf(WebhookMessage.Of(e, "x-1", id, dropped)));
    }
}
