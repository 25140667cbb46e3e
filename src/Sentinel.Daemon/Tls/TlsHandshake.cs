using System.IO.Pipelines;
using System.Net.Security;
using Microsoft.AspNetCore.Connections;
using Sentinel.Daemon.Commands;

namespace Sentinel.Daemon.Tls;

/// <summary>The middleware between a socket of <c>tls-port</c> and what is served there: makes TLS of it, or hangs up.</summary>
/// <remarks>Kestrel's own is for HTTPS, and keeps to itself who failed and why.</remarks>
internal sealed class TlsHandshake(TlsContext tls, ClientRegistry clients, RespServerOptions options, HandshakeFailureLog failures, TimeProvider time)
{
    /// <summary>How long a client may take.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan GoodbyeMax = TimeSpan.FromSeconds(1);

    /// <summary>Memory is rented only while bytes are there: thousands of idle clients hold none.</summary>
    private static readonly StreamPipeReaderOptions ReadOptions = new(leaveOpen: true, useZeroByteReads: true);

    private static readonly StreamPipeWriterOptions WriteOptions = new(leaveOpen: true);

    private int _handshaking;

    /// <summary>Serves one connection.</summary>
    public async Task ServeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        IDuplexPipe transport = connection.Transport;
        await using var below = new DuplexStream(transport);
        await using var stream = new SslStream(below, leaveInnerStreamOpen: true);
        if (!await ShakeHandsAsync(connection, stream))
            return;
        var above = new Pipes(PipeReader.Create(stream, ReadOptions), PipeWriter.Create(stream, WriteOptions));
        connection.Transport = above;
        try
        {
            await next(connection);
        }
        finally
        {
            await above.Input.CompleteAsync();
            await above.Output.CompleteAsync();
            connection.Transport = transport;
            await SayGoodbyeAsync(stream);
        }
    }

    /// <summary>Those who are not through yet count as clients, so that they cannot be more than the limit either.</summary>
    private async Task<bool> ShakeHandsAsync(ConnectionContext connection, SslStream stream)
    {
        CertificateCheck check = tls.CheckOfClient();
        using var impatient = new CancellationTokenSource(Timeout, time);
        try
        {
            if (Interlocked.Increment(ref _handshaking) + clients.Count > options.MaxClients)
            {
                failures.Tell(connection, "max number of clients reached");
                return false;
            }
            await stream.AuthenticateAsServerAsync(tls.ServerOptions(check), impatient.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            failures.Tell(connection, $"the handshake took longer than {Timeout.TotalSeconds} s");
            return false;
        }
        catch (Exception failure)
        {
            // Whatever a stranger sends, it ends here and with this connection.
            failures.Tell(connection, HandshakeFailure.Reason(failure, check));
            return false;
        }
        finally
        {
            Interlocked.Decrement(ref _handshaking);
        }
    }

    /// <summary>Without the goodbye of TLS the client could not tell our end from somebody's cutting the line.</summary>
    private async Task SayGoodbyeAsync(SslStream stream)
    {
        try
        {
            await stream.ShutdownAsync().WaitAsync(GoodbyeMax, time);
        }
        catch (Exception)
        {
            // It is gone already, or does not read.
        }
    }

    private sealed record Pipes(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
