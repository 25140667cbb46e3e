using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sentinel.Daemon.Configuration;

/// <summary>The few system calls whose order and outcome must be exactly known. Each gives null, or the system's words for the error.</summary>
/// <remarks>
/// .NET's own file API cannot open a directory (to fsync it), and tells errors in words of its own as exceptions; here
/// they are expected outcomes, and operators know the system's words.
/// </remarks>
internal static class Posix
{
    /// <summary>For <see cref="CheckAccess"/>: may be run, or for a directory entered.</summary>
    public const int MayExecute = 1;

    /// <summary>For <see cref="CheckAccess"/>: may be written.</summary>
    public const int MayWrite = 2;

    // flags of open(2), the same on x86-64 and arm64
    private const int ReadOnly = 0;
    private const int WriteOnly = 1;
    private const int IfAbsent = 0x40;           // O_CREAT
    private const int OnlyIfAbsent = 0x80;       // O_EXCL
    private const int AtEnd = 0x400;             // O_APPEND
    private const int CloseOnExec = 0x80000;     // no script inherits it

    private const int LockThis = 37;             // F_OFD_SETLK: of this opening, not of the process
    private const int DuplicateFrom = 1030;      // F_DUPFD_CLOEXEC
    private const short ForWriting = 1;          // F_WRLCK
    private const int TryAgain = 11;             // EAGAIN
    private const int NoAccess = 13;             // EACCES

    private const PosixSignal FileSizeExceeded = (PosixSignal)25;    // SIGXFSZ

    private const int Interrupted = 4;           // EINTR
    private const int AtWorkingDirectory = -100; // AT_FDCWD
    private const int OfDescriptor = 0x1000;     // AT_EMPTY_PATH
    private const uint BasicStatistics = 0x7ff;  // STATX_BASIC_STATS
    private const int StatisticsLength = 256;    // of struct statx, the same on every architecture

    /// <summary>From now on a write beyond the largest size that a file may have (<c>ulimit -f</c>) fails, as one to a full disk does.</summary>
    /// <returns>To be disposed when that may end the process again, which is what the system does by itself.</returns>
    public static PosixSignalRegistration OutliveFileSizeLimit() => PosixSignalRegistration.Create(FileSizeExceeded, signal => signal.Cancel = true);

    /// <summary>Opens a file or a folder for reading.</summary>
    /// <returns>Null and the error when that cannot be.</returns>
    public static SafeFileHandle? Open(string path, out string? error) => Open(path, ReadOnly, UnixFileMode.None, out error);

    /// <summary>Makes a file that was not there before, not even as a link, for writing.</summary>
    /// <returns>Null and the error when that cannot be.</returns>
    public static SafeFileHandle? Create(string path, UnixFileMode mode, out string? error) =>
        Open(path, WriteOnly | IfAbsent | OnlyIfAbsent, mode, out error);

    /// <summary>Opens a file to write behind its end, and makes it when it is not there.</summary>
    /// <returns>Null and the error when that cannot be.</returns>
    public static SafeFileHandle? OpenToAppend(string path, UnixFileMode mode, out string? error) =>
        Open(path, WriteOnly | IfAbsent | AtEnd, mode, out error);

    /// <summary>Opens a file that is there, to write to it.</summary>
    /// <returns>Null and the error when that cannot be.</returns>
    public static SafeFileHandle? OpenToWrite(string path, out string? error) => Open(path, WriteOnly, UnixFileMode.None, out error);

    /// <summary>Locks a file that is open for writing until all handles of this opening are closed.</summary>
    /// <returns>False: another opening has it locked. Where the file system knows no locks it is true, and nothing is locked.</returns>
    public static bool TryLock(SafeFileHandle file) =>
        fcntl(file, LockThis, new FileLock { Kind = ForWriting }) >= 0 || Marshal.GetLastPInvokeError() is not (TryAgain or NoAccess);

    /// <summary>Another handle of the same opening; null: there are no more descriptors.</summary>
    public static SafeFileHandle? Duplicate(SafeFileHandle file)
    {
        int descriptor = fcntl(file, DuplicateFrom, 3);
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>Reads to the end; a file of more bytes than that, or without an end, is an error.</summary>
    public static byte[]? ReadAll(SafeFileHandle file, out string? error, int bytesMax = int.MaxValue)
    {
        using var content = new MemoryStream();
        byte[] buffer = new byte[64 * 1024];
        int count;
        while ((count = Retried(() => (int)read(file, buffer, buffer.Length), out error)) > 0)
        {
            if (content.Length + count > bytesMax)
            {
                error = "File too large";
                return null;
            }
            content.Write(buffer, 0, count);
        }
        return error is null ? content.ToArray() : null;
    }

    /// <summary>Writes all bytes.</summary>
    public static string? WriteAll(SafeFileHandle file, byte[] bytes)
    {
        for (int written = 0; written < bytes.Length;)
        {
            int from = written;
            written += Retried(() => (int)write(file, in bytes[from], bytes.Length - from), out string? error);
            if (error is not null)
                return error;
        }
        return null;
    }

    /// <summary>Waits until what was written, or the entries of a directory, is on disk.</summary>
    public static string? Sync(SafeFileHandle file) => Called(() => fsync(file));

    /// <summary>Sets the mode of an open file.</summary>
    public static string? ChangeMode(SafeFileHandle file, UnixFileMode mode) => Called(() => fchmod(file, (uint)mode));

    /// <summary>Sets owner and group of an open file; a number with all bits set leaves the one it stands for.</summary>
    public static string? ChangeOwner(SafeFileHandle file, uint user, uint group) => Called(() => fchown(file, user, group));

    /// <summary>Gives a file another name, in the place of a file that has it; one or the other is there at any time.</summary>
    public static string? Rename(string from, string to) => Called(() => rename(Bytes(from), Bytes(to)));

    /// <summary>Removes a file.</summary>
    public static string? Unlink(string path) => Called(() => unlink(Bytes(path)));

    /// <summary>Asks whether this process may do something with a path.</summary>
    public static string? CheckAccess(string path, int what) => Called(() => access(Bytes(path), what));

    /// <summary>Ends the process at once: nothing is stopped in order, as in a crash.</summary>
    public static void Exit(int code) => _exit(code);

    /// <summary>What is at a path, links followed; null when that cannot be said, most often because there is nothing.</summary>
    public static FileStamp? Stamp(string path) => Stamp(AtWorkingDirectory, path, 0);

    /// <summary>What an open file is.</summary>
    public static FileStamp? Stamp(SafeFileHandle file) => Stamp((int)file.DangerousGetHandle(), "", OfDescriptor);

    private static FileStamp? Stamp(int directory, string path, int flags)
    {
        byte[] buffer = new byte[StatisticsLength];
        return Called(() => statx(directory, Bytes(path), flags, BasicStatistics, buffer)) is null ? FileStamp.Read(buffer) : null;
    }

    private static SafeFileHandle? Open(string path, int flags, UnixFileMode mode, out string? error)
    {
        int descriptor = Retried(() => open(Bytes(path), flags | CloseOnExec, (uint)mode), out error);
        return error is null ? new SafeFileHandle(descriptor, ownsHandle: true) : null;
    }

    private static byte[] Bytes(string path) => [.. FileText.Encode(path), 0];

    private static string? Called(Func<int> call)
    {
        Retried(call, out string? error);
        return error;
    }

    private static int Retried(Func<int> call, out string? error)
    {
        while (true)
        {
            int result = call();
            int code = result < 0 ? Marshal.GetLastPInvokeError() : 0;
            if (code == Interrupted)
                continue;
            error = code == 0 ? null : Marshal.GetPInvokeErrorMessage(code);
            return Math.Max(result, 0);
        }
    }

    /// <summary>struct flock, of the whole file when the rest is zero.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct FileLock
    {
        public short Kind;
        public short Whence;
        public long Start;
        public long Length;
        public int Process;
    }

#pragma warning disable SYSLIB1054, IDE1006, SA1300 // source-generated imports need unsafe code; the names are the system's
    [DllImport("libc", SetLastError = true)]
    private static extern int open(byte[] path, int flags, uint mode);

    [DllImport("libc", SetLastError = true)]
    private static extern nint read(SafeFileHandle file, byte[] buffer, nint count);

    [DllImport("libc", SetLastError = true)]
    private static extern nint write(SafeFileHandle file, in byte buffer, nint count);

    [DllImport("libc", SetLastError = true)]
    private static extern int fsync(SafeFileHandle file);

    [DllImport("libc", SetLastError = true)]
    private static extern int fcntl(SafeFileHandle file, int command, in FileLock what);

    [DllImport("libc", SetLastError = true)]
    private static extern int fcntl(SafeFileHandle file, int command, int argument);

    [DllImport("libc", SetLastError = true)]
    private static extern int fchmod(SafeFileHandle file, uint mode);

    [DllImport("libc", SetLastError = true)]
    private static extern int fchown(SafeFileHandle file, uint user, uint group);

    [DllImport("libc", SetLastError = true)]
    private static extern int rename(byte[] from, byte[] to);

    [DllImport("libc", SetLastError = true)]
    private static extern int unlink(byte[] path);

    [DllImport("libc", SetLastError = true)]
    private static extern int access(byte[] path, int mode);

    [DllImport("libc")]
    private static extern void _exit(int code);

    [DllImport("libc", SetLastError = true)]
    private static extern int statx(int directory, byte[] path, int flags, uint mask, byte[] buffer);
#pragma warning restore SYSLIB1054, IDE1006, SA1300
}
