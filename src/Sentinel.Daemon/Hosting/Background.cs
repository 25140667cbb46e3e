using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Sentinel.Daemon.Configuration;

namespace Sentinel.Daemon.Hosting;

/// <summary>The way to the background (<c>daemonize yes</c>).</summary>
/// <remarks>
/// Redis forks; a process with threads, as every one of .NET has, cannot. So it starts itself once more, with the same
/// arguments, and ends when the second has read its configuration. What came from standard input goes to it through a pipe:
/// nobody can see it there. Until it takes over, the second complains where the first was called.
/// </remarks>
internal sealed class Background
{
    /// <summary>Tells the second process its ends of the pipes: the text to read, and where to say that it has taken over.</summary>
    public const string Variable = "SENTINEL_BACKGROUND";

    private readonly int _report;

    private Background(string standardInput, int report) => (StandardInput, _report) = (standardInput, report);

    /// <summary>What the first process read from standard input.</summary>
    public string StandardInput { get; }

    /// <summary>Finds out whether this process was started by <see cref="Start"/>. To be asked once.</summary>
    /// <returns>Null when it was not.</returns>
    public static Background? Take()
    {
        string[] ends = Environment.GetEnvironmentVariable(Variable)?.Split(',') ?? [];
        Environment.SetEnvironmentVariable(Variable, null);
        if (ends is not [var text, var report]
            || !int.TryParse(text, CultureInfo.InvariantCulture, out int read)
            || !int.TryParse(report, CultureInfo.InvariantCulture, out int write)
            || !SystemCalls.IsPipe(read)
            || !SystemCalls.IsPipe(write))    // a variable that leaked to us from elsewhere: those descriptors are not meant
        {
            return null;
        }
        SystemCalls.LeaveTerminal();
        SystemCalls.KeepDescriptors();
        using var input = new SafeFileHandle(read, ownsHandle: true);
        return new Background(FileText.Decode(Posix.ReadAll(input, out _) ?? []), write);
    }

    /// <summary>Starts this program once more, to go on in the background.</summary>
    /// <param name="standardInput">What was read from standard input.</param>
    /// <returns>The exit code of this process: 0 once the other has taken over.</returns>
    public static int Start(string standardInput)
    {
        (int textRead, int textWrite) = SystemCalls.Pipe(out string? error);
        (int reportRead, int reportWrite) = error is null ? SystemCalls.Pipe(out error) : default;
        if (error is null)
        {
            SystemCalls.KeepDescriptors();    // those of whoever called us too: a lock of theirs would last as long as we
            SystemCalls.LetInherit(textRead);
            SystemCalls.LetInherit(reportWrite);
            byte[] ends = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Variable}={textRead},{reportWrite}"));
            SystemCalls.Spawn(Environment.ProcessPath!, Strings("/proc/self/cmdline"), [.. Strings("/proc/self/environ"), ends], out error);
        }
        if (error is not null)
        {
            Console.Error.WriteLine($"Can't go to the background: {error}");
            return 1;
        }
        SystemCalls.Close(textRead);
        SystemCalls.Close(reportWrite);
        using (var text = new SafeFileHandle(textWrite, ownsHandle: true))
            Posix.WriteAll(text, FileText.Encode(standardInput));    // if it has ended meanwhile, the report says so
        using var report = new SafeFileHandle(reportRead, ownsHandle: true);
        return Posix.ReadAll(report, out _) is [_, ..] ? 0 : 1;
    }

    /// <summary>Lets the first process end, and leaves what was its.</summary>
    public void TakeOver()
    {
        SystemCalls.LeaveStandardStreams();
        using var report = new SafeFileHandle(_report, ownsHandle: true);
        Posix.WriteAll(report, [1]);
    }

    // strings as the kernel keeps them, each with a zero byte behind it
    private static byte[][] Strings(string file)
    {
        List<byte[]> strings = [];
        ReadOnlySpan<byte> rest = File.ReadAllBytes(file);
        for (int end; (end = rest.IndexOf((byte)0)) >= 0; rest = rest[(end + 1)..])
            strings.Add(rest[..end].ToArray());
        return [.. strings];
    }
}
