using Sentinel.Daemon.Configuration;
using Sentinel.Daemon.Tests.Lab;
using Sentinel.Resp;

namespace Sentinel.Daemon.Tests.Configuration;

/// <summary>Generic directives, each held against a real server: what it takes we take, what it refuses we refuse in its words.</summary>
public sealed class DirectiveTests
{
    /// <summary>
    /// What may differ: versions do not agree about their values, or they depend on how the server was built, so that we take any.
    /// Of <c>io-threads</c> and <c>loglevel</c> later versions take more.
    /// </summary>
    private static readonly string[] TakenWithAnyValue =
    [
        "appendfsync", "cluster-announce-hostname", "cluster-preferred-endpoint-type", "enable-debug-command", "enable-module-command",
        "enable-protected-configs", "io-threads", "io-threads-do-reads", "loglevel", "maxmemory-policy", "notify-keyspace-events", "oom-score-adj",
        "proc-title-template", "propagation-error-behavior", "repl-diskless-load", "sanitize-dump-payload",
    ];

    public static TheoryData<string> Lines =>
    [
        "maxmemory 1k", "maxmemory 1GB", "maxmemory 1tb", "maxmemory 1.5gb", "maxmemory ' 1'", "maxmemory +1", "maxmemory kb", "maxmemory 5%", "maxmemory ''",
        "maxmemory-clients 5%", "maxmemory-clients 101%", "maxmemory-clients -5%", "maxmemory-clients 10mb",
        "client-query-buffer-limit 0", "client-query-buffer-limit 1mb", "proto-max-bulk-len 1023kb",
        "client-output-buffer-limit", "client-output-buffer-limit ''", "client-output-buffer-limit pubsub 1 2", "client-output-buffer-limit foo 1 2 3",
        "client-output-buffer-limit pubsub x 2 3", "client-output-buffer-limit pubsub 1kb 2kb x", "client-output-buffer-limit pubsub -1 0 0",
        "client-output-buffer-limit pubsub 1 0 -1", "client-output-buffer-limit master 1 0 1", "client-output-buffer-limit 'pubsub 1 0 1'",
        "client-output-buffer-limit pubsub 32mb 8mb 60 normal 0 0 0", "client-output-buffer-limit PUBSUB 1 1 1", "client-output-buffer-limit slave 1 1 +1",
        "save", "save ''", "save 900", "save 900 1", "save 900 0", "save x 1", "save 900 -1", "save 0 1", "save '900 1 300 10'", "save a b c",
        "oom-score-adj-values 0 200 800", "oom-score-adj-values 1 2", "oom-score-adj-values x 1 2", "oom-score-adj-values 0 200 2001", "oom-score-adj-values '0 200 800'",
        "latency-tracking-info-percentiles", "latency-tracking-info-percentiles ''", "latency-tracking-info-percentiles x",
        "latency-tracking-info-percentiles 101", "latency-tracking-info-percentiles -1", "latency-tracking-info-percentiles '50 99.9'",
        "shutdown-on-sigint", "shutdown-on-sigint default", "shutdown-on-sigint save nosave", "shutdown-on-sigint x", "shutdown-on-sigint nosave now force",
        "shutdown-on-sigint 'nosave now'", "shutdown-on-sigterm NOSAVE", "shutdown-on-sigterm ''",
        "replicaof no one", "replicaof 127.0.0.1 x", "replicaof 127.0.0.1 99999", "replicaof 'no one'", "replicaof a", "slaveof a b c",
        "bind", "bind ''", "bind '127.0.0.1 ::1'", "unixsocketperm 0700", "unixsocketperm +7", "unixsocketperm 0x7", "unixsocketperm -1",
        "dbfilename a/b", "appendfilename ''", "appenddirname a/b", "list-max-ziplist-entries x", "lua-replicate-commands maybe",
        "\"port\" 1", "po\"rt\" 1", "PORT 1", "port 1 # x", "a.b 1", "a.b 1 2", "a.b", "a. 1", ".b 1", "include", "include a b", "include /nonexistent*",
    ];

    [Fact]
    public async Task Every_directive_of_a_running_server_is_taken_with_the_value_it_has_there()
    {
        using var folder = new TemporaryFolder();
        int port = Ports.Take();
        await using ChildProcess server = ChildProcess.Start("redis-server", folder.Path, new ProcessLog(), "--port", $"{port}", "--bind", "127.0.0.1", "--save", "");
        string[] values = [];
        await Eventually.SoAsync("redis-server answers", async () =>
        {
            RespValue reply = await RespConnection.AskAsync(port, "CONFIG", "GET", "*");
            values = [.. reply.Items.Select(Replies.Text)];
            return values.Length > 0;
        });

        string[] lines = [.. values.Chunk(2).Where(pair => pair is not ["replicaof" or "slaveof", ""]).Select(pair => $"{pair[0]} {ConfigurationLexer.Quote(pair[1])}")];
        Assert.True(lines.Length > 150);
        foreach (string line in lines)
            ReadingTests.Read(line);
    }

    [Theory, MemberData(nameof(Lines))]
    public void A_line_is_taken_or_refused_as_redis_does(string line) => Assert.Equal(Theirs(line), Ours(line));

    /// <remarks>Two workers, for all the time goes into starting redis-sentinel.</remarks>
    [Theory]
    [InlineData("maybe")]
    [InlineData("-1")]
    [InlineData("1kb")]
    public void A_value_that_redis_refuses_for_a_directive_is_refused_in_its_words(string value)
    {
        List<string> differences = [];
        // a bind-source-addr that is no address redis finds out at each connect, we at the start
        Parallel.ForEach(DirectivesOfServers.Single.Except([.. TakenWithAnyValue, "bind-source-addr"]), new ParallelOptions { MaxDegreeOfParallelism = 2 }, name =>
        {
            string line = $"{name} {value}";
            string theirs = Theirs(line);
            string ours = Ours(line);
            bool isNewer = theirs == "Bad directive or wrong number of arguments";    // than the server that we ask
            if (isNewer || ours == theirs)
                return;
            lock (differences)
                differences.Add($"{line}: redis says '{theirs}', we say '{ours}'");
        });
        Assert.Empty(differences);
    }

    [Fact]
    public void Words_that_later_versions_add_to_a_list_do_not_stop_a_sentinel()
    {
        foreach (string name in TakenWithAnyValue.Except(["loglevel", "io-threads"]))
            Assert.Equal("", Ours($"{name} of-a-later-version"));
        Assert.Equal("", Ours("io-threads 256"));
        Assert.Equal("", Ours("loglevel nothing"));
    }

    private static string Ours(string line)
    {
        try
        {
            ReadingTests.Read(line);
            return "";
        }
        catch (ConfigurationException mistake)
        {
            return mistake.Report("x").Split('\n')[^2];
        }
    }

    /// <summary>A second line that is always refused ends the real one, whatever it says of the first.</summary>
    private static string Theirs(string line)
    {
        using var folder = new TemporaryFolder();
        string[] said = RealSentinel.Refusal(folder.Write("sentinel.conf", $"{line}\nnonsense\n")).TrimEnd('\n').Split('\n');
        return said[^2] == ">>> 'nonsense'" ? "" : said[^1];
    }
}
