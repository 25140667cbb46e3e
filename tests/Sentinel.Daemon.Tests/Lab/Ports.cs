using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Sentinel.Daemon.Tests.Lab;

/// <summary>Ports on which nobody listens.</summary>
/// <remarks>
/// Not those that the system gives for port 0: it gives the same to outgoing connections. While a server is down, one could take
/// its port, or even connect to itself there, and pass for the server. Who runs tests beside these gives each their own,
/// such as <c>TEST_PORTS=10000-15000</c>: a server that is down for a moment leaves its port to whoever looks for one.
/// </remarks>
internal static class Ports
{
    private static readonly (int First, int Last) s_range = Range();

    private static int s_next = Random.Shared.Next(s_range.First, s_range.Last);

    /// <summary>A port that was not taken before.</summary>
    public static int Take()
    {
        while (true)
        {
            int port = s_range.First + (Interlocked.Increment(ref s_next) - s_range.First) % (s_range.Last - s_range.First);
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

    /// <summary>By default below what Linux gives to outgoing connections: 32768 and above.</summary>
    private static (int First, int Last) Range()
    {
        int[] ends = [.. (Environment.GetEnvironmentVariable("TEST_PORTS") ?? "10000-20000").Split('-').Select(end => int.Parse(end, CultureInfo.InvariantCulture))];
        return (ends[0], ends[1]);
    }
}
