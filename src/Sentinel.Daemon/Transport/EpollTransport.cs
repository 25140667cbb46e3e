using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;
using Sentinel.Daemon.Commands;

namespace Sentinel.Daemon.Transport;

/// <summary>The way of bytes between Kestrel and the sockets of clients in the clear: one thread and one call of the system for each read and each write.</summary>
/// <remarks>
/// Kestrel's own has two pipes and a task for each connection, and asks each socket twice; it serves TLS, where handshakes are too much work for one thread.
/// Sockets are made, and wait for clients, as its options say.
/// </remarks>
internal sealed class EpollTransport(IOptions<SocketTransportOptions> sockets, RespServerOptions resp) : IConnectionListenerFactory, IConnectionListenerFactorySelector, IDisposable
{
    private readonly Lazy<ClientPoller> _poller = new();

    /// <inheritdoc/>
    public bool CanBind(EndPoint endpoint) => endpoint is UnixDomainSocketEndPoint || (endpoint is IPEndPoint ip && (ip.Port == 0 || ip.Port != resp.TlsPort));

    /// <inheritdoc/>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        Socket? socket = null;
        try
        {
            socket = sockets.Value.CreateBoundListenSocket(endpoint);
            var listener = new SocketListener(socket, sockets.Value.Backlog, _poller.Value);
            socket = null;
            return new ValueTask<IConnectionListener>(listener);
        }
        catch (SocketException taken) when (taken.SocketErrorCode is SocketError.AddressAlreadyInUse)
        {
            throw new AddressInUseException(taken.Message, taken);
        }
        finally
        {
            socket?.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_poller.IsValueCreated)
            _poller.Value.Dispose();
    }
}
