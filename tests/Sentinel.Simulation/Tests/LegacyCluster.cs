using System.Globalization;
using Sentinel.Core;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Nodes;
using Sentinel.Simulation.Sentinels;

namespace Sentinel.Simulation.Tests;

/// <summary>Sentinels with scripted nodes: a master and its replicas.</summary>
internal sealed class LegacyCluster
{
    public LegacyCluster(ulong seed, int legacy = 3, int ours = 0, int replicas = 2, double downAfter = 3, double failoverTimeout = 10, int quorum = 2, int parallelSyncs = 1)
    {
        var options = new MasterOptions
        {
            Name = "mymaster", Quorum = quorum, ParallelSyncs = parallelSyncs,
            DownAfter = TimeSpan.FromSeconds(downAfter), FailoverTimeout = TimeSpan.FromSeconds(failoverTimeout),
        };
        World = new World(seed, new Topology
        {
            Sentinels = ours, LegacySentinels = legacy, ClientsPerGroup = 0,
            Groups = [new GroupTopology { Options = options, Nodes = [.. Enumerable.Repeat(new NodeSettings(), replicas + 1)] }],
        }, isTold: true);
        foreach (RedisNode node in World.Groups[0].Nodes)
            _ = new ScriptedNode(node, Nodes);
        Address master = Nodes[0].Address;
        Assert.True(World.RunUntil(() => World.Sentinels.TrueForAll(sentinel => sentinel.PeersOf("mymaster") == legacy + ours - 1 && sentinel.KnowsAllReplicas("mymaster", replicas)), TimeSpan.FromSeconds(30)));
        World.Run(TimeSpan.FromSeconds(20));
        Assert.All(World.Sentinels, sentinel => Assert.Equal(master, sentinel.MasterOf("mymaster")));
        StartedAt = World.Elapsed;
    }

    public World World { get; }
    public List<ScriptedNode> Nodes { get; } = [];
    public List<SimSentinel> Sentinels => World.Sentinels;

    /// <summary>When the cluster had come up.</summary>
    public TimeSpan StartedAt { get; private set; }

    /// <summary>Times and events count from now.</summary>
    public void Mark() => StartedAt = World.Elapsed;

    /// <summary>What Sentinels told since the mark, times in seconds since then.</summary>
    public List<Told> Story()
    {
        List<Told> story = [];
        foreach (string line in World.Transcript!.ToString().Split('\n'))
        {
            string[] words = line.Split(' ', 4, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 3 || words[2][0] is not ('+' or '-'))
                continue;
            double at = double.Parse(words[0], CultureInfo.InvariantCulture) - StartedAt.TotalSeconds;
            if (at >= 0)
                story.Add(new Told(at, words[1], words[2], words.Length > 3 ? words[3] : ""));
        }
        return story;
    }

    public bool HasTold(string name) => Story().Exists(told => told.Name == name);

    public bool AllAgreeOn(Address address) => Sentinels.TrueForAll(sentinel => !sentinel.IsRunning || sentinel.MasterOf("mymaster") == address);

    public bool Run(Func<bool> until, double atMost) => World.RunUntil(until, TimeSpan.FromSeconds(atMost), TimeSpan.FromMilliseconds(20));

    public void Run(double seconds) => World.Run(TimeSpan.FromSeconds(seconds));
}

/// <summary>An event in a story.</summary>
internal sealed record Told(double At, string Who, string Name, string Payload);
