using System.Buffers;
using System.IO.Pipelines;

namespace Sentinel.Daemon.Transport;

/// <summary>What goes out to a client, gathered in one piece and sent by the thread that flushes it, or by the poller once there is room again.</summary>
/// <remarks>
/// <para>
/// A flush is complete when the system has taken everything: who writes to a client that does not read waits, and nothing more gathers here.
/// No memory is held while there is nothing to send.
/// </para>
/// <para>One writer at a time; <see cref="CancelPendingFlush"/> from any thread. State that the poller changes is guarded by the connection's gate.</para>
/// </remarks>
internal sealed class SocketOutput : PipeWriter
{
    /// <summary>Holds the replies to most batches, and doubles as often as one needs more.</summary>
    private const int BufferBytes = 4 * 1024;

    private readonly SocketConnection _connection;
    private readonly Waiter<FlushResult> _waiter;
    private byte[]? _buffer;
    private int _sent;
    private int _written;
    private bool _isGone;
    private bool _isCompleted;

    public SocketOutput(SocketConnection connection)
    {
        _connection = connection;
        _waiter = new Waiter<FlushResult>(connection.Gate, Take);
    }

    /// <inheritdoc/>
    public override bool CanGetUnflushedBytes => true;

    /// <summary>What was written and the system has not taken yet.</summary>
    public override long UnflushedBytes => _written - _sent;

    private bool HasResult => _waiter.IsInterrupted || _isGone || _written == _sent;

    /// <inheritdoc/>
    public override void Advance(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)bytes, (uint)((_buffer?.Length ?? 0) - _written), nameof(bytes));
        _written += bytes;
    }

    /// <inheritdoc/>
    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _buffer.AsMemory(_written);
    }

    /// <inheritdoc/>
    public override Span<byte> GetSpan(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _buffer.AsSpan(_written);
    }

    /// <inheritdoc/>
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
        cancellationToken.CanBeCanceled ? _waiter.WaitAsync(FlushOrWait, cancellationToken) : FlushOrWait();

    /// <inheritdoc/>
    public override void CancelPendingFlush()
    {
        lock (_connection.Gate)
            _waiter.Cancel();
    }

    /// <summary>Nothing more is written. What was written and not flushed is sent as far as there is room.</summary>
    /// <param name="exception">Not null: it is forgotten instead.</param>
    public override void Complete(Exception? exception = null)
    {
        lock (_connection.Gate)
        {
            if (exception is null && !_isCompleted && !_isGone)
                Send();
            (_isCompleted, _isGone) = (true, true);
            Release();
            _waiter.TellElsewhere();
        }
    }

    /// <summary>From now on nothing is sent, and whoever flushes is told that nobody reads; from any thread.</summary>
    public void Fail()
    {
        lock (_connection.Gate)
        {
            _isGone = true;
            _waiter.TellElsewhere();
        }
    }

    /// <summary>Goes on sending, for who waits for it. By the poller, which holds the gate.</summary>
    /// <param name="isWanted">Whether somebody waits still.</param>
    /// <returns>Whether it is to be told (<see cref="Tell"/>) once the gate is free.</returns>
    public bool OnWritable(out bool isWanted)
    {
        if (_waiter.IsWaiting)
            Send();
        bool isDone = _waiter.IsWaiting && HasResult;
        if (isDone)
            _waiter.End();
        isWanted = _waiter.IsWaiting;
        return isDone;
    }

    /// <summary>Lets who waited go on, here and now.</summary>
    public void Tell() => _waiter.Tell();

    private ValueTask<FlushResult> FlushOrWait()
    {
        lock (_connection.Gate)
        {
            if (!_isGone)
                Send();
            if (HasResult)
                return new ValueTask<FlushResult>(Take());
            _connection.WaitFor(Links.Epoll.Writable);
            return _waiter.Begin();
        }
    }

    private FlushResult Take()
    {
        if (_isGone)
            Release();
        if (_waiter.TakeCancel())
            return new FlushResult(isCanceled: true, _isGone);
        if (_written > _sent)
            _waiter.ThrowIfImpatient();
        return new FlushResult(isCanceled: false, _isGone);
    }

    private void Send()
    {
        while (_sent < _written)
        {
            int length = _connection.Send(_buffer.AsSpan(_sent, _written - _sent));
            if (length < 0)
            {
                _isGone = length != -StreamCalls.NotNow;
                return;
            }
            _sent += length;
        }
        Release();
    }

    private void MakeRoom(int size)
    {
        if (_isCompleted)
            throw new InvalidOperationException("Nothing is written after the end.");
        size = Math.Max(size, 1);
        if (_buffer is null)
        {
            _buffer = ArrayPool<byte>.Shared.Rent(Math.Max(size, BufferBytes));
        }
        else if (_buffer.Length - _written < size)
        {
            byte[] old = _buffer;
            int unsent = _written - _sent;
            _buffer = ArrayPool<byte>.Shared.Rent(Math.Max(2 * unsent, unsent + size));
            old.AsSpan(_sent, unsent).CopyTo(_buffer);
            (_sent, _written) = (0, unsent);
            ArrayPool<byte>.Shared.Return(old);
        }
    }

    private void Release()
    {
        if (_buffer is not null)
            ArrayPool<byte>.Shared.Return(_buffer);
        (_buffer, _sent, _written) = (null, 0, 0);
    }
}
