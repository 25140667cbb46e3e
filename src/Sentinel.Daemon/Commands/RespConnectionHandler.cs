using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Sentinel.Core;
using Sentinel.Daemon.Acl;
using Sentinel.Resp;

namespace Sentinel.Daemon.Commands;

/// <summary>Serves one client: reads its requests, answers them in their order, sends what was answered together in one write.</summary>
/// <remarks>
/// <para>
/// What needs only the view is answered at once, on the thread that read the request. What the core must decide is awaited;
/// what the client asked before is sent meanwhile, what it asked after waits its turn. No thread ever blocks here.
/// </para>
/// <para>Only this code writes replies, so a decision that comes late cannot get between two halves of another reply.</para>
/// </remarks>
internal sealed partial class RespConnectionHandler(
    ClientRegistry clients,
    CommandTable commands,
    EventHub hub,
    AccessControl users,
    SentinelLoop loop,
    RespServerOptions options,
    TimeProvider time,
    ILogger<RespConnectionHandler> logger) : ConnectionHandler
{
    /// <summary>Bytes of replies after which a batch is sent although more requests are at hand, so that a short request for a long reply cannot fill the memory.</summary>
    private const int BatchBytesMax = 256 * 1024;

    /// <summary>Linux takes no more.</summary>
    private const int KeepAliveSecondsMax = 32_767;

    private const string Denied =
        "DENIED Sentinel is running in protected mode because protected mode is enabled and no password is set for the default user. "
        + "In this mode connections are only accepted from the loopback interface. To connect from other hosts, set a password with "
        + "'requirepass' or turn protected mode off with 'protected-mode no' in the configuration file, and restart. "
        + "Do so only where Sentinel cannot be reached from the internet.";

    private readonly RefusedClients _refused = new(logger, time);

    /// <inheritdoc/>
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        if (IsProtectedFrom(connection.RemoteEndPoint))
        {
            await RefuseAsync(connection, Denied);
            return;
        }
        if (!clients.TryAdmit(id => Client(id, connection), out ClientConnection? client))
        {
            _refused.Tell(Text(connection.RemoteEndPoint), options.MaxClients);
            await RefuseAsync(connection, "ERR max number of clients reached");
            return;
        }
        CancellationToken stopping = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? CancellationToken.None;
        using CancellationTokenRegistration stop = stopping.UnsafeRegister(static input => ((PipeReader)input!).CancelPendingRead(), connection.Transport.Input);
        try
        {
            KeepAlive(connection);
            await ServeAsync(client, connection.Transport.Input);
        }
        catch (Exception gone) when (ClientOutput.MeansGone(gone))
        {
            // In the middle of whatever we were doing for it; nobody is there to be told.
        }
        finally
        {
            hub.Forget(client);
            await client.Output.CloseAsync();
            clients.Remove(client);
        }
    }

    private async Task ServeAsync(ClientConnection client, PipeReader input)
    {
        var reader = new RespCommandReader(options.Limits, users.HasAuthenticated(client));
        while (true)
        {
            ReadResult read = await input.ReadAsync();
            ReadOnlySequence<byte> buffer = read.Buffer;
            client.Received(buffer.Length, loop.Now);
            while (!client.IsClosing && reader.TryRead(ref buffer, out RespCommand words) is RespReadStatus.Complete)
            {
                var call = new CommandCall(client, words);
                if (commands.Call(call).Decision is { } decision)
                {
                    if (!decision.IsCompleted)
                        await client.Output.FlushAsync(client.Version);
                    call.Complete(await decision);
                }
                client.Done();
                reader.IsAuthenticated = users.HasAuthenticated(client);
                if (client.Output.UnflushedBytes > BatchBytesMax && !await client.Output.FlushAsync(client.Version))
                    return;
            }
            if (reader.ProtocolError is { } error && !client.IsClosing)
            {
                client.Reply.WriteProtocolError(error);
                client.CountError();
                client.IsClosing = true;
            }
            input.AdvanceTo(buffer.Start);
            if (!await client.Output.FlushAsync(client.Version) || client.IsClosing || read.IsCompleted || read.IsCanceled)
                return;
        }
    }

    private ClientConnection Client(long id, ConnectionContext connection)
    {
        var output = new ClientOutput(connection.Transport.Output, options.PubSubOutput, time, (reason, level) =>
        {
            CutOff(logger, level, id, reason);
            connection.Abort(new ConnectionAbortedException(reason));
        })
        {
            LimitBefore = options.NormalOutput,
        };
        // The client's end of a Unix socket has no name, so ours stands for both.
        EndPoint? from = connection.RemoteEndPoint is UnixDomainSocketEndPoint ? connection.LocalEndPoint : connection.RemoteEndPoint;
        return new ClientConnection(id, Text(from), Text(connection.LocalEndPoint), output, users.Default, users.IsOpen, loop.Now)
        {
            FileDescriptor = (int?)connection.Features.Get<IConnectionSocketFeature>()?.Socket.Handle ?? 0,
        };
    }

    /// <summary>Lets the system look now and then whether a silent client is still there, as often as Redis does.</summary>
    private void KeepAlive(ConnectionContext connection)
    {
        int seconds = (int)Math.Min(options.TcpKeepAlive.TotalSeconds, KeepAliveSecondsMax);
        if (seconds == 0 || connection.Features.Get<IConnectionSocketFeature>()?.Socket is not { ProtocolType: ProtocolType.Tcp } socket)
            return;
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, seconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, Math.Max(1, seconds / 3));
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
        }
        catch (SocketException)
        {
            // It is gone already, which reading from it will show, or the system will not: it is served all the same.
        }
    }

    /// <summary>The text of an end of a connection, as Redis writes it: IPv4 in its own form also where the socket speaks both.</summary>
    private static string Text(EndPoint? end) => end switch
    {
        IPEndPoint { Address.IsIPv4MappedToIPv6: true } ip => $"{ip.Address.MapToIPv4()}:{ip.Port}",
        UnixDomainSocketEndPoint unix => $"{unix}:0",
        _ => end?.ToString() ?? "?:0",
    };

    private bool IsProtectedFrom(EndPoint? end) =>
        options.ProtectedMode && users.Default.User.IsNoPass && end is IPEndPoint ip && !IPAddress.IsLoopback(ip.Address);

    private static async Task RefuseAsync(ConnectionContext connection, string error)
    {
        new RespWriter(connection.Transport.Output, RespVersion.Resp2).WriteError(error);
        await connection.Transport.Output.FlushAsync();
    }

    [LoggerMessage(EventId = 3002, Message = "Client {Id} is disconnected: {Reason}")]
    private static partial void CutOff(ILogger logger, LogLevel level, long id, string reason);
}
