using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Sentinel.Daemon.Hosting;

namespace Sentinel.Daemon.Scripts;

/// <summary>The system calls that run a script. Where they can fail they give the error's number, 0 for none.</summary>
/// <remarks>
/// .NET's own <see cref="System.Diagnostics.Process"/> cannot tell an exit code of 137 from a signal 9, and gives a child
/// neither a process group of its own nor a clean signal mask.
/// </remarks>
internal static class ProcessCalls
{
    /// <summary>EAGAIN: no more processes for now, or nothing to read yet.</summary>
    public const int TryAgain = 11;

    // Errors that say nothing about the program: EINTR, ENOMEM, ENFILE, EMFILE, ETXTBSY.
    private static readonly int[] PassingErrors = [TryAgain, 4, 12, 23, 24, 26];

    /// <summary>POLLIN, and what poll(2) reports besides.</summary>
    private const short Readable = 1;

    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;
    private const int ReadWrite = 2;
    private const int SpawnOptionsLength = 1024;    // glibc needs 336 bytes for the larger of the two, musl the same
    private const short OwnGroup = 2, DefaultSignals = 4, SignalMask = 8;    // POSIX_SPAWN_SETPGROUP, _SETSIGDEF, _SETSIGMASK
    private const int PidfdOpen = 434;    // on every architecture
    private const int NoHang = 1;
    private const int Kill = 9;
    private const int ChildEnded = 17;    // SIGCHLD, on x86-64 and arm64
    private const nint Ignored = 1, ByDefault = 0;    // SIG_IGN, SIG_DFL

    private static readonly nint s_closeFrom = NativeLibrary.TryGetExport(
        NativeLibrary.GetMainProgramHandle(), "posix_spawn_file_actions_addclosefrom_np", out nint found) ? found : 0;

    /// <summary>The environment this process was started with, but for what is meant for it alone. (What we unset since is still in it.)</summary>
    private static readonly byte[][] s_environment = ReadEnvironment();

    /// <summary>Lets children wait for us to ask how they ended, even if whoever started us ignores the ends of children.</summary>
    public static void WatchChildren()
    {
        byte[] before = new byte[256];    // struct sigaction, the handler first
        if (sigaction(ChildEnded, 0, before) == 0 && BitConverter.ToInt64(before) == Ignored)
            _ = signal(ChildEnded, ByDefault);
    }

    /// <summary>Whether an error is one of this machine at this moment, and not one of the program to be run.</summary>
    public static bool IsPassing(int error) => PassingErrors.Contains(error);

    /// <summary>What the system calls an error.</summary>
    public static string Words(int error) => Marshal.GetPInvokeErrorMessage(error);

    /// <summary>
    /// Starts a program, without a shell, in a process group of its own: standard input empty, both outputs to
    /// <paramref name="output"/>, no other descriptor, all signals as they are by default.
    /// </summary>
    public static int Spawn(byte[] path, byte[][] arguments, SafeFileHandle output, out int processId)
    {
        nint options = Marshal.AllocHGlobal(2 * SpawnOptionsLength);
        nint actions = options + SpawnOptionsLength;
        byte[] none = new byte[128], all = new byte[128];    // sigset_t
        Array.Fill(all, (byte)0xff);
        int descriptor = (int)output.DangerousGetHandle();
        _ = posix_spawnattr_init(options);
        _ = posix_spawnattr_setflags(options, OwnGroup | DefaultSignals | SignalMask);
        _ = posix_spawnattr_setpgroup(options, 0);
        _ = posix_spawnattr_setsigdefault(options, all);
        _ = posix_spawnattr_setsigmask(options, none);
        _ = posix_spawn_file_actions_init(actions);
        _ = posix_spawn_file_actions_adddup2(actions, descriptor, 1);
        _ = posix_spawn_file_actions_adddup2(actions, descriptor, 2);
        _ = posix_spawn_file_actions_addopen(actions, 0, "/dev/null\0"u8.ToArray(), 0, 0);
        // All that we open is closed by exec. What we ourselves inherited may not be.
        if (s_closeFrom != 0)
            _ = Marshal.GetDelegateForFunctionPointer<AddCloseFrom>(s_closeFrom)(actions, 3);
        nint[] argumentList = Pointers(arguments), environment = Pointers(s_environment);
        try
        {
            return posix_spawn(out processId, path, actions, options, argumentList, environment);
        }
        finally
        {
            Array.ForEach(argumentList, Marshal.FreeHGlobal);
            Array.ForEach(environment, Marshal.FreeHGlobal);
            _ = posix_spawn_file_actions_destroy(actions);
            _ = posix_spawnattr_destroy(options);
            Marshal.FreeHGlobal(options);
        }
    }

    /// <summary>
    /// Makes a pipe whose end for the script can also be read from. So a script that outlives us is not killed by what it
    /// writes: it stays a reader itself.
    /// </summary>
    public static int Pipe(out SafeFileHandle read, out SafeFileHandle write)
    {
        int[] ends = [-1, -1];
        int error = pipe2(ends, CloseOnExec | NonBlocking) < 0 ? Marshal.GetLastPInvokeError() : 0;
        read = new SafeFileHandle(ends[0], ownsHandle: true);
        using var narrow = new SafeFileHandle(ends[1], ownsHandle: true);
        int both = error == 0 ? open([.. "/proc/self/fd/"u8, .. System.Text.Encoding.ASCII.GetBytes($"{ends[1]}"), 0], ReadWrite | CloseOnExec) : -1;
        if (error == 0 && both < 0)
            error = Marshal.GetLastPInvokeError();
        write = new SafeFileHandle(both, ownsHandle: true);
        return error;
    }

    /// <summary>A descriptor that becomes readable when a process ends; invalid where the system has no such thing.</summary>
    public static SafeFileHandle Watch(int processId) => new((nint)syscall(PidfdOpen, processId, 0), ownsHandle: true);

    /// <summary>A descriptor that becomes readable by <see cref="Signal"/>.</summary>
    public static SafeFileHandle Event() => new(eventfd(0, CloseOnExec | NonBlocking), ownsHandle: true);

    /// <summary>Makes an <see cref="Event"/> readable. Never waits.</summary>
    public static void Signal(SafeFileHandle wakeup)
    {
        long one = 1;
        _ = write(wakeup, in one, sizeof(long));
    }

    /// <summary>Makes an <see cref="Event"/> unreadable again.</summary>
    public static void Reset(SafeFileHandle wakeup) => _ = Read(wakeup, new byte[sizeof(long)], out _);

    /// <summary>Reads what is there.</summary>
    /// <returns>0 at the end, and when nothing is there.</returns>
    public static int Read(SafeFileHandle from, byte[] buffer, out int error)
    {
        int count = (int)read(from, buffer, buffer.Length);
        error = count < 0 ? Marshal.GetLastPInvokeError() : 0;
        return Math.Max(0, count);
    }

    /// <summary>Waits until one of the descriptors is readable or at its end.</summary>
    /// <param name="descriptors">What to look at.</param>
    /// <param name="timeoutMs">The longest wait.</param>
    /// <returns>Which are.</returns>
    public static bool[] Poll(ReadOnlySpan<SafeFileHandle> descriptors, int timeoutMs)
    {
        var polled = new Polled[descriptors.Length];
        for (int i = 0; i < polled.Length; i++)
            polled[i] = new Polled { Descriptor = descriptors[i].IsInvalid ? -1 : (int)descriptors[i].DangerousGetHandle(), Events = Readable };
        _ = poll(polled, (nuint)polled.Length, timeoutMs);
        return Array.ConvertAll(polled, one => one.Returned != 0);
    }

    /// <summary>Asks whether a child has ended, and lets it go if so.</summary>
    /// <param name="processId">The child.</param>
    /// <param name="exitCode">What it returned.</param>
    /// <param name="signal">What killed it; 0: nothing.</param>
    /// <returns>False: it runs.</returns>
    public static bool HasEnded(int processId, out int exitCode, out int signal)
    {
        int found = waitpid(processId, out int status, NoHang);
        signal = found == processId ? status & 0x7f : 0;
        exitCode = found == processId && signal == 0 ? (status >> 8) & 0xff : 0;
        // Below 0: somebody else of this process has let it go. How it ended is then not known.
        return found != 0;
    }

    /// <summary>Kills a process and all that it has started, as far as that did not leave its group.</summary>
    public static void KillGroup(int processId) => _ = kill(-processId, Kill);

    private static byte[][] ReadEnvironment()
    {
        string[] notForScripts = ["NOTIFY_SOCKET=", "WATCHDOG_PID=", "WATCHDOG_USEC=", "UPSTART_JOB=", $"{Background.Variable}="];
        byte[] all = File.ReadAllBytes("/proc/self/environ");
        List<byte[]> kept = [];
        foreach (Range range in all.AsSpan().Split((byte)0))
        {
            ReadOnlySpan<byte> variable = all.AsSpan(range);
            if (variable.IsEmpty || StartsWithOne(variable, notForScripts))
                continue;
            kept.Add([.. variable, 0]);
        }
        return [.. kept];
    }

    private static bool StartsWithOne(ReadOnlySpan<byte> variable, string[] names)
    {
        foreach (string name in names)
        {
            if (variable.StartsWith(System.Text.Encoding.ASCII.GetBytes(name)))
                return true;
        }
        return false;
    }

    /// <summary>Copies texts to where the system finds them; the list ends with a null.</summary>
    private static nint[] Pointers(byte[][] texts)
    {
        var pointers = new nint[texts.Length + 1];
        for (int i = 0; i < texts.Length; i++)
        {
            pointers[i] = Marshal.AllocHGlobal(texts[i].Length);
            Marshal.Copy(texts[i], 0, pointers[i], texts[i].Length);
        }
        return pointers;
    }

    private delegate int AddCloseFrom(nint actions, int from);

    [StructLayout(LayoutKind.Sequential)]
    private struct Polled
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

#pragma warning disable SYSLIB1054, IDE1006, SA1300 // source-generated imports need unsafe code; the names are the system's
    [DllImport("libc")]
    private static extern int posix_spawn(out int process, byte[] path, nint actions, nint attributes, nint[] arguments, nint[] environment);

    [DllImport("libc")]
    private static extern int posix_spawnattr_init(nint attributes);

    [DllImport("libc")]
    private static extern int posix_spawnattr_destroy(nint attributes);

    [DllImport("libc")]
    private static extern int posix_spawnattr_setflags(nint attributes, short flags);

    [DllImport("libc")]
    private static extern int posix_spawnattr_setpgroup(nint attributes, int group);

    [DllImport("libc")]
    private static extern int posix_spawnattr_setsigdefault(nint attributes, byte[] signals);

    [DllImport("libc")]
    private static extern int posix_spawnattr_setsigmask(nint attributes, byte[] signals);

    [DllImport("libc")]
    private static extern int posix_spawn_file_actions_init(nint actions);

    [DllImport("libc")]
    private static extern int posix_spawn_file_actions_destroy(nint actions);

    [DllImport("libc")]
    private static extern int posix_spawn_file_actions_adddup2(nint actions, int from, int to);

    [DllImport("libc")]
    private static extern int posix_spawn_file_actions_addopen(nint actions, int descriptor, byte[] path, int flags, uint mode);

    [DllImport("libc", SetLastError = true)]
    private static extern int pipe2(int[] ends, int flags);

    [DllImport("libc", SetLastError = true)]
    private static extern int open(byte[] path, int flags);

    [DllImport("libc", SetLastError = true)]
    private static extern nint syscall(nint number, nint first, nint second);

    [DllImport("libc", SetLastError = true)]
    private static extern int eventfd(uint initial, int flags);

    [DllImport("libc", SetLastError = true)]
    private static extern nint write(SafeFileHandle to, in long value, nint count);

    [DllImport("libc", SetLastError = true)]
    private static extern nint read(SafeFileHandle from, byte[] buffer, nint count);

    [DllImport("libc", SetLastError = true)]
    private static extern int poll([In, Out] Polled[] descriptors, nuint count, int timeoutMs);

    [DllImport("libc", SetLastError = true)]
    private static extern int waitpid(int process, out int status, int options);

    [DllImport("libc")]
    private static extern int sigaction(int signal, nint action, byte[] before);

    [DllImport("libc")]
    private static extern nint signal(int signal, nint action);

    [DllImport("libc", SetLastError = true)]
    private static extern int kill(int process, int signal);
#pragma warning restore SYSLIB1054, IDE1006, SA1300
}
