using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Sentinel.Daemon.CommandLine;
using Sentinel.Daemon.Configuration;

namespace Sentinel.Daemon.Hosting;

/// <summary>What <c>ps</c> shows of us: who we are and where we listen, and not the command line, which may hold passwords.</summary>
/// <remarks>
/// The system shows the memory in which it once handed us our arguments, so they are overwritten there; .NET has its own copy. There is
/// no more room than they had: a longer title is cut.
/// </remarks>
internal static class ProcessTitle
{
    // Places in /proc/self/stat (proc(5)), counted from the field after the name of the program, which may hold blanks.
    private const int ArgumentsStart = 48 - 3, ArgumentsEnd = 49 - 3;

    private const int LengthMax = 1024 * 1024;

    /// <summary>Shows the title that the configuration asks for. Where the system has no such memory, nothing happens.</summary>
    public static void Set(SentinelConfiguration configuration) => Write(Of(configuration, ProgramName.OfThisProcess()));

    /// <summary>The title: the template of the configuration, filled in.</summary>
    public static string Of(SentinelConfiguration configuration, ProgramName name)
    {
        string host = configuration.Bind is [var first, ..] ? first.Host : "*";
        int port = configuration.Options.Port == 0 ? configuration.Tls.Port : configuration.Options.Port;
        return configuration.ProcTitleTemplate
            .Replace("{title}", name.Name, StringComparison.Ordinal)
            .Replace("{listen-addr}", string.Create(CultureInfo.InvariantCulture, $"{host}:{port}"), StringComparison.Ordinal)
            .Replace("{server-mode}", "[sentinel]", StringComparison.Ordinal)
            .Replace("{port}", port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("{tls-port}", configuration.Tls.Port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("{unixsocket}", configuration.UnixSocket ?? "", StringComparison.Ordinal)
            .Replace("{config-file}", configuration.File, StringComparison.Ordinal)
            .TrimEnd();
    }

    private static void Write(string title)
    {
        string stat = File.ReadAllText("/proc/self/stat");
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        if (fields.Length <= ArgumentsEnd
            || !nint.TryParse(fields[ArgumentsStart], CultureInfo.InvariantCulture, out nint start)
            || !nint.TryParse(fields[ArgumentsEnd], CultureInfo.InvariantCulture, out nint end)
            || start <= 0 || end - start is < 2 or > LengthMax)
            return;
        // The last byte stays zero: the system takes anything else for a title that goes on behind the arguments.
        byte[] memory = new byte[end - start];
        byte[] text = Encoding.UTF8.GetBytes(title);
        text.AsSpan(0, Math.Min(text.Length, memory.Length - 1)).CopyTo(memory);
        Marshal.Copy(memory, 0, start, memory.Length);
    }
}
