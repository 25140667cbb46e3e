using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Sentinel.Daemon.Tests.Lab;
using Sentinel.Daemon.Transport;

namespace Sentinel.Daemon.Tests.Transport;

/// <summary>Both ends of a connection over the loopback: ours, with the poller that wakes it, and a client's, an ordinary socket.</summary>
internal sealed class SocketPair : IAsyncDisposable
{
    private readonly ClientPoller _poller = new();
    private readonly SocketListener _listener;

    private SocketPair() => _listener = new SocketListener(Bound(), backlog: 511, _poller);

    public SocketListener Listener => _listener;

    /// <summary>Our end.</summary>
    public SocketConnection Ours { get; private set; } = null!;

    /// <summary>The client's end.</summary>
    public Socket Client { get; private set; } = null!;

    public PipeReader Input => Ours.Input;

    public PipeWriter Output => Ours.Output;

    public static async Task<SocketPair> ConnectAsync()
    {
        var pair = new SocketPair();
        (pair.Ours, pair.Client) = await pair.AnotherAsync();
        return pair;
    }

    /// <summary>One more connection of the same poller.</summary>
    public async Task<(SocketConnection Ours, Socket Client)> AnotherAsync()
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await client.ConnectAsync(_listener.EndPoint);
        return ((SocketConnection)(await _listener.AcceptAsync().AsTask().WaitAsync(Eventually.Patience))!, client);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Ours.DisposeAsync();
        await _listener.DisposeAsync();
        _poller.Dispose();
    }

    private static Socket Bound()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }
}
