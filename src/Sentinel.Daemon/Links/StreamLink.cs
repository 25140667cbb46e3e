using System.Buffers;
using System.Diagnostics;
using System.Net.Sockets;
using Sentinel.Core;

namespace Sentinel.Daemon.Links;

/// <summary>A connection over a stream, as TLS is one: read and written by tasks.</summary>
internal sealed class StreamLink(Connect order, LinkSite site) : LinkConnection(order, site)
{
    private const int ReadBytes = 8 * 1024;

    private readonly CancellationTokenSource _closing = new();
    private Stream? _stream;
    private bool _isSending;

    /// <summary>The life of the connection, over when it is closed or lost. Never fails.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <summary>The sending under way.</summary>
    public Task Sending { get; private set; } = Task.CompletedTask;

    /// <inheritdoc/>
    public override void Open() => Completion = Task.Run(RunAsync);

    /// <inheritdoc/>
    public override void Flush()
    {
        lock (Gate)
        {
            if (_isSending || _stream is null || Outbox.IsEmpty || IsClosed)
                return;
            _isSending = true;
        }
        // Mostly the system takes it at once, and this is over when the call returns. Failures end the reading side too.
        Sending = SendAsync(_stream);
    }

    /// <inheritdoc/>
    protected override void Close()
    {
        _closing.Cancel();
        _stream?.Dispose();
        _closing.Dispose();
    }

    /// <inheritdoc/>
    protected override void Tell(Input fact) => Site.Reports.Tell(fact);

    /// <summary>How it ended is reported, unless it was closed on order.</summary>
    private async Task RunAsync()
    {
        LinkEnd end;
        try
        {
            end = await ReadAsync(await ConnectAsync());
        }
        catch (SocketException failure)
        {
            end = LinkEnd.OfConnecting(failure.SocketErrorCode);
        }
        catch (LinkSetupException failure)
        {
            end = new LinkEnd(failure.Message);
            Site.Reports.CannotConnect(Order, failure.Message);
        }
        catch (IOException failure)
        {
            Exception innermost = failure.GetBaseException();
            end = new LinkEnd(innermost.Message, innermost is SocketException { SocketErrorCode: SocketError.ConnectionReset } ? LinkLossCause.ClosedByPeer : LinkLossCause.Unknown);
            if (IsAlert(innermost.Message))
                Site.Reports.CannotConnect(Order, $"it ended the connection with a word of TLS: {innermost.Message}");
        }
        catch (Exception failure) when (failure is OperationCanceledException or ObjectDisposedException)
        {
            end = new LinkEnd("closed");
        }
        catch (Exception bug)
        {
            end = new LinkEnd(bug.ToString());    // the core must hear that the connection is over, whatever ended it
        }
        End(end);
    }

    private async Task<Stream> ConnectAsync()
    {
        (Stream stream, string localHost) = await Site.Transport.ConnectAsync(Order.Address, _closing.Token);
        lock (Gate)
        {
            if (IsClosed)
            {
                stream.Dispose();
                throw new ObjectDisposedException(nameof(StreamLink));
            }
            _stream = stream;
        }
        Opened(localHost);
        return stream;
    }

    /// <summary>Whether the other side's TLS said why it goes, most often because it does not like our certificate.</summary>
    /// <remarks>With TLS 1.3 it comes only after the handshake, which for us is over before the other side has looked at it.</remarks>
    private static bool IsAlert(string reason) => reason.Contains(" alert ", StringComparison.Ordinal);

    private async Task SendAsync(Stream stream)
    {
        try
        {
            while (true)
            {
                (byte[] Rented, Memory<byte> Waiting) leaving;
                lock (Gate)
                {
                    if (Outbox.IsEmpty)
                    {
                        _isSending = false;
                        return;
                    }
                    leaving = Outbox.Take();
                }
                await stream.WriteAsync(leaving.Waiting, _closing.Token);
                ArrayPool<byte>.Shared.Return(leaving.Rented);    // not after a failure: it may still be read
            }
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The reading side sees the end too, and reports it. _isSending stays: nothing more is sent.
        }
    }

    private async Task<LinkEnd> ReadAsync(Stream stream)
    {
        while (true)
        {
            int nothing = await stream.ReadAsync(Memory<byte>.Empty, _closing.Token);    // memory is rented only when there is something to read
            Debug.Assert(nothing == 0);
            byte[] buffer = ArrayPool<byte>.Shared.Rent(ReadBytes);
            int count = await stream.ReadAsync(buffer, _closing.Token);
            LinkEnd? end = count == 0 ? LinkEnd.Closed : Take(buffer.AsMemory(0, count));
            ArrayPool<byte>.Shared.Return(buffer);
            if (end is not null)
                return end;
            TimeSpan rest = Rest();
            if (rest > TimeSpan.Zero)
                await Task.Delay(rest, _closing.Token);
        }
    }
}
