using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Sentinel.Daemon.Transport;

/// <summary>The system's calls on stream sockets that do not block: each is one call of the system, and none throws because there is nothing to do.</summary>
internal static class StreamCalls
{
    /// <summary>Both a connection and a listener: there is nothing yet, or no room.</summary>
    public const int NotNow = 11;            // EAGAIN; as all numbers here the same on every architecture of Linux that .NET runs on

    /// <summary>This process has as many files open as it may.</summary>
    public const int TooManyFiles = 24;      // EMFILE

    /// <summary>The system has as many files open as it may.</summary>
    public const int TooManyFilesInAll = 23; // ENFILE

    /// <summary>The system has no memory for it now.</summary>
    public const int NoMemory = 12;          // ENOMEM

    /// <summary>As <see cref="NoMemory"/>.</summary>
    public const int NoBuffers = 105;        // ENOBUFS

    /// <summary>Room for any address: <c>sockaddr_storage</c>.</summary>
    public const int AddressBytes = 128;

    private const int Interrupted = 4;       // EINTR
    private const int Internet4 = 2;         // AF_INET
    private const int Internet6 = 10;        // AF_INET6
    private const int CloseOnExec = 0x80000; // SOCK_CLOEXEC
    private const int NotBlocking = 0x800;   // SOCK_NONBLOCK
    private const int NoSignal = 0x4000;     // MSG_NOSIGNAL
    private const int WriteEnd = 1;          // SHUT_WR
    private const int BothEnds = 2;          // SHUT_RDWR

    /// <summary>Takes the next connection of those that wait.</summary>
    /// <param name="listener">Where they wait. It does not block.</param>
    /// <param name="address">Of <see cref="AddressBytes"/>; on return, who it is, for <see cref="EndPoint"/>.</param>
    /// <param name="error">Why there is none, when the handle is not valid.</param>
    public static SocketHandle Accept(SafeHandle listener, byte[] address, out int error)
    {
        int length, descriptor;
        do
        {
            length = address.Length;
            descriptor = accept4(listener, address, ref length, CloseOnExec | NotBlocking);
            error = descriptor < 0 ? Marshal.GetLastPInvokeError() : 0;
        }
        while (error == Interrupted);
        return new SocketHandle(descriptor);
    }

    /// <summary>Reads what has arrived.</summary>
    /// <returns>How many bytes; 0: the other side has said its last. Less: nothing, for this error, negative.</returns>
    public static int Receive(SocketHandle socket, Span<byte> buffer)
    {
        nint length;
        int error = 0;
        do
        {
            length = recv(socket, ref MemoryMarshal.GetReference(buffer), buffer.Length, 0);
            if (length < 0)
                error = Marshal.GetLastPInvokeError();
        }
        while (length < 0 && error == Interrupted);
        return length < 0 ? -error : (int)length;
    }

    /// <summary>Sends as much as there is room for.</summary>
    /// <returns>How many bytes. Less than 0: none, for this error, negative.</returns>
    public static int Send(SocketHandle socket, Span<byte> bytes)
    {
        nint length;
        int error = 0;
        do
        {
            length = send(socket, ref MemoryMarshal.GetReference(bytes), bytes.Length, NoSignal);
            if (length < 0)
                error = Marshal.GetLastPInvokeError();
        }
        while (length < 0 && error == Interrupted);
        return length < 0 ? -error : (int)length;
    }

    /// <summary>Says that nothing more will come from us.</summary>
    public static void EndWriting(SocketHandle socket) => _ = shutdown(socket, WriteEnd);

    /// <summary>Ends the connection in both directions; the handle stays.</summary>
    public static void End(SocketHandle socket) => _ = shutdown(socket, BothEnds);

    /// <summary>Our own end of a connection; null: it has none that has a name.</summary>
    public static EndPoint? LocalEndPoint(SocketHandle socket)
    {
        byte[] address = new byte[AddressBytes];
        int length = address.Length;
        return getsockname(socket, address, ref length) == 0 ? EndPoint(address) : null;
    }

    /// <summary>An address as the system writes it; null: it is neither of IPv4 nor of IPv6.</summary>
    public static EndPoint? EndPoint(ReadOnlySpan<byte> address)
    {
        int port = BinaryPrimitives.ReadUInt16BigEndian(address[2..]);
        return BitConverter.ToUInt16(address) switch
        {
            Internet4 => new IPEndPoint(new IPAddress(address[4..8]), port),
            Internet6 => new IPEndPoint(new IPAddress(address[8..24], BitConverter.ToUInt32(address[24..])), port),
            _ => null,
        };
    }

    /// <summary>Closes a socket that nobody uses.</summary>
    public static bool Close(int descriptor) => close(descriptor) == 0;

    /// <summary>Lets the thread sleep, for less than .NET can.</summary>
    /// <param name="microseconds">How long; the system may make it somewhat longer.</param>
    public static void Pause(uint microseconds) => _ = usleep(microseconds);

#pragma warning disable SYSLIB1054, IDE1006, SA1300 // source-generated imports need unsafe code; the names are the system's
    [DllImport("libc", SetLastError = true)]
    private static extern int accept4(SafeHandle listener, byte[] address, ref int length, int flags);

    [DllImport("libc", SetLastError = true)]
    private static extern nint recv(SocketHandle socket, ref byte buffer, nint length, int flags);

    [DllImport("libc", SetLastError = true)]
    private static extern nint send(SocketHandle socket, ref byte bytes, nint length, int flags);

    [DllImport("libc")]
    private static extern int shutdown(SocketHandle socket, int how);

    [DllImport("libc")]
    private static extern int getsockname(SocketHandle socket, byte[] address, ref int length);

    [DllImport("libc")]
    private static extern int close(int descriptor);

    [DllImport("libc")]
    private static extern int usleep(uint microseconds);
#pragma warning restore SYSLIB1054, IDE1006, SA1300
}
