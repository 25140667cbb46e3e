using System.Net;
using System.Globalization;
using Sentinel.Core;
using Sentinel.Daemon.Commands;
using Sentinel.Daemon.Tests.Lab;
using Sentinel.Resp;

namespace Sentinel.Daemon.Tests.Commands;

/// <summary>The subcommands of SENTINEL.</summary>
public sealed class SentinelTests
{
    private const string NoSuchMaster = "-ERR No such master with that name|";

    [Theory]
    // queries
    [InlineData("SENTINEL GET-MASTER-ADDR-BY-NAME m", "*2|$9|127.0.0.1|$1|0|", null)]
    [InlineData("sentinel get-primary-addr-by-name six", "*2|$3|::1|$1|0|", null)]
    [InlineData("SENTINEL GET-MASTER-ADDR-BY-NAME M", "*-1|", "_|")]
    [InlineData("SENTINEL GET-MASTER-ADDR-BY-NAME \"\"", "*-1|", "_|")]
    [InlineData("SENTINEL MYID", "$40|" + RunningServer.MyId + "|", null)]
    [InlineData("SENTINEL MASTER x", NoSuchMaster, null)]
    [InlineData("SENTINEL PRIMARY x", NoSuchMaster, null)]
    [InlineData("SENTINEL REPLICAS m", "*0|", null)]
    [InlineData("SENTINEL REPLICAS x", NoSuchMaster, null)]
    [InlineData("SENTINEL SLAVES m", "*0|", null)]
    [InlineData("SENTINEL SLAVES x", NoSuchMaster, null)]
    [InlineData("SENTINEL SENTINELS m", "*0|", null)]
    [InlineData("SENTINEL SENTINELS x", NoSuchMaster, null)]
    [InlineData("SENTINEL CKQUORUM one", "+OK 1 usable Sentinels. Quorum and failover authorization can be reached|", null)]
    [InlineData("SENTINEL CKQUORUM m", "-NOQUORUM 1 usable Sentinels. Not enough available Sentinels to reach the specified quorum for this master|", null)]
    [InlineData("SENTINEL CKQUORUM x", NoSuchMaster, null)]
    [InlineData("SENTINEL INFO-CACHE m x one", "*4|$1|m|*1|*2|:0|$-1|$3|one|*1|*2|:0|$-1|", "*4|$1|m|*1|*2|:0|_|$3|one|*1|*2|:0|_|")]
    [InlineData("SENTINEL INFO-CACHE x", "*0|", null)]
    // orders
    [InlineData("SENTINEL IS-MASTER-DOWN-BY-ADDR 127.0.0.1 0 0 *", "*3|:0|$1|*|:0|", null)]
    [InlineData("SENTINEL IS-PRIMARY-DOWN-BY-ADDR 127.0.0.9 6379 0 *", "*3|:0|$1|*|:0|", null)]
    [InlineData("SENTINEL IS-MASTER-DOWN-BY-ADDR 127.0.0.1 999999999999 0 *", "*3|:0|$1|*|:0|", null)]
    [InlineData("SENTINEL IS-MASTER-DOWN-BY-ADDR 127.0.0.1 0 0 short", "*3|:0|$1|*|:0|", null)]
    [InlineData("SENTINEL IS-MASTER-DOWN-BY-ADDR 127.0.0.1 x 1 *", "-ERR value is not an integer or out of range|", null)]
    [InlineData("SENTINEL IS-MASTER-DOWN-BY-ADDR 127.0.0.1 1 x *", "-ERR value is not an integer or out of range|", null)]
    [InlineData("SENTINEL IS-MASTER-DOWN-BY-ADDR 127.0.0.1 1 +1 *", "-ERR value is not an integer or out of range|", null)]
    [InlineData("SENTINEL IS-MASTER-DOWN-BY-ADDR 127.0.0.1 1 -1 *", "-ERR value is not an integer or out of range|", null)]
    [InlineData("SENTINEL FAILOVER m", "-NOGOODSLAVE No suitable replica to promote|", null)]
    [InlineData("SENTINEL FAILOVER x", NoSuchMaster, null)]
    [InlineData("SENTINEL FORGET m 127.0.0.9:6379", "-ERR No replica or Sentinel of 'm' has that run id or address|", null)]
    [InlineData("SENTINEL FORGET m aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd", "-ERR No replica or Sentinel of 'm' has that run id or address|", null)]
    [InlineData("SENTINEL FORGET m [::1]:6379", "-ERR No replica or Sentinel of 'm' has that run id or address|", null)]
    [InlineData("SENTINEL FORGET x 127.0.0.9:6379", NoSuchMaster, null)]
    [InlineData("SENTINEL FORGET m short", "-ERR Invalid argument 'short' for SENTINEL FORGET: a run id (40 hexadecimal digits) or ip:port is wanted, as SENTINEL REPLICAS and SENTINEL SENTINELS show them|", null)]
    [InlineData("SENTINEL FORGET m 127.0.0.9:0", "-ERR Invalid argument '127.0.0.9:0' for SENTINEL FORGET: a run id (40 hexadecimal digits) or ip:port is wanted, as SENTINEL REPLICAS and SENTINEL SENTINELS show them|", null)]
    [InlineData("SENTINEL FLUSHCONFIG", "+OK|", null)]
    [InlineData("SENTINEL RESET x*", ":0|", null)]
    [InlineData("SENTINEL RESET *", ":3|", null)]
    [InlineData("SENTINEL RESET [no]*", ":1|", null)]
    [InlineData("SENTINEL RESET M", ":0|", null)]
    [InlineData("SENTINEL REMOVE m\r\nSENTINEL REMOVE m\r\nSENTINEL GET-MASTER-ADDR-BY-NAME m\r\n", "+OK|" + NoSuchMaster + "*-1|", "+OK|" + NoSuchMaster + "_|")]
    [InlineData("SENTINEL MONITOR n 127.0.0.1 1 x", "-ERR Invalid quorum|", null)]
    [InlineData("SENTINEL MONITOR n nohost x x", "-ERR Invalid quorum|", null)]
    [InlineData("SENTINEL MONITOR n nohost x 0", "-ERR Invalid port|", null)]
    [InlineData("SENTINEL MONITOR n nohost 99999 0", "-ERR Quorum must be 1 or greater.|", null)]
    [InlineData("SENTINEL MONITOR m nohost 99999 1", "-ERR Invalid IP address or hostname specified|", null)]
    [InlineData("SENTINEL MONITOR n [::1] 1 1", "-ERR Invalid IP address or hostname specified|", null)]
    [InlineData("SENTINEL MONITOR a,b 127.0.0.1 1 1", "-ERR Invalid master name: it must not be empty, and have no comma and no control character|", null)]
    [InlineData("SENTINEL MONITOR \"\" 127.0.0.1 1 1", "-ERR Invalid master name: it must not be empty, and have no comma and no control character|", null)]
    [InlineData("SENTINEL MONITOR \"a\\r\\nsentinel\" 127.0.0.1 1 1", "-ERR Invalid master name: it must not be empty, and have no comma and no control character|", null)]
    [InlineData("SENTINEL MONITOR n \"127.0.0.1\\n\" 1 1", "-ERR Invalid IP address or hostname specified|", null)]
    [InlineData("SENTINEL SIMULATE-FAILURE foo", "-ERR Unknown failure simulation specified|", null)]
    [InlineData("SENTINEL SIMULATE-FAILURE help", "*2|$20|crash-after-election|$21|crash-after-promotion|", null)]
    [InlineData("SENTINEL SIMULATE-FAILURE crash-after-election CRASH-after-promotion", "+OK|", null)]
    [InlineData("SENTINEL SIMULATE-FAILURE none", "+OK|", null)]
    [InlineData("SENTINEL MONITOR n 127.1 0 1\r\nSENTINEL GET-MASTER-ADDR-BY-NAME n\r\n", "+OK|*2|$9|127.0.0.1|$1|0|", null)]
    [InlineData("SENTINEL MONITOR m 127.0.0.1 99999 1", "-ERR Invalid port number.|", null)]
    [InlineData("SENTINEL MONITOR n 127.0.0.1 99999 1", "-ERR Invalid port number.|", null)]
    [InlineData("SENTINEL MONITOR n 127.0.0.1 -1 1", "-ERR Invalid port number.|", null)]
    [InlineData("SENTINEL MONITOR m 127.0.0.1 1 1", "-ERR Duplicate master name.|", null)]
    [InlineData("SENTINEL MONITOR n 127.0.0.7 0 99999999999\r\nSENTINEL GET-MASTER-ADDR-BY-NAME n\r\n", "+OK|*2|$9|127.0.0.7|$1|0|", null)]
    public async Task Each_request_has_its_reply_in_both_versions(string request, string resp2, string? resp3)
    {
        foreach (RespVersion version in Enum.GetValues<RespVersion>())
        {
            await using RunningServer server = await RunningServer.StartAsync(
                RunningServer.Unreachable("m"), RunningServer.Unreachable("one", quorum: 1), RunningServer.Unreachable("six", "::1"));
            using RespClient client = await server.ConnectAsync(version);
            await client.ExpectAsync(request, version == RespVersion.Resp3 ? resp3 ?? resp2 : resp2);
            await client.ExpectNothingMoreAsync();
        }
    }

    [Theory]
    [InlineData("CKQUORUM", 1)]
    [InlineData("ACKNOWLEDGE", 1)]
    [InlineData("EXPLAIN", 1)]
    [InlineData("FAILOVER", 1, true)]
    [InlineData("FLUSHCONFIG", 0)]
    [InlineData("GET-MASTER-ADDR-BY-NAME", 1)]
    [InlineData("GET-PRIMARY-ADDR-BY-NAME", 1)]
    [InlineData("FORGET", 2)]
    [InlineData("HELP", 0)]
    [InlineData("IS-MASTER-DOWN-BY-ADDR", 4)]
    [InlineData("IS-PRIMARY-DOWN-BY-ADDR", 4)]
    [InlineData("MASTER", 1)]
    [InlineData("MASTERS", 0)]
    [InlineData("MONITOR", 4)]
    [InlineData("MYID", 0)]
    [InlineData("PRIMARIES", 0)]
    [InlineData("PRIMARY", 1)]
    [InlineData("PAUSE", 1, true)]
    [InlineData("REMOVE", 1)]
    [InlineData("RESUME", 1)]
    [InlineData("REPLICAS", 1)]
    [InlineData("RESET", 1)]
    [InlineData("SENTINELS", 1)]
    [InlineData("SIMULATE-FAILURE", 1, true)]
    [InlineData("SLAVES", 1)]
    [InlineData("CONFIG", 2, true)]
    [InlineData("DEBUG", 0, true)]
    [InlineData("INFO-CACHE", 1, true)]
    [InlineData("SET", 3, true)]
    public async Task Too_few_or_too_many_words_are_refused_in_the_name_that_was_typed(string subcommand, int words, bool orMore = false)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using RespClient client = await server.ConnectAsync();
        string error = $"-ERR wrong number of arguments for 'sentinel|{subcommand.ToLowerInvariant()}' command";
        if (words > 0)
            await client.ExpectLineAsync($"SENTINEL {subcommand} {string.Join(' ', Enumerable.Repeat("a", words - 1))}", error);
        if (!orMore)
            await client.ExpectLineAsync($"SENTINEL {subcommand} {string.Join(' ', Enumerable.Repeat("a", words + 1))}", error);
        await client.ExpectNothingMoreAsync();
    }

    [Theory]
    [InlineData("quorum 3", "+OK|", "quorum=3")]
    [InlineData("QUORUM 3", "+OK|", "quorum=3")]
    [InlineData("quorum 0", "-ERR Invalid argument '0' for SENTINEL SET 'quorum'|", "quorum=2")]
    [InlineData("QuoruM x", "-ERR Invalid argument 'x' for SENTINEL SET 'QuoruM'|", "quorum=2")]
    [InlineData("quorum 99999999999", "+OK|", "quorum=2147483647")]
    [InlineData("down-after-milliseconds 1", "+OK|", "down-after-milliseconds=1")]
    [InlineData("down-after-milliseconds 0", "-ERR Invalid argument '0' for SENTINEL SET 'down-after-milliseconds'|", "down-after-milliseconds=30000")]
    [InlineData("down-after-milliseconds 99999999999", "+OK|", "down-after-milliseconds=2147483647")]
    [InlineData("down-after-milliseconds 9999999999999999999", "-ERR Invalid argument '9999999999999999999' for SENTINEL SET 'down-after-milliseconds'|", "down-after-milliseconds=30000")]
    [InlineData("failover-timeout 60000", "+OK|", "failover-timeout=60000")]
    [InlineData("failover-timeout -5", "-ERR Invalid argument '-5' for SENTINEL SET 'failover-timeout'|", "failover-timeout=180000")]
    [InlineData("parallel-syncs 5", "+OK|", "parallel-syncs=5")]
    [InlineData("parallel-syncs 0", "-ERR Invalid argument '0' for SENTINEL SET 'parallel-syncs'|", "parallel-syncs=1")]
    [InlineData("master-reboot-down-after-period 0", "+OK|", "quorum=2")]
    [InlineData("primary-reboot-down-after-period 5", "+OK|", "quorum=2")]
    [InlineData("master-reboot-down-after-period -1", "-ERR Invalid argument '-1' for SENTINEL SET 'master-reboot-down-after-period'|", "quorum=2")]
    [InlineData("auto-forget-after-seconds 3600", "+OK|", "quorum=2")]
    [InlineData("auto-forget-after-seconds -1", "-ERR Invalid argument '-1' for SENTINEL SET 'auto-forget-after-seconds'|", "quorum=2")]
    [InlineData("crash-down-after-milliseconds 200", "+OK|", "quorum=2")]
    [InlineData("crash-down-after-milliseconds 0", "+OK|", "quorum=2")]
    [InlineData("crash-down-after-milliseconds -1", "-ERR Invalid argument '-1' for SENTINEL SET 'crash-down-after-milliseconds'|", "quorum=2")]
    [InlineData("corroborate YES", "+OK|", "quorum=2")]
    [InlineData("corroborate maybe", "-ERR Invalid argument 'maybe' for SENTINEL SET 'corroborate'|", "quorum=2")]
    [InlineData("failover-cooldown-milliseconds 60000", "+OK|", "quorum=2")]
    [InlineData("failover-cooldown-milliseconds x", "-ERR Invalid argument 'x' for SENTINEL SET 'failover-cooldown-milliseconds'|", "quorum=2")]
    [InlineData("empty-restart-failover NO", "+OK|", "quorum=2")]
    [InlineData("empty-restart-failover maybe", "-ERR Invalid argument 'maybe' for SENTINEL SET 'empty-restart-failover'|", "quorum=2")]
    [InlineData("fence-after-milliseconds 500", "+OK|", "quorum=2")]
    [InlineData("preflight-period-seconds 0", "+OK|", "quorum=2")]
    [InlineData("preflight-period-seconds -1", "-ERR Invalid argument '-1' for SENTINEL SET 'preflight-period-seconds'|", "quorum=2")]
    [InlineData("fence-after-milliseconds -1", "-ERR Invalid argument '-1' for SENTINEL SET 'fence-after-milliseconds'|", "quorum=2")]
    [InlineData("auth-pass \"\"", "+OK|", "quorum=2")]
    [InlineData("rename-command a b", "+OK|", "quorum=2")]
    [InlineData("rename-command a", "-ERR Unknown option or number of arguments for SENTINEL SET 'rename-command'|", "quorum=2")]
    [InlineData("rename-command a \"\"", "-ERR Invalid argument '' for SENTINEL SET 'rename-command'|", "quorum=2")]
    [InlineData("rename-command \"\" b", "-ERR Invalid argument '' for SENTINEL SET 'rename-command'|", "quorum=2")]
    [InlineData("foo 1", "-ERR Unknown option or number of arguments for SENTINEL SET 'foo'|", "quorum=2")]
    [InlineData("quorum 3 parallel-syncs 4", "+OK|", "quorum=3 failover-timeout=180000 parallel-syncs=4")]
    [InlineData("quorum 3 down-after-milliseconds", "-ERR Unknown option or number of arguments for SENTINEL SET 'down-after-milliseconds'|", "quorum=2")]
    [InlineData("quorum 3 foo 1 parallel-syncs 4", "-ERR Unknown option or number of arguments for SENTINEL SET 'foo'|", "quorum=2 failover-timeout=180000 parallel-syncs=1")]
    [InlineData("auth-pass \"a\\nb\"", "-ERR Invalid argument 'a b' for SENTINEL SET 'auth-pass'|", "quorum=2")]
    [InlineData("rename-command a \"\\x01\"", "-ERR Invalid argument '\x01' for SENTINEL SET 'rename-command'|", "quorum=2")]
    [InlineData("notification-script /bin/true", "-ERR Reconfiguration of scripts path is denied for security reasons. Check the deny-scripts-reconfig configuration directive in your Sentinel configuration|", "quorum=2")]
    [InlineData("quorum 3 client-reconfig-script \"\"", "-ERR Reconfiguration of scripts path is denied for security reasons. Check the deny-scripts-reconfig configuration directive in your Sentinel configuration|", "quorum=2")]
    public async Task Set_applies_all_or_with_a_mistake_nothing(string options, string reply, string fields)
    {
        await using RunningServer server = await RunningServer.StartAsync(RunningServer.Unreachable("m"));
        using RespClient client = await server.ConnectAsync();
        await client.ExpectAsync($"SENTINEL SET m {options}", reply);
        RespValue master = await client.AskAsync("SENTINEL MASTER m");
        Assert.Contains(fields, string.Join(' ', master.Items.Chunk(2).Select(pair => $"{pair[0].ToText()}={pair[1].ToText()}")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("notification-script /bin/true", "+OK|", " notification-script=/bin/true")]
    [InlineData("client-reconfig-script /bin/true", "+OK|", " client-reconfig-script=/bin/true")]
    [InlineData("notification-script true", "+OK|", " notification-script=true")]
    [InlineData("notification-script /bin/true notification-script \"\"", "+OK|", "parallel-syncs=1")]
    [InlineData("notification-script /nowhere", "-ERR Notification script seems non existing or non executable|", "parallel-syncs=1")]
    [InlineData("client-reconfig-script /etc/passwd", "-ERR Client reconfiguration script seems non existing or non executable|", "parallel-syncs=1")]
    public async Task Scripts_may_be_set_where_the_configuration_allows_it(string options, string reply, string fields)
    {
        await using RunningServer server = await RunningServer.StartAsync(
            new RespServerOptions { DenyScriptsReconfig = false, Directory = "/bin" }, RunningServer.Unreachable("m"));
        using RespClient client = await server.ConnectAsync();
        await client.ExpectAsync($"SENTINEL SET m {options}", reply);
        RespValue master = await client.AskAsync("SENTINEL MASTER m");
        Assert.EndsWith(fields, string.Join(' ', master.Items.Chunk(2).Select(pair => $"{pair[0].ToText()}={pair[1].ToText()}")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Credentials_and_renamed_commands_reach_the_options_and_can_be_removed()
    {
        await using RunningServer server = await RunningServer.StartAsync(RunningServer.Unreachable("m"));
        using RespClient client = await server.ConnectAsync();
        await client.ExpectAsync("SENTINEL SET m auth-user u auth-pass p rename-command Config secret rename-command slaveof other rename-command CONFIG newer", "+OK|");
        MasterOptions options = server.Loop.View.Masters["m"].Options;
        Assert.Equal(("u", "p"), (options.AuthUser, options.AuthPass));
        Assert.Equal([new("CONFIG", "newer"), new("SLAVEOF", "other")], options.RenamedCommands);
        await client.ExpectAsync("SENTINEL SET m auth-user \"\" auth-pass \"\" rename-command config CONFIG", "+OK|");
        options = server.Loop.View.Masters["m"].Options;
        Assert.Equal((null, null), (options.AuthUser, options.AuthPass));
        Assert.Equal([new("SLAVEOF", "other")], options.RenamedCommands);
    }

    [Fact]
    public async Task An_unknown_master_is_told_before_anything_is_said_of_the_options()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using RespClient client = await server.ConnectAsync();
        await client.ExpectAsync("SENTINEL SET x foo 1", NoSuchMaster);
    }

    [Fact]
    public async Task Each_option_that_was_set_is_told_and_a_password_is_not()
    {
        await using RunningServer server = await RunningServer.StartAsync(RunningServer.Unreachable("m"));
        using RespClient listener = await server.ConnectAsync();
        await listener.SendAsync("SUBSCRIBE +set\r\n");
        await listener.ReadAsync();
        using RespClient client = await server.ConnectAsync();
        await client.ExpectAsync("SENTINEL SET m Quorum 5 auth-pass secret rename-command a b", "+OK|");
        string[] payloads = [(await listener.ReadAsync()).Items[2].ToText(), (await listener.ReadAsync()).Items[2].ToText(), (await listener.ReadAsync()).Items[2].ToText()];
        Assert.Equal(["master m 127.0.0.1 0 Quorum 5", "master m 127.0.0.1 0 auth-pass ******", "master m 127.0.0.1 0 rename-command a b"], payloads);
    }

    [Fact]
    public async Task An_order_that_cannot_be_saved_says_so()
    {
        await using RunningServer server = await RunningServer.StartAsync(RunningServer.Unreachable("m"));
        using RespClient client = await server.ConnectAsync();
        server.HoldSaves();
        await client.SendAsync("SENTINEL FLUSHCONFIG\r\n");
        using RespClient other = await server.ConnectAsync();
        await other.SendAsync("SENTINEL SET m quorum 5\r\n");
        await Eventually.SoAsync("the quorum is set", () => server.Loop.View.Masters["m"].Options.Quorum == 5);
        server.ReleaseSaves("No space left on device");
        await client.ExpectAsync("PING", "-ERR Failed to save config file. Check server logs.|+PONG|");
    }

    [Fact]
    public async Task A_vote_is_given_once_in_an_epoch_and_after_it_is_on_disk()
    {
        await using RunningServer server = await RunningServer.StartAsync(RunningServer.Unreachable("m"));
        using RespClient client = await server.ConnectAsync();
        string first = new('a', 40);
        string second = new('b', 40);
        server.HoldSaves();
        await client.SendAsync($"SENTINEL IS-MASTER-DOWN-BY-ADDR 127.0.0.1 0 5 {first}\r\n");
        await Eventually.SoAsync("it has voted", () => server.Loop.View.CurrentEpoch == new Epoch(5));
        server.ReleaseSaves();
        await client.ExpectAsync("PING", $"*3|:0|$40|{first}|:5|+PONG|");
        await client.ExpectAsync($"SENTINEL IS-MASTER-DOWN-BY-ADDR 127.0.0.1 0 5 {second}", $"*3|:0|$40|{first}|:5|");
        await client.ExpectAsync($"SENTINEL IS-MASTER-DOWN-BY-ADDR 127.0.0.1 0 6 {second}", $"*3|:0|$40|{second}|:6|");
    }

    [Fact]
    public async Task A_hello_sent_by_publish_makes_the_peer_known()
    {
        await using RunningServer server = await RunningServer.StartAsync(RunningServer.Unreachable("m", quorum: 1));
        using RespClient client = await server.ConnectAsync();
        string peer = new('c', 40);
        await client.ExpectAsync($"PUBLISH __sentinel__:hello 127.0.0.1,1,{peer},0,m,127.0.0.1,6379,0", ":1|");
        await Eventually.SoAsync("the peer is known", () => server.Loop.View.Masters["m"].Peers.Length == 1);
        RespValue peers = await client.AskAsync("SENTINEL SENTINELS m");
        Assert.Equal(peer, Assert.Single(peers.Items).Items[1].ToText());
        await client.ExpectAsync("SENTINEL CKQUORUM m", "+OK 2 usable Sentinels. Quorum and failover authorization can be reached|");
        await client.ExpectAsync("SENTINEL SET m quorum 3", "+OK|");
        await client.ExpectAsync("SENTINEL CKQUORUM m", "-NOQUORUM 2 usable Sentinels. Not enough available Sentinels to reach the specified quorum for this master|");
    }

    [Theory]
    [InlineData("crash-after-election", 1)]
    [InlineData("CRASH-AFTER-PROMOTION", 2)]
    [InlineData("crash-after-election crash-after-promotion", 3)]
    [InlineData("none", 0)]
    [InlineData("help", 0)]
    [InlineData("foo", 0)]
    [InlineData("crash-after-election foo", 0)]
    [InlineData("crash-after-election help", 0)]
    public async Task What_is_simulated_is_what_was_said_last_and_info_shows_it(string words, int flags)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using RespClient client = await server.ConnectAsync();
        await client.ExpectAsync("SENTINEL SIMULATE-FAILURE crash-after-election", "+OK|");
        await client.AskAsync($"SENTINEL SIMULATE-FAILURE {words}");
        Assert.Contains($"\r\nsentinel_simulate_failure_flags:{flags}\r\n", await client.AskTextAsync("INFO sentinel"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Masters_are_listed_by_name()
    {
        await using RunningServer server = await RunningServer.StartAsync([.. Enumerable.Range(0, 20).Select(i => RunningServer.Unreachable(string.Create(CultureInfo.InvariantCulture, $"m{i:00}")))]);
        using RespClient client = await server.ConnectAsync(RespVersion.Resp3);
        RespValue masters = await client.AskAsync("SENTINEL MASTERS");
        Assert.All(masters.Items, master => Assert.Equal(RespKind.Map, master.Kind));
        Assert.Equal(Enumerable.Range(0, 20).Select(i => string.Create(CultureInfo.InvariantCulture, $"m{i:00}")), masters.Items.Select(master => master.Items[1].ToText()));
        Assert.Equal(masters.Items.Select(master => master.Items[1]), (await client.AskAsync("ROLE")).Items[1].Items);
        Assert.Equal(masters.Items.Length, (await client.AskAsync("SENTINEL PRIMARIES")).Items.Length);
    }

    [Fact]
    public async Task A_name_that_resolves_may_be_monitored_where_names_are_allowed()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using RespClient client = await server.ConnectAsync();
        await client.ExpectAsync("SENTINEL CONFIG SET resolve-hostnames yes announce-hostnames yes", "+OK|");
        await client.ExpectAsync("SENTINEL MONITOR n localhost 0 1", "+OK|");
        await client.ExpectAsync("SENTINEL GET-MASTER-ADDR-BY-NAME n", "*2|$9|localhost|$1|0|");
        await client.ExpectAsync("SENTINEL CONFIG SET announce-hostnames no", "+OK|");
        Assert.True(IPAddress.IsLoopback(IPAddress.Parse(server.Loop.View.Masters["n"].Address.Host)));
        await client.ExpectAsync("SENTINEL MONITOR o no.such.host.invalid 0 1", "-ERR Invalid IP address or hostname specified|");
        await client.ExpectAsync("SENTINEL MONITOR p localhost 99999 1", "-ERR Invalid port number.|");
    }

    [Fact]
    public async Task Help_lists_every_subcommand_that_is_no_alias()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using RespClient client = await server.ConnectAsync();
        RespValue help = await client.AskAsync("SENTINEL HELP");
        Assert.All(help.Items, line => Assert.Equal(RespKind.SimpleString, line.Kind));
        string[] syntax = [.. help.Items.Select(line => line.ToText()).Where(line => !line.StartsWith(' '))];
        Assert.Equal(
            [
                "SENTINEL <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
                "CKQUORUM <master-name>",
                "CONFIG SET param value [param value ...]",
                "CONFIG GET <param> [param param param ...]",
                "DEBUG [<param> <value> ...]",
                "GET-MASTER-ADDR-BY-NAME <master-name>",
                "FAILOVER <master-name> [COORDINATED|FORCE] [TO <ip> <port>] [TIMEOUT <milliseconds>] [DRYRUN]",
                "FLUSHCONFIG",
                "FORGET <master-name> <runid | ip:port>",
                "INFO-CACHE <master-name>",
                "IS-MASTER-DOWN-BY-ADDR <ip> <port> <current-epoch> <runid>",
                "MASTER <master-name>",
                "MASTERS",
                "MONITOR <name> <ip> <port> <quorum>",
                "MYID",
                "PENDING-SCRIPTS",
                "REMOVE <master-name>",
                "REPLICAS <master-name>",
                "RESET <pattern>",
                "SENTINELS <master-name>",
                "SET <master-name> <option> <value> [<option> <value> ...]",
                "SIMULATE-FAILURE [CRASH-AFTER-ELECTION] [CRASH-AFTER-PROMOTION] [HELP]",
                "ACKNOWLEDGE <master-name>",
                "ADOPT <master-name>",
                "EXPLAIN <master-name>",
                "PAUSE <master-name> [<reason>]",
                "RESUME <master-name>",
                "HELP",
            ],
            syntax);
    }
}
