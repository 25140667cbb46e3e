using System.Text.RegularExpressions;
using Sentinel.Core;
using Sentinel.Daemon.Configuration;
using Sentinel.Daemon.Tests.Lab;
using Sentinel.Resp;

namespace Sentinel.Daemon.Tests.Configuration;

/// <summary>The file goes back and forth between us and a real <c>redis-sentinel</c>.</summary>
public sealed class InteroperationTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Redis_sentinel_reads_what_we_wrote_whatever_the_names_and_passwords(int seed)
    {
        using var folder = new TemporaryFolder();
        var random = new Random(seed);
        int port = RealSentinel.FreePort();
        string mine = $"# mine\nport {port}\nbind 127.0.0.1\ndir {folder.Path}\nloglevel verbose\n";
        SentinelConfiguration configuration = Samples.Configuration(random);
        SentinelState state = Samples.State(random, Samples.Name);
        for (int i = 0; i < 3; i++)
            state = Samples.Later(random, state);
        string file = folder.Write("sentinel.conf", WithoutOurOwn(new ConfigurationRewriter().Rewrite(mine, configuration, state)));

        using RealSentinel theirs = RealSentinel.Start(file, port);
        Assert.NotEmpty(state.Masters);
        foreach (MasterState master in state.Masters)
        {
            Dictionary<string, string> read = (await RespConnection.AskAsync(port, "SENTINEL", "MASTER", master.Options.Name)).Fields();
            Assert.Equal(
                [master.Address.Host, $"{master.Address.Port}", $"{master.Options.Quorum}", $"{master.Options.ParallelSyncs}", $"{master.ConfigEpoch}"],
                new[] { "ip", "port", "quorum", "parallel-syncs", "config-epoch" }.Select(field => read[field]));
            Assert.Equal(
                [$"{master.Options.DownAfter.TotalMilliseconds}", $"{master.Options.FailoverTimeout.TotalMilliseconds}", $"{master.Replicas.Length}", $"{master.Peers.Length}"],
                new[] { "down-after-milliseconds", "failover-timeout", "num-slaves", "num-other-sentinels" }.Select(field => read[field]));
        }
        Dictionary<string, string> options = (await RespConnection.AskAsync(port, "SENTINEL", "CONFIG", "GET", "*")).Fields();
        Assert.Equal(
            [configuration.Options.AnnounceIp ?? "", $"{configuration.Options.AnnouncePort}", configuration.Options.SentinelUser ?? "", configuration.Options.SentinelPass ?? ""],
            new[] { "announce-ip", "announce-port", "sentinel-user", "sentinel-pass" }.Select(option => options[option]));
        Assert.EndsWith($"{state.Id}\r\n", theirs.Ask(2, "SENTINEL", "MYID"), StringComparison.Ordinal);
    }

    /// <summary>As on the way back to <c>redis-sentinel</c>.</summary>
    private static string WithoutOurOwn(string text) =>
        string.Join('\n', text.Split('\n').Where(line => !StatementKind.All.Any(kind => kind.IsOurOwn && line.StartsWith($"sentinel {kind.Name} ", StringComparison.Ordinal))));

    /// <summary>Names are what can be asked for; how their words are written decides how every other value is read too.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Redis_sentinel_and_we_read_the_same_words_whatever_bytes_and_quotes_they_are_written_with(int seed)
    {
        const int Count = 150;
        using var folder = new TemporaryFolder();
        var random = new Random(seed);
        int port = RealSentinel.FreePort();
        var text = new List<string> { $"port {port}", "bind 127.0.0.1", "loglevel warning" };
        for (int i = 1; i <= Count;)
        {
            // half of the words as we write them, half as somebody else might; the number tells them apart
            string word = string.Concat(Enumerable.Range(0, random.Next(8)).Select(_ => Piece(random)));
            string written = random.Next(2) == 0 ? ConfigurationLexer.Write($"{i}{word}") : $"{i}{word}";
            string line = $"sentinel monitor {written} 127.0.0.1 {i} 1";
            if (!ConfigurationLexer.TrySplit(ConfigurationLexer.Trim(line), out var words) || words.Length != 6 || words[2].Contains('\0'))
                continue;
            text.Add(line);
            i++;
        }
        File.WriteAllBytes(folder.File("sentinel.conf"), FileText.Encode(string.Join('\n', text)));
        IEnumerable<string> ours = ReadingTests.Read(FileText.Decode(File.ReadAllBytes(folder.File("sentinel.conf")))).Masters
            .Select(master => $"{master.Address.Port} {Convert.ToHexString(FileText.Encode(master.Options.Name))}");

        using RealSentinel running = RealSentinel.Start(folder.File("sentinel.conf"), port);
        RespValue masters = await RespConnection.AskAsync(port, "SENTINEL", "MASTERS");
        IEnumerable<string> theirs = masters.Items.Select(master => $"{master.Fields()["port"]} {Convert.ToHexString(master.Items[1].Bytes.Span)}");
        Assert.Equal(ours.Order(StringComparer.Ordinal), theirs.Order(StringComparer.Ordinal));
    }

    /// <summary>One byte of any value but 0 and newline, or what a reader may stumble over.</summary>
    private static string Piece(Random random) => random.Next(6) switch
    {
        0 => FileText.Decode([(byte)random.Next(1, 256)]).Replace('\n', ' '),
        1 => new[] { "é", "日", "😀", "\u00a0", "\u2028" }[random.Next(5)],
        2 => new[] { "\\n", "\\x41", "\\xff", "\\xc3\\xa9", "\\x4", "\\q", "\\\\", "\\\"", "\\'" }[random.Next(9)],
        3 => "\"",
        4 => "'",
        _ => new[] { " ", "#", "a", "=", "\t" }[random.Next(5)],
    };

    [Fact]
    public void We_read_what_redis_sentinel_wrote_and_it_reads_our_rewrite_of_it()
    {
        using var folder = new TemporaryFolder();
        int port = RealSentinel.FreePort();
        var random = new Random(5);
        SentinelState state = Samples.State(random, Samples.PlainName);
        while (state.Masters.IsEmpty || state.Masters.Any(master => HasBlanks(master.Options)))    // it cannot write those
            state = Samples.State(random, Samples.PlainName);
        SentinelConfiguration plain = ReadingTests.Read("") with { Options = new SentinelOptions { AnnounceIp = "127.0.0.1", SentinelPass = "pw" } };
        string ours = new ConfigurationRewriter().Rewrite($"# mine\nport {port}\nbind 127.0.0.1\n", plain, state);
        string file = folder.Write("sentinel.conf", ours);

        using (RealSentinel theirs = RealSentinel.Start(file, port))
            Assert.Equal("+OK\r\n", theirs.Ask(1, "SENTINEL", "FLUSHCONFIG"));
        string written = File.ReadAllText(file);
        Assert.NotEqual(ours, written);
        Assert.Contains("user default on nopass", written, StringComparison.Ordinal);

        SentinelConfiguration read = ConfigurationLoader.Load(ConfigurationArguments.Parse([file], folder.Path), TextReader.Null);
        Assert.Equal(Samples.Said(state), Samples.Said(read.State(read.Id!.Value)));
        Assert.Equal(("127.0.0.1", "pw", port), (read.Options.AnnounceIp, read.Options.SentinelPass, read.Options.Port));
        Assert.Equal(written, new ConfigurationRewriter().Rewrite(written, read, read.State(read.Id!.Value)));    // nothing to change in it

        SentinelState later = Samples.Later(new Random(6), read.State(read.Id!.Value));
        File.WriteAllText(file, new ConfigurationRewriter().Rewrite(written, read, later));
        using RealSentinel again = RealSentinel.Start(file, port);
        foreach (MasterState master in later.Masters)
            Assert.Equal(master.Address.Port, again.PortOf(master.Options.Name));
    }

    [Fact]
    public void A_first_start_on_a_bare_file_leaves_lines_that_we_read()
    {
        using var folder = new TemporaryFolder();
        int port = RealSentinel.FreePort();
        string file = folder.Write("sentinel.conf", $"port {port}\nrequirepass foobared\nsentinel known-slave m 127.0.0.2 1\nsentinel monitor m 127.0.0.1 1 2\n");
        RealSentinel.Start(file, port).Dispose();
        string written = File.ReadAllText(file);
        Assert.Contains("sentinel known-slave m 127.0.0.2 1\n", written, StringComparison.Ordinal);
        Assert.Contains("\nrequirepass \"foobared\"\n", $"\n{written}", StringComparison.Ordinal);

        SentinelConfiguration read = ConfigurationLoader.Load(ConfigurationArguments.Parse([file], folder.Path), TextReader.Null);
        Assert.NotNull(read.Id);
        Assert.Equal("foobared", read.Options.RequirePass);
        Assert.Equal(new Address("127.0.0.2", 1), Assert.Single(read.Masters[0].Replicas));

        // what 7.0 would not start on itself, it starts on once we have been at it
        Assert.Contains("known-slave", written, StringComparison.Ordinal);
        Assert.Contains("known-replica", written, StringComparison.Ordinal);
        Assert.Contains("Duplicate hostname and port for replica.", RealSentinel.Refusal(file), StringComparison.Ordinal);
        File.WriteAllText(file, new ConfigurationRewriter().Rewrite(written, read, read.State(read.Id!.Value)));
        using RealSentinel again = RealSentinel.Start(file, port);
        Assert.StartsWith("-NOAUTH", again.Ask(1, "PING"), StringComparison.Ordinal);
    }

    [Fact]
    public void Redis_sentinel_starts_on_our_example()
    {
        using var folder = new TemporaryFolder();
        int port = RealSentinel.FreePort();
        string example = Regex.Replace(ExampleFileTests.Example, "^port .*$", $"port {port}", RegexOptions.Multiline);
        using RealSentinel theirs = RealSentinel.Start(folder.Write("sentinel.conf", example), port);
        Assert.Equal(6379, theirs.PortOf("mymaster"));
    }

    private static bool HasBlanks(MasterOptions options) =>
        new[] { options.AuthUser, options.AuthPass }.Concat(options.RenamedCommands.Values).OfType<string>().Any(word => ConfigurationLexer.Write(word) != word);
}
