using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sentinel.Daemon.Tests.Commands;

/// <summary>After a failover every client connects anew, and all at once.</summary>
public sealed class ConnectionStormTests
{
    private const int Clients = 2000;

    /// <summary>Long beyond what it takes: who is not served by then never is.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Two_thousand_clients_that_connect_at_once_are_all_answered_and_none_is_reset()
    {
        await using RunningServer server = await RunningServer.StartAsync(RunningServer.Unreachable("mymaster"));
        using var patience = new CancellationTokenSource(Patience);
        Socket[] sockets = [.. Enumerable.Range(0, Clients).Select(_ => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))];
        try
        {
            string[] replies = await Task.WhenAll(sockets.Select(socket => AskAsync(socket, server.Port, patience.Token)));
            Assert.All(replies, reply => Assert.Equal("+PONG\r\n", reply));
            Assert.Equal(Clients, server.Clients.Count);
        }
        finally
        {
            foreach (Socket socket in sockets)
                socket.Dispose();
        }
    }

    private static async Task<string> AskAsync(Socket socket, int port, CancellationToken impatient)
    {
        await socket.ConnectAsync(IPAddress.Loopback, port, impatient);
        await socket.SendAsync("PING\r\n"u8.ToArray(), impatient);
        byte[] reply = new byte[16];
        int length = 0;
        while (length < "+PONG\r\n"u8.Length && await socket.ReceiveAsync(reply.AsMemory(length), impatient) is > 0 and int more)
            length += more;
        return Encoding.ASCII.GetString(reply, 0, length);
    }
}
