using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Sentinel.Core;
using Sentinel.Daemon.Acl;
using Sentinel.Daemon.Commands;
using Sentinel.Daemon.Notifications;
using Sentinel.Daemon.Tests.Lab;
using Sentinel.Resp;

namespace Sentinel.Daemon.Tests.Commands;

/// <summary>Subscriptions, and what is told to subscribers.</summary>
public sealed class PubSubTests
{
    [Theory]
    [InlineData("SUBSCRIBE", "-ERR wrong number of arguments for 'subscribe' command|")]
    [InlineData("PSUBSCRIBE", "-ERR wrong number of arguments for 'psubscribe' command|")]
    [InlineData("SSUBSCRIBE a", "-ERR unknown command 'SSUBSCRIBE', with args beginning with: 'a' |")]
    [InlineData("UNSUBSCRIBE", "*3|$11|unsubscribe|$-1|:0|")]
    [InlineData("PUNSUBSCRIBE", "*3|$12|punsubscribe|$-1|:0|")]
    [InlineData("UNSUBSCRIBE a b", "*3|$11|unsubscribe|$1|a|:0|*3|$11|unsubscribe|$1|b|:0|")]
    [InlineData("SUBSCRIBE a a b", "*3|$9|subscribe|$1|a|:1|*3|$9|subscribe|$1|a|:1|*3|$9|subscribe|$1|b|:2|")]
    [InlineData("SUBSCRIBE a\r\nPSUBSCRIBE a\r\nUNSUBSCRIBE\r\nPUNSUBSCRIBE x a\r\nPING\r\n", "*3|$9|subscribe|$1|a|:1|*3|$10|psubscribe|$1|a|:2|*3|$11|unsubscribe|$1|a|:1|*3|$12|punsubscribe|$1|x|:1|*3|$12|punsubscribe|$1|a|:0|+PONG|")]
    [InlineData("SUBSCRIBE \"\\xff\\x00\"", "*3|$9|subscribe|$2|\u00ff\0|:1|")]
    [InlineData("SUBSCRIBE a\r\nPING\r\nPING x\r\nQUIT\r\n", "*3|$9|subscribe|$1|a|:1|*2|$4|pong|$0||*2|$4|pong|$1|x|+OK|")]
    [InlineData("SUBSCRIBE a\r\nFOO\r\nSENTINEL\r\nSENTINEL foo\r\n", "*3|$9|subscribe|$1|a|:1|-ERR unknown command 'FOO', with args beginning with: |-ERR wrong number of arguments for 'sentinel' command|-ERR unknown subcommand 'foo'. Try SENTINEL HELP.|")]
    public async Task Each_request_has_its_reply(string request, string reply)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using RespClient client = await server.ConnectAsync();
        await client.ExpectAsync(request, reply);
    }

    [Theory]
    [InlineData("ROLE", "role")]
    [InlineData("Sentinel Masters", "sentinel|masters")]
    [InlineData("HELLO 3", "hello")]
    [InlineData("AUTH x", "auth")]
    [InlineData("PUBLISH a b", "publish")]
    [InlineData("COMMAND", "command")]
    public async Task A_subscriber_of_RESP2_may_call_little_until_it_unsubscribes(string request, string name)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using RespClient client = await server.ConnectAsync();
        await client.ExpectAsync("SUBSCRIBE a", "*3|$9|subscribe|$1|a|:1|");
        await client.ExpectLineAsync(request, $"-ERR Can't execute '{name}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context");
        await client.ExpectAsync("UNSUBSCRIBE", "*3|$11|unsubscribe|$1|a|:0|");
        await client.ExpectAsync("ROLE", "*2|$8|sentinel|*0|");
    }

    [Fact]
    public async Task A_subscriber_of_RESP3_may_call_everything_and_is_told_by_pushes()
    {
        await using RunningServer server = await RunningServer.StartAsync(RunningServer.Unreachable("m"));
        using RespClient client = await server.ConnectAsync(RespVersion.Resp3);
        await client.ExpectAsync("SUBSCRIBE +a", ">3|$9|subscribe|$2|+a|:1|");
        await client.ExpectAsync("PSUBSCRIBE +a*", ">3|$10|psubscribe|$3|+a*|:2|");
        await client.ExpectAsync("PING", "+PONG|");
        await client.ExpectAsync("ROLE", "*2|$8|sentinel|*1|$1|m|");
        server.Happen("+a", "one two");
        const string pushes = ">3\r\n$7\r\nmessage\r\n$2\r\n+a\r\n$7\r\none two\r\n>4\r\n$8\r\npmessage\r\n$3\r\n+a*\r\n$2\r\n+a\r\n$7\r\none two\r\n";
        Assert.Equal(pushes, await client.ReadAsync(pushes.Length));
        await client.ExpectAsync("UNSUBSCRIBE", ">3|$11|unsubscribe|$2|+a|:1|");
        await client.ExpectAsync("UNSUBSCRIBE", ">3|$11|unsubscribe|_|:1|");
    }

    [Fact]
    public async Task A_subscriber_is_told_what_it_asked_for_and_nothing_else()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using RespClient client = await server.ConnectAsync();
        await client.ExpectAsync("SUBSCRIBE +sdown", "*3|$9|subscribe|$6|+sdown|:1|");
        await client.ExpectAsync("PSUBSCRIBE ?switch* [+]sdown", "*3|$10|psubscribe|$8|?switch*|:2|*3|$10|psubscribe|$8|[+]sdown|:3|");
        server.Happen("+SDOWN", "other case");
        server.Happen("-sdown", "other");
        server.Happen("+sdown", "debug", EventLevel.Debug);
        server.Happen("+sdown", "m\u00fcller", EventLevel.Verbose);
        server.Happen("+switch-master", "m a 1 b 2");
        string text = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes("m\u00fcller"));
        string expected = $"*3|$7|message|$6|+sdown|$7|{text}|*4|$8|pmessage|$8|[+]sdown|$6|+sdown|$7|{text}|*4|$8|pmessage|$8|?switch*|$14|+switch-master|$9|m a 1 b 2|".Replace("|", "\r\n", StringComparison.Ordinal);
        Assert.Equal(expected, await client.ReadAsync(expected.Length));
    }

    [Fact]
    public async Task The_events_of_the_core_reach_a_subscriber()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using RespClient subscriber = await server.ConnectAsync();
        await subscriber.ExpectAsync("PSUBSCRIBE *", "*3|$10|psubscribe|$1|*|:1|");
        using RespClient client = await server.ConnectAsync();
        await client.ExpectAsync("SENTINEL MONITOR m 127.0.0.1 0 2", "+OK|");
        await client.ExpectAsync("SENTINEL REMOVE m", "+OK|");
        const string payload = "*4\r\n$8\r\npmessage\r\n$1\r\n*\r\n$8\r\n+monitor\r\n$29\r\nmaster m 127.0.0.1 0 quorum 2\r\n*4\r\n$8\r\npmessage\r\n$1\r\n*\r\n$8\r\n-monitor\r\n$20\r\nmaster m 127.0.0.1 0\r\n";
        Assert.Equal(payload, await subscriber.ReadAsync(payload.Length));
    }

    [Fact]
    public async Task What_happens_after_the_confirmation_is_told_after_it_and_never_missed()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using var stop = new CancellationTokenSource();
        using RespClient witness = await server.ConnectAsync();
        await witness.ExpectAsync("SUBSCRIBE +a", "*3|$9|subscribe|$2|+a|:1|");
        Task happening = Task.Run(async () =>
        {
            for (int i = 0; !stop.IsCancellationRequested; i++)
            {
                server.Happen("+a", i.ToString(CultureInfo.InvariantCulture));
                await witness.ReadAsync();    // as fast as they can be told, and no faster
            }
        });
        for (int round = 0; round < 200; round++)
        {
            using RespClient client = await server.ConnectAsync();
            await client.SendAsync("PING\r\nSUBSCRIBE +a +b\r\nPING\r\n");
            Assert.Equal("PONG", (await client.ReadAsync()).ToText());
            List<RespValue> frames = [];
            do
                frames.Add(await client.ReadAsync());
            while (frames[^1].Items[0].ToText() != "message");
            Assert.Equal(["subscribe", "subscribe"], frames.Take(2).Select(frame => frame.Items[0].ToText()));
            // from the first message on there is no gap
            int first = int.Parse(frames[^1].Items[2].ToText(), CultureInfo.InvariantCulture);
            for (int next = first + 1; next < first + 5;)
            {
                RespValue frame = await client.ReadAsync();
                if (frame.Items[0].ToText() == "message")
                    Assert.Equal(next++, int.Parse(frame.Items[2].ToText(), CultureInfo.InvariantCulture));
            }
        }
        await stop.CancelAsync();
        await happening;
    }

    [Fact]
    public async Task Replies_and_messages_of_a_busy_connection_come_whole_and_each_in_its_order()
    {
        await using RunningServer server = await RunningServer.StartAsync(RunningServer.Unreachable("m"));
        using RespClient client = await server.ConnectAsync(RespVersion.Resp3);
        await client.ExpectAsync("SUBSCRIBE +a", ">3|$9|subscribe|$2|+a|:1|");
        const int count = 5_000;
        Task happening = Task.Run(() =>
        {
            for (int i = 0; i < count; i++)
                server.Happen("+a", i.ToString(CultureInfo.InvariantCulture));
        });
        Task asking = Task.Run(async () =>
        {
            for (int i = 0; i < count; i += 10)
                await client.SendAsync(string.Concat(Enumerable.Range(i, 10).Select(n => $"PING {n}\r\nSENTINEL MASTERS\r\n")));
        });
        (int replies, int messages) = (0, 0);
        bool isMapDue = false;
        while (replies < count || messages < count || isMapDue)
        {
            RespValue value = await client.ReadAsync();
            if (value.Kind == RespKind.Push)
            {
                Assert.Equal($"{messages++}", value.Items[2].ToText());
            }
            else if (isMapDue)
            {
                Assert.Equal(RespKind.Map, Assert.Single(value.Items).Kind);
                isMapDue = false;
            }
            else
            {
                Assert.Equal($"{replies++}", value.ToText());
                isMapDue = true;
            }
        }
        await Task.WhenAll(happening, asking);
    }

    [Fact]
    public async Task Many_subscribers_all_hear_everything_in_order()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        RespClient[] clients = await Task.WhenAll(Enumerable.Range(0, 300).Select(i => server.ConnectAsync(i % 2 == 0 ? RespVersion.Resp2 : RespVersion.Resp3)));
        for (int i = 0; i < clients.Length; i++)
        {
            await clients[i].SendAsync(i % 3 == 0 ? "PSUBSCRIBE *\r\n" : "SUBSCRIBE +a\r\n");
            await clients[i].ReadAsync();
        }
        for (int i = 0; i < 100; i++)
            server.Happen("+a", $"event {i}");
        foreach (RespClient client in clients)
        {
            for (int i = 0; i < 100; i++)
                Assert.Equal($"event {i}", (await client.ReadAsync()).Items[^1].ToText());
            client.Dispose();
        }
        await Eventually.SoAsync("the clients are gone", () => server.Clients.Count == 0);
        Assert.Equal((0, 0), (server.Hub.Channels, server.Hub.Patterns));
    }

    [Fact]
    public async Task A_subscriber_that_does_not_read_is_cut_off_and_hurts_nobody()
    {
        await using RunningServer server = await RunningServer.StartAsync(new RespServerOptions { PubSubOutput = new OutputBufferLimit(1024 * 1024, 0, TimeSpan.Zero) });
        using RespClient slow = await server.ConnectAsync(receiveBuffer: 4096);
        await slow.ExpectAsync("SUBSCRIBE +a", "*3|$9|subscribe|$2|+a|:1|");
        using RespClient quick = await server.ConnectAsync();
        await quick.ExpectAsync("SUBSCRIBE +a", "*3|$9|subscribe|$2|+a|:1|");
        string payload = new('x', 16 * 1024);
        int count = 0;
        // the system's own buffers take some megabytes first
        for (; server.Clients.Count == 2 && count < 5_000; count++)
        {
            server.Happen("+a", payload);
            Assert.Equal(payload.Length, (await quick.ReadAsync()).Items[2].Bytes.Length);
        }
        Assert.Equal(1, server.Clients.Count);
        Assert.Equal(1, server.Hub.Channels);
        server.Happen("+a", "still here");
        Assert.Equal("still here", (await quick.ReadAsync()).Items[2].ToText());
    }

    [Fact]
    public async Task When_events_are_lost_the_subscribers_are_disconnected_so_that_they_know()
    {
        var hub = new EventHub(NullLogger<EventHub>.Instance);
        var cutOff = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var output = new ClientOutput(new Pipe().Writer, OutputBufferLimit.PubSub, TimeProvider.System, (reason, _) => cutOff.SetResult(reason));
        var client = new ClientConnection(1, null, null, output, new AclAccount(AclUser.Default(password: null)), isAuthenticated: true, Instant.Zero);
        var request = new ReadOnlySequence<byte>("SUBSCRIBE +b\r\n"u8.ToArray());
        new RespCommandReader(RespLimits.Default, isAuthenticated: true).TryRead(ref request, out RespCommand words);
        hub.Subscribe(new CommandCall(client, words), isPattern: false);

        var happened = new StampedEvent(1, DateTimeOffset.UnixEpoch, new SentinelEvent("+a", EventLevel.Notice, ""));
        for (int i = 0; i < 65_536; i++)
            hub.OnEvent(happened);
        hub.OnEvent(happened);                          // one more than can wait
        await hub.StartAsync(CancellationToken.None);
        Assert.Equal("events were lost", await cutOff.Task);
        await hub.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task A_client_cannot_subscribe_to_more_than_it_could_ever_need()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using RespClient client = await server.ConnectAsync(RespVersion.Resp3);
        await client.SendAsync($"SUBSCRIBE {string.Join(' ', Enumerable.Range(0, 10_000))}\r\n");
        for (int i = 1; i <= 10_000; i++)
            Assert.Equal(RespValue.Integer(i), (await client.ReadAsync()).Items[2]);
        await client.ExpectAsync("PSUBSCRIBE x", "-ERR too many subscriptions, at most 10000|");
        await client.ExpectAsync("UNSUBSCRIBE 0", ">3|$11|unsubscribe|$1|0|:9999|");
        await client.ExpectAsync("PSUBSCRIBE x", ">3|$10|psubscribe|$1|x|:10000|");
    }
}
