using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Sentinel.Resp;

namespace Sentinel.Daemon.Tests.Commands;

/// <summary>A client that looks at bytes. A character is a byte. Nothing that it waits for may take longer than its patience.</summary>
internal sealed class RespClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Socket _socket;
    private readonly PipeReader _input;
    private readonly RespReplyReader _reader = new(RespLimits.Default);

    private RespClient(Socket socket)
    {
        _socket = socket;
        _input = PipeReader.Create(new NetworkStream(socket));
    }

    public EndPoint LocalEndPoint => _socket.LocalEndPoint!;

    public static async Task<RespClient> ConnectAsync(int port, int? receiveBuffer = null)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBuffer is { } size)
            socket.ReceiveBufferSize = size;
        await socket.ConnectAsync(IPAddress.Loopback, port);
        return new RespClient(socket);
    }

    public async Task SendAsync(string bytes)
    {
        using var patience = new CancellationTokenSource(Patience);
        await _socket.SendAsync(Encoding.Latin1.GetBytes(bytes), patience.Token);
    }

    /// <summary>Sends a line and expects exactly these bytes. In the text, <c>|</c> stands for CR LF.</summary>
    public async Task ExpectAsync(string request, string reply)
    {
        await SendAsync(request.Contains('\n') ? request : request + "\r\n");
        string expected = reply.Replace("|", "\r\n", StringComparison.Ordinal);
        Assert.Equal(expected, await ReadAsync(expected.Length));
    }

    /// <summary>Expects a line that holds itself a <c>|</c>.</summary>
    public async Task ExpectLineAsync(string request, string line)
    {
        await SendAsync(request + "\r\n");
        Assert.Equal(line + "\r\n", await ReadAsync(line.Length + 2));
    }

    /// <summary>Shows that everything expected was all there was.</summary>
    public async Task ExpectNothingMoreAsync()
    {
        string marker = Guid.NewGuid().ToString();
        await SendAsync($"PING {marker}\r\n");
        string expected = $"${marker.Length}\r\n{marker}\r\n";
        Assert.Equal(expected, await ReadAsync(expected.Length));
    }

    /// <summary>So many bytes, or fewer when no more come.</summary>
    public async Task<string> ReadAsync(int count)
    {
        using var patience = new CancellationTokenSource(Patience);
        ReadResult read = default;
        try
        {
            read = await _input.ReadAtLeastAsync(count, patience.Token);
        }
        catch (OperationCanceledException)
        {
            _input.TryRead(out read);
        }
        ReadOnlySequence<byte> taken = read.Buffer.Slice(0, Math.Min(count, read.Buffer.Length));
        string text = Encoding.Latin1.GetString(taken);
        _input.AdvanceTo(taken.End);
        return text;
    }

    /// <summary>All bytes until the other side closes.</summary>
    public async Task<string> ReadToEndAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            while (true)
            {
                ReadResult read = await _input.ReadAsync(patience.Token);
                if (read.IsCompleted)
                    return Encoding.Latin1.GetString(read.Buffer);
                _input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            }
        }
        catch (IOException)
        {
            return "<reset>";
        }
    }

    /// <summary>The next reply or push.</summary>
    public async Task<RespValue> ReadAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            ReadResult read = await _input.ReadAsync(patience.Token);
            ReadOnlySequence<byte> buffer = read.Buffer;
            RespReadStatus status = _reader.TryRead(ref buffer, out RespValue value);
            _input.AdvanceTo(buffer.Start);
            if (status is RespReadStatus.Complete)
                return value;
            Assert.True(status is RespReadStatus.NeedMore, $"not the protocol: {_reader.ProtocolError}");
            Assert.False(read.IsCompleted, "closed in the middle of a reply");
        }
    }

    /// <summary>The reply to one request.</summary>
    public async Task<RespValue> AskAsync(string request)
    {
        await SendAsync(request + "\r\n");
        return await ReadAsync();
    }

    /// <summary>The text of the reply to one request.</summary>
    public async Task<string> AskTextAsync(string request) => Encoding.Latin1.GetString((await AskAsync(request)).Bytes.Span);

    public void Dispose()
    {
        _input.Complete();
        _socket.Dispose();
    }
}
