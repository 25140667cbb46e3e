using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sentinel.Daemon.Links;

/// <summary>The system's list of sockets that are waited for, by one thread. Each is known by a token.</summary>
/// <remarks>
/// .NET's own sockets wake a thread for each message and ask the system two or three times for it: with thousands of links, each of which
/// says a few bytes in a second, that is most of what they cost.
/// </remarks>
internal sealed class Epoll : IDisposable
{
    /// <summary>There is something to read, or the other side has closed.</summary>
    public const uint Readable = 0x1;    // EPOLLIN

    /// <summary>There is room to write; of one that is being connected: it stands, or has failed.</summary>
    public const uint Writable = 0x4;    // EPOLLOUT

    private const int EventsMax = 512;
    private const int CloseOnExec = 0x80000;    // EPOLL_CLOEXEC, EFD_CLOEXEC
    private const int NotBlocking = 0x800;      // EFD_NONBLOCK
    private const int AddOne = 1;               // EPOLL_CTL_ADD
    private const int RemoveOne = 2;            // EPOLL_CTL_DEL
    private const int ChangeOne = 3;            // EPOLL_CTL_MOD
    private const long WakeToken = -1;

    // struct epoll_event is packed on x86-64, and on no other architecture.
    private static readonly int s_tokenAt = RuntimeInformation.ProcessArchitecture is Architecture.X64 ? 4 : 8;
    private static readonly int s_eventLength = s_tokenAt + sizeof(long);

    private readonly SafeFileHandle _list;
    private readonly SafeFileHandle _wake;
    private readonly byte[] _events = new byte[EventsMax * s_eventLength];

    public Epoll()
    {
        _list = new SafeFileHandle(Checked(epoll_create1(CloseOnExec)), ownsHandle: true);
        _wake = new SafeFileHandle(Checked(eventfd(0, CloseOnExec | NotBlocking)), ownsHandle: true);
        Control(AddOne, _wake, WakeToken, Readable);
    }

    /// <summary>Waits for a socket from now on. One that is closed is forgotten by itself.</summary>
    public void Add(SafeHandle socket, long token, uint events) => Control(AddOne, socket, token, events);

    /// <summary>Changes what is waited for.</summary>
    public void Change(SafeHandle socket, long token, uint events) => Control(ChangeOne, socket, token, events);

    /// <summary>Waits no more for a socket that stays open.</summary>
    public void Remove(SafeHandle socket) => Control(RemoveOne, socket, 0, 0);

    /// <summary>Waits until there is something to do; used by one thread.</summary>
    /// <param name="waitMs">At most so long; -1: until it comes.</param>
    /// <param name="ready">Is told the token of each, and what there is to do: also errors, whether they were waited for or not.</param>
    /// <returns>How many had something; 0 or less: none.</returns>
    public int Wait(int waitMs, Action<long, uint> ready)
    {
        int count = epoll_wait(_list, _events, EventsMax, waitMs);    // interrupted: as if nothing had come
        for (int at = 0; at < count * s_eventLength; at += s_eventLength)
        {
            long token = BitConverter.ToInt64(_events, at + s_tokenAt);
            if (token == WakeToken)
                _ = read(_wake, new byte[sizeof(long)], sizeof(long));
            else
                ready(token, BitConverter.ToUInt32(_events, at));
        }
        return count;
    }

    /// <summary>Lets <see cref="Wait"/> return. May be called from any thread.</summary>
    public void Wake() => _ = write(_wake, BitConverter.GetBytes(1L), sizeof(long));

    public void Dispose()
    {
        _list.Dispose();
        _wake.Dispose();
    }

    private void Control(int what, SafeHandle socket, long token, uint events)
    {
        byte[] wanted = new byte[s_eventLength];
        BitConverter.TryWriteBytes(wanted, events);
        BitConverter.TryWriteBytes(wanted.AsSpan(s_tokenAt), token);
        Checked(epoll_ctl(_list, what, socket, wanted));
    }

    private static int Checked(int result) =>
        result >= 0 ? result : throw new IOException($"epoll: {Marshal.GetLastPInvokeErrorMessage()}");

#pragma warning disable SYSLIB1054, IDE1006, SA1300 // source-generated imports need unsafe code; the names are the system's
    [DllImport("libc", SetLastError = true)]
    private static extern int epoll_create1(int flags);

    [DllImport("libc", SetLastError = true)]
    private static extern int epoll_ctl(SafeFileHandle list, int what, SafeHandle descriptor, byte[] wanted);

    [DllImport("libc")]
    private static extern int epoll_wait(SafeFileHandle list, byte[] events, int eventsMax, int waitMs);

    [DllImport("libc", SetLastError = true)]
    private static extern int eventfd(uint count, int flags);

    [DllImport("libc")]
    private static extern nint read(SafeFileHandle descriptor, byte[] buffer, nint count);

    [DllImport("libc")]
    private static extern nint write(SafeFileHandle descriptor, byte[] buffer, nint count);
#pragma warning restore SYSLIB1054, IDE1006, SA1300
}
