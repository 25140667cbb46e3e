using System.Text;

namespace Sentinel.Daemon.CommandLine;

/// <summary>The name under which this program was called. Scripts and units know it as another: as a link, it takes that one's place.</summary>
internal sealed record ProgramName(string Name)
{
    /// <summary>Whether it was called as the Sentinel of Redis or Valkey, or as one of their servers.</summary>
    public bool IsForeign => IsOf("redis-") || IsOf("valkey-");

    /// <summary>Whether it was called as a program that is a Sentinel only when told so with <c>--sentinel</c>.</summary>
    public bool IsServer => IsForeign && !Name.Contains("-sentinel", StringComparison.Ordinal);

    /// <summary>The product whose name it bears.</summary>
    public string Product => IsOf("valkey-") ? "Valkey" : "Redis";

    /// <summary>The name of this process. .NET hides it: its own list of arguments begins with the path of the assembly.</summary>
    public static ProgramName OfThisProcess()
    {
        ReadOnlySpan<byte> line = File.ReadAllBytes("/proc/self/cmdline");
        int end = line.IndexOf((byte)0);
        return new ProgramName(Path.GetFileName(Encoding.UTF8.GetString(end < 0 ? line : line[..end])));
    }

    private bool IsOf(string prefix) =>
        Name.Contains($"{prefix}sentinel", StringComparison.Ordinal) || Name.Contains($"{prefix}server", StringComparison.Ordinal);
}
