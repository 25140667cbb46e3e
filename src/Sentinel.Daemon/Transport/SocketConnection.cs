using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Sentinel.Daemon.Links;

namespace Sentinel.Daemon.Transport;

/// <summary>A client's connection: reads and writes its socket by itself, and is woken by the poller.</summary>
/// <remarks>
/// What is waited for is told to the system once, and taken back only when something comes that nobody waits for, since it would be
/// told again and again: a request while the one before is still being decided, or the end of a connection.
/// </remarks>
internal sealed class SocketConnection : ConnectionContext, IDuplexPipe, IPolled, IDescriptorFeature
{
    private const int DrainBytes = 16 * 1024;

    /// <summary>Reads after which no more is taken of a client that goes on sending although we hang up.</summary>
    private const int DrainsMax = 64;

    private readonly ClientPoller _poller;
    private readonly SocketHandle _socket;
    private readonly long _token;
    private readonly SocketInput _input;
    private readonly SocketOutput _output;
    private readonly EndPoint _listener;
    private FeatureCollection? _features;
    private IDictionary<object, object?>? _items;
    private CancellationTokenSource? _closed;
    private EndPoint? _local;
    private uint _watched;
    private bool _isAborted;
    private bool _isDisposed;

    /// <param name="poller">Who wakes it.</param>
    /// <param name="socket">Is closed with it.</param>
    /// <param name="remote">The client's end; null: it has no name, as on a Unix socket.</param>
    /// <param name="listener">Where it came in.</param>
    public SocketConnection(ClientPoller poller, SocketHandle socket, EndPoint? remote, EndPoint listener)
    {
        (_poller, _socket, _listener, _token) = (poller, socket, listener, poller.NewToken());
        RemoteEndPoint = remote ?? listener;
        (_input, _output) = (new SocketInput(this), new SocketOutput(this));
        Transport = this;
    }

    /// <summary>Guards what both the poller and whoever serves the connection change. Nobody else's code runs inside.</summary>
    public Lock Gate { get; } = new();

    /// <inheritdoc/>
    public PipeReader Input => _input;

    /// <inheritdoc/>
    public PipeWriter Output => _output;

    /// <inheritdoc/>
    public int Descriptor => _socket.Descriptor;

    /// <inheritdoc/>
    public override IDuplexPipe Transport { get; set; }

    /// <inheritdoc/>
    public override string ConnectionId { get => field ??= $"{_token:x}"; set; } = null!;

    /// <inheritdoc/>
    public override IFeatureCollection Features => _features ??= WithDescriptor();

    /// <inheritdoc/>
    public override IDictionary<object, object?> Items
    {
        get => _items ??= new ConnectionItems();
        set => _items = value;
    }

    /// <inheritdoc/>
    public override EndPoint? RemoteEndPoint { get; set; }

    /// <inheritdoc/>
    public override EndPoint? LocalEndPoint
    {
        get => _local ??= _listener is IPEndPoint ip && !ip.Address.Equals(IPAddress.Any) && !ip.Address.Equals(IPAddress.IPv6Any) ? ip : AskLocalEndPoint();
        set => _local = value;
    }

    /// <summary>Fires when the connection is cut off or closed; not when the client has gone, which only a reader finds out.</summary>
    public override CancellationToken ConnectionClosed
    {
        get
        {
            lock (Gate)
            {
                _closed ??= new CancellationTokenSource();
                if (_isAborted || _isDisposed)
                    _closed.Cancel();
                return _closed.Token;
            }
        }
        set => throw new NotSupportedException();
    }

    /// <summary>What a failed call means to who reads.</summary>
    /// <param name="error">As the system numbers it.</param>
    public static Exception Reset(int error) => new ConnectionResetException(Marshal.GetPInvokeErrorMessage(error));

    /// <inheritdoc/>
    public override void Abort(ConnectionAbortedException abortReason)
    {
        lock (Gate)
        {
            if (_isAborted || _isDisposed)
                return;
            _isAborted = true;
            StreamCalls.End(_socket);
            _input.Fail(abortReason);
            _output.Fail();
        }
        _closed?.Cancel();
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        lock (Gate)
        {
            if (!_isDisposed)
                Close();
        }
        _closed?.Cancel();
        return base.DisposeAsync();
    }

    /// <summary>Reads from the socket, for <see cref="SocketInput"/>, which holds the gate.</summary>
    /// <returns>As <see cref="StreamCalls.Receive"/>.</returns>
    public int Receive(Span<byte> buffer) => StreamCalls.Receive(_socket, buffer);

    /// <summary>Writes to the socket, for <see cref="SocketOutput"/>, which holds the gate.</summary>
    /// <returns>As <see cref="StreamCalls.Send"/>.</returns>
    public int Send(Span<byte> bytes) => StreamCalls.Send(_socket, bytes);

    /// <summary>Lets the poller tell of this too. The gate is held.</summary>
    /// <param name="events">As <see cref="Epoll"/> names them.</param>
    /// <exception cref="IOException">The system cannot.</exception>
    public void WaitFor(uint events) => Watch(_watched | events);

    /// <inheritdoc/>
    public void OnReady(uint events)
    {
        bool tellsReader = false;
        bool tellsWriter = false;
        lock (Gate)
        {
            if (_isDisposed)
                return;
            uint unwanted = 0;
            // Errors and hang-ups concern both.
            if ((events & ~Epoll.Writable) != 0)
            {
                tellsReader = _input.OnReadable(out bool isWanted);
                unwanted |= isWanted ? 0 : Epoll.Readable;
            }
            if ((events & ~Epoll.Readable) != 0)
            {
                tellsWriter = _output.OnWritable(out bool isWanted);
                unwanted |= isWanted ? 0 : Epoll.Writable;
            }
            Watch(_watched & ~unwanted);
        }
        if (tellsReader)
            _input.Tell();
        if (tellsWriter)
            _output.Tell();
    }

    /// <inheritdoc/>
    public void Fail(Exception failure) => Abort(new ConnectionAbortedException(failure.Message, failure));

    private void Watch(uint events)
    {
        if (events == _watched)
            return;
        if (_watched == 0)
            _poller.Watch(this, _token, _socket, events);
        else if (events == 0)
            _poller.Unwatch(_socket);
        else
            _poller.Change(_token, _socket, events);
        _watched = events;
    }

    private void Close()
    {
        _output.Complete();
        _input.Complete();
        _isDisposed = true;
        _poller.Forget(_token);
        if (!_isAborted && !_input.IsEnded)
            HangUp();
        _socket.Dispose();
    }

    /// <summary>
    /// Says our last, then takes what the client has sent and nobody will read: with something unread the system would answer with a reset,
    /// which may overtake what we said.
    /// </summary>
    private void HangUp()
    {
        StreamCalls.EndWriting(_socket);
        byte[] nowhere = ArrayPool<byte>.Shared.Rent(DrainBytes);
        for (int count = 0; count < DrainsMax && StreamCalls.Receive(_socket, nowhere) > 0; count++)
        {
        }
        ArrayPool<byte>.Shared.Return(nowhere);
    }

    private EndPoint? AskLocalEndPoint() => _listener is IPEndPoint ? StreamCalls.LocalEndPoint(_socket) : _listener;

    private FeatureCollection WithDescriptor()
    {
        var features = new FeatureCollection();
        features.Set<IDescriptorFeature>(this);
        return features;
    }
}
