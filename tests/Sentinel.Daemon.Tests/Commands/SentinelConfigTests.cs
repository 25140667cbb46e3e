using System.Net;
using System.Net.Sockets;
using Sentinel.Core;
using Sentinel.Daemon.Commands;
using Sentinel.Daemon.Configuration;
using Sentinel.Daemon.Tests.Lab;
using Sentinel.Resp;

namespace Sentinel.Daemon.Tests.Commands;

/// <summary>SENTINEL CONFIG, in the words of Redis 7.2 and later.</summary>
public sealed class SentinelConfigTests
{
    private const string OnlyGetAndSet =
        "-ERR Only SENTINEL CONFIG GET <param> [<param> <param> ...] / SET <param> <value> [<param> <value> ...] are supported.|";

    [Theory]
    [InlineData("GET x", "*0|", "%0|")]
    [InlineData("get ANNOUNCE-PORT", "*2|$13|announce-port|$1|0|", "%1|$13|announce-port|$1|0|")]
    [InlineData("GET loglevel loglevel LOG*", "*2|$8|loglevel|$7|nothing|", "%1|$8|loglevel|$7|nothing|")]
    [InlineData("GET announce-ip *-hostnames", "*6|$11|announce-ip|$0||$17|resolve-hostnames|$2|no|$18|announce-hostnames|$2|no|", "%3|$11|announce-ip|$0||$17|resolve-hostnames|$2|no|$18|announce-hostnames|$2|no|")]
    [InlineData("FOO x", OnlyGetAndSet, OnlyGetAndSet)]
    [InlineData("SET foo 1", "-ERR Invalid argument 'foo' to SENTINEL CONFIG SET|", null)]
    [InlineData("SET announce-port", "-ERR Missing argument 'announce-port' value|", null)]
    [InlineData("SET announce-port 1 announce-ip", "-ERR Missing argument 'announce-ip' value|", null)]
    [InlineData("SET announce-port 1 ANNOUNCE-PORT 2", "-ERR Duplicate argument 'ANNOUNCE-PORT' to SENTINEL CONFIG SET|", null)]
    [InlineData("SET announce-port 65536", "-ERR Invalid value '65536' to SENTINEL CONFIG SET 'announce-port'|", null)]
    [InlineData("SET announce-port -1", "-ERR Invalid value '-1' to SENTINEL CONFIG SET 'announce-port'|", null)]
    [InlineData("SET announce-port 01", "-ERR Invalid value '01' to SENTINEL CONFIG SET 'announce-port'|", null)]
    [InlineData("SET resolve-hostnames maybe", "-ERR Invalid value 'maybe' to SENTINEL CONFIG SET 'resolve-hostnames'|", null)]
    [InlineData("SET loglevel loud", "-ERR Invalid value 'loud' to SENTINEL CONFIG SET 'loglevel'|", null)]
    [InlineData("SET loglevel 1", "-ERR Invalid value '1' to SENTINEL CONFIG SET 'loglevel'|", null)]
    [InlineData("SET sentinel-pass \"a\\nsentinel monitor evil 1.2.3.4 1 1\"", "-ERR Invalid value 'a sentinel monitor evil 1.2.3.4 1 1' to SENTINEL CONFIG SET 'sentinel-pass'|", null)]
    [InlineData("SET sentinel-user \"a\\x7f\"", "-ERR Invalid value 'a\x7f' to SENTINEL CONFIG SET 'sentinel-user'|", null)]
    [InlineData("SET announce-ip \"1.2.3.4,5\"", "-ERR Invalid value '1.2.3.4,5' to SENTINEL CONFIG SET 'announce-ip'|", null)]
    [InlineData("SET loglevel NOTHING", "+OK|", null)]
    public async Task Each_request_has_its_reply_in_both_versions(string request, string resp2, string? resp3)
    {
        foreach (RespVersion version in Enum.GetValues<RespVersion>())
        {
            await using RunningServer server = await RunningServer.StartAsync();
            using RespClient client = await server.ConnectAsync(version);
            await client.ExpectAsync($"SENTINEL CONFIG {request}", version == RespVersion.Resp3 ? resp3 ?? resp2 : resp2);
            await client.ExpectNothingMoreAsync();
        }
    }

    [Theory]
    [InlineData("SENTINEL CONFIG")]
    [InlineData("SENTINEL CONFIG GET")]
    public async Task Fewer_than_four_words_are_too_few(string request)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using RespClient client = await server.ConnectAsync();
        await client.ExpectLineAsync(request, "-ERR wrong number of arguments for 'sentinel|config' command");
    }

    [Fact]
    public async Task All_that_was_set_is_shown_in_the_order_of_Redis()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using RespClient client = await server.ConnectAsync();
        await client.ExpectAsync(
            "SENTINEL CONFIG SET Resolve-Hostnames YES announce-hostnames yes announce-ip here announce-port 7 sentinel-user u sentinel-pass p loglevel Verbose", "+OK|");
        RespValue shown = await client.AskAsync("SENTINEL CONFIG GET *");
        Assert.Equal(
            ["resolve-hostnames", "yes", "announce-hostnames", "yes", "announce-ip", "here", "announce-port", "7", "sentinel-user", "u", "sentinel-pass", "p", "loglevel", "verbose"],
            shown.Items.Select(item => item.ToText()));
    }

    [Fact]
    public async Task A_mistake_anywhere_changes_nothing()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using RespClient client = await server.ConnectAsync();
        SentinelOptions before = server.Loop.View.Options;
        await client.ExpectAsync("SENTINEL CONFIG SET announce-ip 1.2.3.4 loglevel debug announce-port x", "-ERR Invalid value 'x' to SENTINEL CONFIG SET 'announce-port'|");
        Assert.Equal(before, server.Loop.View.Options);
        await client.ExpectAsync("SENTINEL CONFIG GET loglevel", "*2|$8|loglevel|$7|nothing|");
    }

    [Fact]
    public async Task An_empty_address_user_or_password_means_none()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using RespClient client = await server.ConnectAsync();
        await client.ExpectAsync("SENTINEL CONFIG SET announce-ip 1.2.3.4 sentinel-user u sentinel-pass p", "+OK|");
        await client.ExpectAsync("SENTINEL CONFIG SET announce-ip \"\" sentinel-user \"\" sentinel-pass \"\"", "+OK|");
        SentinelOptions options = server.Loop.View.Options;
        Assert.Equal((null, null, null, null), (options.AnnounceIp, options.SentinelUser, options.SentinelPass, options.PeerCredentials));
    }

    [Fact]
    public async Task What_cannot_be_saved_says_so_and_holds_all_the_same()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using RespClient client = await server.ConnectAsync();
        server.HoldSaves();
        await client.SendAsync("SENTINEL CONFIG SET announce-port 7\r\n");
        await Eventually.SoAsync("the port is set", () => server.Loop.View.Options.AnnouncePort == 7);
        server.ReleaseSaves("No space left on device");
        await client.ExpectAsync("SENTINEL CONFIG GET announce-port", "-ERR Failed to save config file. Check server logs.|*2|$13|announce-port|$1|7|");
    }

    [Fact]
    public async Task A_level_that_is_back_where_it_began_reaches_the_file_too()
    {
        await using var daemon = new CommandLine.Daemon();
        string file = daemon.Configure("loglevel notice\n");
        daemon.Start(file);
        await daemon.AnswersAsync();
        foreach (string level in (string[])["debug", "notice"])
        {
            Assert.Equal("OK", (await RespConnection.AskAsync(daemon.Port, "SENTINEL", "CONFIG", "SET", "loglevel", level)).Text());
            Assert.Contains($"loglevel {level}", await File.ReadAllLinesAsync(file));
        }
    }

    [Fact]
    public async Task Names_may_not_be_forbidden_while_it_is_not_known_where_one_leads()
    {
        bool isKnown = false;
        await using RunningServer server = await RunningServer.StartAsync(
            new RespServerOptions(),
            new SentinelOptions { ResolveHostnames = true },
            _ => Volatile.Read(ref isKnown) ? [IPAddress.Loopback] : throw new SocketException((int)SocketError.HostNotFound),
            new MasterState { Options = new MasterOptions { Name = "m", Quorum = 2 }, Address = new Address("db.example", 1) });
        using RespClient client = await server.ConnectAsync();
        await client.ExpectAsync(
            "SENTINEL CONFIG SET announce-port 7 loglevel debug resolve-hostnames no", "-ERR Invalid value 'no' to SENTINEL CONFIG SET 'resolve-hostnames'|");
        await client.ExpectAsync("SENTINEL CONFIG GET announce-port resolve-hostnames loglevel", "*6|$13|announce-port|$1|0|$17|resolve-hostnames|$3|yes|$8|loglevel|$7|nothing|");
        Volatile.Write(ref isKnown, true);
        await Eventually.SoAsync("the name is resolved", () => server.Loop.View.Masters["m"].Address.Host == "127.0.0.1");
        await client.ExpectAsync("SENTINEL CONFIG SET resolve-hostnames no", "+OK|");
    }

    [Fact]
    public void What_was_set_reaches_the_file_and_is_read_back()
    {
        SentinelConfiguration start = ConfigurationLoader.Parse("port 26379\nloglevel notice\n", "", "/x/s.conf", "/");
        SentinelOptions options = start.Options with
        {
            ResolveHostnames = true, AnnounceHostnames = true, AnnounceIp = "here", AnnouncePort = 7, SentinelUser = "u", SentinelPass = "two words",
        };
        string text = new ConfigurationRewriter().Rewrite("port 26379\nloglevel notice\n", start.With(options, LogThreshold.Debug), start.State(SentinelId.Draw(new Random(1))));
        Assert.StartsWith("port 26379\nloglevel debug\n", text, StringComparison.Ordinal);
        SentinelConfiguration read = ConfigurationLoader.Parse(text, "", "/x/s.conf", "/");
        Assert.Equal(options, read.Options);
        Assert.Equal(LogThreshold.Debug, read.Log.Threshold);
        // And back again, as if it had never been.
        string undone = new ConfigurationRewriter().Rewrite(text, read.With(start.Options, LogThreshold.Notice), start.State(SentinelId.Draw(new Random(1))));
        Assert.Equal(start.Options, ConfigurationLoader.Parse(undone, "", "/x/s.conf", "/").Options);
        Assert.Contains("\nloglevel notice\n", undone, StringComparison.Ordinal);
    }
}
