using Sentinel.Core;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Nodes;

namespace Sentinel.Simulation.Tests;

/// <summary>Nodes without Sentinels: a master and its replicas, attached.</summary>
internal sealed class NodeCluster
{
    private int _value;

    public NodeCluster(params ReadOnlySpan<NodeSettings> nodes)
    {
        World = new World(1, new Topology { Sentinels = 0, ClientsPerGroup = 0, Groups = [new GroupTopology { Nodes = [.. nodes] }] });
        RunUntil(() => Nodes.TrueForAll(node => node.IsMaster || node.Link.IsUp));
    }

    public World World { get; }
    public List<RedisNode> Nodes => World.Groups[0].Nodes;
    public RedisNode Master => Nodes[0];

    /// <summary>A master and replicas that are all set up alike.</summary>
    public static NodeCluster Of(int nodes, NodeSettings? settings = null)
    {
        var all = new NodeSettings[nodes];
        Array.Fill(all, settings ?? new NodeSettings());
        return new NodeCluster(all);
    }

    public void Run(double seconds) => World.Run(TimeSpan.FromSeconds(seconds));

    public void RunUntil(Func<bool> condition) => Assert.True(World.RunUntil(condition, TimeSpan.FromSeconds(60)));

    public NodeCaller Caller(RedisNode node, string ip = "10.8.0.1") => new(World, node, ip);

    /// <summary>Writes values, and waits until all that can have them do.</summary>
    public void Write(RedisNode node, int times)
    {
        NodeCaller caller = Caller(node);
        for (int i = 0; i < times; i++)
            Assert.IsType<WriteAccepted>(caller.Ask(new WriteOrder(++_value)));
        caller.Kill();
        Run(seconds: 0.01);
    }

    public void Order(RedisNode node, RedisNode? master)
    {
        NodeCaller caller = Caller(node);
        Assert.IsType<Reply.List>(caller.Order(master?.Address)[Request.Reconfigure.ExecIndex]);
        caller.Kill();
    }

    /// <summary>How often replicas began anew so far.</summary>
    public long FullResyncs => World.Coverage.Counts.GetValueOrDefault("full resync");

    public long PartialResyncs => World.Coverage.Counts.GetValueOrDefault("partial resync");

    public static IEnumerable<int> Values(int from, int to) => Enumerable.Range(from, to - from + 1);
}
