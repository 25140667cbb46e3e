using System.Buffers;
using System.IO.Pipelines;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using Sentinel.Core;
using Sentinel.Daemon.Acl;
using Sentinel.Daemon.Commands;
using Sentinel.Daemon.Notifications;
using Sentinel.Resp;

namespace Sentinel.Benchmarks.Micro;

/// <summary>An event is brought to all who have subscribed: from the deciding thread to the bytes in every subscriber's pipe.</summary>
public class FanOutBenchmarks
{
    private const int Events = 256;

    private readonly EventHub _hub = new(NullLogger<EventHub>.Instance);
    private readonly StampedEvent _happened = new(1, DateTimeOffset.UnixEpoch, new SentinelEvent("+switch-master", EventLevel.Warning, "mymaster 10.0.0.1 6379 10.0.0.2 6379"));
    private readonly List<Task> _readers = [];
    private Pipe[] _pipes = [];
    private CountdownEvent _unread = new(1);
    private long _frameBytes;

    [Params(1, 100, 1000)]
    public int Subscribers { get; set; }

    [GlobalSetup]
    public async Task Subscribe()
    {
        var frame = new PushFrame("message"u8.ToArray(), "+switch-master"u8.ToArray(), System.Text.Encoding.ASCII.GetBytes(_happened.Event.Payload));
        _frameBytes = frame.In(RespVersion.Resp2).Length;
        _unread = new CountdownEvent(Subscribers);
        _pipes = [.. Enumerable.Range(0, Subscribers).Select(_ => new Pipe())];
        foreach (Pipe pipe in _pipes)
        {
            var output = new ClientOutput(pipe.Writer, OutputBufferLimit.PubSub, TimeProvider.System, (reason, _) => throw new InvalidOperationException(reason));
            var client = new ClientConnection(1, from: null, to: null, output, new AclAccount(AclUser.Default(password: null)), isAuthenticated: true, Instant.Zero);
            var request = new ReadOnlySequence<byte>("SUBSCRIBE +switch-master\r\n"u8.ToArray());
            new RespCommandReader(RespLimits.Default, isAuthenticated: true).TryRead(ref request, out RespCommand words);
            _hub.Subscribe(new CommandCall(client, words), isPattern: false);
            await output.FlushAsync(RespVersion.Resp2);
            // What confirms the subscription is no message.
            pipe.Reader.AdvanceTo((await pipe.Reader.ReadAsync()).Buffer.End);
            _readers.Add(ReadAsync(pipe.Reader));
        }
        await _hub.StartAsync(CancellationToken.None);
    }

    [GlobalCleanup]
    public async Task Stop()
    {
        await _hub.StopAsync(CancellationToken.None);
        foreach (Pipe pipe in _pipes)
            await pipe.Writer.CompleteAsync();
        await Task.WhenAll(_readers);
    }

    [Benchmark(Description = "bring an event to its subscribers", OperationsPerInvoke = Events)]
    public void Tell()
    {
        _unread.Reset();
        for (int i = 0; i < Events; i++)
            _hub.OnEvent(_happened);
        _unread.Wait();
    }

    private async Task ReadAsync(PipeReader reader)
    {
        long read = 0;
        while (true)
        {
            ReadResult result = await reader.ReadAsync();
            read += result.Buffer.Length;
            reader.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted)
                return;
            if (read == Events * _frameBytes)
            {
                read = 0;
                _unread.Signal();
            }
        }
    }
}
