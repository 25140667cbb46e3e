using Sentinel.Core;
using Sentinel.Daemon.Notifications;

namespace Sentinel.Daemon.Tests.Notifications;

public sealed class WebhookOptionsTests
{
    private static readonly Uri Secret = new("https://user:password@hooks.example:8443/T000/B000/token?key=value");

    [Theory]
    [InlineData("+switch-master", true)]
    [InlineData("-failover-abort-not-elected", true)]
    [InlineData("+sdown", false)]
    public void An_endpoint_wants_what_one_of_its_patterns_matches(string name, bool isWanted)
    {
        var options = new WebhookOptions("ops", Secret, ["+switch-*", "-failover-abort-*"]);

        Assert.Equal(isWanted, options.Wants(new SentinelEvent(name, EventLevel.Warning, "")));
    }

    [Fact]
    public void Without_patterns_it_wants_everything_but_what_only_the_log_knows()
    {
        var options = new WebhookOptions("ops", Secret, []);

        Assert.True(options.Wants(new SentinelEvent("+role-change", EventLevel.Verbose, "")));
        Assert.False(options.Wants(new SentinelEvent("-cmd-link-reconnection", EventLevel.Debug, "")));
        Assert.False((options with { Events = ["*"] }).Wants(new SentinelEvent("-cmd-link-reconnection", EventLevel.Debug, "")));
    }

    [Fact]
    public void As_text_it_tells_nothing_of_the_URL_that_may_be_secret() =>
        Assert.Equal("Webhook ops to https://hooks.example:8443", new WebhookOptions("ops", Secret, []).ToString());
}
