using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Sentinel.Resp;

namespace Sentinel.Daemon.Tests.Lab;

/// <summary>A client connection to a server of the lab.</summary>
internal sealed class RespConnection : IDisposable
{
    /// <summary>For one reply. A frozen server never gives it, and whoever asks must be able to go on.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly int _port;
    private readonly Socket _socket;
    private readonly PipeReader _input;
    private readonly RespReplyReader _replies = new(RespLimits.Default);

    private RespConnection(int port, Socket socket) =>
        (_port, _socket, _input) = (port, socket, PipeReader.Create(new NetworkStream(socket)));

    /// <param name="port">Where the server listens.</param>
    /// <param name="ip">On which address; null: 127.0.0.1.</param>
    public static async Task<RespConnection> ConnectAsync(int port, IPAddress? ip = null)
    {
        ip ??= IPAddress.Loopback;
        var socket = new Socket(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(ip, port);
            return new RespConnection(port, socket);
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends one command on a connection of its own.</summary>
    /// <exception cref="TimeoutException">No reply comes.</exception>
    public static async Task<RespValue> AskAsync(int port, params string[] command)
    {
        using RespConnection connection = await ConnectAsync(port);
        return await connection.AskAsync(command);
    }

    /// <summary>Sends one command and gives the reply to it, which may be an error.</summary>
    /// <exception cref="TimeoutException">No reply comes.</exception>
    public async Task<RespValue> AskAsync(params string[] command) => (await AskTogetherAsync(command))[0];

    /// <summary>Sends commands in one packet and gives the replies to them.</summary>
    /// <exception cref="TimeoutException">A reply does not come.</exception>
    public async Task<RespValue[]> AskTogetherAsync(params string[][] commands)
    {
        var request = new ArrayBufferWriter<byte>();
        foreach (string[] command in commands)
            new RespWriter(request, RespVersion.Resp2).WriteCommand(command);
        await _socket.SendAsync(request.WrittenMemory);
        using var patience = new CancellationTokenSource(Patience);
        var replies = new RespValue[commands.Length];
        try
        {
            for (int i = 0; i < replies.Length; i++)
                replies[i] = await ReadAsync(patience.Token);
            return replies;
        }
        catch (OperationCanceledException silence)
        {
            throw new TimeoutException($"port {_port} does not answer {commands[0][0]}", silence);
        }
    }

    public void Dispose()
    {
        _input.Complete();
        _socket.Dispose();
    }

    private async Task<RespValue> ReadAsync(CancellationToken impatient)
    {
        while (true)
        {
            ReadResult read = await _input.ReadAsync(impatient);
            ReadOnlySequence<byte> buffer = read.Buffer;
            RespReadStatus status = _replies.TryRead(ref buffer, out RespValue reply);
            _input.AdvanceTo(buffer.Start);
            if (status is RespReadStatus.Complete)
                return reply;
            if (status is RespReadStatus.ProtocolError || read.IsCompleted)
                throw new IOException($"port {_port} {_replies.ProtocolError ?? "closed the connection"}");
        }
    }
}
