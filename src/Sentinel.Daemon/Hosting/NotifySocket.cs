using System.Net.Sockets;
using System.Text;

namespace Sentinel.Daemon.Hosting;

/// <summary>The socket on which systemd is told how its service fares (sd_notify(3)).</summary>
internal sealed class NotifySocket : IDisposable
{
    private const string Variable = "NOTIFY_SOCKET";

    /// <summary>How long a message may wait for a systemd that does not read.</summary>
    private const int PatienceMs = 1000;

    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { SendTimeout = PatienceMs };
    private readonly UnixDomainSocketEndPoint _to;

    private NotifySocket(string address) =>
        _to = new UnixDomainSocketEndPoint(address[0] == '@' ? $"\0{address[1..]}" : address);    // @: an abstract one, without a file

    /// <summary>Takes the socket out of the environment, so that no program that we start speaks for us.</summary>
    /// <returns>Null when nobody listens.</returns>
    public static NotifySocket? Take()
    {
        string? address = Environment.GetEnvironmentVariable(Variable);
        Environment.SetEnvironmentVariable(Variable, null);
        return address is ['/' or '@', _, ..] ? new NotifySocket(address) : null;
    }

    /// <summary>Says something, in lines <c>NAME=value</c>. May be called from any thread.</summary>
    /// <returns>Null, or why it could not be said.</returns>
    public string? Send(string state)
    {
        try
        {
            _socket.SendTo(Encoding.UTF8.GetBytes(state), _to);
            return null;
        }
        catch (SocketException failure)
        {
            return failure.Message;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();
}
