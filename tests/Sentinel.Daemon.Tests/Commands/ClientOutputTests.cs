using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Sentinel.Daemon.Commands;
using Sentinel.Daemon.Tests.Lab;
using Sentinel.Resp;

namespace Sentinel.Daemon.Tests.Commands;

/// <summary>The outgoing side of one connection, with a client that reads only when it is told to.</summary>
public sealed class ClientOutputTests
{
    private static readonly byte[] Kilobyte = new byte[1000];

    [Fact]
    public async Task The_hard_limit_cuts_off_at_once()
    {
        var client = new SlowClient(new OutputBufferLimit(10_000, 0, TimeSpan.Zero));
        await client.FillAsync(8);
        Assert.False(client.CutOff.IsCompleted);
        client.Push(1);
        Assert.Equal("10130 bytes wait for it to read, more than 10000", await client.CutOff);
        Assert.Equal(0, client.Output.QueuedBytes);    // and nothing more is kept for it
        client.Push(100);
        Assert.Equal(0, client.Output.QueuedBytes);
    }

    [Fact]
    public async Task The_soft_limit_cuts_off_who_exceeds_it_for_too_long()
    {
        var client = new SlowClient(new OutputBufferLimit(0, 5_000, TimeSpan.FromSeconds(60)));
        await client.FillAsync(4);
        client.Time.Advance(TimeSpan.FromSeconds(60));
        client.Push(1);
        Assert.False(client.CutOff.IsCompleted);       // for 60 s, but not longer
        client.Time.Advance(TimeSpan.FromSeconds(1));
        client.Push(1);
        Assert.Contains("60 s", await client.CutOff, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_time_over_the_soft_limit_begins_anew_when_the_client_has_read()
    {
        var client = new SlowClient(new OutputBufferLimit(0, 5_000, TimeSpan.FromSeconds(60)));
        await client.FillAsync(6);
        client.Time.Advance(TimeSpan.FromSeconds(50));
        await client.ReadAllAsync();
        await client.FillAsync(6);
        client.Time.Advance(TimeSpan.FromSeconds(50));
        client.Push(1);
        Assert.False(client.CutOff.IsCompleted);
    }

    [Fact]
    public async Task A_message_keeps_its_place_between_replies_and_the_version_of_its_moment()
    {
        var client = new SlowClient(OutputBufferLimit.PubSub);
        var frame = new PushFrame("a"u8.ToArray());
        client.Write("direct ");
        client.Output.Share(RespVersion.Resp2);
        client.Write("first ");
        client.Output.Push(frame);                      // "first" is not committed yet
        client.Output.Commit(RespVersion.Resp2);
        client.Output.Push(frame);
        client.Write("switched ");
        client.Output.Push(frame);                      // still before the reply that tells of the switch
        client.Output.Commit(RespVersion.Resp3);
        client.Output.Push(frame);
        const string expected = "direct *1\r\n$1\r\na\r\nfirst *1\r\n$1\r\na\r\n*1\r\n$1\r\na\r\nswitched >1\r\n$1\r\na\r\n";
        Assert.Equal(expected, await client.ReadAsync(expected.Length));
    }

    [Fact]
    public async Task What_is_queued_goes_out_before_the_end_and_nothing_after_it()
    {
        var client = new SlowClient(OutputBufferLimit.PubSub);
        client.Output.Share(RespVersion.Resp2);
        client.Push(100);
        Task closing = client.Output.CloseAsync();
        await client.ReadAllAsync();
        await closing;
        client.Push(1);
        Assert.Equal(100 * 1013, client.Output.SentBytes);
        Assert.Equal(0, client.Output.QueuedBytes);
    }

    [Fact]
    public async Task Who_does_not_read_what_was_left_for_it_is_waited_for_only_so_long()
    {
        var client = new SlowClient(OutputBufferLimit.PubSub);
        client.Output.Share(RespVersion.Resp2);
        await client.FillAsync(1);
        Task closing = client.Output.CloseAsync();
        client.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("it did not read what was left for it", await client.CutOff);
        await client.GoAsync();
        await closing;
    }

    [Fact]
    public async Task A_client_that_has_gone_is_sent_nothing_more()
    {
        var client = new SlowClient(OutputBufferLimit.PubSub);
        client.Output.Share(RespVersion.Resp2);
        await client.FillAsync(10);
        await client.GoAsync();
        await Eventually.SoAsync("nothing waits for it any more", () => client.Output.QueuedBytes == 0);
        client.Push(1);
        Assert.False(await client.Output.FlushAsync(RespVersion.Resp2));
        await client.Output.CloseAsync();
        Assert.False(client.CutOff.IsCompleted);
    }

    private sealed class SlowClient
    {
        // 1000 bytes of payload make a frame of 1013: *1 CR LF $1000 CR LF … CR LF
        private static readonly PushFrame Frame = new(Kilobyte);
        private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: 1, resumeWriterThreshold: 1, useSynchronizationContext: false));
        private readonly TaskCompletionSource<string> _cutOff = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public SlowClient(OutputBufferLimit limit)
        {
            Output = new ClientOutput(_pipe.Writer, limit, Time, (reason, _) => _cutOff.TrySetResult(reason)) { LimitBefore = limit };
        }

        public ManualTime Time { get; } = new();

        public ClientOutput Output { get; }

        public Task<string> CutOff => _cutOff.Task;

        public void Write(string text) => Output.Writer.Write(Encoding.Latin1.GetBytes(text));

        public void Push(int count)
        {
            for (int i = 0; i < count; i++)
                Output.Push(Frame);
        }

        /// <summary>Pushes until so many frames wait behind one that has filled the pipe.</summary>
        public async Task FillAsync(int count)
        {
            Output.Share(RespVersion.Resp2);
            long sent = Output.SentBytes;
            Push(1);
            await Eventually.SoAsync("the pipe is full", () => _pipe.Reader.TryRead(out ReadResult read) && Keep(read));
            Push(count);
            Assert.Equal(sent, Output.SentBytes);
        }

        public async Task ReadAllAsync()
        {
            await Eventually.SoAsync("all is read", () =>
            {
                if (_pipe.Reader.TryRead(out ReadResult read))
                    _pipe.Reader.AdvanceTo(read.Buffer.End);
                return Output.QueuedBytes == 0;
            });
        }

        public async Task<string> ReadAsync(int count)
        {
            ReadResult read = await _pipe.Reader.ReadAtLeastAsync(count);
            string text = Encoding.Latin1.GetString(read.Buffer);
            _pipe.Reader.AdvanceTo(read.Buffer.End);
            return text;
        }

        public ValueTask GoAsync() => _pipe.Reader.CompleteAsync();

        private bool Keep(ReadResult read)
        {
            _pipe.Reader.AdvanceTo(read.Buffer.Start);
            return true;
        }
    }

    /// <summary>A clock that stands until it is moved.</summary>
    private sealed class ManualTime : TimeProvider
    {
        private readonly List<ManualTimer> _timers = [];
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Volatile.Read(ref _ticks);

        public void Advance(TimeSpan span)
        {
            Interlocked.Add(ref _ticks, span.Ticks);
            lock (_timers)
                _timers.ForEach(timer => timer.Fire(GetTimestamp()));
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = new ManualTimer(() => callback(state), GetTimestamp() + dueTime.Ticks);
            lock (_timers)
                _timers.Add(timer);
            return timer;
        }

        private sealed class ManualTimer(Action callback, long due) : ITimer
        {
            private bool _isOver;

            public void Fire(long now)
            {
                if (_isOver || now < due)
                    return;
                _isOver = true;
                callback();
            }

            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose() => _isOver = true;

            public ValueTask DisposeAsync()
            {
                Dispose();
                return ValueTask.CompletedTask;
            }
        }
    }
}
