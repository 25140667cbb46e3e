using Sentinel.Core;
using Sentinel.Resp;

namespace Sentinel.Daemon.Tests.Commands;

/// <summary>SENTINEL DEBUG, with the periods of redis-sentinel.</summary>
public sealed class SentinelDebugTests
{
    [Theory]
    [InlineData("info-period", "-ERR Unknown option or number of arguments for SENTINEL DEBUG 'info-period'|")]
    [InlineData("foo 1", "-ERR Unknown option or number of arguments for SENTINEL DEBUG 'foo'|")]
    [InlineData("info-period 0", "-ERR Invalid argument '0' for SENTINEL DEBUG 'info-period'|")]
    [InlineData("Info-Period -1", "-ERR Invalid argument '-1' for SENTINEL DEBUG 'Info-Period'|")]
    [InlineData("info-period x", "-ERR Invalid argument 'x' for SENTINEL DEBUG 'info-period'|")]
    [InlineData("info-period 1 ping-period", "-ERR Unknown option or number of arguments for SENTINEL DEBUG 'ping-period'|")]
    [InlineData("info-period 1", "+OK|")]
    [InlineData("INFO-period 1 info-period 2", "+OK|")]
    public async Task Each_request_has_its_reply(string request, string reply)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using RespClient client = await server.ConnectAsync();
        await client.ExpectAsync($"SENTINEL DEBUG {request}", reply);
        await client.ExpectNothingMoreAsync();
    }

    [Fact]
    public async Task All_thirteen_are_shown_in_the_order_of_Redis_and_take_what_they_are_given()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using RespClient client = await server.ConnectAsync(RespVersion.Resp3);
        string[] names =
        [
            "INFO-PERIOD", "PING-PERIOD", "ASK-PERIOD", "PUBLISH-PERIOD", "DEFAULT-DOWN-AFTER", "DEFAULT-FAILOVER-TIMEOUT", "TILT-TRIGGER",
            "TILT-PERIOD", "SLAVE-RECONF-TIMEOUT", "MIN-LINK-RECONNECT-PERIOD", "ELECTION-TIMEOUT", "SCRIPT-MAX-RUNTIME", "SCRIPT-RETRY-DELAY",
        ];
        RespValue shown = await client.AskAsync("SENTINEL DEBUG");
        Assert.Equal(RespKind.Map, shown.Kind);
        Assert.Equal(
            ["10000", "1000", "1000", "2000", "30000", "180000", "2000", "30000", "10000", "15000", "1000", "60000", "30000"],
            shown.Items.Chunk(2).Select(pair => pair[1].ToText()));
        await client.ExpectAsync($"SENTINEL DEBUG {string.Join(' ', names.Select((name, i) => $"{name} {7001 + i}"))}", "+OK|");
        shown = await client.AskAsync("SENTINEL DEBUG");
        Assert.Equal(names.SelectMany((name, i) => (string[])[name, $"{7001 + i}"]), shown.Items.Select(item => item.ToText()));
    }

    [Fact]
    public async Task Pairs_before_a_mistake_hold()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using RespClient client = await server.ConnectAsync();
        await client.ExpectAsync("SENTINEL DEBUG info-period 77 foo 1 ping-period 88", "-ERR Unknown option or number of arguments for SENTINEL DEBUG 'foo'|");
        Timing timing = server.Loop.View.Options.Timing;
        Assert.Equal(new Timing { InfoPeriod = TimeSpan.FromMilliseconds(77) }, timing);
    }

    [Fact]
    public async Task A_master_that_is_monitored_from_now_on_begins_with_the_defaults_of_now()
    {
        await using RunningServer server = await RunningServer.StartAsync(RunningServer.Unreachable("old"));
        using RespClient client = await server.ConnectAsync();
        await client.ExpectAsync("SENTINEL DEBUG default-down-after 5000 default-failover-timeout 6000", "+OK|");
        await client.ExpectAsync("SENTINEL MONITOR new 127.0.0.1 0 1", "+OK|");
        MasterOptions options = server.Loop.View.Masters["new"].Options;
        Assert.Equal((TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(6)), (options.DownAfter, options.FailoverTimeout));
        Assert.Equal(TimeSpan.FromSeconds(30), server.Loop.View.Masters["old"].Options.DownAfter);
    }
}
