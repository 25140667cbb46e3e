using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sentinel.Compatibility.Wire;

/// <summary>A connection to a sentinel that keeps all that a reply shows. It understands nothing but the frames.</summary>
internal sealed class WireClient : IDisposable
{
    /// <summary>No server knows this command, and each says so in every state it can be in: before AUTH, while subscribed.</summary>
    private const string Marker = "end-of-the-replies";

    /// <summary>For one exchange, on the busiest machine.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Socket _socket;
    private readonly BufferedStream _stream;

    private WireClient(Socket socket)
    {
        _socket = socket;
        _stream = new BufferedStream(new NetworkStream(socket));
    }

    /// <summary>Where we come from, as the server writes it.</summary>
    public string Address => $"{_socket.LocalEndPoint}";

    /// <summary>Where the server is, as it writes it.</summary>
    public string ServerAddress => $"{_socket.RemoteEndPoint}";

    public static async Task<WireClient> ConnectAsync(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        return new WireClient(socket);
    }

    /// <summary>Sends bytes and gives all that is answered to them; the last may be <see cref="WireValue.Closed"/>.</summary>
    public async Task<ImmutableArray<WireValue>> AskAsync(string bytes)
    {
        await SendAsync($"{bytes}*1\r\n${Marker.Length}\r\n{Marker}\r\n");
        ImmutableArray<WireValue> replies = await ReadAsync(reply => reply.Text?.Contains($"'{Marker}'", StringComparison.Ordinal) == true);
        return replies[^1] == WireValue.Closed ? replies : replies.RemoveAt(replies.Length - 1);
    }

    /// <summary>Sends bytes after which the server is to close, and gives all that it says before.</summary>
    public async Task<ImmutableArray<WireValue>> AskLastAsync(string bytes)
    {
        await SendAsync(bytes);
        return await ReadAsync(_ => false);
    }

    /// <summary>Waits for so many messages that were not asked for.</summary>
    public async Task<ImmutableArray<WireValue>> ReadAsync(int count) => count == 0 ? [] : await ReadAsync(_ => --count == 0);

    public void Dispose()
    {
        _stream.Dispose();
        _socket.Dispose();
    }

    private async Task SendAsync(string bytes)
    {
        try
        {
            await _socket.SendAsync(Encoding.Latin1.GetBytes(bytes));
        }
        catch (SocketException)
        {
            // Closed by the other side: what it said before can still be read.
        }
    }

    private async Task<ImmutableArray<WireValue>> ReadAsync(Func<WireValue, bool> isLast)
    {
        using var patience = new CancellationTokenSource(Patience);
        var replies = ImmutableArray.CreateBuilder<WireValue>();
        try
        {
            do
            {
                replies.Add(await ReadValueAsync(patience.Token));
            }
            while (!isLast(replies[^1]));
        }
        catch (IOException)
        {
            replies.Add(WireValue.Closed);
        }
        catch (OperationCanceledException silence)
        {
            throw new TimeoutException($"Nothing more came for {Patience.TotalSeconds} s after: {string.Join('\n', replies)}", silence);
        }
        return replies.ToImmutable();
    }

    private async Task<WireValue> ReadValueAsync(CancellationToken impatient)
    {
        string line = await ReadLineAsync(impatient);
        char type = line[0];
        string text = line[1..];
        switch (type)
        {
            case '+' or '-' or ':' or '_' or '#' or ',' or '(':
                return new WireValue(type, text, null);
            case '$' or '=' or '!':
                return new WireValue(type, text == "-1" ? null : await ReadTextAsync(Number(text), impatient), null);
            case '*' or '%' or '~' or '>':
                if (text == "-1")
                    return new WireValue(type, null, null);
                var items = ImmutableArray.CreateBuilder<WireValue>();
                for (int i = Number(text) * (type == '%' ? 2 : 1); i > 0; i--)
                    items.Add(await ReadValueAsync(impatient));
                return new WireValue(type, null, items.ToImmutable());
            default:
                throw new InvalidDataException($"Not the protocol: {line}");
        }
    }

    private async Task<string> ReadTextAsync(int length, CancellationToken impatient)
    {
        byte[] bytes = new byte[length + "\r\n".Length];
        await _stream.ReadExactlyAsync(bytes, impatient);
        string text = Encoding.Latin1.GetString(bytes);
        return text.EndsWith("\r\n", StringComparison.Ordinal) ? text[..length] : throw new InvalidDataException($"CR LF expected behind: {text}");
    }

    private async Task<string> ReadLineAsync(CancellationToken impatient)
    {
        var line = new StringBuilder();
        byte[] one = new byte[1];
        while (line is not { Length: > 1 } || line[^1] != '\n' || line[^2] != '\r')
        {
            await _stream.ReadExactlyAsync(one, impatient);
            line.Append((char)one[0]);
        }
        return line.Length > 2 ? line.ToString(0, line.Length - 2) : throw new InvalidDataException("Not the protocol: an empty line");
    }

    private static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
