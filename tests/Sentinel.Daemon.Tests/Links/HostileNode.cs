using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Sentinel.Resp;

namespace Sentinel.Daemon.Tests.Links;

/// <summary>A data node on a real socket that answers as a test wants, and otherwise as a healthy master does.</summary>
internal sealed class HostileNode : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _closing = new();
    private readonly Func<string, IEnumerable<string>?> _answer;
    private readonly Task _serving;
    private long _pings, _connections, _sentMost;

    /// <param name="answer">What to send, piece by piece and perhaps without end, for a command; null: what a master would.</param>
    public HostileNode(Func<string, IEnumerable<string>?> answer)
    {
        _answer = answer;
        _listener.Start();
        _serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>PINGs that came in.</summary>
    public long Pings => Interlocked.Read(ref _pings);

    /// <summary>Connections that were made.</summary>
    public long Connections => Interlocked.Read(ref _connections);

    /// <summary>Most bytes that went out on one connection.</summary>
    public long SentMost => Interlocked.Read(ref _sentMost);

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _serving;    // may not have accepted yet: whoever does so on a closed listener is told that it does not listen
        _listener.Dispose();
        _closing.Dispose();
    }

    private async Task ServeAsync()
    {
        List<Task> clients = [];
        try
        {
            while (true)
            {
                Socket socket = await _listener.AcceptSocketAsync(_closing.Token);
                Interlocked.Increment(ref _connections);
                clients.Add(Task.Run(() => ServeAsync(socket)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(clients);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using (socket)
        {
            try
            {
                PipeReader input = PipeReader.Create(new NetworkStream(socket));
                var reader = new RespCommandReader(RespLimits.Default, isAuthenticated: true);
                long sent = 0;
                while (true)
                {
                    ReadResult read = await input.ReadAsync(_closing.Token);
                    ReadOnlySequence<byte> buffer = read.Buffer;
                    List<string> commands = [];
                    while (reader.TryRead(ref buffer, out RespCommand words) is RespReadStatus.Complete)
                        commands.Add(words.GetText(0).ToUpperInvariant());
                    input.AdvanceTo(buffer.Start);
                    foreach (string piece in commands.SelectMany(Answer))
                    {
                        await socket.SendAsync(Encoding.Latin1.GetBytes(piece), _closing.Token);
                        sent += piece.Length;
                        Interlocked.Exchange(ref _sentMost, Math.Max(sent, SentMost));
                    }
                    if (read.IsCompleted)
                        return;
                }
            }
            catch (Exception end) when (end is OperationCanceledException or SocketException or IOException)
            {
                // The other side has had enough.
            }
        }
    }

    private IEnumerable<string> Answer(string command)
    {
        if (command == "PING")
            Interlocked.Increment(ref _pings);
        return _answer(command) ?? [Healthy(command)];
    }

    private static string Healthy(string command) => command switch
    {
        "PING" => "+PONG\r\n",
        "INFO" => "$13\r\nrole:master\r\n\r\n",
        "PUBLISH" => ":0\r\n",
        "SUBSCRIBE" => "*3\r\n$9\r\nsubscribe\r\n$18\r\n__sentinel__:hello\r\n:1\r\n",
        "REPLICAOF" => "-ERR Invalid master port\r\n",
        _ => "+OK\r\n",
    };
}
