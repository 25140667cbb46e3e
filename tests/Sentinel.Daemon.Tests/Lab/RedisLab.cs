using System.Text;

namespace Sentinel.Daemon.Tests.Lab;

/// <summary>A master, its replicas and their sentinels: real processes on the loopback, in a folder of their own.</summary>
/// <remarks>Nothing runs before <see cref="HealAsync"/>, and nothing after <see cref="DisposeAsync"/>.</remarks>
internal sealed class RedisLab : IAsyncDisposable
{
    public const string MasterName = "mymaster";

    private readonly LabTls? _tls;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sentinel-lab-");

    public RedisLab(LabOptions options)
    {
        int masterPort = Ports.Take();
        _tls = options.Tls ? new LabTls(_folder.FullName) : null;
        Nodes = [.. Enumerable.Range(0, options.Replicas + 1).Select(i => NewNode(i, i == 0 ? masterPort : Ports.Take(), masterPort, options))];
        Sentinels = [.. options.Sentinels.Select(make => NewSentinel(make, Ports.Take(), masterPort, options))];
    }

    /// <summary>The data nodes. At first the master, then its replicas.</summary>
    public IReadOnlyList<RedisNode> Nodes { get; }

    public IReadOnlyList<SentinelNode> Sentinels { get; }

    private IEnumerable<Server> Servers => Nodes.Concat<Server>(Sentinels);

    private IEnumerable<SentinelNode> RunningSentinels => Sentinels.Where(sentinel => sentinel.IsRunning);

    /// <summary>Starts or resumes whoever does not run, waits until all is well, and begins the logs anew.</summary>
    public async Task HealAsync()
    {
        await StartAsync();
        await SettleAsync();
        foreach (SentinelNode sentinel in Sentinels)
            sentinel.Log.Mark();
    }

    /// <summary>Starts or resumes whoever does not run.</summary>
    public async Task StartAsync()
    {
        await Task.WhenAll(Nodes.Select(node => node.StartAsync()));
        // A sentinel that looks at the master too early looks again only 10 s later.
        if (!RunningSentinels.Any())
            await Eventually.SoAsync("the replicas follow the master", async () => (await RolesAsync()).Skip(1).All(role => role == $"slave of {Nodes[0].Port}"));
        await Task.WhenAll(Sentinels.Select(sentinel => sentinel.StartAsync()));
    }

    /// <summary>Waits until all nodes are up, and all sentinels that run agree on one master that all others follow.</summary>
    public async Task SettleAsync(TimeSpan? within = null)
    {
        await Eventually.UndisputedAsync("the lab is settled", Unsettled, within);
        await CatchUpAsync();
    }

    /// <summary>The master that all sentinels that run agree on.</summary>
    public async Task<RedisNode> MasterAsync()
    {
        RedisNode? master = null;
        await Eventually.UndisputedAsync("the sentinels agree on a master", async () =>
        {
            int[] ports = await AddressesAsync();
            master = Nodes.FirstOrDefault(node => node.Port == ports[0]);
            return master is not null && ports.All(port => port == ports[0]) ? null : $"they say {string.Join(", ", ports)}";
        });
        return master!;
    }

    /// <summary>Waits until all sentinels that run agree on another master, which says itself that it is one.</summary>
    /// <returns>The new master.</returns>
    public async Task<RedisNode> MasterAfterAsync(RedisNode former)
    {
        RedisNode? master = null;
        await Eventually.UndisputedAsync($"another node than {former.Port} is master", async () =>
        {
            int[] ports = await AddressesAsync();
            if (ports[0] == former.Port || ports.Any(port => port != ports[0]))
                return $"they say {string.Join(", ", ports)}";
            master = Nodes.Single(node => node.Port == ports[0]);
            string role = await master.RoleAsync();
            return role == "master" ? null : $"{master} is {role}";
        });
        await CatchUpAsync();
        return master!;
    }

    /// <summary>The payloads of an event, of all sentinels since the logs were begun.</summary>
    public string[] Events(string name) => [.. Sentinels.SelectMany(sentinel => sentinel.Events(name))];

    /// <summary>What all sentinels have logged since the logs were begun.</summary>
    public IEnumerable<string> Messages => Sentinels.SelectMany(sentinel => sentinel.Messages);

    /// <summary>What was said last, for whoever looks into a failure.</summary>
    public string Transcript()
    {
        var transcript = new StringBuilder();
        foreach (Server server in Servers)
            transcript.Append($"--- {server}{(server.IsRunning ? "" : " (ended)")}\n{server.Log.Tail(server is SentinelNode ? 80 : 15)}\n");
        return transcript.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(Servers.Select(server => server.DisposeAsync().AsTask()));
        _folder.Delete(recursive: true);
    }

    private Task CatchUpAsync() => Task.WhenAll(RunningSentinels.Select(sentinel => sentinel.CatchUpAsync()));

    private async Task<string[]> RolesAsync() => await Task.WhenAll(Nodes.Select(node => node.RoleAsync()));

    private async Task<int[]> AddressesAsync() => await Task.WhenAll(RunningSentinels.Select(sentinel => sentinel.MasterPortAsync()));

    /// <summary>Why the lab is not settled; null: it is.</summary>
    private async Task<string?> Unsettled()
    {
        int port = (await AddressesAsync())[0];
        foreach (RedisNode node in Nodes)
        {
            string expected = node.Port == port ? "master" : $"slave of {port}";
            string role = await node.RoleAsync();
            if (role != expected)
                return $"{node} is {role}, not {expected}";
        }
        foreach (SentinelNode sentinel in RunningSentinels)
        {
            if (await UnsettledAt(sentinel, port) is { } reason)
                return $"{sentinel} says {reason}";
        }
        return null;
    }

    private async Task<string?> UnsettledAt(SentinelNode sentinel, int port)
    {
        if (await sentinel.UnsettledAsync(MasterName, port, Nodes.Count - 1, Sentinels.Count - 1) is { } reason)
            return reason;
        HashSet<string> running = [.. RunningSentinels.Select(running => $"{running.Port}")];
        foreach (Dictionary<string, string> peer in await sentinel.PeersAsync())
        {
            if (running.Contains(peer["port"]) && peer["flags"] != "sentinel")
                return $"peer {peer["port"]} is {peer["flags"]}";
        }
        return null;
    }

    private RedisNode NewNode(int index, int port, int masterPort, LabOptions options)
    {
        // A file, so that CONFIG REWRITE keeps a new role as it does in production.
        string folder = Path.Combine(_folder.FullName, $"node-{port}");
        return new RedisNode(folder, port, $"""
            {_tls?.Lines(port) ?? $"port {port}"}
            bind {options.Bind}
            dir {folder}
            save ""
            repl-diskless-sync-delay 0
            {(index == 0 ? "" : $"replicaof {options.Host} {masterPort}")}
            {options.Node(index)}

            """)
        {
            Certificate = _tls?.Shown,
        };
    }

    private SentinelNode NewSentinel(Make make, int port, int masterPort, LabOptions options)
    {
        string folder = Path.Combine(_folder.FullName, $"sentinel-{port}");
        return new SentinelNode(make, folder, port, $"""
            # {make}, the first line of the operator
            {_tls?.Lines(port) ?? $"port {port}"}
            bind {options.Bind}
            dir {folder}

            # the operator says why this master is watched
            sentinel monitor {MasterName} {options.Host} {masterPort} {options.Quorum}
            sentinel down-after-milliseconds {MasterName} {options.DownAfter.TotalMilliseconds}
            sentinel failover-timeout {MasterName} {options.FailoverTimeout.TotalMilliseconds}
            {(options.SentinelPassword is { } password ? $"requirepass {password}" : "")}
            {options.Sentinel}

            """)
        {
            Password = options.SentinelPassword,
            Certificate = _tls?.Shown,
        };
    }
}
