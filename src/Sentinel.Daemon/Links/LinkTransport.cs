using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Sentinel.Core;
using Sentinel.Daemon.Tls;

namespace Sentinel.Daemon.Links;

/// <summary>Makes the connections of links: from which address, and whether with TLS.</summary>
/// <param name="source"><c>bind-source-addr</c>; null: the system chooses.</param>
/// <param name="tls">Null: in the clear.</param>
internal sealed class LinkTransport(IPAddress? source, TlsContext? tls)
{
    // PING finds a dead connection much sooner. These are for what stands between: it forgets connections that are idle.
    private const int KeepAliveSeconds = 60, KeepAliveIntervalSeconds = 20, KeepAliveProbes = 3;

    /// <summary>Whether connections go over TLS.</summary>
    public bool IsEncrypted => tls is not null;

    /// <summary>Connects. How long that may take, the core decides, and ends it by <paramref name="closing"/>.</summary>
    /// <param name="address">An IP address and a port.</param>
    /// <param name="closing">Nobody needs it any more.</param>
    /// <returns>The connection, and our own address on it.</returns>
    /// <exception cref="LinkSetupException">It cannot be as it is configured.</exception>
    /// <exception cref="SocketException">Nobody answers there, or the system refuses.</exception>
    public async Task<(Stream Stream, string LocalHost)> ConnectAsync(Address address, CancellationToken closing)
    {
        Socket socket = Open(address);
        try
        {
            await socket.ConnectAsync(address.Host, address.Port, closing);
            IPAddress local = ((IPEndPoint)socket.LocalEndPoint!).Address;
            var stream = new NetworkStream(socket, ownsSocket: true);
            return (tls is null ? stream : await EncryptAsync(stream, tls, closing), $"{(local.IsIPv4MappedToIPv6 ? local.MapToIPv4() : local)}");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Makes the socket of a connection, not connected yet.</summary>
    /// <exception cref="LinkSetupException">It cannot be as it is configured.</exception>
    /// <exception cref="SocketException">The system refuses.</exception>
    public Socket Open(Address address)
    {
        // A name, where one is left, may lead to either kind.
        Socket socket = IPAddress.TryParse(address.Host, out IPAddress? ip)
            ? new Socket(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
            : new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.NoDelay = true;
            // Who closes a link wants nothing more to arrive: an order that waits for a blocked path would come when it is wrong.
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, optionValue: true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveSeconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, KeepAliveIntervalSeconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, KeepAliveProbes);
            if (source is not null)
                socket.Bind(new IPEndPoint(socket.AddressFamily == AddressFamily.InterNetworkV6 && socket.DualMode ? source.MapToIPv6() : source, 0));
            return socket;
        }
        catch (Exception failure) when (failure is SocketException or ArgumentException)
        {
            socket.Dispose();
            throw source is null ? failure : new LinkSetupException($"connections cannot come from {source} (bind-source-addr): {failure.Message}", failure);
        }
    }

    private static async Task<SslStream> EncryptAsync(NetworkStream below, TlsContext tls, CancellationToken closing)
    {
        CertificateCheck check = TlsContext.CheckOfServer();
        var stream = new SslStream(below);
        try
        {
            await stream.AuthenticateAsClientAsync(tls.ClientOptions(check), closing);
            return stream;
        }
        catch (Exception failure)
        {
            await stream.DisposeAsync();
            // A server in the clear waits for the rest of what it takes for a command, for ever; the core has had enough.
            if (closing.IsCancellationRequested)
                throw new LinkSetupException("it does not answer the TLS handshake", failure);
            if (failure is AuthenticationException || check.Refusal is not null)
                throw new LinkSetupException($"TLS handshake failed: {HandshakeFailure.Reason(failure, check)}", failure);
            throw;
        }
    }
}
