using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using Sentinel.Daemon.Commands;
using Sentinel.Daemon.Configuration;
using Sentinel.Daemon.Tests.Configuration;
using Sentinel.Daemon.Tests.Lab;
using Sentinel.Daemon.Tests.Notifications;
using Sentinel.Resp;

namespace Sentinel.Daemon.Tests.Commands;

/// <summary>What the configuration allows clients: how many, how long in silence, how much in and out.</summary>
public sealed class LimitTests
{
    [Fact]
    public void The_directives_set_the_limits()
    {
        SentinelConfiguration configuration = ReadingTests.Read("""
            client-output-buffer-limit normal 2mb 1mb 7 slave 1 1 1 pubsub 64mb 16mb 30
            client-query-buffer-limit 3mb
            proto-max-bulk-len 2mb
            timeout 90
            tcp-keepalive 10
            tcp-backlog 64
            """);
        Assert.Equal(new OutputBufferLimit(2 << 20, 1 << 20, TimeSpan.FromSeconds(7)), configuration.NormalOutput);
        Assert.Equal(new OutputBufferLimit(64 << 20, 16 << 20, TimeSpan.FromSeconds(30)), configuration.PubSubOutput);
        Assert.Equal((3 << 20, 2 << 20), (configuration.Requests.MaxMessageLength, configuration.Requests.MaxBulkLength));
        Assert.Equal((TimeSpan.FromSeconds(90), TimeSpan.FromSeconds(10), 64), (configuration.ClientTimeout, configuration.TcpKeepAlive, configuration.TcpBacklog));
    }

    [Fact]
    public void A_class_that_is_not_named_keeps_its_limits()
    {
        SentinelConfiguration configuration = ReadingTests.Read("client-output-buffer-limit normal 1mb 0 0\nproto-max-bulk-len 512gb\n");
        Assert.Equal(OutputBufferLimit.PubSub, configuration.PubSubOutput);
        Assert.Equal(int.MaxValue, configuration.Requests.MaxBulkLength);
    }

    [Fact]
    public async Task A_client_that_is_silent_for_too_long_is_disconnected_but_a_subscriber_is_not()
    {
        await using RunningServer server = await RunningServer.StartAsync(new RespServerOptions { ClientTimeout = TimeSpan.FromSeconds(1) });
        using RespClient subscriber = await server.ConnectAsync();
        await subscriber.ExpectAsync("SUBSCRIBE +a", "*3|$9|subscribe|$2|+a|:1|");
        using RespClient silent = await server.ConnectAsync();
        Assert.Contains(await silent.ReadToEndAsync(), (string[])["", "<reset>"]);
        server.Happen("+a", "still here");
        Assert.Equal("still here", (await subscriber.ReadAsync()).Items[2].ToText());
    }

    [Fact]
    public async Task A_reply_beyond_the_hard_limit_disconnects_who_asked_and_nobody_else()
    {
        await using RunningServer server = await RunningServer.StartAsync(
            new RespServerOptions { NormalOutput = new OutputBufferLimit(2_000, 0, TimeSpan.Zero) });
        using RespClient other = await server.ConnectAsync();
        using RespClient client = await server.ConnectAsync();
        await client.ExpectAsync("INFO sentinel", (await other.AskTextAsync("INFO sentinel")) is { Length: < 2_000 } text ? $"${text.Length}|{text}|" : "");
        await client.SendAsync("COMMAND\r\n");    // some 10 kB
        Assert.Contains(await client.ReadToEndAsync(), (string[])["", "<reset>"]);
        await other.ExpectAsync("PING", "+PONG|");
    }

    [Fact]
    public async Task Replies_that_are_not_read_for_too_long_disconnect_who_asked()
    {
        var time = new VirtualTime();
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 1, resumeWriterThreshold: 1, useSynchronizationContext: false));
        var cutOff = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var output = new ClientOutput(pipe.Writer, OutputBufferLimit.PubSub, time, (reason, _) => cutOff.TrySetResult(reason))
        {
            LimitBefore = new OutputBufferLimit(0, 5_000, TimeSpan.FromSeconds(60)),
        };

        output.Writer.Write(new byte[5_000]);
        ValueTask<bool> atTheLimit = output.FlushAsync(RespVersion.Resp2);
        ReadResult read = await pipe.Reader.ReadAsync();
        Assert.False(atTheLimit.IsCompleted);
        pipe.Reader.AdvanceTo(read.Buffer.End);
        Assert.True(await atTheLimit);

        output.Writer.Write(new byte[5_001]);
        Task<bool> beyond = output.FlushAsync(RespVersion.Resp2).AsTask();
        time.AdvanceUntil(() => beyond.IsCompleted);
        Assert.False(await beyond);
        Assert.Equal("more than 5000 bytes have been waiting for it to read for more than 60 s", await cutOff.Task);
        Assert.Equal(TimeSpan.FromSeconds(60), time.Elapsed);
    }

    [Fact]
    public async Task A_request_beyond_the_limits_is_refused_and_one_within_them_is_served()
    {
        RespLimits limits = RespLimits.Default with { MaxBulkLength = 1_000, MaxMessageLength = 1_500 };
        await using RunningServer server = await RunningServer.StartAsync(new RespServerOptions { Limits = limits });
        string longest = new('x', 1_000);
        using RespClient client = await server.ConnectAsync();
        await client.ExpectAsync($"*2\r\n$4\r\nPING\r\n$1000\r\n{longest}\r\n", $"$1000|{longest}|");
        await client.SendAsync("*2\r\n$4\r\nPING\r\n$1001\r\n");
        Assert.Equal("-ERR Protocol error: invalid bulk length\r\n", await client.ReadToEndAsync());

        using RespClient greedy = await server.ConnectAsync();
        await greedy.SendAsync($"*3\r\n$4\r\nPING\r\n$1000\r\n{longest}\r\n$1000\r\n");
        Assert.StartsWith("-ERR Protocol error: ", await greedy.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Theory, InlineData(300, "02"), InlineData(0, "00"), InlineData(int.MaxValue, "02")]
    public async Task The_system_looks_after_silent_connections_as_asked(int seconds, string timer)
    {
        await using RunningServer server = await RunningServer.StartAsync(new RespServerOptions { TcpKeepAlive = TimeSpan.FromSeconds(seconds) });
        using RespClient client = await server.ConnectAsync();
        await client.ExpectAsync("PING", "+PONG|");
        string ends = $"{Hex(server.Port)} {Hex(((IPEndPoint)client.LocalEndPoint).Port)}";
        // While bytes are under way there is another timer.
        await Eventually.SoAsync($"the timer is {timer}", () => TimerOf(ends) == timer);
    }

    [Fact]
    public void That_clients_are_refused_is_said_once_a_minute_with_their_number()
    {
        var time = new VirtualTime();
        var log = new RecordingLogger<LimitTests>();
        var refused = new RefusedClients(log, time);
        for (int i = 0; i < 5; i++)
            refused.Tell($"10.0.0.{i}:1", 2);
        Assert.Equal("Client 10.0.0.0:1 is refused: 2 are connected, as many as 'maxclients' allows. Refused since this was last said: 0", Assert.Single(log.Lines).Text);
        Task minute = Task.Delay(TimeSpan.FromMinutes(1), time);
        time.AdvanceUntil(() => minute.IsCompleted);
        refused.Tell("10.0.0.9:1", 2);
        Assert.EndsWith("last said: 4", log.Lines[1].Text, StringComparison.Ordinal);
    }

    private static string Hex(int port) => port.ToString("X4", CultureInfo.InvariantCulture);

    /// <summary>The kind of timer that Linux shows for a connection over the loopback: 02 is for keep-alive probes, 00 is none.</summary>
    private static string? TimerOf(string ends) => File.ReadLines("/proc/net/tcp")
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Where(fields => fields.Length > 5 && $"{fields[1].Split(':')[^1]} {fields[2].Split(':')[^1]}" == ends)
        .Select(fields => fields[5].Split(':')[0])
        .FirstOrDefault();
}
