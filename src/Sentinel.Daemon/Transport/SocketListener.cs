using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks.Sources;
using Microsoft.AspNetCore.Connections;

namespace Sentinel.Daemon.Transport;

/// <summary>A socket that listens: gives the server the connections that come in, in the poller's thread.</summary>
internal sealed class SocketListener : IConnectionListener, IPolled, IValueTaskSource<ConnectionContext?>
{
    /// <summary>Connections taken in, or tried in vain, before those that are connected have their turn; as many as Redis takes.</summary>
    private const int InARowMax = 1000;

    private readonly Lock _gate = new();
    private readonly Socket _socket;
    private readonly ClientPoller _poller;
    private readonly long _token;
    private readonly byte[] _address = new byte[StreamCalls.AddressBytes];
    private ManualResetValueTaskSourceCore<bool> _source;
    private ConnectionContext? _next;
    private Exception? _failure;
    private int _inARow;
    private bool _isWaiting;
    private bool _isWatched;
    private bool _isResting;
    private bool _isUnbound;

    /// <param name="socket">Bound; is closed with this.</param>
    /// <param name="backlog">How many may wait for us.</param>
    /// <param name="poller">Tells when one does.</param>
    /// <exception cref="SocketException">The address is in use.</exception>
    public SocketListener(Socket socket, int backlog, ClientPoller poller)
    {
        socket.Listen(backlog);
        socket.Blocking = false;
        (_socket, _poller, _token, EndPoint) = (socket, poller, poller.NewToken(), socket.LocalEndPoint!);
    }

    /// <inheritdoc/>
    public EndPoint EndPoint { get; }

    /// <inheritdoc/>
    public ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            if (_isUnbound)
                return default;
            if (TryAccept() is { } connection)
                return new ValueTask<ConnectionContext?>(connection);
            _source.Reset();
            _isWaiting = true;
            Watch();
            return new ValueTask<ConnectionContext?>(this, _source.Version);
        }
    }

    /// <inheritdoc/>
    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        bool wasWaiting;
        lock (_gate)
        {
            if (_isUnbound)
                return ValueTask.CompletedTask;
            (wasWaiting, _isWaiting, _isUnbound) = (_isWaiting, false, true);
            _poller.Forget(_token);
            _socket.Dispose();
        }
        if (wasWaiting)
            _source.SetResult(true);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => UnbindAsync();

    /// <inheritdoc/>
    public void OnReady(uint events)
    {
        lock (_gate)
        {
            _inARow = 0;
            _isResting &= events != 0;
            if (_isUnbound)
                return;
            if (!_isWaiting)
            {
                Unwatch();    // until somebody does
                return;
            }
            _next = TryAccept();
            if (_next is null)
            {
                Watch();
                return;
            }
            _isWaiting = false;
        }
        _source.SetResult(true);
    }

    /// <inheritdoc/>
    public void Fail(Exception failure)
    {
        lock (_gate)
        {
            if (!_isWaiting)
                return;
            (_isWaiting, _failure) = (false, failure);
        }
        _source.SetResult(true);
    }

    ConnectionContext? IValueTaskSource<ConnectionContext?>.GetResult(short token)
    {
        _source.GetResult(token);
        lock (_gate)
        {
            if (_failure is not null)
                throw _failure;
            ConnectionContext? next = _next;
            _next = null;
            return next;
        }
    }

    ValueTaskSourceStatus IValueTaskSource<ConnectionContext?>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<ConnectionContext?>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    /// <returns>Null: there is none, none can be taken in now, or it is the turn of others.</returns>
    private SocketConnection? TryAccept()
    {
        while (_inARow < InARowMax)
        {
            _inARow++;
            SocketHandle accepted = StreamCalls.Accept(_socket.SafeHandle, _address, out int error);
            if (!accepted.IsInvalid)
                return new SocketConnection(_poller, accepted, StreamCalls.EndPoint(_address), EndPoint);
            accepted.Dispose();
            switch (error)
            {
                case StreamCalls.NotNow:
                    return null;
                case StreamCalls.TooManyFiles or StreamCalls.TooManyFilesInAll or StreamCalls.NoMemory or StreamCalls.NoBuffers:
                    Rest();
                    return null;
                default:
                    continue;    // it was gone before we came to it
            }
        }
        return null;
    }

    /// <summary>There is no room for one more: until some have gone, clients wait in the queue of the system.</summary>
    private void Rest()
    {
        Unwatch();
        if (!_isResting)
            _poller.TellLater(this);
        _isResting = true;
    }

    private void Watch()
    {
        if (_isWatched || _isResting)
            return;
        _poller.Watch(this, _token, _socket.SafeHandle, Links.Epoll.Readable);
        _isWatched = true;
    }

    private void Unwatch()
    {
        if (_isWatched)
            _poller.Unwatch(_socket.SafeHandle);
        _isWatched = false;
    }
}
