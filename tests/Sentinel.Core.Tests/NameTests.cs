using Sentinel.Core.Tests.Cluster;

namespace Sentinel.Core.Tests;

/// <summary>Instances that are known by name, and names that move or cannot be resolved.</summary>
public class NameTests
{
    private static readonly SentinelOptions Resolving = new() { ResolveHostnames = true };
    private static readonly SentinelOptions Announcing = Resolving with { AnnounceHostnames = true };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_master_whose_name_moves_is_followed_and_nothing_is_told_of_it(bool announces)
    {
        World world = Settled(announces ? Announcing : Resolving);
        world.MasterNode.MoveTo("10.0.9.1");
        world.Names["db0"] = ["10.0.9.1"];
        world.RunUntil(() => world.Sentinels.TrueForAll(s => !s.View.Link.IsDisconnected && s.NodeConnections.Any(c => c.Address.Host == "10.0.9.1")), "followed", atMostSeconds: 3);
        world.Run(seconds: 20);
        Assert.All(world.Sentinels, s => Assert.Equal(announces ? "db0" : "10.0.9.1", s.View.Address.Host));
        Assert.All(world.Sentinels, s => Assert.Equal("db0", s.Disk.Masters[0].Address.Host));
        AssertQuiet(world);
    }

    [Fact]
    public void A_cluster_of_which_every_node_moves_is_found_again_when_the_names_follow()
    {
        World world = World.Named(Announcing, downAfterMs: 10_000);
        world.Settle();
        for (int i = 0; i < world.Nodes.Count; i++)
            world.Nodes[i].MoveTo($"10.0.9.{i + 1}");
        world.Run(seconds: 3);
        for (int i = 0; i < world.Nodes.Count; i++)
            world.Names[$"db{i}"] = [$"10.0.9.{i + 1}"];
        world.RunUntil(() => world.Sentinels.TrueForAll(s => s.NodeConnections.Count() == 2 * world.Nodes.Count), "all are connected", atMostSeconds: 3);
        world.Run(seconds: 20);
        Assert.All(world.Sentinels, s => Assert.Equal(["db1:7000", "db2:7000"], s.View.Replicas.Select(r => r.Name).Order(StringComparer.Ordinal)));
        AssertQuiet(world);
        FailOver(world);
        Assert.All(world.Sentinels, s => Assert.Equal(["mymaster db0 7000 db1 7000"], Payloads(s, "+switch-master")));
    }

    [Fact]
    public void A_master_that_moves_while_the_resolver_is_away_is_replaced_like_one_that_died()
    {
        World world = Settled(Announcing);
        world.Names["db0"] = [];
        world.MasterNode.MoveTo("10.0.9.1");
        world.RunUntil(() => world.Sentinels.TrueForAll(s => s.View.Address.Host != "db0"), "+switch-master");
        world.Names["db0"] = ["10.0.9.1"];
        world.RunUntil(() => world.MasterNode.Master is not null, "the former master follows");
        world.Run(seconds: 30);
        Assert.Equal(3, world.Count("+switch-master"));
        Assert.Single(world.Nodes, node => node.Master is null);
    }

    [Fact]
    public void A_name_that_moves_while_its_old_address_still_answers_is_followed_too()
    {
        World world = Settled(Resolving);
        world.Nodes.Add(new FakeNode(world, new Address("10.0.9.2", 7000), new Address("db0", 7000)) { AnnouncedHost = "db2" });
        world.Names["db2"] = ["10.0.9.2"];
        world.RunUntil(() => world.Sentinels.TrueForAll(s => s.View.Replicas.Any(r => r.Address.Host == "10.0.9.2" && !r.Link.IsDisconnected)), "followed", atMostSeconds: 10);
        world.Run(seconds: 20);
        Assert.All(world.Sentinels, s => Assert.Equal(2, s.View.Replicas.Length));
        AssertQuiet(world);
    }

    [Fact]
    public void Without_announce_hostnames_the_addresses_behind_the_names_are_told_and_the_names_are_kept_on_disk()
    {
        World world = Settled(Resolving);
        FailOver(world);
        Assert.All(world.Sentinels, s => Assert.Equal(["mymaster 10.0.0.1 7000 10.0.0.2 7000"], Payloads(s, "+switch-master")));
        Assert.Contains("REPLICAOF 10.0.0.2:7000", world.Nodes[2].Told);
        Assert.All(world.Sentinels, s => Assert.Equal(["10.0.0.1:7000", "10.0.0.3:7000"], s.View.Replicas.Select(r => r.Name).Order(StringComparer.Ordinal)));
        Assert.All(world.Sentinels, s => Assert.Equal("db1", s.Disk.Masters[0].Address.Host));
        Assert.All(world.Sentinels, s => Assert.Equal(["db0", "db2"], s.Disk.Masters[0].Replicas.Select(r => r.Host).Order(StringComparer.Ordinal)));
    }

    [Fact]
    public void With_announce_hostnames_names_are_told_everywhere()
    {
        World world = Settled(Announcing);
        FailOver(world);
        Assert.All(world.Sentinels, s => Assert.Equal(["mymaster db0 7000 db1 7000"], Payloads(s, "+switch-master")));
        Assert.Contains("REPLICAOF db1:7000", world.Nodes[2].Told);
        Assert.All(world.Sentinels, s => Assert.Equal(new Address("db1", 7000), s.View.Address));
        Assert.All(world.Sentinels, s => Assert.Equal(["db0:7000", "db2:7000"], s.View.Replicas.Select(r => r.Name).Order(StringComparer.Ordinal)));
        Assert.Contains(world.Sentinels.SelectMany(s => Payloads(s, "+slave")), payload => payload == "slave db2:7000 db2 7000 @ mymaster db0 7000");
    }

    [Fact]
    public void Sentinels_that_announce_names_and_others_that_do_not_agree_with_each_other()
    {
        World world = World.Named(Resolving);
        var mixed = new FakeSentinel(world, 7, world.Sentinels[0].Disk.Masters[0] with { Address = new Address("10.0.0.1", 7000) }) { Options = Announcing };
        world.Sentinels.Add(mixed);
        mixed.Restart();
        world.Settle();
        FailOver(world);
        Assert.All(world.Sentinels, s => Assert.Single(Payloads(s, "+switch-master")));
        Assert.All(world.Sentinels, s => Assert.Equal(2, s.View.Replicas.Length));
        world.MasterNode.Restart();
        world.RunUntil(() => world.MasterNode.Master is not null, "the former master follows");
        world.Run(seconds: 30);
        Assert.Equal(0, world.Count("+fix-slave-config"));
        Assert.Equal(4, world.Count("+switch-master"));
    }

    [Fact]
    public void A_master_that_cannot_be_resolved_at_first_is_shown_without_address_and_found_when_it_can()
    {
        World world = World.Named(Resolving);
        world.Names["db0"] = [];
        foreach (FakeSentinel sentinel in world.Sentinels)
        {
            sentinel.Kill();
            sentinel.Restart();
        }
        world.Run(seconds: 10);
        Assert.All(world.Sentinels, s => Assert.Equal(new Address("", 7000), s.View.Address));
        Assert.All(world.Sentinels, s => Assert.Equal("db0", s.Disk.Masters[0].Address.Host));
        Assert.All(world.Sentinels, s => Assert.Single(s.Log, line => line.StartsWith("Failed to resolve hostname 'db0'", StringComparison.Ordinal)));
        Assert.DoesNotContain(world.Sentinels.SelectMany(s => s.Events), e => e.Payload.Contains("  ", StringComparison.Ordinal));
        world.Names["db0"] = ["10.0.0.1"];
        world.RunUntil(() => world.Sentinels.TrueForAll(s => s.View.Address.Host == "10.0.0.1" && !s.View.IsSubjectivelyDown), "found", atMostSeconds: 3);
        world.Settle();
    }

    [Fact]
    public void A_failover_goes_on_while_nothing_can_be_resolved_and_the_switch_is_told_once()
    {
        World world = Settled(Resolving);
        foreach (string name in world.Names.Keys.ToArray())
            world.Names[name] = [];
        FailOver(world);
        world.Run(seconds: 30);
        Assert.All(world.Sentinels, s => Assert.Equal(["mymaster 10.0.0.1 7000 10.0.0.2 7000"], Payloads(s, "+switch-master")));
    }

    [Fact]
    public void A_resolver_that_never_answers_holds_nothing_up()
    {
        World world = Settled(Announcing);
        world.ResolverHangs = true;
        int before = world.Sentinels.Sum(s => s.Resolutions);
        FailOver(world);
        world.Run(seconds: 60);
        Assert.All(world.Sentinels, s => Assert.Single(Payloads(s, "+switch-master")));
        // One of each name is under way, and not asked for again.
        Assert.InRange(world.Sentinels.Sum(s => s.Resolutions) - before, 1, world.Sentinels.Count * world.Names.Count);
    }

    [Fact]
    public void Names_of_a_group_that_is_well_are_resolved_every_few_seconds_and_not_more_often()
    {
        World world = Settled(Resolving, sentinels: 1, quorum: 1);
        int before = world.Sentinels[0].Resolutions;
        world.Run(seconds: 60);
        Assert.InRange(world.Sentinels[0].Resolutions - before, 3 * 10, 3 * 14);
    }

    [Fact]
    public void Of_several_addresses_of_a_name_the_one_that_answers_is_used_and_kept()
    {
        World world = World.Named(Resolving, sentinels: 1, quorum: 1);
        world.Sentinels[0].Kill();
        world.Names["db0"] = ["2001:db8::9", "10.0.0.1"];
        world.Sentinels[0].Restart();
        world.RunUntil(() => world.Sentinels[0].NodeConnections.Count(c => c.Address.Host == "10.0.0.1") == 2, "connected", atMostSeconds: 4);
        int attempts = world.Sentinels[0].NodeConnections.Max(c => c.Attempt);
        world.Names["db0"] = ["10.0.0.1", "2001:db8::9"];
        world.Run(seconds: 10);
        world.Names["db0"] = ["2001:db8::9", "10.9.9.9", "10.0.0.1"];
        world.Run(seconds: 10);
        Assert.Equal(attempts, world.Sentinels[0].NodeConnections.Max(c => c.Attempt));
        Assert.Equal("10.0.0.1", world.Sentinels[0].View.Address.Host);
    }

    [Fact]
    public void A_replica_known_by_its_address_is_not_found_again_under_its_name_but_is_known_by_it()
    {
        World world = World.Settled(options: Announcing);
        world.Names["db1"] = ["10.0.0.1"];
        world.Nodes[1].AnnouncedHost = "db1";
        world.Run(seconds: 30);
        Assert.All(world.Sentinels, s => Assert.Equal(["10.0.0.1:7002", "db1:7001"], s.View.Replicas.Select(r => r.Name).Order(StringComparer.Ordinal)));
        Assert.All(world.Sentinels, s => Assert.Contains(new Address("db1", 7001), s.Disk.Masters[0].Replicas));
        Assert.Equal(6, world.Count("+slave"));
    }

    [Fact]
    public void Nodes_behind_a_name_with_an_address_of_each_family_are_the_same_by_both()
    {
        World world = World.Settled(options: Resolving);
        world.Names["dual.example"] = ["2001:db8::9", "10.0.0.1"];
        world.Nodes[1].Restart(asReplicaOf: new Address("dual.example", 7000));
        foreach (FakeSentinel sentinel in world.Sentinels)
            sentinel.NodeDied(world.Nodes[1]);
        world.Run(seconds: 30);
        Assert.Equal(0, world.Count("+fix-slave-config"));
    }

    [Fact]
    public void A_name_of_several_machines_does_not_make_one_of_them()
    {
        World world = World.Named(Resolving, sentinels: 1, quorum: 1);
        world.Sentinels[0].Kill();
        world.Names["db0"] = ["10.0.0.1", "10.0.0.2", "10.0.0.3"];
        world.Sentinels[0].Restart();
        world.Settle();
        Assert.Equal(2, world.Sentinels[0].View.Replicas.Length);
    }

    [Fact]
    public void A_replica_whose_name_could_not_be_resolved_is_listed_once_when_it_can()
    {
        World world = World.With(sentinels: 1, quorum: 1, options: Resolving, knownReplicas: [new Address("db1", 7001)]);
        world.RunUntil(() => world.Sentinels[0].View.Replicas.Length == 3, "the named one and two that the master lists");
        world.Names["db1"] = ["10.0.0.1"];
        world.Run(seconds: 5);
        Assert.Equal(["10.0.0.1:7001", "10.0.0.1:7002"], world.Sentinels[0].View.Replicas.Select(r => r.Name).Order(StringComparer.Ordinal));
        Assert.Contains(world.Sentinels[0].Disk.Masters[0].Replicas, r => r.Host == "db1");
    }

    [Fact]
    public void Replicas_whose_names_lead_nowhere_are_not_listed_until_they_do()
    {
        World world = World.Settled(options: Resolving);
        world.Nodes.Add(new FakeNode(world, new Address("10.0.0.7", 7003), world.MasterNode.Address) { AnnouncedHost = "db3" });
        world.Run(seconds: 12);
        Assert.All(world.Sentinels, s => Assert.Equal(2, s.View.Replicas.Length));
        Assert.All(world.Sentinels, s => Assert.Single(s.Log, line => line.StartsWith("Replica db3:7003 of mymaster is not watched", StringComparison.Ordinal)));
        world.Names["db3"] = ["10.0.0.7"];
        world.RunUntil(() => world.Sentinels.TrueForAll(s => s.View.Replicas.Length == 3), "found", atMostSeconds: 25);
    }

    [Fact]
    public void A_replica_that_knows_its_master_by_another_name_is_not_astray()
    {
        World world = World.Settled(options: Resolving);
        world.Names["primary.example"] = ["10.0.0.1"];
        world.Nodes[1].Restart(asReplicaOf: new Address("primary.example", 7000));
        world.Nodes[2].Restart(asReplicaOf: new Address("::ffff:10.0.0.1", 7000));
        foreach (FakeSentinel sentinel in world.Sentinels)
        {
            sentinel.NodeDied(world.Nodes[1]);
            sentinel.NodeDied(world.Nodes[2]);
        }
        world.Run(seconds: 30);
        Assert.Equal(0, world.Count("+fix-slave-config"));
        Assert.Empty(world.Nodes[1].Told);
    }

    [Fact]
    public void A_replica_that_follows_a_name_which_leads_elsewhere_is_brought_back()
    {
        World world = World.Settled(options: Resolving);
        world.Names["other.example"] = ["10.0.0.250"];
        world.Nodes[1].Restart(asReplicaOf: new Address("other.example", 7000));
        foreach (FakeSentinel sentinel in world.Sentinels)
            sentinel.NodeDied(world.Nodes[1]);
        world.RunUntil(() => world.Nodes[1].Master == world.MasterNode.Address, "fixed");
    }

    [Fact]
    public void A_replica_is_left_alone_while_the_resolver_cannot_say_whom_it_follows()
    {
        World world = World.Settled(options: Resolving);
        world.Names["primary.example"] = [];
        world.Nodes[1].Restart(asReplicaOf: new Address("primary.example", 7000));
        foreach (FakeSentinel sentinel in world.Sentinels)
            sentinel.NodeDied(world.Nodes[1]);
        world.Run(seconds: 60);
        Assert.Empty(world.Nodes[1].Told);
    }

    private static World Settled(SentinelOptions options, int sentinels = 3, int quorum = 2)
    {
        World world = World.Named(options, sentinels, quorum: quorum);
        world.Settle();
        return world;
    }

    /// <summary>The master dies, and the replica of the first name takes over.</summary>
    private static void FailOver(World world)
    {
        world.Nodes[2].Priority = 200;
        world.Run(seconds: 11);    // until the priority is known
        world.MasterNode.Kill();
        world.RunUntil(() => world.Sentinels.TrueForAll(s => s.Events.Exists(e => e.Name == "+switch-master")), "+switch-master");
        world.RunUntil(() => world.Count("+failover-end") == 1, "+failover-end");
        world.Run(seconds: 5);
    }

    private static string[] Payloads(FakeSentinel sentinel, string eventName) =>
        [.. sentinel.Events.Where(e => e.Name == eventName).Select(e => e.Payload)];

    private static void AssertQuiet(World world)
    {
        foreach (string name in (string[])["+sdown", "+odown", "+switch-master", "+fix-slave-config", "+convert-to-slave", "+sentinel-address-switch", "+sentinel-invalid-addr"])
            Assert.Equal(0, world.Count(name));
    }
}
