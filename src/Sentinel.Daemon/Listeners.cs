using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Sentinel.Daemon.Commands;
using Sentinel.Daemon.Configuration;
using Sentinel.Daemon.Tls;

namespace Sentinel.Daemon;

/// <summary>Where the process listens: what <c>port</c>, <c>tls-port</c>, <c>bind</c> and <c>unixsocket</c> say.</summary>
internal static class Listeners
{
    /// <summary>Linux takes no more.</summary>
    private const int KeepAliveSecondsMax = 32_767;

    /// <summary>Lets Kestrel listen there, and serve RESP.</summary>
    /// <exception cref="NowhereToListenException">There is nothing to listen on. Kestrel would then serve HTTP on a port of its own choice.</exception>
    /// <exception cref="UnixSocketInUseException">The Unix socket is not ours to replace.</exception>
    public static void Listen(KestrelServerOptions kestrel, SentinelConfiguration configuration)
    {
        int count = Listen(kestrel, configuration, configuration.Options.Port, UseResp)
            + Listen(kestrel, configuration, configuration.Tls.Port, UseRespOverTls);
        if (configuration.UnixSocket is { } path)
        {
            RemoveLeftover(path);
            kestrel.ListenUnixSocket(path, UseResp);
            count++;
        }
        if (count == 0)
            throw new NowhereToListenException();
    }

    /// <summary>Sets what is wanted of each connection where connections inherit it from: on each of them it would take six calls of the system more.</summary>
    /// <param name="sockets">Where Kestrel looks.</param>
    /// <param name="options">How silent a client may be.</param>
    public static void SetInherited(SocketTransportOptions sockets, RespServerOptions options)
    {
        sockets.NoDelay = false;    // it is inherited, too
        sockets.CreateBoundListenSocket = address => Bind(address, options.TcpKeepAlive);
    }

    /// <summary>Gives the Unix socket its mode, once it is there.</summary>
    public static void Opened(SentinelConfiguration configuration)
    {
        if (configuration is { UnixSocket: { } path, UnixSocketMode: { } mode } && !OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, mode);
    }

    /// <summary>Replies are never held back for more to come; and the system looks now and then whether a silent client is still there, as often as Redis does.</summary>
    private static Socket Bind(EndPoint address, TimeSpan keepAlive)
    {
        Socket socket = SocketTransportOptions.CreateDefaultBoundListenSocket(address);
        if (socket.ProtocolType is not ProtocolType.Tcp)
            return socket;
        socket.NoDelay = true;
        int seconds = (int)Math.Min(keepAlive.TotalSeconds, KeepAliveSecondsMax);
        if (seconds == 0)
            return socket;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, seconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, Math.Max(1, seconds / 3));
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
        return socket;
    }

    /// <returns>On how many addresses.</returns>
    private static int Listen(KestrelServerOptions kestrel, SentinelConfiguration configuration, int port, Action<ListenOptions> use)
    {
        int count = 0;
        foreach (ListenAddress address in port == 0 ? [] : configuration.Bind)
        {
            bool isAll = address.Host is "*" or "::*";
            // One socket serves both families, so that "* -::*" does not listen twice.
            if (address.Host == "::*" && configuration.Bind.Any(other => other.Host == "*"))
                continue;
            if (isAll)
            {
                kestrel.ListenAnyIP(port, use);
                count++;
                continue;
            }
            foreach (IPAddress ip in Dns.GetHostAddresses(address.Host))
            {
                if (address.IsOptional && !IsOurs(ip))
                    continue;
                kestrel.Listen(ip, port, use);
                count++;
            }
        }
        return count;
    }

    /// <summary>Removes a socket on which nobody listens any more. Redis removes any, also that of a Sentinel that runs, which nobody finds then.</summary>
    private static void RemoveLeftover(string path)
    {
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { Blocking = false };    // whoever listens may be too busy to take us
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException nobody) when (nobody.SocketErrorCode is SocketError.ConnectionRefused)
        {
            File.Delete(path);
            return;
        }
        catch (SocketException) when (!File.Exists(path))
        {
            return;
        }
        catch (SocketException unclear) when (unclear.SocketErrorCode is not SocketError.WouldBlock)
        {
            throw new UnixSocketInUseException(path, unclear.Message);
        }
        catch (SocketException)
        {
            // It listens, and its queue is full.
        }
        throw new UnixSocketInUseException(path, "Address already in use");
    }

    private static void UseResp(ListenOptions listen) => listen.UseConnectionHandler<RespConnectionHandler>();

    private static void UseRespOverTls(ListenOptions listen)
    {
        TlsHandshake handshake = listen.ApplicationServices.GetRequiredService<TlsHandshake>();
        listen.Use(next => connection => handshake.ServeAsync(connection, next));
        UseResp(listen);
    }

    private static bool IsOurs(IPAddress ip)
    {
        try
        {
            using var probe = new Socket(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            probe.Bind(new IPEndPoint(ip, 0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
