using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Sentinel.Core;
using Sentinel.Resp;

namespace Sentinel.Daemon.Tests.Links;

/// <summary>A server on the loopback that keeps what it is told, and answers as the test says.</summary>
/// <param name="answer">The reply as it goes over the wire, given the words, a character for each byte.</param>
internal sealed class ScriptedNode(Func<string[], string> answer) : IAsyncDisposable
{
    private readonly TcpListener _listener = Listening();
    private readonly ConcurrentQueue<string> _told = new();
    private readonly ConcurrentQueue<IPAddress> _callers = new();
    private readonly CancellationTokenSource _end = new();
    private Task _serving = Task.CompletedTask;

    /// <summary>What it shows and asks for; null: it speaks in the clear.</summary>
    public SslServerAuthenticationOptions? Tls { get; init; }

    public Address Address => new("127.0.0.1", ((IPEndPoint)_listener.LocalEndpoint).Port);

    /// <summary>Every command so far, its words with blanks between them.</summary>
    public IEnumerable<string> Told => _told;

    /// <summary>Where its connections came from.</summary>
    public IEnumerable<IPAddress> Callers => _callers;

    public ScriptedNode Start()
    {
        _serving = Task.Run(AcceptAsync);
        return this;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _serving;    // may not have accepted yet: whoever does so on a closed listener is told that it does not listen
        _listener.Dispose();
        _end.Dispose();
    }

    private static TcpListener Listening()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    private async Task AcceptAsync()
    {
        List<Task> connections = [];
        try
        {
            while (true)
                connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_end.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            _callers.Enqueue(((IPEndPoint)client.Client.RemoteEndPoint!).Address);
            try
            {
                Stream stream = client.GetStream();
                if (Tls is not null)
                {
                    var encrypted = new SslStream(stream);
                    await encrypted.AuthenticateAsServerAsync(Tls, _end.Token);
                    stream = encrypted;
                }
                await AnswerAsync(stream);
            }
            catch (Exception gone) when (gone is IOException or OperationCanceledException or AuthenticationException)
            {
                // The test goes on elsewhere.
            }
        }
    }

    private async Task AnswerAsync(Stream stream)
    {
        PipeReader input = PipeReader.Create(stream);
        var commands = new RespCommandReader(RespLimits.Default, isAuthenticated: true);
        while (true)
        {
            ReadResult read = await input.ReadAsync(_end.Token);
            ReadOnlySequence<byte> buffer = read.Buffer;
            while (commands.TryRead(ref buffer, out RespCommand command) is RespReadStatus.Complete)
            {
                string[] words = [.. Enumerable.Range(0, command.Count).Select(command.GetLatin1)];
                _told.Enqueue(string.Join(' ', words));
                await stream.WriteAsync(Encoding.Latin1.GetBytes(answer(words)), _end.Token);
            }
            input.AdvanceTo(buffer.Start);
            if (read.IsCompleted)
                return;
        }
    }
}
