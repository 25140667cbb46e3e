using System.Buffers;
using System.IO.Pipelines;
using Sentinel.Resp;

namespace Sentinel.Daemon.Commands;

/// <summary>All that goes out to one client: the replies to its commands and, once it subscribes, the messages pushed to it.</summary>
/// <remarks>
/// <para>
/// An ordinary client is answered straight into the pipe by the thread that serves it: no lock, no copy. With the first
/// subscription a second side begins to write, so from then on (<see cref="Share"/>) whole frames of both sides go
/// through one queue, and one pump at a time owns the pipe. A push therefore never waits: it is a reference
/// put into a list.
/// </para>
/// <para>
/// The queue is bounded by <see cref="OutputBufferLimit"/>: a client that reads too slowly is cut off. The limits are
/// looked at when something is added, for only then they can be exceeded anew.
/// </para>
/// </remarks>
internal sealed class ClientOutput(PipeWriter pipe, OutputBufferLimit limit, TimeProvider time, Action<string, LogLevel> cutOff)
{
    /// <summary>Bytes put into the pipe between two flushes, so that a client is sent to while more is being written.</summary>
    public const int FlushBytes = 64 * 1024;

    /// <summary>How long a connection that is being closed may take to read what is left.</summary>
    private static readonly TimeSpan DrainMax = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly BatchWriter _batch = new(pipe);    // of the serving thread, until shared
    private List<ReadOnlyMemory<byte>> _queue = [];
    private ArrayBufferWriter<byte>? _replies;    // of the serving thread, until committed; null: not shared
    private RespVersion _version = RespVersion.Resp2;
    private Task _pump = Task.CompletedTask;
    private bool _isPumping;
    private bool _isClosed;
    private long _queuedBytes;
    private long? _softExceededAt;
    private long _sent;

    /// <summary>How much may wait before the client has subscribed. Default: no limit.</summary>
    public OutputBufferLimit LimitBefore { get; init; } = OutputBufferLimit.None;

    /// <summary>Where the serving thread writes replies. Another one after <see cref="Share"/>.</summary>
    public IBufferWriter<byte> Writer => _replies ?? (IBufferWriter<byte>)_batch;

    /// <summary>Bytes of replies written and not yet on their way.</summary>
    public long UnflushedBytes => _replies?.WrittenCount ?? _batch.UnflushedBytes;

    /// <summary>Bytes that wait for the client to read, of a client that has subscribed.</summary>
    public long QueuedBytes => Volatile.Read(ref _queuedBytes);

    /// <summary>Bytes handed to the system.</summary>
    public long SentBytes => Volatile.Read(ref _sent);

    /// <summary>From now on somebody else may <see cref="Push"/>. Called by the serving thread, before it writes the next reply.</summary>
    /// <param name="version">The version the client speaks.</param>
    public void Share(RespVersion version)
    {
        if (_replies is not null)
            return;
        _batch.Commit();
        _version = version;
        _replies = new ArrayBufferWriter<byte>();
    }

    /// <summary>Gives the replies written so far their place among the pushes. Called by the serving thread.</summary>
    /// <param name="version">The version that later pushes are to speak.</param>
    public void Commit(RespVersion version)
    {
        if (_replies is null)
            return;
        byte[] replies = _replies.WrittenSpan.ToArray();
        _replies.ResetWrittenCount();
        lock (_gate)
        {
            _version = version;
            Enqueue(replies);    // even an empty one: what was written before Share still waits in the pipe
        }
    }

    /// <summary>Sends a frame that the client did not ask for just now. From any thread; never blocks and runs nobody else's code.</summary>
    public void Push(PushFrame frame)
    {
        lock (_gate)
            Enqueue(frame.In(_version));
    }

    /// <summary>Closes the connection and forgets what was to go out. From any thread; never blocks and runs nobody else's code.</summary>
    /// <param name="reason">Why, in words for the log.</param>
    /// <param name="level">How much the operator should care.</param>
    public void CutOff(string reason, LogLevel level = LogLevel.Warning)
    {
        lock (_gate)
        {
            if (_isClosed)
                return;
            Drop();
        }
        // Elsewhere: closing a connection may run its handler to the end, and the caller may be in the middle of telling an event.
        ThreadPool.UnsafeQueueUserWorkItem(static work => work.cutOff(work.reason, work.level), (cutOff, reason, level), preferLocal: false);
    }

    /// <summary>Sends what was written. Called by the serving thread, which thereby waits for a slow client.</summary>
    /// <returns>False when the client is gone.</returns>
    public async ValueTask<bool> FlushAsync(RespVersion version)
    {
        if (_replies is null)
            return await FlushRepliesAsync();
        Commit(version);
        // A client that is served faster than it reads is not read from, as if it had not subscribed.
        if (QueuedBytes > FlushBytes)
            await _pump;
        return !Volatile.Read(ref _isClosed);
    }

    /// <summary>Lets what is queued go out, for a limited time. Nothing is sent after it. Called by the serving thread, last.</summary>
    public async Task CloseAsync()
    {
        if (_replies is null)
            return;
        Task pump;
        lock (_gate)
        {
            _isClosed = true;
            pump = _pump;
        }
        try
        {
            await pump.WaitAsync(DrainMax, time);
        }
        catch (TimeoutException)
        {
            cutOff("it did not read what was left for it", LogLevel.Warning);
            await pump;
        }
    }

    /// <summary>Whether an exception only says that the client has gone, which is its right.</summary>
    public static bool MeansGone(Exception exception) => exception is IOException or OperationCanceledException or ObjectDisposedException;

    private static bool IsOpen(FlushResult flushed) => flushed is { IsCompleted: false, IsCanceled: false };

    /// <summary>Sends replies to a client that has not subscribed. It is not read from meanwhile, so no more than these wait.</summary>
    private async ValueTask<bool> FlushRepliesAsync()
    {
        _batch.Commit();
        long bytes = pipe.UnflushedBytes;
        Volatile.Write(ref _sent, _sent + bytes);
        if (LimitBefore.HardBytes > 0 && bytes > LimitBefore.HardBytes)
        {
            cutOff($"{bytes} bytes wait for it to read, more than {LimitBefore.HardBytes}", LogLevel.Warning);    // at once, or they would be sent yet
            return false;
        }
        ValueTask<FlushResult> flush = pipe.FlushAsync();
        if (LimitBefore.SoftBytes == 0 || bytes <= LimitBefore.SoftBytes || flush.IsCompleted)
            return IsOpen(await flush);
        try
        {
            return IsOpen(await flush.AsTask().WaitAsync(LimitBefore.SoftFor, time));
        }
        catch (TimeoutException)
        {
            cutOff($"more than {LimitBefore.SoftBytes} bytes have been waiting for it to read for more than {LimitBefore.SoftFor.TotalSeconds} s", LogLevel.Warning);
            return false;
        }
    }

    private void Enqueue(ReadOnlyMemory<byte> frames)
    {
        if (_isClosed)
            return;
        _queue.Add(frames);
        Volatile.Write(ref _queuedBytes, _queuedBytes + frames.Length);
        if (ExceededLimit() is { } exceeded)
        {
            CutOff(exceeded);
        }
        else if (!_isPumping)
        {
            _isPumping = true;
            _pump = PumpAsync();
        }
    }

    /// <returns>Which limit, in words; null: none.</returns>
    private string? ExceededLimit()
    {
        if (limit.HardBytes > 0 && _queuedBytes > limit.HardBytes)
            return $"{_queuedBytes} bytes wait for it to read, more than {limit.HardBytes}";
        if (limit.SoftBytes == 0 || _queuedBytes <= limit.SoftBytes)
            return null;
        long now = time.GetTimestamp();
        _softExceededAt ??= now;
        return time.GetElapsedTime(_softExceededAt.Value, now) > limit.SoftFor
            ? $"more than {limit.SoftBytes} bytes have been waiting for it to read for more than {limit.SoftFor.TotalSeconds} s"
            : null;
    }

    private void Drop()
    {
        _isClosed = true;
        _queue = [];
        Volatile.Write(ref _queuedBytes, 0);
    }

    /// <summary>Writes the queue into the pipe until it is empty. There is at most one at a time.</summary>
    private async Task PumpAsync()
    {
        await Task.Yield();    // whoever put something in goes on at once
        List<ReadOnlyMemory<byte>> batch = [];
        bool isGone = false;
        try
        {
            while (!isGone && TryTake(ref batch))
            {
                foreach (ReadOnlyMemory<byte> frames in batch)
                {
                    pipe.Write(frames.Span);
                    if (pipe.UnflushedBytes >= FlushBytes)
                        isGone |= !await FlushPipeAsync();
                }
                isGone |= !await FlushPipeAsync();
            }
        }
        catch (Exception broken) when (MeansGone(broken))
        {
            isGone = true;
        }
        if (!isGone)
            return;
        lock (_gate)
        {
            Drop();
            _isPumping = false;
        }
    }

    private bool TryTake(ref List<ReadOnlyMemory<byte>> batch)
    {
        batch.Clear();
        lock (_gate)
        {
            (batch, _queue) = (_queue, batch);
            if (batch.Count == 0)
                _isPumping = false;
            return batch.Count > 0;
        }
    }

    private async ValueTask<bool> FlushPipeAsync()
    {
        long bytes = pipe.UnflushedBytes;
        FlushResult flushed = await pipe.FlushAsync();
        lock (_gate)
        {
            Volatile.Write(ref _queuedBytes, Math.Max(0, _queuedBytes - bytes));
            Volatile.Write(ref _sent, _sent + bytes);
            if (_queuedBytes <= limit.SoftBytes)
                _softExceededAt = null;
        }
        return IsOpen(flushed);
    }
}
