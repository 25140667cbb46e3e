using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Sentinel.Resp;

namespace Sentinel.Daemon.Tests.Lab;

/// <summary>A client connection to a server of the lab.</summary>
internal sealed class RespConnection : IDisposable
{
    private static readonly TimeSpan UsualPatience = TimeSpan.FromSeconds(3);

    private readonly int _port;
    private readonly Stream _stream;
    private readonly PipeReader _input;
    private readonly RespReplyReader _replies = new(RespLimits.Default);

    private RespConnection(int port, Stream stream) => (_port, _stream, _input) = (port, stream, PipeReader.Create(stream));

    /// <summary>For one reply. A frozen server never gives it, and whoever asks must be able to go on. Default 3 s.</summary>
    public TimeSpan Patience { get; init; } = UsualPatience;

    /// <param name="port">Where the server listens.</param>
    /// <param name="ip">On which address; null: 127.0.0.1.</param>
    /// <param name="certificate">Connect with TLS, and show this; null: in the clear.</param>
    /// <param name="patience">Of this connection; null: the usual one.</param>
    public static async Task<RespConnection> ConnectAsync(int port, IPAddress? ip = null, X509Certificate2? certificate = null, TimeSpan? patience = null)
    {
        ip ??= IPAddress.Loopback;
        var socket = new Socket(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(ip, port);
            Stream stream = new NetworkStream(socket, ownsSocket: true);
            if (certificate is not null)
                stream = await EncryptAsync(stream, certificate);
            return new RespConnection(port, stream) { Patience = patience ?? UsualPatience };
        }
        catch (Exception)
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends one command on a connection of its own.</summary>
    /// <exception cref="TimeoutException">No reply comes.</exception>
    public static Task<RespValue> AskAsync(int port, params string[] command) => AskAsync(port, certificate: null, command);

    /// <inheritdoc cref="AskAsync(int, string[])"/>
    public static async Task<RespValue> AskAsync(int port, X509Certificate2? certificate, string[] command)
    {
        using RespConnection connection = await ConnectAsync(port, certificate: certificate);
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
        await _stream.WriteAsync(request.WrittenMemory);
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

    /// <summary>Waits for the next message, such as one of a subscription.</summary>
    /// <exception cref="IOException">The server has closed the connection.</exception>
    public async Task<RespValue> ReadAsync(CancellationToken impatient)
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

    public void Dispose()
    {
        _input.Complete();
        _stream.Dispose();
    }

    private static async Task<SslStream> EncryptAsync(Stream stream, X509Certificate2 certificate)
    {
        using var patience = new CancellationTokenSource(UsualPatience);
        var encrypted = new SslStream(stream);
        try
        {
#pragma warning disable CA5359 // who it is, is known by its port
            await encrypted.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = "",
                    ClientCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true),
                    RemoteCertificateValidationCallback = (_, _, _, _) => true,
                },
                patience.Token);
#pragma warning restore CA5359
            return encrypted;
        }
        catch (Exception failure) when (failure is OperationCanceledException or AuthenticationException)
        {
            throw new IOException("no TLS handshake", failure);
        }
    }
}
