using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Sentinel.Daemon.Links;

/// <summary>Connecting without blocking and without a thread, which .NET's sockets offer only by way of an exception for each attempt.</summary>
internal static class SocketCalls
{
    private const int Interrupted = 4;       // EINTR
    private const int Refused = 111;         // ECONNREFUSED; all three the same on every architecture of Linux that .NET runs on
    private const int UnderWay = 115;        // EINPROGRESS

    /// <summary>Begins to connect a socket that does not block.</summary>
    /// <returns>Null: it stands, or is under way, and can be written to when it is over. Else why it cannot be.</returns>
    public static LinkEnd? Connect(Socket socket, IPEndPoint target)
    {
        SocketAddress address = target.Serialize();
        if (connect((int)socket.Handle, address.Buffer[..address.Size].ToArray(), address.Size) == 0)
            return null;
        return Marshal.GetLastPInvokeError() switch
        {
            UnderWay or Interrupted => null,
            Refused => LinkEnd.Refused,
            int error => new LinkEnd(Marshal.GetPInvokeErrorMessage(error)),
        };
    }

    /// <summary>Our own address on a connection; null: there is none any more.</summary>
    public static IPAddress? LocalAddress(Socket socket)
    {
        var address = new SocketAddress(socket.AddressFamily);
        byte[] buffer = new byte[address.Size];
        int size = buffer.Length;
        if (getsockname((int)socket.Handle, buffer, ref size) != 0 || size > buffer.Length)
            return null;
        buffer.CopyTo(address.Buffer);
        return ((IPEndPoint)new IPEndPoint(socket.AddressFamily is AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0).Create(address)).Address;
    }

#pragma warning disable SYSLIB1054, IDE1006, SA1300 // source-generated imports need unsafe code; the names are the system's
    [DllImport("libc", SetLastError = true)]
    private static extern int connect(int socket, byte[] address, int length);

    [DllImport("libc", SetLastError = true)]
    private static extern int getsockname(int socket, byte[] address, ref int length);
#pragma warning restore SYSLIB1054, IDE1006, SA1300
}
