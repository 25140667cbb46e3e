using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Sentinel.Core;
using Sentinel.Daemon.Acl;
using Sentinel.Daemon.Transport;
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
    /// <summary>Questions of one client that may wait for the core at a time; the next ones wait in its connection.</summary>
    private const int AskedMax = 256;

    /// <summary>Bytes of replies after which a batch is sent although more requests are at hand, so that a short request for a long reply cannot fill the memory.</summary>
    private const int BatchBytesMax = 256 * 1024;

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
            _refused.Tell(ClientConnection.Text(connection.RemoteEndPoint), options.MaxClients);
            await RefuseAsync(connection, "ERR max number of clients reached");
            return;
        }
        CancellationToken stopping = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? CancellationToken.None;
        using CancellationTokenRegistration stop = stopping.UnsafeRegister(static input => ((PipeReader)input!).CancelPendingRead(), connection.Transport.Input);
        try
        {
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
        var asked = new Queue<Task<Answer>>();
        while (true)
        {
            ReadResult read = await input.ReadAsync();
            ReadOnlySequence<byte> buffer = read.Buffer;
            client.Received(buffer.Length, loop.Now);
            while (TryAnswer(client, reader, ref buffer, asked, out RespCommand? next))
            {
                while (asked.TryDequeue(out Task<Answer>? decision))
                {
                    if (!decision.IsCompleted)
                        await client.Output.FlushAsync(client.Version);
                    new CommandCall(client, default).Complete(await decision);
                    Done(client, reader);
                }
                if (next is { } words && !client.IsClosing)
                    Call(client, reader, words, asked);
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

    /// <summary>Answers the requests at hand, as far as that can be done without waiting.</summary>
    /// <remarks>
    /// Questions to the core that follow one another are asked together: votes for many masters then wait for one save, not each for its own.
    /// Their answers are sent in their order, before anything else is answered.
    /// </remarks>
    /// <param name="client">Who asks.</param>
    /// <param name="reader">Reads the requests.</param>
    /// <param name="buffer">What has arrived; on return, what is left of it.</param>
    /// <param name="asked">What the core has been asked and the client has not been answered, the oldest first.</param>
    /// <param name="next">The request that comes after those; null: none that was read. Valid until the next one is read.</param>
    /// <returns>False: there is no more to be answered. True: first those answers are to be awaited, or the replies to be sent.</returns>
    private bool TryAnswer(ClientConnection client, RespCommandReader reader, ref ReadOnlySequence<byte> buffer, Queue<Task<Answer>> asked, out RespCommand? next)
    {
        next = null;
        while (!client.IsClosing && reader.TryRead(ref buffer, out RespCommand words) is RespReadStatus.Complete)
        {
            if (asked.Count == 0)
            {
                Call(client, reader, words, asked);
            }
            else if (asked.Count < AskedMax && commands.TryAsk(new CommandCall(client, words), out Task<Answer>? decision))
            {
                asked.Enqueue(decision);
            }
            else
            {
                next = words;
                return true;
            }
            if ((asked.Count > 0 && client.LastCommand?.Ask is null) || client.Output.UnflushedBytes > BatchBytesMax)
                return true;
        }
        return asked.Count > 0;
    }

    /// <summary>Answers a request, or asks the core.</summary>
    private void Call(ClientConnection client, RespCommandReader reader, RespCommand words, Queue<Task<Answer>> asked)
    {
        if (commands.Call(new CommandCall(client, words)).Decision is { } decision)
            asked.Enqueue(decision);
        else
            Done(client, reader);
    }

    private void Done(ClientConnection client, RespCommandReader reader)
    {
        client.Done();
        reader.IsAuthenticated = users.HasAuthenticated(client);
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
        return new ClientConnection(id, from, connection.LocalEndPoint, output, users.Default, users.IsOpen, loop.Now)
        {
            FileDescriptor = connection.Features.Get<IDescriptorFeature>()?.Descriptor ?? (int?)connection.Features.Get<IConnectionSocketFeature>()?.Socket.Handle ?? 0,
        };
    }

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
