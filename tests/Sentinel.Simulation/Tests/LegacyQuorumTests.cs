using Sentinel.Core;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Nodes;
using Sentinel.Simulation.Sentinels;

namespace Sentinel.Simulation.Tests;

/// <summary>Sentinels of Redis' kind, alone and with ours, and modelled nodes.</summary>
public class LegacyQuorumTests
{
    public static TheoryData<int, ulong> Quorums
    {
        get
        {
            var quorums = new TheoryData<int, ulong>();
            for (ulong seed = 1; seed <= 10; seed++)
            {
                for (int legacy = 1; legacy <= 3; legacy++)
                    quorums.Add(legacy, seed);
            }
            return quorums;
        }
    }

    [Theory, MemberData(nameof(Quorums))]
    public void A_quorum_of_three_replaces_a_killed_master_and_takes_it_back_as_a_replica(int legacy, ulong seed)
    {
        var options = new MasterOptions { Name = "mymaster", Quorum = 2, DownAfter = TimeSpan.FromSeconds(3), FailoverTimeout = TimeSpan.FromSeconds(10) };
        var world = new World(seed, new Topology { Sentinels = 3 - legacy, LegacySentinels = legacy, Groups = [new GroupTopology { Options = options }] }, isTold: true);
        world.Run(TimeSpan.FromSeconds(30));
        Group group = world.Groups[0];
        RedisNode former = group.Nodes[0];
        Assert.All(world.Sentinels, sentinel => Assert.Equal((2, former.Address), (sentinel.PeersOf("mymaster"), sentinel.MasterOf("mymaster")!.Value)));

        former.Kill();
        Assert.True(world.RunUntil(() => AgreeOnOther(world, former.Address), TimeSpan.FromSeconds(60)), world.Transcript!.ToString());
        world.Run(TimeSpan.FromSeconds(10));
        RedisNode master = world.NodeAt(world.Sentinels[0].MasterOf("mymaster")!.Value)!;
        Assert.Null(master.Master);
        Assert.All(group.Nodes.FindAll(node => node != master && node != former), node => Assert.Equal(master.Address, node.Master));

        former.Start();
        Assert.True(world.RunUntil(() => former.Master == master.Address, TimeSpan.FromSeconds(30)), world.Transcript!.ToString());
        world.Run(TimeSpan.FromSeconds(60));
        Assert.All(world.Sentinels, sentinel => Assert.Equal(master.Address, sentinel.MasterOf("mymaster")));
        Assert.Empty(world.Violations);
    }

    private static bool AgreeOnOther(World world, Address former)
    {
        Address? first = world.Sentinels[0].MasterOf("mymaster");
        return first != former && world.Sentinels.TrueForAll(sentinel => sentinel.MasterOf("mymaster") == first);
    }
}
