using System.Globalization;
using Sentinel.Daemon.Tests.Lab;

namespace Sentinel.Benchmarks.Servers;

/// <summary>Groups of real nodes on the loopback, and sentinels of one make that watch them, in a folder of their own.</summary>
/// <remarks>Nothing runs before <see cref="StartNodesAsync"/>, and nothing after <see cref="DisposeAsync"/>.</remarks>
internal sealed class Cluster : IAsyncDisposable
{
    /// <summary>Servers that are started at a time: more would only keep each other from the processors.</summary>
    private const int StartsMax = 16;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sentinel-bench-");
    private readonly ClusterOptions _options;

    public Cluster(ClusterOptions options)
    {
        _options = options;
        Groups = [.. Enumerable.Range(0, options.Groups).Select(NewGroup)];
        Sentinels = [.. Enumerable.Range(0, options.Sentinels).Select(_ => NewSentinel())];
    }

    public IReadOnlyList<Group> Groups { get; }

    public IReadOnlyList<SentinelServer> Sentinels { get; }

    /// <summary>The first group; of most clusters the only one.</summary>
    public Group Group => Groups[0];

    /// <summary>A cluster of which all runs and knows each other.</summary>
    public static async Task<Cluster> StartAsync(ClusterOptions options, CancellationToken stopping)
    {
        var cluster = new Cluster(options);
        try
        {
            await cluster.StartNodesAsync(stopping);
            await Task.WhenAll(cluster.Sentinels.Select(sentinel => sentinel.StartAsync())).WaitAsync(stopping);
            await cluster.SettleAsync(stopping);
            return cluster;
        }
        catch (Exception)
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts all nodes, and waits until all replicas follow. A sentinel that looks at a master before that looks again only 10 s later.</summary>
    public async Task StartNodesAsync(CancellationToken stopping)
    {
        var bound = new ParallelOptions { MaxDegreeOfParallelism = StartsMax, CancellationToken = stopping };
        await Parallel.ForEachAsync(Groups.SelectMany(group => group.Nodes), bound, async (node, _) => await node.StartAsync());
        await Parallel.ForEachAsync(Groups, bound, async (group, _) => await Eventually.UndisputedAsync($"the replicas of {group.Name} follow", () => UnattachedAsync(group, group.Nodes[0].Port)));
    }

    /// <summary>Waits until all sentinels know all of every group, and all is well.</summary>
    public async Task SettleAsync(CancellationToken stopping)
    {
        foreach (Group group in Groups)
            await SettleAsync(group, stopping);
    }

    /// <summary>Waits until all sentinels know all of a group, and all is well.</summary>
    /// <returns>The master.</returns>
    public async Task<RedisNode> SettleAsync(Group group, CancellationToken stopping, TimeSpan? within = null)
    {
        int port = 0;
        await Eventually.UndisputedAsync($"{group.Name} is settled", async () =>
        {
            stopping.ThrowIfCancellationRequested();
            port = await Sentinels[0].MasterPortAsync(group.Name);
            foreach (SentinelServer sentinel in Sentinels)
            {
                if (await sentinel.UnsettledAsync(group.Name, port, _options.Replicas, Sentinels.Count - 1) is { } reason)
                    return $"{sentinel} says {reason}";
            }
            return await UnattachedAsync(group, port);
        }, within ?? TimeSpan.FromMinutes(2));
        return group.Node(port);
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(Sentinels.Select(sentinel => sentinel.DisposeAsync().AsTask()));
        await Task.WhenAll(Groups.SelectMany(group => group.Nodes).Select(node => node.DisposeAsync().AsTask()));
        _folder.Delete(recursive: true);
    }

    /// <summary>Why a node does not do what it should; null: all do.</summary>
    private static async Task<string?> UnattachedAsync(Group group, int master)
    {
        foreach (RedisNode node in group.Nodes)
        {
            string role = await node.RoleAsync();
            if (role != (node.Port == master ? "master" : $"slave of {master}"))
                return $"{node} is {role}";
        }
        return null;
    }

    private Group NewGroup(int number)
    {
        RedisNode[] nodes = new RedisNode[_options.Replicas + 1];
        for (int i = 0; i < nodes.Length; i++)
        {
            int port = Ports.Take();
            // A file, so that CONFIG REWRITE keeps a new role as it does in production.
            string folder = Path.Combine(_folder.FullName, $"node-{port}");
            nodes[i] = new RedisNode(folder, port, $"""
                port {port}
                bind 127.0.0.1
                dir {folder}
                save ""
                loglevel warning
                repl-diskless-sync-delay 0
                {(i == 0 ? "" : $"replicaof 127.0.0.1 {nodes[0].Port}")}
                {_options.NodeLines}

                """);
        }
        return new Group(_options.Groups == 1 ? "mymaster" : $"group-{number}", nodes);
    }

    private SentinelServer NewSentinel()
    {
        int port = Ports.Take();
        string folder = Path.Combine(_folder.FullName, $"sentinel-{port}");
        string groups = string.Concat(Groups.Select(group => $"""
            sentinel monitor {group.Name} 127.0.0.1 {group.Nodes[0].Port} {_options.Quorum}
            sentinel down-after-milliseconds {group.Name} {_options.DownAfter.TotalMilliseconds}
            sentinel failover-timeout {group.Name} {_options.FailoverTimeout.TotalMilliseconds}
            {string.Format(CultureInfo.InvariantCulture, _options.GroupLines, group.Name)}

            """));
        return new SentinelServer(_options.Sentinel, folder, port, $"""
            port {port}
            bind 127.0.0.1
            dir {folder}
            logfile {Path.Combine(folder, SentinelServer.LogName)}
            {groups}
            """);
    }
}
