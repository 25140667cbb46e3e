using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Sentinel.Benchmarks.Servers;
using Sentinel.Benchmarks.Tool;
using Sentinel.Daemon.Tests.Lab;

namespace Sentinel.Benchmarks.Macro;

/// <summary>The master's host, with a sentinel and a client on it, is cut off from the other two, and comes back.</summary>
internal sealed class PartitionCase : Case
{
    private const int Hosts = 3;
    private const int NodePort = 6379;
    private const int SentinelPort = 26379;
    private const string Group = "mymaster";

    private static readonly TimeSpan CutFor = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Before = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan After = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan WritePeriod = TimeSpan.FromMilliseconds(4);

    public override string Name => "partition";

    public override string SetUp(MacroOptions options) =>
        $"the master and a client beside it cut off for {CutFor.TotalSeconds} s, `down-after-milliseconds 2000`: acknowledged writes of that client that were lost";

    public override async Task<IReadOnlyList<Row>> MeasureAsync(MacroOptions options, Makes makes, CancellationToken stopping)
    {
        var figures = new Figures();
        for (int round = 1; round <= options.Rounds; round++)
        {
            await MeasureAsync(isOurs: false, makes.Theirs, "", "", figures, stopping);
            await MeasureAsync(isOurs: true, makes.Ours, "", "", figures, stopping);
            await MeasureAsync(isOurs: true, makes.Ours, $"sentinel fence-after-milliseconds {Group} 500", ", with `fence-after-milliseconds 500`", figures, stopping);
            Console.Error.WriteLine($"  {Name}: round {round} of {options.Rounds}");
        }
        return figures.Rows;
    }

    private static async Task MeasureAsync(bool isOurs, string program, string line, string suffix, Figures figures, CancellationToken stopping)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("sentinel-partition-");
        using var hosts = new NetworkNamespaces(Hosts);
        List<ChildProcess> processes = [];
        try
        {
            for (int i = 0; i < Hosts; i++)
                processes.Add(Start(hosts, i, "redis-server", folder, $"node-{i}", NodeLines(i)));
            for (int i = 1; i < Hosts; i++)
                await EventuallyOnAsync(hosts, i, NodePort, "the replicas follow", ["ROLE"], reply => reply is ["slave", _, _, "connected", ..], stopping);
            for (int i = 0; i < Hosts; i++)
                processes.Add(Start(hosts, i, program, folder, $"sentinel-{i}", SentinelLines(i, line)));
            for (int i = 0; i < Hosts; i++)
                await EventuallyOnAsync(hosts, i, SentinelPort, "the sentinels know each other", ["SENTINEL", "MASTER", Group], IsComplete, stopping);

            var acknowledged = new ConcurrentQueue<Acknowledged>();
            using var enough = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            Task writing = new Writer("w", () => ConnectAsync(hosts, 0), WritePeriod, acknowledged.Enqueue).RunAsync(enough.Token);
            long healedAt;
            try
            {
                await Task.Delay(Before, stopping);
                hosts.Cut(0, isCut: true);
                await Task.Delay(CutFor, stopping);
                hosts.Cut(0, isCut: false);
                healedAt = Stopwatch.GetTimestamp();
                await Task.Delay(After, stopping);
            }
            finally
            {
                await enough.CancelAsync();
                await writing;
            }
            string master = (await AskAsync(hosts, 1, Address(1), SentinelPort, ["SENTINEL", "GET-MASTER-ADDR-BY-NAME", Group]))[0];
            HashSet<string> kept = [.. await AskAsync(hosts, 1, master, NodePort, ["LRANGE", "log", "0", "-1"])];
            Acknowledged[] lost = [.. acknowledged.Where(write => !kept.Contains(write.Value))];
            figures.Add(isOurs, $"lost of what was taken while cut off{suffix}", Unit.Count, lost.Count(write => write.At < healedAt));
            figures.Add(isOurs, $"… after it{suffix}", Unit.Count, lost.Count(write => write.At >= healedAt));
            figures.Add(isOurs, $"… of{suffix}", Unit.Count, acknowledged.Count);
        }
        finally
        {
            foreach (ChildProcess process in processes)
                await process.DisposeAsync();
            folder.Delete(recursive: true);
        }
    }

    private static string Address(int host) => NetworkNamespaces.Address(host);

    private static string NodeLines(int host) => $"""
        port {NodePort}
        bind {Address(host)} 127.0.0.1
        protected-mode no
        save ""
        repl-diskless-sync-delay 0
        {(host == 0 ? "" : $"replicaof {Address(0)} {NodePort}")}

        """;

    private static string SentinelLines(int host, string line) => $"""
        port {SentinelPort}
        bind {Address(host)} 127.0.0.1
        protected-mode no
        sentinel monitor {Group} {Address(0)} {NodePort} 2
        sentinel down-after-milliseconds {Group} 2000
        sentinel failover-timeout {Group} 10000
        {line}

        """;

    private static ChildProcess Start(NetworkNamespaces hosts, int host, string program, DirectoryInfo parent, string name, string lines)
    {
        string folder = parent.CreateSubdirectory(name).FullName;
        string file = Path.Combine(folder, "server.conf");
        File.WriteAllText(file, $"dir {folder}\nlogfile {Path.Combine(folder, "log")}\n{lines}");
        return ChildProcess.Start("ip", folder, new ProcessLog(), [.. hosts.Enter(host), program, file]);
    }

    /// <summary>As the application on a host does it: it asks the sentinel there.</summary>
    private static async Task<RespConnection?> ConnectAsync(NetworkNamespaces hosts, int host)
    {
        try
        {
            string[] master = await AskAsync(hosts, host, Address(host), SentinelPort, ["SENTINEL", "GET-MASTER-ADDR-BY-NAME", Group]);
            return master is [var ip, _] ? await OpenAsync(hosts, host, ip, NodePort) : null;
        }
        catch (Exception failure) when (Discovery.IsSilence(failure))
        {
            return null;
        }
    }

    private static async Task<string[]> AskAsync(NetworkNamespaces hosts, int host, string ip, int port, string[] command)
    {
        using RespConnection connection = await OpenAsync(hosts, host, ip, port);
        return (await connection.AskAsync(command)).Texts();
    }

    private static Task<RespConnection> OpenAsync(NetworkNamespaces hosts, int host, string ip, int port) =>
        hosts.On(host, () => RespConnection.ConnectAsync(port, IPAddress.Parse(ip), patience: Discovery.Patience)).WaitAsync(Discovery.Patience * 2);

    private static bool IsComplete(string[] reply) =>
        Field(reply, "num-slaves") == "2" && Field(reply, "num-other-sentinels") == "2" && Field(reply, "flags") == "master";

    private static string? Field(string[] reply, string name) => Array.IndexOf(reply, name) is >= 0 and int at ? reply[at + 1] : null;

    private static Task EventuallyOnAsync(NetworkNamespaces hosts, int host, int port, string what, string[] command, Func<string[], bool> isSo, CancellationToken stopping) =>
        Eventually.UndisputedAsync(what, async () =>
        {
            stopping.ThrowIfCancellationRequested();
            string[] reply = await AskAsync(hosts, host, Address(host), port, command);
            return isSo(reply) ? null : $"host {host} says {string.Join(' ', reply)}";
        });
}
