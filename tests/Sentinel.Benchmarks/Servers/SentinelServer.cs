using Sentinel.Daemon.Tests.Lab;

namespace Sentinel.Benchmarks.Servers;

/// <summary>A sentinel of any make, as its operator would run it.</summary>
/// <param name="program">Its executable.</param>
/// <inheritdoc cref="Server"/>
internal sealed class SentinelServer(string program, string folder, int port, string configuration) : Server(folder, port, configuration)
{
    /// <summary>The name of the file it logs to, in its folder: what it says must not cost the process that measures it.</summary>
    public const string LogName = "sentinel.log";

    /// <summary>Where it logs.</summary>
    public string LogFile => Path.Combine(Folder, LogName);

    /// <summary>What it uses now; null: it does not run.</summary>
    public ProcessUsage? Usage => IsRunning ? ProcessUsage.Of(Process.Id) : null;

    protected override string Program => program;

    public override string ToString() => $"sentinel {Port}";
}
