using Sentinel.Core.Tests.Cluster;

namespace Sentinel.Core.Tests;

/// <summary>Nodes that are listed twice, by two names or by a name and an address. None is ever told to follow itself.</summary>
public class TwinTests
{
    private static readonly SentinelOptions Resolving = new() { ResolveHostnames = true };

    [Theory]
    [InlineData("+try-failover")]
    [InlineData("+selected-slave")]
    [InlineData("+switch-master")]
    public void A_promoted_replica_whose_name_is_resolved_during_the_failover_is_not_told_to_follow_itself(string at)
    {
        World world = World.With(sentinels: 1, quorum: 1, options: Resolving, knownReplicas: [new Address("db1", 7001)]);
        FakeSentinel sentinel = world.Sentinels[0];
        world.RunUntil(() => sentinel.View.Replicas.Length == 3, "the named one and two that the master lists");
        world.Nodes[2].Priority = 200;
        world.Run(seconds: 11);    // until the priority is known
        world.Nodes[2].IgnoresOrders = true;    // so that the failover goes on
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count(at) > 0, at, atMostSeconds: 60);
        world.Names["db1"] = ["10.0.0.1"];
        world.Run(seconds: 60);
        Assert.Equal(["REPLICAOF NO ONE"], world.Nodes[1].Told);
        Assert.Equal(1, world.Count("+switch-master"));
        Assert.DoesNotContain(sentinel.View.Replicas, replica => replica.Address.Port == 7001);
    }

    [Fact]
    public void A_promotion_is_over_although_a_second_name_of_the_new_master_is_listed_among_its_replicas()
    {
        World world = World.With(sentinels: 1, quorum: 1, options: Resolving, knownReplicas: [new Address("db1", 7001)]);
        world.RunUntil(() => world.Sentinels[0].View.Replicas.Length == 3, "the named one and two that the master lists");
        world.Nodes[2].Priority = 200;
        world.Run(seconds: 11);
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("+selected-slave") > 0, "+selected-slave");
        world.Names["db1"] = ["10.0.0.1"];
        world.RunUntil(() => world.Count("+failover-end") == 1, "+failover-end", atMostSeconds: 9);
        Assert.Equal(0, world.Count("+failover-end-for-timeout"));
    }

    [Fact]
    public void A_healthy_master_of_which_another_name_is_listed_as_replica_is_left_alone()
    {
        World world = World.With(sentinels: 1, quorum: 1, options: Resolving, knownReplicas: [new Address("alias0", 7000)]);
        world.Run(seconds: 12);
        world.Names["alias0"] = ["10.0.0.1"];
        world.Run(seconds: 60);
        AssertLeftAlone(world);
    }

    [Fact]
    public void A_master_of_two_names_is_left_alone_and_listed_once_when_both_have_led_to_it_for_a_while()
    {
        World world = TwoNamesOfTheMaster();
        world.Run(seconds: 90);
        AssertLeftAlone(world);
        Assert.All(world.Sentinels, s => Assert.Equal(2, s.View.Replicas.Length));
        Assert.All(world.Sentinels, s => Assert.Equal("db0", s.Disk.Masters[0].Address.Host));
    }

    [Fact]
    public void A_master_of_two_names_fails_over_to_another_node_and_comes_back_as_its_replica()
    {
        World world = TwoNamesOfTheMaster();
        world.Run(seconds: 15);
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("+switch-master") == 3, "+switch-master");
        world.MasterNode.Restart();
        world.RunUntil(() => world.MasterNode.Master is not null, "the former master follows");
        world.Run(seconds: 90);
        Assert.Equal(3, world.Count("+switch-master"));
        Assert.Single(world.Nodes, node => node.Master is null);
        Assert.DoesNotContain(world.Nodes, node => node.Master is { } master && world.Resolve(master) == node.Address);
    }

    [Fact]
    public void A_name_that_leads_to_the_master_only_while_it_is_looked_up_wrongly_stays_known()
    {
        World world = TwoNamesOfTheMaster();
        world.Run(seconds: 50);
        // The node of that name was away, and comes back with an address of its own: as a master, so that nobody lists it.
        var returned = new FakeNode(world, new Address("10.0.0.9", 7000), null);
        world.Nodes.Add(returned);
        world.Names["alias0"] = ["10.0.0.9"];
        world.RunUntil(() => returned.Master is not null, "it is told to follow");
        Assert.Empty(world.MasterNode.Told);
    }

    [Fact]
    public void A_name_whose_resolution_fails_is_kept_though_its_last_address_is_that_of_the_master()
    {
        World world = TwoNamesOfTheMaster();
        world.Run(seconds: 10);
        world.Names["alias0"] = [];
        world.Run(seconds: 150);
        AssertLeftAlone(world);
        Assert.All(world.Sentinels, s => Assert.Contains(s.Disk.Masters[0].Replicas, replica => replica.Host == "alias0"));
        world.Names["alias0"] = ["10.0.0.1"];
        world.RunUntil(() => world.Sentinels.TrueForAll(s => s.View.Replicas.Length == 2), "listed once", atMostSeconds: 70);
    }

    [Fact]
    public void A_replica_of_whose_addresses_the_first_is_dead_is_listed_once()
    {
        World world = World.With(sentinels: 1, quorum: 1, options: Resolving, knownReplicas: [new Address("db1", 7001)]);
        FakeSentinel sentinel = world.Sentinels[0];
        sentinel.CutOff(new Address("10.0.0.0", 7001));
        world.Names["db1"] = ["10.0.0.0", "10.0.0.1"];
        world.Run(seconds: 15);
        Assert.Equal(["10.0.0.1:7001", "10.0.0.1:7002"], sentinel.View.Replicas.Select(r => r.Name).Order(StringComparer.Ordinal));
        world.Nodes[2].Priority = 200;
        world.Run(seconds: 11);
        world.MasterNode.Kill();
        world.Run(seconds: 60);
        Assert.Equal(["REPLICAOF NO ONE"], world.Nodes[1].Told);
        Assert.Equal(1, world.Count("+switch-master"));
    }

    [Fact]
    public void A_master_that_is_known_as_a_replica_by_an_address_of_another_network_is_told_nothing_and_listed_once()
    {
        World world = World.With(sentinels: 1, quorum: 1, knownReplicas: [new Address("192.168.0.1", 7000)]);
        // One node, two addresses: what answers at the second one is the process of the first.
        world.Nodes.Add(new FakeNode(world, new Address("192.168.0.1", 7000), null) { Process = world.MasterNode.Process });
        world.Run(seconds: 90);
        Assert.All(world.Nodes, node => Assert.Empty(node.Told));
        Assert.Equal(["10.0.0.1:7001", "10.0.0.1:7002"], world.Sentinels[0].View.Replicas.Select(r => r.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_master_started_anew_that_is_first_seen_by_its_second_address_is_not_told_to_follow_itself()
    {
        World world = World.With(sentinels: 1, quorum: 1, knownReplicas: [new Address("192.168.0.1", 7000)]);
        var second = new FakeNode(world, new Address("192.168.0.1", 7000), null) { Process = world.MasterNode.Process };
        world.Nodes.Add(second);
        world.Run(seconds: 25);
        world.MasterNode.Restart();
        second.Restart();
        world.Sentinels[0].NodeDied(second);    // the master's own connections look well for longer
        world.Run(seconds: 90);
        Assert.All(world.Nodes, node => Assert.Empty(node.Told));
        Assert.Equal(2, world.Sentinels[0].View.Replicas.Length);
    }

    /// <summary>A group by name, of which all files list another name of the master as a replica.</summary>
    private static World TwoNamesOfTheMaster()
    {
        World world = World.Named(Resolving, downAfterMs: 2000);
        world.Names["alias0"] = ["10.0.0.1"];
        foreach (FakeSentinel sentinel in world.Sentinels)
            sentinel.RestartFrom(sentinel.Disk.Masters[0] with { Replicas = [new Address("alias0", 7000)] });
        return world;
    }

    private static void AssertLeftAlone(World world)
    {
        Assert.Empty(world.MasterNode.Told);
        foreach (string name in (string[])["+convert-to-slave", "+fix-slave-config", "+odown", "+switch-master"])
            Assert.Equal(0, world.Count(name));
    }
}
