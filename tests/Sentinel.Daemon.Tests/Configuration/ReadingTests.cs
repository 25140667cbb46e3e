using Sentinel.Core;
using Sentinel.Daemon.Configuration;

namespace Sentinel.Daemon.Tests.Configuration;

/// <summary>What a configuration file means.</summary>
public sealed class ReadingTests
{
    private const string Monitor = "sentinel monitor m 127.0.0.1 6379 2\n";

    [Fact]
    public void Without_a_word_everything_is_as_in_redis()
    {
        SentinelConfiguration configuration = Read("");
        Assert.Equal(26379, configuration.Options.Port);
        Assert.Equal([new("*", false), new("::*", true)], configuration.Bind.AsEnumerable());
        Assert.False(configuration.ProtectedMode);
        Assert.Equal(10_000, configuration.MaxClients);
        Assert.Equal(511, configuration.TcpBacklog);
        Assert.Equal(TimeSpan.FromSeconds(300), configuration.TcpKeepAlive);
        Assert.Equal(TimeSpan.Zero, configuration.ClientTimeout);
        Assert.Equal(LogThreshold.Notice, configuration.Log.Threshold);
        Assert.Null(configuration.Log.File);
        Assert.Null(configuration.Id);
        Assert.True(configuration.DenyScriptsReconfig);
        Assert.Equal("/tmp", configuration.Directory);
    }

    [Fact]
    public void Generic_directives_are_read()
    {
        SentinelConfiguration configuration = Read("""
            PORT 5000
            bind 10.0.0.1 -::1
            protected-mode YES
            requirepass "two words"
            loglevel Nothing
            logfile log/s.log
            dir /usr
            daemonize yes
            pidfile run/s.pid
            unixsocket /run/s.sock
            unixsocketperm 0700
            maxclients 4294967295
            timeout 10
            tcp-keepalive 0
            tcp-backlog 100
            supervised systemd
            """);
        Assert.Equal(5000, configuration.Options.Port);
        Assert.Equal([new("10.0.0.1", false), new("::1", true)], configuration.Bind.AsEnumerable());
        Assert.True(configuration.ProtectedMode);
        Assert.Equal("two words", configuration.Options.RequirePass);
        Assert.Equal(LogThreshold.Nothing, configuration.Log.Threshold);
        Assert.Equal("/usr", configuration.Directory);
        Assert.Equal("/usr/log/s.log", configuration.Log.File);
        Assert.True(configuration.Daemonize);
        Assert.Equal("/usr/run/s.pid", configuration.PidFile);
        Assert.Equal("/run/s.sock", configuration.UnixSocket);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, configuration.UnixSocketMode);
        Assert.Equal(4_294_967_295, configuration.MaxClients);
        Assert.Equal(TimeSpan.FromSeconds(10), configuration.ClientTimeout);
        Assert.Equal(TimeSpan.Zero, configuration.TcpKeepAlive);
        Assert.Equal(100, configuration.TcpBacklog);
        Assert.Equal(Supervision.Systemd, configuration.Supervised);
    }

    [Theory]
    [InlineData("bind")]
    [InlineData("bind \"\"")]
    public void An_empty_bind_listens_nowhere(string line) => Assert.Empty(Read(line).Bind);

    [Fact]
    public void Every_directive_of_a_redis_or_valkey_server_is_accepted()
    {
        foreach (string name in DirectivesOfServers.Single)
            Read($"{name} {DirectivesOfServers.ValueOf(name)}");
        foreach (string line in DirectivesOfServers.Others)
            Read(line);
    }

    [Fact]
    public void Statements_take_effect_in_three_passes_wherever_they_stand()
    {
        SentinelConfiguration configuration = Read("""
            sentinel config-epoch m 7
            sentinel known-replica m replica.example 6380
            sentinel down-after-milliseconds m 5000
            sentinel monitor m master.example 6379 2
            sentinel resolve-hostnames yes
            sentinel current-epoch 5
            """);
        MasterState master = Assert.Single(configuration.Masters);
        Assert.Equal(new Address("master.example", 6379), master.Address);
        Assert.Equal([new Address("replica.example", 6380)], master.Replicas.AsEnumerable());
        Assert.Equal(TimeSpan.FromSeconds(5), master.Options.DownAfter);
        Assert.Equal(new Epoch(7), master.ConfigEpoch);
        Assert.Equal(new Epoch(7), configuration.CurrentEpoch);
    }

    [Fact]
    public void All_that_is_said_about_a_master_is_read()
    {
        SentinelConfiguration configuration = Read(Monitor + """
            sentinel down-after-milliseconds m 1
            Sentinel Failover-Timeout m 2000
            sentinel parallel-syncs m -3
            sentinel notification-script m /bin/true
            sentinel client-reconfig-script m /bin/false
            sentinel auth-pass m "two words"
            sentinel auth-user m me
            sentinel primary-reboot-down-after-period m 400
            sentinel empty-restart-failover m No
            sentinel fence-after-milliseconds m 300
            sentinel preflight-period-seconds m 0
            sentinel rename-command m config GuessMe
            sentinel config-epoch m 18446744073709551615
            sentinel leader-epoch m 3
            sentinel known-replica m 127.0.0.2 6379
            sentinel known-slave m 0:0:0::1 6379
            sentinel known-sentinel m 127.0.0.3 26379 aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd
            """);
        MasterState master = Assert.Single(configuration.Masters);
        MasterOptions options = master.Options;
        Assert.Equal(2, options.Quorum);
        Assert.Equal(TimeSpan.FromMilliseconds(1), options.DownAfter);
        Assert.Equal(TimeSpan.FromSeconds(2), options.FailoverTimeout);
        Assert.Equal(-3, options.ParallelSyncs);
        Assert.Equal("/bin/true", options.NotificationScript);
        Assert.Equal("/bin/false", options.ClientReconfigScript);
        Assert.Equal(("me", "two words"), (options.AuthUser, options.AuthPass));
        Assert.Equal(TimeSpan.FromMilliseconds(400), options.RebootDownAfter);
        Assert.False(options.EmptyRestartFailover);
        Assert.Equal(TimeSpan.FromMilliseconds(300), options.FenceAfter);
        Assert.Equal(TimeSpan.Zero, options.PreflightPeriod);
        Assert.Equal("GuessMe", options.RenamedCommands["CONFIG"]);
        Assert.Equal(new Epoch(ulong.MaxValue), master.ConfigEpoch);
        Assert.Equal(new Epoch(3), master.LeaderEpoch);
        Assert.Equal([new Address("127.0.0.2", 6379), new Address("::1", 6379)], master.Replicas.AsEnumerable());
        Assert.Equal([new PeerState(Id("aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd"), new Address("127.0.0.3", 26379))], master.Peers.AsEnumerable());
    }

    [Fact]
    public void All_that_is_said_about_this_sentinel_is_read()
    {
        SentinelConfiguration configuration = Read("""
            sentinel myid aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd
            sentinel announce-ip "203.0.113.1"
            sentinel announce-ip ""
            sentinel announce-port 26400
            sentinel deny-scripts-reconfig NO
            sentinel resolve-hostnames yes
            sentinel announce-hostnames yes
            sentinel sentinel-user me
            sentinel sentinel-pass "two words"
            sentinel current-epoch 12
            sentinel current-epoch 4
            sentinel
            """);
        Assert.Equal(Id("aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd"), configuration.Id);
        Assert.Equal(("203.0.113.1", 26400), (configuration.Options.AnnounceIp, configuration.Options.AnnouncePort));
        Assert.Equal(("me", "two words"), (configuration.Options.SentinelUser, configuration.Options.SentinelPass));
        Assert.False(configuration.DenyScriptsReconfig);
        Assert.True(configuration.Options.ResolveHostnames);
        Assert.True(configuration.Options.AnnounceHostnames);
        Assert.Equal(new Epoch(12), configuration.CurrentEpoch);
    }

    [Theory]
    [InlineData("5000abc", 5000)]
    [InlineData(" 7", 7)]
    [InlineData("+8", 8)]
    [InlineData("99999999999", int.MaxValue)]
    public void Numbers_of_statements_are_read_as_in_c(string text, int milliseconds) =>
        Assert.Equal(milliseconds, Read($"{Monitor}sentinel down-after-milliseconds m \"{text}\"").Masters[0].Options.DownAfter.TotalMilliseconds);

    [Theory]
    [InlineData("", 0)]
    [InlineData("-", 0)]
    [InlineData("x1", 0)]
    [InlineData("-5", -5)]
    [InlineData("2147483647", int.MaxValue)]
    [InlineData("2147483648", int.MaxValue)]
    [InlineData("-2147483648", int.MinValue)]
    [InlineData("-2147483649", int.MinValue)]
    [InlineData("99999999999999999999999", int.MaxValue)]
    public void A_number_out_of_range_is_the_nearest_in_range_and_garbage_is_zero(string text, int number) =>
        Assert.Equal(number, CNumber.ToInt(text));

    [Theory]
    [InlineData("0", 0UL)]
    [InlineData("x", 0UL)]
    [InlineData("-1", 0UL)]
    [InlineData("18446744073709551615", ulong.MaxValue)]
    [InlineData("18446744073709551616", ulong.MaxValue)]
    public void An_epoch_has_64_bits(string text, ulong epoch) => Assert.Equal(epoch, CNumber.ToUInt64(text));

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("01.2.3.4", "1.2.3.4")]
    [InlineData("1.2.3", "1.2.0.3")]
    [InlineData("0:0:0:0::1", "::1")]
    [InlineData("2001:DB8::1", "2001:db8::1")]
    [InlineData("::ffff:1.2.3.4", "::ffff:1.2.3.4")]
    [InlineData("::1.2.3.4", "::1.2.3.4")]
    [InlineData("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1")]
    [InlineData("1:0:3:4:5:6:7:8", "1:0:3:4:5:6:7:8")]
    [InlineData("fe80::1%lo", "fe80::1")]
    public void An_address_is_taken_and_written_as_redis_does(string text, string canonical)
    {
        Assert.True(Host.TryReadLiteral(text, out string written));
        Assert.Equal(canonical, written);
    }

    [Theory]
    [InlineData("")]
    [InlineData("localhost")]
    [InlineData("[::1]")]
    [InlineData("1.2.3.4/8")]
    [InlineData("1.2.3.4.5")]
    [InlineData("::1::")]
    public void Other_text_is_no_address(string text) => Assert.False(Host.TryReadLiteral(text, out _));

    [Fact]
    public void A_peer_without_identity_is_ignored_even_for_a_master_that_is_not_there() =>
        Assert.Empty(Read("sentinel known-sentinel nobody 127.0.0.1 26379").Masters);

    [Fact]
    public void The_same_replica_under_both_names_is_one_for_redis_7_0_writes_it_so()
    {
        MasterState master = Read(Monitor + "sentinel known-slave m 127.0.0.1 1\nsentinel known-replica m 127.0.0.1 1\nsentinel known-slave m 127.0.0.1 2").Masters[0];
        Assert.Equal([new Address("127.0.0.1", 1), new Address("127.0.0.1", 2)], master.Replicas.AsEnumerable());
    }

    [Fact]
    public void Comments_are_whole_lines_and_line_ends_may_be_those_of_windows() =>
        Assert.Equal(1234, Read("# port 1\r\n\t# port 2\r\n\r\n  port 1234  \r\n").Options.Port);

    [Fact]
    public void What_only_we_know_about_a_master_is_read()
    {
        MasterOptions options = Assert.Single(Read(Monitor + """
            sentinel crash-down-after-milliseconds m 200
            sentinel corroborate m Yes
            sentinel failover-cooldown-milliseconds m 60000
            sentinel pause m "new \"kernel\""
            """).Masters).Options;
        Assert.Equal("new \"kernel\"", options.PauseReason);
        Assert.Equal(TimeSpan.FromMinutes(1), options.FailoverCooldown);
        Assert.True(options.Corroborate);
        Assert.Equal(TimeSpan.FromMilliseconds(200), options.CrashDownAfter);
    }

    [Fact]
    public void Webhooks_are_read_with_the_events_they_want()
    {
        SentinelConfiguration configuration = Read("""
            sentinel webhook-events ops +switch-master -failover-abort-*
            sentinel webhook ops https://example.com/hook?x=1
            sentinel webhook all http://127.0.0.1:9000/
            sentinel webhook-events ops +odown
            """);
        Assert.Equal(["ops", "all"], configuration.Webhooks.Select(webhook => webhook.Id));
        Assert.Equal("https://example.com/hook?x=1", configuration.Webhooks[0].Url.AbsoluteUri);
        Assert.Equal(["+switch-master", "-failover-abort-*", "+odown"], configuration.Webhooks[0].Events.AsEnumerable());
        Assert.Empty(configuration.Webhooks[1].Events);
    }

    [Fact]
    public void Included_files_are_read_in_place_by_wildcard_and_from_dir()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("conf.d"));
        folder.Write("conf.d/2.conf", "port 2\nmaxclients 2");
        folder.Write("conf.d/1.conf", "port 1\ntimeout 1");
        folder.Write("conf.d/.hidden.conf", "port 9");
        folder.Write("one.conf", "include c*.d/[12].conf");
        SentinelConfiguration configuration = Read($"dir {folder.Path}\nmaxclients 9\ninclude one.conf\ninclude nothing*.conf\ntimeout 5");
        Assert.Equal(2, configuration.Options.Port);
        Assert.Equal(2, configuration.MaxClients);
        Assert.Equal(TimeSpan.FromSeconds(5), configuration.ClientTimeout);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_an_included_file_says_of_a_master_gives_way_to_what_was_saved(bool isIncludedFirst)
    {
        using var folder = new TemporaryFolder();
        string include = "include " + folder.Write("masters.conf", Monitor + "sentinel known-replica m 127.0.0.1 6380\n");
        const string Saved = "sentinel monitor m 127.0.0.1 6380 3\nsentinel known-replica m 127.0.0.1 6380\nsentinel known-replica m 127.0.0.1 6379\n";
        MasterState master = Assert.Single(Read(isIncludedFirst ? $"{include}\n{Saved}" : $"{Saved}{include}\n").Masters);
        Assert.Equal((new Address("127.0.0.1", 6380), 3), (master.Address, master.Options.Quorum));
        Assert.Equal(2, master.Replicas.Length);
    }

    [Fact]
    public void What_is_read_as_state_has_the_identity_of_the_file_or_the_one_drawn()
    {
        SentinelId drawn = SentinelId.Draw(new Random(1));
        Assert.Equal(drawn, Read("").State(drawn).Id);
        Assert.Equal(Id("aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd"), Read("sentinel myid aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd").State(drawn).Id);
    }

    [Theory]
    [InlineData("down-after-milliseconds m 1s", "'1s' is no whole number; read as 1 ms")]
    [InlineData("down-after-milliseconds m 1.5", "'1.5' is no whole number; read as 1 ms")]
    [InlineData("failover-timeout m 99999999999", "'99999999999' is out of range; read as 2147483647 ms")]
    [InlineData("auto-forget-after-seconds m 1d", "'1d' is no whole number; read as 1 s")]
    [InlineData("parallel-syncs m many", "'many' is no whole number; read as 0")]
    [InlineData("announce-port 26379/tcp", "'26379/tcp' is no whole number; read as 26379")]
    [InlineData("config-epoch m 7x", "'7x' is no whole number; read as 7")]
    [InlineData("config-epoch m -7", "'-7' is out of range; read as 0")]
    public void A_number_with_more_than_its_digits_is_read_as_in_Redis_and_told(string statement, string told)
    {
        ConfigurationDoubt doubt = Assert.Single(Read($"sentinel monitor m 127.0.0.1 6379 2\nsentinel {statement}\n").Doubts);
        Assert.Equal(("/x/sentinel.conf:2", told), (doubt.Line.Place, doubt.What));
        Assert.Contains($"'sentinel {statement.Split(' ')[0]} <", doubt.Cure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("down-after-milliseconds m 5000")]
    [InlineData("down-after-milliseconds m 05000")]
    [InlineData("down-after-milliseconds m +5000")]
    [InlineData("parallel-syncs m -1")]
    [InlineData("current-epoch 18446744073709551615")]
    [InlineData("known-sentinel m 127.0.0.1 26379")]
    [InlineData("auth-pass m 1s")]
    public void Of_a_number_that_is_one_nothing_is_told(string statement) =>
        Assert.Empty(Read($"sentinel monitor m 127.0.0.1 6379 2\nsentinel {statement}\n").Doubts);

    internal static SentinelConfiguration Read(string text) => ConfigurationLoader.Parse(text, "", "/x/sentinel.conf", "/tmp");

    private static SentinelId Id(string text) => SentinelId.TryParse(text, out SentinelId id) ? id : throw new FormatException(text);
}
