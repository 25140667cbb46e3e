using System.Globalization;
using Sentinel.Core;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Nodes;
using Sentinel.Simulation.Sentinels;

namespace Sentinel.Simulation.Tests;

/// <summary>Three Sentinels of Redis' kind with scripted nodes: a master and its replicas.</summary>
internal sealed class LegacyCluster
{
    public LegacyCluster(ulong seed, int replicas = 2, double failoverTimeout = 10, double delayMs = 0.1)
    {
        var options = new MasterOptions
        {
            Name = "mymaster", Quorum = 2,
            DownAfter = TimeSpan.FromSeconds(3), FailoverTimeout = TimeSpan.FromSeconds(failoverTimeout),
        };
        World = new World(seed, new Topology
        {
            Sentinels = 0, LegacySentinels = 3, ClientsPerGroup = 0, DelayMin = TimeSpan.FromMilliseconds(delayMs),
            Groups = [new GroupTopology { Options = options, Nodes = [.. Enumerable.Repeat(new NodeSettings(), replicas + 1)] }],
        }, isTold: true);
        foreach (RedisNode node in World.Groups[0].Nodes)
            _ = new ScriptedNode(node, Nodes);
        Address master = Nodes[0].Address;
        Assert.True(World.RunUntil(() => World.Sentinels.TrueForAll(sentinel => sentinel.PeersOf("mymaster") == 2 && sentinel.KnowsAllReplicas("mymaster", replicas)), TimeSpan.FromSeconds(30)));
        World.Run(TimeSpan.FromSeconds(20));
        Assert.All(World.Sentinels, sentinel => Assert.Equal(master, sentinel.MasterOf("mymaster")));
        StartedAt = World.Elapsed;
    }

    public World World { get; }
    public List<ScriptedNode> Nodes { get; } = [];
    public List<SimSentinel> Sentinels => World.Sentinels;

    /// <summary>When the cluster had come up: times of the story count from then.</summary>
    public TimeSpan StartedAt { get; }

    /// <summary>What Sentinels told since the cluster had come up, times in seconds since then.</summary>
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

    public SimSentinel Sentinel(string name) => Sentinels.Find(sentinel => sentinel.Name == name)!;

    public bool HasTold(string name) => Story().Exists(told => told.Name == name);

    public bool AllAgreeOn(Address address) => Sentinels.TrueForAll(sentinel => !sentinel.IsRunning || sentinel.MasterOf("mymaster") == address);

    public bool Run(Func<bool> until, double atMost) => World.RunUntil(until, TimeSpan.FromSeconds(atMost), TimeSpan.FromMilliseconds(20));

    public void Run(double seconds) => World.Run(TimeSpan.FromSeconds(seconds));
}

/// <summary>An event in a story.</summary>
internal sealed record Told(double At, string Who, string Name, string Payload);
