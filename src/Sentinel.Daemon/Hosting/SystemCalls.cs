using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Sentinel.Daemon.Configuration;

namespace Sentinel.Daemon.Hosting;

/// <summary>What a daemon asks of the system and .NET does not offer.</summary>
internal static class SystemCalls
{
    private const int InterruptSignal = 2;     // SIGINT
    private const int StopSignal = 19;         // SIGSTOP
    private const int OpenFilesLimit = 7;      // RLIMIT_NOFILE, the same on x86-64 and arm64
    private const int GetDescriptorFlags = 1;  // F_GETFD
    private const int SetDescriptorFlags = 2;  // F_SETFD
    private const int CloseOnExec = 1;         // FD_CLOEXEC
    private const int TrimThreshold = -1;      // M_TRIM_THRESHOLD
    private const int MapThreshold = -3;       // M_MMAP_THRESHOLD
    private const int ArenasMax = -8;          // M_ARENA_MAX

    /// <summary>Bytes from which on free memory of the C library goes back to the system: the library's own beginning, which it raises by and by if it is not told.</summary>
    private const int GiveBackFrom = 128 * 1024;

    /// <summary>Whether the C library has these functions, as far as is known: musl has not.</summary>
    private static bool s_isGlibc = true;

    /// <summary>The most files this process may have open, and up to where it may raise that itself.</summary>
    public static (ulong Current, ulong Most) OpenFiles()
    {
        _ = getrlimit(OpenFilesLimit, out Limits limits);
        return (limits.Current, limits.Most);
    }

    /// <summary>Changes the most files this process may have open.</summary>
    /// <returns>Null, or the system's words for why not.</returns>
    public static string? LimitOpenFiles(ulong current, ulong most)
    {
        var limits = new Limits { Current = current, Most = most };
        return Failure(setrlimit(OpenFilesLimit, in limits));
    }

    /// <summary>Ends the process at once, with nothing tidied up.</summary>
    public static void Exit(int code) => _exit(code);

    /// <summary>Freezes the process until someone resumes it.</summary>
    public static void Freeze() => _ = kill(Environment.ProcessId, StopSignal);

    /// <summary>No longer ignores SIGINT, should we have been started so.</summary>
    public static void HeedInterrupt() => _ = signal(InterruptSignal, 0);

    /// <summary>
    /// Has the C library give back what the runtime's compiler and OpenSSL need no more. By itself it makes a heap for each new thread, and keeps more and more
    /// of each: in an hour of many failovers that were 10 MB. Where it is not glibc, it knows nothing of this, and needs none.
    /// </summary>
    public static void ShareNativeHeap()
    {
        try
        {
            _ = mallopt(ArenasMax, 1);
            _ = mallopt(TrimThreshold, GiveBackFrom);
            _ = mallopt(MapThreshold, GiveBackFrom);
        }
        catch (EntryPointNotFoundException)
        {
            s_isGlibc = false;
        }
    }

    /// <summary>Has the C library give back at once what it holds and nobody needs, in the midst of its heap too, which no threshold does.</summary>
    public static void TrimNativeHeap()
    {
        if (!s_isGlibc)
            return;
        try
        {
            _ = malloc_trim(0);
        }
        catch (EntryPointNotFoundException)
        {
            s_isGlibc = false;
        }
    }

    /// <summary>Leaves the terminal: a session of our own.</summary>
    public static void LeaveTerminal() => _ = setsid();

    /// <summary>Turns standard input, output and error to <c>/dev/null</c>, and the copies of them that the runtime made when it started.</summary>
    public static void LeaveStandardStreams()
    {
        using SafeFileHandle nothing = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        var streams = new HashSet<string?> { Target("0"), Target("1"), Target("2") };
        foreach (string name in Directory.EnumerateFiles("/proc/self/fd").Select(link => Path.GetFileName(link)!).ToArray())
        {
            int descriptor = int.Parse(name, CultureInfo.InvariantCulture);
            if (descriptor > 2 && !streams.Contains(Target(name)))
                continue;
            _ = dup2((int)nothing.DangerousGetHandle(), descriptor);
            if (descriptor > 2)
                _ = fcntl(descriptor, SetDescriptorFlags, CloseOnExec);
        }

        static string? Target(string descriptor) => new FileInfo($"/proc/self/fd/{descriptor}").LinkTarget;
    }

    /// <summary>Makes a pipe.</summary>
    /// <returns>The descriptors of both ends, or the system's words for why not.</returns>
    public static (int Read, int Write) Pipe(out string? error)
    {
        int[] ends = new int[2];
        error = Failure(pipe(ends));
        return (ends[0], ends[1]);
    }

    /// <summary>Whether a descriptor is open, and an end of a pipe.</summary>
    public static bool IsPipe(int descriptor)
    {
        using var borrowed = new SafeFileHandle(descriptor, ownsHandle: false);
        return Posix.Stamp(borrowed) is { IsPipe: true };
    }

    /// <summary>Closes a descriptor.</summary>
    public static void Close(int descriptor) => _ = close(descriptor);

    /// <summary>Makes sure that no program started from now on inherits a descriptor, standard ones apart.</summary>
    public static void KeepDescriptors()
    {
        foreach (string link in Directory.EnumerateFiles("/proc/self/fd"))
        {
            if (int.TryParse(Path.GetFileName(link), out int descriptor) && descriptor > 2
                && fcntl(descriptor, GetDescriptorFlags, 0) is >= 0 and var flags)
            {
                _ = fcntl(descriptor, SetDescriptorFlags, flags | CloseOnExec);
            }
        }
    }

    /// <summary>Lets programs started from now on inherit a descriptor.</summary>
    public static void LetInherit(int descriptor) => _ = fcntl(descriptor, SetDescriptorFlags, 0);

    /// <summary>Starts a program beside this one.</summary>
    /// <param name="path">The program.</param>
    /// <param name="arguments">Its arguments, the first being its name.</param>
    /// <param name="environment">Its environment: <c>NAME=value</c>.</param>
    /// <param name="error">The system's words when it cannot.</param>
    /// <returns>Its process id.</returns>
    public static int Spawn(string path, IReadOnlyList<byte[]> arguments, IReadOnlyList<byte[]> environment, out string? error)
    {
        nint[] argv = [.. arguments.Select(Copied), 0];
        nint[] envp = [.. environment.Select(Copied), 0];
        try
        {
            int code = posix_spawn(out int process, [.. System.Text.Encoding.UTF8.GetBytes(path), 0], 0, 0, argv, envp);
            error = code == 0 ? null : Marshal.GetPInvokeErrorMessage(code);
            return process;
        }
        finally
        {
            foreach (nint text in argv.Concat(envp))
                Marshal.FreeHGlobal(text);
        }
    }

    private static nint Copied(byte[] text)
    {
        nint copy = Marshal.AllocHGlobal(text.Length + 1);
        Marshal.Copy(text, 0, copy, text.Length);
        Marshal.WriteByte(copy, text.Length, 0);
        return copy;
    }

    private static string? Failure(int result) => result == 0 ? null : Marshal.GetLastPInvokeErrorMessage();

    [StructLayout(LayoutKind.Sequential)]
    private struct Limits
    {
        public ulong Current;
        public ulong Most;
    }

#pragma warning disable SYSLIB1054, IDE1006, SA1300 // source-generated imports need unsafe code; the names are the system's
    [DllImport("libc", SetLastError = true)]
    private static extern int getrlimit(int resource, out Limits limits);

    [DllImport("libc", SetLastError = true)]
    private static extern int setrlimit(int resource, in Limits limits);

    [DllImport("libc")]
    private static extern void _exit(int code);

    [DllImport("libc", SetLastError = true)]
    private static extern int kill(int process, int signal);

    [DllImport("libc")]
    private static extern nint signal(int number, nint handler);

    [DllImport("libc")]
    private static extern int mallopt(int what, int value);

    [DllImport("libc")]
    private static extern int malloc_trim(nuint kept);

    [DllImport("libc", SetLastError = true)]
    private static extern int setsid();

    [DllImport("libc", SetLastError = true)]
    private static extern int dup2(int from, int to);

    [DllImport("libc", SetLastError = true)]
    private static extern int close(int descriptor);

    [DllImport("libc", SetLastError = true)]
    private static extern int pipe([Out] int[] ends);

    [DllImport("libc", SetLastError = true)]
    private static extern int fcntl(int descriptor, int command, int argument);

    [DllImport("libc")]
    private static extern int posix_spawn(out int process, byte[] path, nint actions, nint attributes, nint[] arguments, nint[] environment);
#pragma warning restore SYSLIB1054, IDE1006, SA1300
}
