using System.Net;
using System.Net.Sockets;

namespace Sentinel.Daemon.Tests.Lab;

/// <summary>Ports on which nobody listens.</summary>
/// <remarks>
/// Not those that the system gives for port 0: it gives the same to outgoing connections. While a server is down, one could take
/// its port, or even connect to itself there, and pass for the server.
/// </remarks>
internal static class Ports
{
    /// <summary>Below what Linux gives to outgoing connections: 32768 and above.</summary>
    private const int First = 10_000, Last = 20_000;

    private static int s_next = Random.Shared.Next(First, Last);    // others may run the same tests at the same time

    /// <summary>A port that was not taken before.</summary>
    public static int Take()
    {
        while (true)
        {
            int port = First + (Interlocked.Increment(ref s_next) - First) % (Last - First);
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException)
            {
                // Somebody's.
            }
        }
    }
}
