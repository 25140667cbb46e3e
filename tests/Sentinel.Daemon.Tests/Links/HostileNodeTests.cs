using System.Diagnostics;
using Sentinel.Core;
using Sentinel.Daemon.Tests.Commands;
using Sentinel.Daemon.Tests.Lab;

namespace Sentinel.Daemon.Tests.Links;

/// <summary>A data node that is broken or hostile costs a bounded amount of memory, and no other master anything.</summary>
public class HostileNodeTests
{
    /// <summary>More than the limits of a reply, and what the buffers of two sockets hold besides, on any system.</summary>
    private const long SentMax = 48 * 1024 * 1024;

    private static readonly string s_block = new('x', 64 * 1024);

    public static TheoryData<string, string> EndlessReplies => new()
    {
        { "a bulk of 512 MB", "protocol error" },
        { "a line", "protocol error" },
        { "an array", "protocol error" },
        { "arrays within arrays", "protocol error" },
        { "replies that nobody asked for", "it answered what was not asked" },
        { "pushes that nobody asked for", "it pushed what was not asked" },
        { "a million replicas", "protocol error" },
        { "noise", "protocol error" },
    };

    [Theory, MemberData(nameof(EndlessReplies))]
    public async Task One_whose_reply_never_ends_is_let_go_with_a_reason_and_disturbs_nobody(string what, string reason)
    {
        await using var bad = new HostileNode(command => command == "INFO" ? Endless(what) : null);
        await using var good = new HostileNode(_ => null);
        await using RunningServer server = await RunningServer.StartAsync(Master("bad", bad), Master("good", good));
        await Eventually.SoAsync("the link to the bad one is given up for that", () =>
            server.Events.Any(e => e is { Name: "-cmd-link-reconnection", MasterName: "bad" } && e.Payload.Contains(reason, StringComparison.Ordinal)));
        await WorksAsync(server, good);
        Assert.InRange(bad.SentMost, 1, SentMax);
    }

    [Fact]
    public async Task One_that_stops_in_the_middle_of_a_reply_is_down_and_is_connected_to_anew()
    {
        await using var bad = new HostileNode(_ => ["$100000\r\nhalf"]);
        await using var good = new HostileNode(_ => null);
        await using RunningServer server = await RunningServer.StartAsync(Master("bad", bad), Master("good", good));
        await Eventually.SoAsync("it is down", () => server.Loop.View.Masters["bad"].IsSubjectivelyDown);
        await Eventually.SoAsync("it is tried again and again", () => bad.Connections >= 4);
        await WorksAsync(server, good);
    }

    [Fact]
    public async Task One_whose_replies_are_all_of_wrong_types_is_down_and_disturbs_nobody()
    {
        string[] replies = ["*2\r\n:1\r\n*1\r\n+x\r\n", ":9223372036854775807\r\n", "$-1\r\n", "*-1\r\n", "-BUSY x\r\n", "$0\r\n\r\n", "+\r\n", "*0\r\n", "$2\r\n\xff\xfe\r\n"];
        int next = 0;
        await using var bad = new HostileNode(_ => [replies[Interlocked.Increment(ref next) % replies.Length]]);
        await using var good = new HostileNode(_ => null);
        await using RunningServer server = await RunningServer.StartAsync(Master("bad", bad), Master("good", good));
        await Eventually.SoAsync("it is down", () => server.Loop.View.Masters["bad"].IsSubjectivelyDown);
        await Eventually.SoAsync("it is still asked", () => Volatile.Read(ref next) > 5 * replies.Length);
        await WorksAsync(server, good);
    }

    [Fact]
    public async Task Of_a_run_id_of_half_a_megabyte_forty_characters_are_kept()
    {
        string info = $"role:master\r\nrun_id:{new string('a', 500_000)}\r\n";
        await using var bad = new HostileNode(command => command == "INFO" ? [$"${info.Length}\r\n{info}\r\n"] : null);
        await using RunningServer server = await RunningServer.StartAsync(Master("bad", bad));
        await Eventually.SoAsync("it has told it", () => server.Loop.View.Masters["bad"].RunId is not null);
        Assert.Equal(new string('a', 40), server.Loop.View.Masters["bad"].RunId);
    }

    /// <summary>Redis 7.0 counts every word that an error of a script ever began with.</summary>
    [Fact]
    public async Task An_INFO_of_several_megabytes_is_read_to_its_end_and_kept_in_part()
    {
        string counts = string.Concat(Enumerable.Range(0, 100_000).Select(i => $"errorstat_E{i:D20}:count=1\r\n"));
        string info = $"run_id:{new string('a', 40)}\r\n{counts}role:master\r\nslave0:ip=127.0.0.3,port=7,state=online\r\n";
        await using var big = new HostileNode(command => command == "INFO" ? [$"${info.Length}\r\n{info}\r\n"] : null);
        await using RunningServer server = await RunningServer.StartAsync(Master("big", big));
        await Eventually.SoAsync("its replica is found", () => server.Loop.View.Masters["big"].Replicas.Length == 1);
        MasterView view = server.Loop.View.Masters["big"];
        Assert.Equal(new string('a', 40), view.RunId);
        Assert.Equal(1024 * 1024, view.Info!.Length);
    }

    [Fact]
    public async Task A_flood_on_the_hello_channel_is_read_no_faster_than_so_many_Sentinels_could_talk()
    {
        string text = new('x', 1500);
        string flood = string.Concat(Enumerable.Repeat($"*3\r\n$7\r\nmessage\r\n$18\r\n__sentinel__:hello\r\n$1500\r\n{text}\r\n", 40));
        await using var bad = new HostileNode(command => command == "SUBSCRIBE" ? Forever(flood) : null);
        await using var good = new HostileNode(_ => null);
        await using RunningServer server = await RunningServer.StartAsync(Master("bad", bad), Master("good", good));
        long since = Stopwatch.GetTimestamp();
        await Eventually.SoAsync("it floods", () => bad.SentMost > 1_000_000);
        for (int i = 0; i < 3; i++)
            await WorksAsync(server, good);
        double seconds = Stopwatch.GetElapsedTime(since).TotalSeconds;
        Assert.InRange(bad.SentMost, 1, (long)(SentMax + (seconds + 1) * 1000 * flood.Length / 40));
    }

    private static IEnumerable<string> Endless(string what) => what switch
    {
        "a bulk of 512 MB" => Forever(s_block).Prepend("$536870912\r\n"),
        "a line" => Forever(s_block).Prepend("+"),
        "an array" => Forever(string.Concat(Enumerable.Repeat(":1\r\n", 1000))).Prepend("*1000000000\r\n"),
        "arrays within arrays" => Forever("*1\r\n"),
        "replies that nobody asked for" => Forever("+OK\r\n"),
        "pushes that nobody asked for" => Forever(">2\r\n+message\r\n+x\r\n"),
        "a million replicas" => ["$50000000\r\n", .. Enumerable.Range(0, 1_000_000).Chunk(1000).Select(some => string.Concat(some.Select(i => $"slave{i}:ip=127.0.0.2,port={1 + i % 60_000},state=online\r\n")))],
        "noise" => Forever("\0\x1\x2\xff" + s_block),
        _ => throw new UnreachableException(),
    };

    private static IEnumerable<string> Forever(string piece)
    {
        while (true)
            yield return piece;
    }

    private static MasterState Master(string name, HostileNode node) => new()
    {
        Options = new MasterOptions { Name = name, Quorum = 2, DownAfter = TimeSpan.FromSeconds(2) },
        Address = new Address("127.0.0.1", node.Port),
    };

    /// <summary>The good one is asked and up, and clients are answered by both kinds of thread.</summary>
    private static async Task WorksAsync(RunningServer server, HostileNode good)
    {
        long pings = good.Pings;
        await Eventually.SoAsync("the good one is asked on", () => good.Pings > pings + 2);
        await Eventually.SoAsync("the good one is up", () => server.Loop.View.Masters["good"] is { IsSubjectivelyDown: false, InfoAt: not null });
        using RespClient client = await server.ConnectAsync();
        await client.ExpectAsync("PING", "+PONG|");
        await client.ExpectAsync("SENTINEL FLUSHCONFIG", "+OK|");
    }
}
