using Sentinel.Daemon.Tests.Lab;
using Sentinel.Resp;

namespace Sentinel.Compatibility.Servers;

/// <summary>Two pairs of sentinels, of which one asks for a password, and what all four watch: two masters with a replica each.</summary>
/// <remarks>A third master, <c>spare</c>, is watched by nobody: a conversation may monitor it and forget it again.</remarks>
public sealed class SideBySide : IAsyncLifetime
{
    /// <summary>What the locked pair asks for.</summary>
    private const string Password = "secret";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sentinel-compatibility-");
    private readonly RedisNode[] _nodes;

    public SideBySide()
    {
        RedisNode first = Node(null), second = Node(null);
        _nodes = [first, second, Node(first), Node(second), Node(null)];
        Ports = new Dictionary<string, int>(StringComparer.Ordinal)
        {
            ["first"] = first.Port,
            ["second"] = second.Port,
            ["replica"] = _nodes[2].Port,
            ["spare"] = _nodes[4].Port,
        };
        Open = new Pair(Sentinel(Make.Redis, null), Sentinel(Make.Ours, null));
        Locked = new Pair(Sentinel(Make.Redis, Password), Sentinel(Make.Ours, Password));
    }

    /// <summary>The pair that asks for no password, and does not let scripts be changed.</summary>
    internal Pair Open { get; }

    /// <summary>The pair that asks for the password <c>secret</c>, and lets scripts be changed.</summary>
    internal Pair Locked { get; }

    /// <summary>The ports of the data nodes, by the words that conversations use for them.</summary>
    internal IReadOnlyDictionary<string, int> Ports { get; }

    private IEnumerable<SentinelNode> Sentinels => [Open.Theirs, Open.Ours, Locked.Theirs, Locked.Ours];

    public async Task InitializeAsync()
    {
        await Task.WhenAll(_nodes.Select(node => node.StartAsync()));
        // A sentinel that looks at a master too early looks again only 10 s later.
        await Eventually.SoAsync("the replicas follow", async () =>
            await _nodes[2].RoleAsync() == $"slave of {Ports["first"]}" && await _nodes[3].RoleAsync() == $"slave of {Ports["second"]}");
        await Task.WhenAll(Sentinels.Select(sentinel => sentinel.StartAsync()));
        await Eventually.UndisputedAsync("all know all", async () =>
        {
            foreach (SentinelNode sentinel in Sentinels)
            {
                RespValue masters = await sentinel.AskAsync("SENTINEL", "MASTERS");
                foreach (Dictionary<string, string> master in masters.Items.Select(Replies.Fields))
                {
                    if (master["num-slaves"] != "1" || master["num-other-sentinels"] != "3" || master["flags"] != "master")
                        return $"{sentinel} sees {master["name"]} {master["flags"]} with {master["num-slaves"]} replicas and {master["num-other-sentinels"]} peers";
                }
            }
            return null;
        });
        // Back to what it is by default: the lab makes the original look at its nodes more often.
        foreach (SentinelNode theirs in Sentinels.Where(sentinel => sentinel.Make is Make.Redis))
            await theirs.AskAsync("SENTINEL", "DEBUG", "INFO-PERIOD", "10000");
    }

    public async Task DisposeAsync()
    {
        await Task.WhenAll(_nodes.Concat<Server>(Sentinels).Select(server => server.DisposeAsync().AsTask()));
        _folder.Delete(recursive: true);
    }

    private RedisNode Node(RedisNode? master)
    {
        int port = Daemon.Tests.Lab.Ports.Take();
        string folder = Path.Combine(_folder.FullName, $"node-{port}");
        return new RedisNode(folder, port, $"""
            port {port}
            bind 127.0.0.1
            dir {folder}
            save ""
            repl-diskless-sync-delay 0
            {(master is null ? "" : $"replicaof 127.0.0.1 {master.Port}")}

            """);
    }

    private SentinelNode Sentinel(Make make, string? password)
    {
        int port = Daemon.Tests.Lab.Ports.Take();
        string folder = Path.Combine(_folder.FullName, $"sentinel-{port}");
        return new SentinelNode(make, folder, port, $"""
            port {port}
            bind 127.0.0.1
            dir {folder}
            sentinel monitor first 127.0.0.1 {Ports["first"]} 2
            sentinel down-after-milliseconds first 60000
            sentinel monitor second 127.0.0.1 {Ports["second"]} 3
            sentinel down-after-milliseconds second 60000
            sentinel sentinel-pass {Password}
            {(password is null ? "" : $"requirepass {password}")}
            {(password is null ? "" : "sentinel deny-scripts-reconfig no")}

            """)
        {
            Password = password,
        };
    }
}
