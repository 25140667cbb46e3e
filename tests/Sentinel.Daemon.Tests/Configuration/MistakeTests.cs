using Sentinel.Daemon.Configuration;

namespace Sentinel.Daemon.Tests.Configuration;

/// <summary>What is said of a file that cannot be used. Where Redis refuses it too, the words are compared with those of a real one.</summary>
public sealed class MistakeTests
{
    private const string Monitor = "sentinel monitor m 127.0.0.1 6379 1\n";

    public static TheoryData<string> Refused =>
    [
        "foo bar",
        "  foo \t \"bar\"  ",
        "# comment\n\nport x",
        "port",
        "port 1 2",
        "port 65536",
        "port -1",
        "port +1",
        "port 01",
        "port ' 1'",
        "tcp-backlog -1",
        "timeout 2147483648",
        "tcp-keepalive 1kb",
        "maxclients 0",
        "maxclients 4294967296",
        "daemonize maybe",
        "protected-mode 1",
        "supervised me",
        "unixsocketperm 9",
        "unixsocketperm 1000",
        "bind 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17",
        "dir /nonexistent",
        "dir /etc/passwd",
        "dir ''",
        "logfile /nonexistent/log",
        "logfile /etc",
        "include",
        "include /nonexistent.conf",
        "rename-command a",
        "user",
        "user a foo",
        "user a on )",
        "user a on >x nopass #zz",
        "user a allkeys ~x",
        "user a on\nuser b on\nuser a off",
        "acl-pubsub-default all",
        "acllog-max-len -1",
        "loadmodule",
        "some.option",
        "replicaof 127.0.0.1",
        "slaveof 1 2 3",
        "oom-score-adj-values 1",
        "hz",
        "port \"1",
        "port '1'2",
        "sentinel nothing",
        "sentinel monitor m 127.0.0.1 6379",
        "sentinel monitor m 127.0.0.1 6379 1 # comment",
        "sentinel monitor m 127.0.0.1 6379 0",
        "sentinel monitor m 127.0.0.1 6379 x",
        "sentinel monitor m 127.0.0.1 65536 1",
        "sentinel monitor m 127.0.0.1 -1 1",
        "sentinel monitor m [::1] 6379 1",
        "sentinel monitor m '' 6379 1",
        Monitor + "sentinel monitor m 127.0.0.1 6380 1",
        "sentinel auth-pass m x",
        "sentinel down-after-milliseconds m 5\nsentinel monitor M 127.0.0.1 6379 1",
        Monitor + "sentinel down-after-milliseconds m 0",
        Monitor + "sentinel down-after-milliseconds m x",
        Monitor + "sentinel failover-timeout m -1",
        Monitor + "sentinel master-reboot-down-after-period m -1",
        Monitor + "sentinel notification-script m /nonexistent",
        Monitor + "sentinel client-reconfig-script m /etc/passwd",
        Monitor + "sentinel rename-command m a b\nsentinel rename-command m A c",
        Monitor + "sentinel known-replica m 127.0.0.1 x y",
        Monitor + "sentinel known-replica m 127.0.0.1 99999",
        Monitor + "sentinel known-replica m 127.0.0.1 1\nsentinel known-replica m 127.0.0.1 1",
        Monitor + "sentinel known-sentinel m 127.0.0.1 1 aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd\nsentinel known-sentinel m 127.0.0.1 2 aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd",
        "sentinel myid short",
        "sentinel deny-scripts-reconfig x",
        "SENTINEL Resolve-Hostnames x",
        "sentinel announce-hostnames x",
        "sentinel current-epoch 1 2",
        // the first mistake is the one of the earliest pass
        "sentinel nothing\nsentinel monitor m 127.0.0.1 6379 0\nsentinel myid short",
        "sentinel myid short\nport x",
    ];

    [Theory, MemberData(nameof(Refused))]
    public void A_mistake_is_reported_in_the_words_of_redis_and_with_a_hint(string text)
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("sentinel.conf", text);
        ConfigurationException mistake = Mistake(file);

        string theirs = RealSentinel.Refusal(file);
        string[] ours = mistake.Report("Redis 7.0.15").Split('\n');
        if (mistake.IsLogged)
            Assert.Contains($" # {ours[0]}\n", theirs, StringComparison.Ordinal);
        else
            Assert.EndsWith(string.Join('\n', ours[..^1]) + "\n", WithVersion(theirs, "7.0.15"), StringComparison.Ordinal);
        Assert.Matches("^Hint: .+[^.]$", ours[^1]);
        if (mistake.Line is { } line)
            Assert.StartsWith($"Hint: {file}:{line.Number}: ", ours[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("port 1\n", "--port", "x")]
    [InlineData("port 1", "--port", "x")]
    [InlineData("port 1\n", "--port", "1", "--port", "a", "b")]
    [InlineData("", "--sentinel", "monitor", "m", "127.0.0.1", "6379", "0")]
    [InlineData("port 1\n", "--foo")]
    [InlineData("port 1\n", "--port", "--bind", "a")]
    public void A_mistake_on_the_command_line_is_reported_in_the_words_of_redis(string text, params string[] options)
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("sentinel.conf", text);
        string[] ours = Mistake(file, options).Report("Redis 7.0.15").Split('\n');
        Assert.EndsWith(string.Join('\n', ours[..^1]) + "\n", WithVersion(RealSentinel.Refusal(file, options), "7.0.15"), StringComparison.Ordinal);
        Assert.StartsWith("Hint: command line: ", ours[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_hint_says_where_and_what_to_do()
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("sentinel.conf", "# mine\nsentinel monitor mymaster 127.0.0.1 6379 0");
        ConfigurationException mistake = Mistake(file);
        Assert.Equal(
            $"""

            *** FATAL CONFIG FILE ERROR (Valkey 8) ***
            Reading the configuration file, at line 2
            >>> 'sentinel monitor mymaster 127.0.0.1 6379 0'
            Quorum must be 1 or greater.
            Hint: {file}:2: quorum of 'mymaster' is 0; it must be at least 1
            """,
            mistake.Report("Valkey 8"));
        Assert.Equal($"{file}:2: quorum of 'mymaster' is 0; it must be at least 1", mistake.Message);
    }

    [Theory]
    [InlineData("sentinel monitor m 127.0.0.1", "it is written 'sentinel monitor <name> <host> <port> <quorum>', and here 2 words follow 'monitor'")]
    [InlineData("sentinel monitor m 127.0.0.1 6379 1 # comment", "a comment on a line of its own")]
    [InlineData("sentinel known-slave m", "it is written 'sentinel known-replica <name> <ip> <port>', and here 1 word follows 'known-slave'")]
    [InlineData("sentinel webhook ops", "it is written 'sentinel webhook <id> <url>'")]
    [InlineData("sentinel montior m 127.0.0.1 6379 1", "there is no statement 'sentinel montior'; perhaps 'sentinel monitor <name> <host> <port> <quorum>' is meant")]
    [InlineData("sentinel down-after m 5000", "perhaps 'sentinel down-after-milliseconds <name> <milliseconds>' is meant")]
    [InlineData("sentinel port 26379", "'port' is a directive of its own; remove the word 'sentinel' before it")]
    [InlineData("sentinel quorum m 2", "there is no statement 'sentinel quorum'; correct or remove the line")]
    [InlineData("bnid 127.0.0.1", "there is no directive 'bnid'; perhaps 'bind' is meant")]
    [InlineData("monitor m 127.0.0.1 6379 2", "there is no directive 'monitor'; it is written 'sentinel monitor <name> <host> <port> <quorum>'")]
    [InlineData("sentinl monitor m 127.0.0.1 6379 2", "perhaps 'sentinel' is meant")]
    [InlineData("foo bar", "there is no directive 'foo'; correct or remove the line")]
    [InlineData("user", "it is written 'user <name> <rule> ...', and here 0 words follow 'user'")]
    [InlineData("rename-command PING", "it is written 'rename-command <command> <name here>', and here 1 word follows")]
    [InlineData("include", "it is written 'include <path>'")]
    [InlineData("sentinel webhook ops ftp://host/", "it must begin with http:// or https://")]
    public void A_hint_names_the_form_or_the_name_that_may_be_meant(string text, string hint)
    {
        using var folder = new TemporaryFolder();
        ConfigurationException mistake = Mistake(folder.Write("sentinel.conf", text));
        Assert.Contains(hint, mistake.Cure, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mistake_on_standard_input_is_placed_there()
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("sentinel.conf", "port 1\n");
        Assert.StartsWith("standard input: ", OfInput(file, "\nport x\n", "--port", "2").Message);
        Assert.StartsWith("command line: ", OfInput(file, "port 2\n", "--port", "x").Message);
        Assert.StartsWith($"{file}:1: ", OfInput(folder.Write("sentinel.conf", "port x\n"), "port 2\n").Message);
        string masters = "sentinel monitor m 127.0.0.1 1 2\nsentinel monitor m 127.0.0.1 2 2\n";
        Assert.Contains("already monitored by a line of standard input", OfInput(folder.Write("sentinel.conf", ""), masters).Cure, StringComparison.Ordinal);

        static ConfigurationException OfInput(string file, string input, params string[] options) => Assert.Throws<ConfigurationException>(
            () => ConfigurationLoader.Load(ConfigurationArguments.Parse([file, .. options, "-"], "/tmp"), new StringReader(input)));
    }

    [Fact]
    public void A_mistake_in_an_included_file_is_placed_there()
    {
        using var folder = new TemporaryFolder();
        string included = folder.Write("more.conf", "\nport x\n");
        ConfigurationException mistake = Mistake(folder.Write("sentinel.conf", "\n\n\n\ninclude more.conf"));
        Assert.Equal((included, 2), (mistake.Line!.File, mistake.Line.Number));
    }

    [Fact]
    public void A_file_that_includes_itself_is_refused_and_not_read_for_ever()
    {
        using var folder = new TemporaryFolder();
        ConfigurationException mistake = Mistake(folder.Write("sentinel.conf", "include sentinel.conf"));
        Assert.Contains("sentinel.conf' includes itself", mistake.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("loglevel loud", "argument(s) must be one of the following: debug, verbose, notice, warning, nothing")]
    [InlineData("loglevel 3", "argument(s) must be one of the following: debug, verbose, notice, warning, nothing")]
    [InlineData("sentinel myid aaaaaaaaaabbbbbbbbbbccccccccccdddddddd,d", "Malformed Sentinel id in myid option.")]
    [InlineData("sentinel monitor m 127.0.0.1 1 1\nsentinel crash-down-after-milliseconds m -1", "negative time parameter.")]
    [InlineData("sentinel monitor m 127.0.0.1 1 1\nsentinel corroborate m maybe", "Please specify yes or no for the corroborate option.")]
    [InlineData("sentinel monitor m 127.0.0.1 1 1\nsentinel failover-cooldown-milliseconds m -1", "negative time parameter.")]
    [InlineData("sentinel monitor m 127.0.0.1 1 1\nsentinel fence-after-milliseconds m -1", "negative time parameter.")]
    [InlineData("sentinel monitor m 127.0.0.1 1 1\nsentinel preflight-period-seconds m -1", "negative time parameter.")]
    [InlineData("sentinel monitor m 127.0.0.1 1 1\nsentinel pause m", "Unrecognized sentinel configuration statement.")]
    [InlineData("sentinel monitor m 127.0.0.1 1 1\nsentinel pause m \"a\\nb\"", "Invalid reason of a pause.")]
    [InlineData("sentinel crash-down-after-milliseconds m 5", "No such master with specified name.")]
    [InlineData("sentinel monitor m 127.0.0.1 6379 1\nsentinel empty-restart-failover m maybe", "Please specify yes or no for the empty-restart-failover option.")]
    [InlineData("sentinel webhook ops", "Unrecognized sentinel configuration statement.")]
    [InlineData("sentinel webhook ops /relative", "Invalid webhook URL.")]
    [InlineData("sentinel webhook ops ftp://host/", "Invalid webhook URL.")]
    [InlineData("sentinel webhook 'a b' http://host/", "Invalid webhook id.")]
    [InlineData("sentinel webhook '' http://host/", "Invalid webhook id.")]
    [InlineData("sentinel webhook ops http://host/\nsentinel webhook ops http://other/", "Duplicate webhook id.")]
    [InlineData("sentinel webhook ops http://host/\nsentinel webhook-events ops", "Unrecognized sentinel configuration statement.")]
    [InlineData("sentinel webhook-events ops *", "No such webhook with specified id.")]
    public void Where_we_differ_from_redis_the_words_are_ours(string text, string message)
    {
        using var folder = new TemporaryFolder();
        string[] report = Mistake(folder.Write("sentinel.conf", text)).Report("Redis 7.0.15").Split('\n');
        Assert.Equal(message, report[^2]);
    }

    [Fact]
    public void Without_a_file_there_is_nowhere_to_keep_the_state()
    {
        var mistake = Assert.Throws<ConfigurationException>(() => ConfigurationLoader.Load(ConfigurationArguments.Parse(["--port", "1"], "/tmp"), TextReader.Null));
        Assert.True(mistake.IsLogged);
        Assert.StartsWith("Sentinel needs config file on disk to save state. Exiting...\nHint: ", mistake.Report("x"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_reported_with_its_absolute_path()
    {
        var mistake = Assert.Throws<ConfigurationException>(() => ConfigurationLoader.Load(ConfigurationArguments.Parse(["no/such.conf"], "/tmp"), TextReader.Null));
        Assert.True(mistake.IsLogged);
        Assert.StartsWith("Fatal error, can't open config file '/tmp/no/such.conf': No such file or directory\nHint: ", mistake.Report("x"), StringComparison.Ordinal);
    }

    private static ConfigurationException Mistake(string file, params string[] options) =>
        Assert.Throws<ConfigurationException>(() => ConfigurationLoader.Load(ConfigurationArguments.Parse([file, .. options], Path.GetDirectoryName(file)!), TextReader.Null));

    private static string WithVersion(string output, string version) =>
        System.Text.RegularExpressions.Regex.Replace(output, @"\(Redis [0-9.]+\)", $"(Redis {version})");
}
