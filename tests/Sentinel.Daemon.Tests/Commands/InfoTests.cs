using System.Text.RegularExpressions;
using Sentinel.Core;
using Sentinel.Daemon.Commands;
using Sentinel.Daemon.Tests.Lab;
using Sentinel.Resp;

namespace Sentinel.Daemon.Tests.Commands;

/// <summary>INFO, with all fields that redis-sentinel has.</summary>
public sealed partial class InfoTests
{
    [Theory]
    [InlineData("INFO", "# Server,# Clients,# Stats,# CPU,# Sentinel")]
    [InlineData("INFO default", "# Server,# Clients,# Stats,# CPU,# Sentinel")]
    [InlineData("INFO ALL", "# Server,# Clients,# Stats,# CPU,# Sentinel")]
    [InlineData("INFO everything server", "# Server,# Clients,# Stats,# CPU,# Sentinel")]
    [InlineData("INFO Sentinel", "# Sentinel")]
    [InlineData("INFO sentinel keyspace SERVER sentinel", "# Server,# Sentinel")]
    [InlineData("INFO keyspace", "")]
    public async Task Sections_come_in_a_fixed_order_whatever_was_asked(string request, string sections)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using RespClient client = await server.ConnectAsync(RespVersion.Resp3);
        RespValue info = await client.AskAsync(request);
        Assert.Equal(RespKind.BulkString, info.Kind);
        Assert.Equal(sections, string.Join(',', info.ToText().Split("\r\n").Where(line => line.StartsWith('#'))));
        Assert.DoesNotContain("\r\n\r\n\r\n", info.ToText(), StringComparison.Ordinal);
        Assert.False(info.ToText().EndsWith("\r\n\r\n", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Masters_are_told_as_exporters_read_them()
    {
        MasterState known = RunningServer.Unreachable("b") with
        {
            Replicas = [new Address("127.0.0.2", 0), new Address("127.0.0.3", 0)],
            Peers = [new PeerState(SentinelId.Draw(new Random(7)), new Address("127.0.0.4", 0))],
        };
        await using RunningServer server = await RunningServer.StartAsync(RunningServer.Unreachable("c", "::1"), known);
        using RespClient client = await server.ConnectAsync();
        Assert.Equal(
            """
            # Sentinel
            sentinel_masters:2
            sentinel_tilt:0
            sentinel_tilt_since_seconds:-1
            sentinel_running_scripts:0
            sentinel_scripts_queue_length:0
            sentinel_simulate_failure_flags:0
            master0:name=b,status=ok,address=127.0.0.1:0,slaves=2,sentinels=2
            master1:name=c,status=ok,address=::1:0,slaves=0,sentinels=1

            """.ReplaceLineEndings("\r\n"),
            await client.AskTextAsync("INFO sentinel"));
    }

    [Fact]
    public async Task A_master_that_is_down_has_that_status()
    {
        MasterState state = RunningServer.Unreachable("m", quorum: 1);
        await using RunningServer server = await RunningServer.StartAsync(
            state with { Options = state.Options with { DownAfter = TimeSpan.FromMilliseconds(1) } },
            RunningServer.Unreachable("n") with { Options = new MasterOptions { Name = "n", Quorum = 2, DownAfter = TimeSpan.FromMilliseconds(1) } });
        using RespClient client = await server.ConnectAsync();
        await Eventually.SoAsync("both are down", () => server.Loop.View.Masters["m"].IsObjectivelyDown && server.Loop.View.Masters["n"].IsSubjectivelyDown);
        string info = await client.AskTextAsync("INFO sentinel");
        Assert.Contains("master0:name=m,status=odown,", info, StringComparison.Ordinal);
        Assert.Contains("master1:name=n,status=sdown,", info, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_server_says_what_it_stands_in_for_and_what_it_is()
    {
        await using RunningServer server = await RunningServer.StartAsync(
            new RespServerOptions { Port = 26380, Bind = ["127.0.0.1", "-::1"], ConfigFile = "/etc/s.conf", RunId = "abc" });
        using RespClient client = await server.ConnectAsync();
        string info = await client.AskTextAsync("INFO server");
        Assert.Equal(
            "redis_version redis_git_sha1 redis_git_dirty redis_build_id redis_mode os arch_bits monotonic_clock multiplexing_api atomicvar_api gcc_version "
            + "process_id process_supervised run_id tcp_port server_time_usec uptime_in_seconds uptime_in_days hz configured_hz lru_clock executable config_file "
            + "io_threads_active listener0 sentinel_version",
            string.Join(' ', Field().Matches(info).Select(field => field.Groups["name"].Value)));
        Assert.Contains("redis_version:7.4.0\r\n", info, StringComparison.Ordinal);
        Assert.Contains("redis_mode:sentinel\r\n", info, StringComparison.Ordinal);
        Assert.Contains("run_id:abc\r\ntcp_port:26380\r\n", info, StringComparison.Ordinal);
        Assert.Contains("config_file:/etc/s.conf\r\n", info, StringComparison.Ordinal);
        Assert.Contains("listener0:name=tcp,bind=127.0.0.1,bind=-::1,port=26380\r\n", info, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_counters_count()
    {
        await using RunningServer server = await RunningServer.StartAsync(new RespServerOptions { MaxClients = 2 });
        using (RespClient past = await server.ConnectAsync())
            await past.ExpectAsync("PING\r\nPING\r\nFOO\r\n", "+PONG|+PONG|-ERR unknown command 'FOO', with args beginning with: |");
        await Eventually.SoAsync("the client is gone", () => server.Clients.Count == 0);
        using RespClient client = await server.ConnectAsync(RespVersion.Resp3);
        await client.SendAsync("SUBSCRIBE a b\r\nPSUBSCRIBE c\r\n");
        for (int i = 0; i < 3; i++)
            await client.ReadAsync();
        using RespClient second = await server.ConnectAsync();
        await second.ExpectAsync("PING", "+PONG|");
        using RespClient third = await server.ConnectAsync();
        await third.ReadToEndAsync();

        string clients = await client.AskTextAsync("INFO clients");
        Assert.Contains("connected_clients:2\r\n", clients, StringComparison.Ordinal);
        Assert.Contains("maxclients:2\r\n", clients, StringComparison.Ordinal);
        Assert.Contains("pubsub_clients:1\r\n", clients, StringComparison.Ordinal);
        string stats = await client.AskTextAsync("INFO stats");
        Assert.Contains("total_connections_received:4\r\n", stats, StringComparison.Ordinal);
        Assert.Contains("rejected_connections:1\r\n", stats, StringComparison.Ordinal);
        // two PING; HELLO, SUBSCRIBE, PSUBSCRIBE; PING; two INFO. What was refused was not called.
        Assert.Contains("total_commands_processed:8\r\n", stats, StringComparison.Ordinal);
        Assert.Contains("total_error_replies:1\r\n", stats, StringComparison.Ordinal);
        Assert.Contains("pubsub_channels:2\r\npubsub_patterns:1\r\n", stats, StringComparison.Ordinal);
        Assert.DoesNotMatch("total_net_(in|out)put_bytes:0\r\n", stats);
    }

    [Fact]
    public void Rates_are_averages_since_the_last_look_but_of_a_second_at_least()
    {
        Instant start = Instant.Zero;
        var rates = new TrafficRates(start);
        Assert.Equal((0, 0, 0), rates.Rates(new ClientTotals(50, 0, 0, 0), start + TimeSpan.FromMilliseconds(999)));
        Assert.Equal((50, 1, 2), rates.Rates(new ClientTotals(100, 0, 2048, 4096), start + TimeSpan.FromSeconds(2)));
        Assert.Equal((50, 1, 2), rates.Rates(new ClientTotals(900, 0, 2048, 4096), start + TimeSpan.FromMilliseconds(2500)));
        Assert.Equal((10, 0, 0), rates.Rates(new ClientTotals(120, 0, 2048, 4096), start + TimeSpan.FromSeconds(4)));
    }

    [GeneratedRegex("^(?<name>[a-z0-9_]+):", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Field();
}
