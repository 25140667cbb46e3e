using System.Buffers;
using System.IO.Pipelines;

namespace Sentinel.Daemon.Transport;

/// <summary>What a client sends, read from its socket straight into the memory that the reader is given. It holds none while there is nothing to be read.</summary>
/// <remarks>
/// <para>
/// Nothing is read ahead: the system keeps what nobody has asked for, and lets the client wait. Unlike a <see cref="Pipe"/> all that is
/// unread lies in one piece, which grows with a reader that looks at everything and takes nothing.
/// </para>
/// <para>One reader at a time; <see cref="CancelPendingRead"/> from any thread. State that the poller changes is guarded by the connection's gate.</para>
/// </remarks>
internal sealed class SocketInput : PipeReader
{
    /// <summary>What one read takes at most, unless it goes on with something longer; as in Redis.</summary>
    private const int BufferBytes = 16 * 1024;

    private readonly SocketConnection _connection;
    private readonly Waiter<ReadResult> _waiter;
    private byte[]? _buffer;
    private int _start;
    private int _end;
    private Exception? _failure;
    private bool _isExamined;
    private bool _isFresh = true;
    private bool _isEnded;
    private bool _isCompleted;

    public SocketInput(SocketConnection connection)
    {
        _connection = connection;
        _waiter = new Waiter<ReadResult>(connection.Gate, Take);
    }

    /// <summary>Whether the client has said its last.</summary>
    public bool IsEnded => _isEnded;

    private bool HasResult => _waiter.IsInterrupted || _failure is not null || _isEnded || (_end > _start && !_isExamined);

    private ReadOnlySequence<byte> Unread => _buffer is null ? ReadOnlySequence<byte>.Empty : new ReadOnlySequence<byte>(_buffer, _start, _end - _start);

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result)
    {
        ObjectDisposedException.ThrowIf(_isCompleted, this);
        lock (_connection.Gate)
        {
            bool hasResult = HasResult;
            result = hasResult ? Take() : default;
            return hasResult;
        }
    }

    /// <inheritdoc/>
    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
        cancellationToken.CanBeCanceled ? _waiter.WaitAsync(ReadOrWait, cancellationToken) : ReadOrWait();

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (_buffer is null)
            return;    // nothing was given
        ReadOnlySequence<byte> given = Unread;
        int taken = (int)given.Slice(0, consumed).Length;
        _isExamined = given.Slice(0, examined).Length == given.Length;
        _start += taken;
        if (_start == _end)
            Release();
    }

    /// <inheritdoc/>
    public override void CancelPendingRead()
    {
        lock (_connection.Gate)
            _waiter.Cancel();
    }

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null)
    {
        lock (_connection.Gate)
        {
            _isCompleted = true;
            Release();
            _failure ??= new ObjectDisposedException(nameof(SocketInput));
            _waiter.TellElsewhere();
        }
    }

    /// <summary>Whoever reads is told this; from any thread.</summary>
    public void Fail(Exception failure)
    {
        lock (_connection.Gate)
        {
            _failure ??= failure;
            _waiter.TellElsewhere();
        }
    }

    /// <summary>Reads what has arrived, for who waits for it. By the poller, which holds the gate.</summary>
    /// <param name="isWanted">Whether somebody waited.</param>
    /// <returns>Whether it is to be told (<see cref="Tell"/>) once the gate is free.</returns>
    public bool OnReadable(out bool isWanted)
    {
        isWanted = _waiter.IsWaiting;
        if (!isWanted)
            return false;
        Receive();
        if (!HasResult)
            return false;
        _waiter.End();
        return true;
    }

    /// <summary>Lets who waited go on, here and now.</summary>
    public void Tell() => _waiter.Tell();

    private ValueTask<ReadResult> ReadOrWait()
    {
        ObjectDisposedException.ThrowIf(_isCompleted, this);
        lock (_connection.Gate)
        {
            if (!HasResult && _isFresh)
                Receive();    // who connects asks at once: it may be there already
            if (HasResult)
                return new ValueTask<ReadResult>(Take());
            _connection.WaitFor(Links.Epoll.Readable);
            return _waiter.Begin();
        }
    }

    private ReadResult Take()
    {
        if (_waiter.TakeCancel())
            return new ReadResult(Unread, isCanceled: true, _isEnded);
        if (_failure is not null)
            throw _failure;
        if (_end == _start && !_isEnded)
            _waiter.ThrowIfImpatient();
        return new ReadResult(Unread, isCanceled: false, _isEnded);
    }

    private void Receive()
    {
        _isFresh = false;
        MakeRoom();
        int length = _connection.Receive(_buffer.AsSpan(_end));
        if (length > 0)
            (_end, _isExamined) = (_end + length, false);
        else if (length == 0)
            _isEnded = true;
        else if (length != -StreamCalls.NotNow)
            _failure ??= SocketConnection.Reset(-length);
        if (_start == _end)
            Release();
    }

    private void MakeRoom()
    {
        if (_buffer is null)
        {
            _buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        }
        else if (_end == _buffer.Length)
        {
            byte[] old = _buffer;
            int unread = _end - _start;
            _buffer = ArrayPool<byte>.Shared.Rent(Math.Max(BufferBytes, 2 * unread));
            old.AsSpan(_start, unread).CopyTo(_buffer);
            (_start, _end) = (0, unread);
            ArrayPool<byte>.Shared.Return(old);
        }
    }

    private void Release()
    {
        if (_buffer is not null)
            ArrayPool<byte>.Shared.Return(_buffer);
        (_buffer, _start, _end) = (null, 0, 0);
    }
}
