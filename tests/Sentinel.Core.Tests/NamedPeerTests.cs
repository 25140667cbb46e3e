using Sentinel.Core.Tests.Cluster;

namespace Sentinel.Core.Tests;

/// <summary>Hellos and questions in which somebody is named by a host name.</summary>
public class NamedPeerTests
{
    private static readonly SentinelOptions Resolving = new() { ResolveHostnames = true };

    [Fact]
    public void A_peer_that_announces_itself_by_name_is_the_peer_that_is_known_by_address()
    {
        World world = World.Settled(options: Resolving);
        world.Names["s1"] = ["10.0.1.1"];
        world.Sentinels[1].Options = Resolving with { AnnounceIp = "s1" };
        world.Sentinels[1].Kill();
        world.Sentinels[1].Restart();
        world.Run(seconds: 20);
        Assert.Equal(0, world.Count("+sentinel-address-switch"));
        Assert.All(world.Sentinels, s => Assert.Equal(2, s.View.Peers.Length));
    }

    [Fact]
    public void A_peer_that_began_to_announce_a_name_is_found_when_it_has_moved()
    {
        World world = World.Settled(sentinels: 2, options: Resolving);
        world.Names["s1"] = ["10.0.1.1"];
        FakeSentinel sentinel = world.Sentinels[0];
        sentinel.Input(new HelloReceived($"s1,26001,{world.Sentinels[1].Id},0,mymaster,10.0.0.1,7000,0"));
        world.Run(seconds: 0.1);
        Assert.Equal(new Address("s1", 26001), Assert.Single(sentinel.Disk.Masters[0].Peers).Address);
        Assert.DoesNotContain(sentinel.Events, e => e.Name == "+sentinel-address-switch");
    }

    [Fact]
    public void A_hello_whose_sender_cannot_be_resolved_removes_no_peer_and_adds_none()
    {
        World world = World.Settled(options: Resolving);
        FakeSentinel sentinel = world.Sentinels[0];
        Address known = world.Sentinels[1].Address;
        sentinel.Input(new HelloReceived($"nowhere,{known.Port},{world.Sentinels[1].Id},0,mymaster,10.0.0.1,7000,0"));
        sentinel.Input(new HelloReceived($"nowhere,26009,{SentinelId.Draw(new Random(9))},0,mymaster,10.0.0.1,7000,0"));
        world.Run(seconds: 1);
        Assert.Equal(2, sentinel.View.Peers.Length);
        Assert.Contains(sentinel.View.Peers, peer => peer.Address == known);
        Assert.DoesNotContain(sentinel.Events, e => e.Name is "+sentinel-address-switch" or "+sentinel-invalid-addr");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_newer_configuration_whose_master_cannot_be_resolved_is_taken_over_once_it_can(bool isOutage)
    {
        World world = World.Settled(options: Resolving);
        FakeSentinel sentinel = world.Sentinels[0];
        if (isOutage)
            world.Names["db1"] = [];
        string hello = $"10.0.1.1,26001,{world.Sentinels[1].Id},5,mymaster,db1,7001,5";
        for (int i = 0; i < 5; i++)
        {
            sentinel.Input(new HelloReceived(hello));
            world.Run(seconds: 1);
        }
        Assert.Equal((world.MasterNode.Address, Epoch.Zero), (sentinel.View.Address, sentinel.View.ConfigEpoch));
        Assert.DoesNotContain(sentinel.Events, e => e.Name is "+switch-master" or "+config-update-from");
        world.Names["db1"] = ["10.0.0.1"];
        // What asks for the name again is the next hello; it is resolved when the one after it comes, if not before.
        sentinel.Input(new HelloReceived(hello));
        world.Run(seconds: 1);
        sentinel.Input(new HelloReceived(hello));
        Assert.Equal("mymaster 10.0.0.1 7000 10.0.0.1 7001", Assert.Single(sentinel.Events, e => e.Name == "+switch-master").Payload);
        Assert.Equal(new Epoch(5), sentinel.View.ConfigEpoch);
    }

    [Fact]
    public void A_hello_waits_for_its_names_and_the_newest_of_a_sender_counts()
    {
        World world = World.Settled(options: Resolving);
        world.Names["db1"] = ["10.0.0.1"];
        world.Names["db2"] = ["10.0.0.1"];
        FakeSentinel sentinel = world.Sentinels[0];
        sentinel.Input(new HelloReceived($"10.0.1.1,26001,{world.Sentinels[1].Id},5,mymaster,db1,7001,5"));
        sentinel.Input(new HelloReceived($"10.0.1.1,26001,{world.Sentinels[1].Id},6,mymaster,db2,7002,6"));
        Assert.DoesNotContain(sentinel.Events, e => e.Name == "+switch-master");
        world.Run(seconds: 0.5);
        Assert.Equal("mymaster 10.0.0.1 7000 10.0.0.1 7002", Assert.Single(sentinel.Events, e => e.Name == "+switch-master").Payload);
    }

    [Fact]
    public void Two_peers_whose_names_cannot_be_resolved_are_two()
    {
        World world = World.Named(Resolving, sentinels: 1, quorum: 1);
        FakeSentinel sentinel = world.Sentinels[0];
        world.Names["s8"] = ["10.0.1.8"];
        world.Names["s9"] = ["10.0.1.9"];
        SentinelId[] ids = [SentinelId.Draw(new Random(8)), SentinelId.Draw(new Random(9))];
        sentinel.Input(new HelloReceived($"s8,26379,{ids[0]},0,mymaster,10.0.0.1,7000,0"));
        sentinel.Input(new HelloReceived($"s9,26379,{ids[1]},0,mymaster,10.0.0.1,7000,0"));
        world.RunUntil(() => sentinel.Disk.Masters[0].Peers.Length == 2, "known and on disk");
        world.Names["s8"] = [];
        world.Names["s9"] = [];
        sentinel.Kill();
        sentinel.Restart();
        world.Run(seconds: 1);
        sentinel.Input(new HelloReceived($"s9,26379,{ids[1]},0,mymaster,10.0.0.1,7000,0"));
        world.Run(seconds: 5);
        Assert.Equal(2, sentinel.View.Peers.Length);
        Assert.DoesNotContain(sentinel.Events, e => e.Name == "+sentinel-invalid-addr");
    }

    [Theory]
    [InlineData("10.0.0.1", 7000)]
    [InlineData("db0", 7000)]
    [InlineData("DB0", 7000)]
    [InlineData("alias.example", 7000)]
    [InlineData("::ffff:10.0.0.1", 7000)]
    public void A_question_about_a_master_known_by_name_may_call_it_as_it_likes(string host, int port)
    {
        World world = World.Named(Resolving);
        world.Names["alias.example"] = ["10.0.0.1"];
        world.Settle();
        SentinelId candidate = world.Sentinels[1].Id;
        Assert.Equal(
            new Answer.Down(false, candidate, new Epoch(3)),
            world.Sentinels[0].Ask(id => new DownQuestionReceived(id, new Address(host, port), new Epoch(3), candidate)));
    }

    [Theory]
    [InlineData("alias.example", 7000)]
    [InlineData("nowhere.example", 7000)]
    [InlineData("alias.example", 7001)]
    public void A_question_about_a_name_is_answered_when_the_name_is_resolved_or_in_half_a_second(string host, int port)
    {
        World world = World.Settled(options: Resolving);
        world.Names["alias.example"] = ["10.0.0.1"];
        world.ResolverHangs = host != "alias.example";
        Instant asked = world.Now;
        SentinelId candidate = world.Sentinels[1].Id;
        Answer? answer = world.Sentinels[0].Ask(id => new DownQuestionReceived(id, new Address(host, port), new Epoch(3), candidate));
        Assert.Equal(
            host == "alias.example" && port == 7000 ? new Answer.Down(false, candidate, new Epoch(3)) : new Answer.Down(false, null, Epoch.Zero),
            answer);
        Assert.InRange(world.Now - asked, TimeSpan.Zero, TimeSpan.FromMilliseconds(600));
    }

    [Fact]
    public void A_flood_of_names_is_bounded_and_does_not_hold_up_the_names_of_instances()
    {
        World world = World.Named(Resolving);
        world.Settle();
        FakeSentinel sentinel = world.Sentinels[0];
        world.ResolverHangs = true;
        int before = sentinel.Resolutions;
        for (int i = 0; i < 5000; i++)
        {
            sentinel.Input(new HelloReceived($"host{i},26379,{SentinelId.Draw(new Random(i + 100))},0,mymaster,master{i},7000,0"));
            sentinel.Input(new DownQuestionReceived(new RequestId(100_000 + i), new Address($"question{i}", 7000), new Epoch(1), null));
        }
        Assert.InRange(sentinel.Resolutions - before, 1, 20);
        world.ResolverHangs = false;
        world.MasterNode.MoveTo("10.0.9.1");
        world.Names["db0"] = ["10.0.9.1"];
        Assert.Equal(2, sentinel.View.Peers.Length);
        foreach (FakeSentinel other in world.Sentinels.Skip(1))
            world.RunUntil(() => other.View.Address.Host == "10.0.9.1", "followed");
    }

    [Fact]
    public void A_sentinel_that_cannot_tell_where_its_master_is_says_no_hello()
    {
        World world = World.Named(Resolving, sentinels: 1, quorum: 1, downAfterMs: 30_000);
        world.Settle();
        FakeSentinel sentinel = world.Sentinels[0];
        sentinel.Kill();
        world.Names["db0"] = [];
        int hellos = world.Nodes.Sum(node => node.Hellos.Count);
        sentinel.Restart();
        world.Run(seconds: 10);
        Assert.Equal(hellos, world.Nodes.Sum(node => node.Hellos.Count));
        Assert.All(world.Nodes.SelectMany(node => node.Hellos), hello => Assert.Equal("10.0.0.1", hello.Master.Host));
        world.Names["db0"] = ["10.0.0.1"];
        world.RunUntil(() => world.Nodes.Sum(node => node.Hellos.Count) > hellos, "a hello", atMostSeconds: 3);
    }

    [Fact]
    public void A_question_may_name_any_address_of_the_master_but_not_that_of_a_replica()
    {
        World world = World.Named(Resolving);
        world.Names["db0"] = ["10.0.0.1", "10.9.9.1", "10.0.0.2"];
        foreach (FakeSentinel sentinel in world.Sentinels)
            sentinel.RestartFrom(sentinel.Disk.Masters[0]);
        world.Settle();
        SentinelId candidate = world.Sentinels[1].Id;
        Answer? Ask(string host, ulong epoch) =>
            world.Sentinels[0].Ask(id => new DownQuestionReceived(id, new Address(host, 7000), new Epoch(epoch), candidate));
        Assert.Equal(new Answer.Down(false, null, Epoch.Zero), Ask("10.0.0.2", 3));
        Assert.Equal(new Answer.Down(false, null, Epoch.Zero), Ask("10.9.9.2", 3));
        Assert.Equal(new Answer.Down(false, candidate, new Epoch(3)), Ask("10.9.9.1", 3));
    }

    [Fact]
    public void Sentinels_that_use_different_addresses_of_one_master_agree_that_it_is_down()
    {
        World world = OfTwoAddresses();
        world.MasterNode.Kill();
        world.Nodes[3].Kill();
        world.RunUntil(() => world.Count("+switch-master") == 2, "+switch-master", atMostSeconds: 10);
    }

    [Fact]
    public void Sentinels_that_use_different_addresses_of_one_master_bring_a_stray_back_and_then_leave_it_alone()
    {
        World world = OfTwoAddresses();
        world.Nodes[2].Restart(asReplicaOf: new Address("10.0.0.250", 7000));
        foreach (FakeSentinel sentinel in world.Sentinels)
            sentinel.NodeDied(world.Nodes[2]);
        world.RunUntil(() => world.Nodes[2].Told.Count > 0, "told", atMostSeconds: 30);
        // By both, at once, for neither can say of the other that it means the same master.
        world.Run(seconds: 120);
        Assert.InRange(world.Nodes[2].Told.Count, 1, 2);
        Assert.Empty(world.Nodes[1].Told);
    }

    /// <summary>Two Sentinels, both needed, that know the master by one name and use its two addresses.</summary>
    private static World OfTwoAddresses()
    {
        World world = World.Named(Resolving, downAfterMs: 1000);
        world.Settle();
        var second = new FakeNode(world, new Address("10.0.0.91", 7000), null);
        world.Nodes.Add(second);
        world.Sentinels[2].Kill();
        world.Names["db0"] = ["10.0.0.91"];
        world.Sentinels[1].RestartFrom(world.Sentinels[1].Disk.Masters[0]);
        world.Run(seconds: 1);
        world.Names["db0"] = ["10.0.0.1", "10.0.0.91"];
        world.Run(seconds: 12);
        Assert.Equal(["10.0.0.1", "10.0.0.91"], world.Sentinels.Take(2).Select(s => s.View.Address.Host));
        return world;
    }

    [Fact]
    public void Sentinels_that_hear_the_addresses_of_a_name_in_different_orders_use_the_same_one()
    {
        World world = World.Named(Resolving, sentinels: 2);
        world.Nodes.Add(new FakeNode(world, new Address("10.0.0.91", 7000), null));
        world.Names["db0"] = ["10.0.0.91", "10.0.0.1"];
        world.Sentinels[1].RestartFrom(world.Sentinels[1].Disk.Masters[0]);
        world.Run(seconds: 5);
        Assert.All(world.Sentinels, s => Assert.Equal("10.0.0.1", s.View.Address.Host));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_newer_configuration_that_comes_before_our_master_is_resolved_and_names_the_same_one_is_no_switch(bool isUnknownAtFirst)
    {
        World world = World.Named(Resolving);
        world.Settle();
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("+switch-master") == 3, "+switch-master");
        world.Run(seconds: 20);
        FakeSentinel sentinel = world.Sentinels[0];
        Address master = world.Sentinels[1].Disk.Masters[0].Address;
        string[] ips = world.Names[master.Host];
        if (isUnknownAtFirst)
            world.Names.Remove(master.Host);
        else
            world.Names[master.Host] = [];
        sentinel.Events.Clear();
        // As a container starts from its template, which has the master of now by name.
        sentinel.RestartFrom(new MasterState { Options = sentinel.Disk.Masters[0].Options with { ClientReconfigScript = "/reconfig" }, Address = master });
        world.Run(seconds: 4);
        world.Names[master.Host] = ips;
        world.Run(seconds: 20);
        Assert.Equal((master, world.Sentinels[1].View.ConfigEpoch), (sentinel.Disk.Masters[0].Address, sentinel.View.ConfigEpoch));
        Assert.Empty(sentinel.Scripts);
        Assert.DoesNotContain(sentinel.Events, e => e.Name is "+switch-master" or "+config-update-from");
    }

    [Fact]
    public void A_newer_configuration_is_taken_over_though_the_name_of_the_master_before_it_leads_nowhere_any_more()
    {
        World world = World.Named(Resolving);
        world.Settle();
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("+switch-master") == 3, "+switch-master");
        world.Run(seconds: 20);
        FakeSentinel sentinel = world.Sentinels[0];
        world.Names.Remove("db0");
        sentinel.RestartFrom(new MasterState { Options = sentinel.Disk.Masters[0].Options, Address = new Address("db0", 7000) });
        world.RunUntil(() => sentinel.View.Address == world.Sentinels[1].View.Address, "taken over", atMostSeconds: 15);
    }

    [Fact]
    public void Hellos_of_epochs_that_leap_are_told_of_once()
    {
        World world = World.Settled();
        FakeSentinel sentinel = world.Sentinels[0];
        for (int i = 0; i < 5; i++)
        {
            sentinel.Input(new HelloReceived($"10.0.1.1,26001,{world.Sentinels[1].Id},99999999999,mymaster,10.0.0.1,7000,0"));
            sentinel.Input(new HelloReceived($"10.0.1.9,26009,{SentinelId.Draw(new Random(i + 50))},0,mymaster,10.0.0.1,7000,99999999999"));
        }
        string[] lines = [.. sentinel.Log.Where(line => line.StartsWith("Hellos of ", StringComparison.Ordinal))];
        Assert.Equal(2, lines.Length);
        Assert.Contains($"{world.Sentinels[1].Id} (10.0.1.1:26001)", lines[0], StringComparison.Ordinal);
        Assert.Equal(Epoch.Zero, sentinel.View.ConfigEpoch);
    }

    [Fact]
    public void Names_of_instances_are_not_forgotten_for_new_ones_after_a_pause_of_our_own()
    {
        World world = World.Named(Resolving);
        world.Settle();
        FakeSentinel sentinel = world.Sentinels[0];
        // With those of the three nodes, as many as are kept before room is made.
        for (int i = 0; i < 61; i++)
            sentinel.Ask(id => new DownQuestionReceived(id, new Address($"other{i}", 7000), Epoch.Zero, null));
        sentinel.Freeze();
        sentinel.Input(new DownQuestionReceived(new RequestId(100_000), new Address("another", 7000), Epoch.Zero, null));
        world.Run(seconds: 90);
        world.ResolverHangs = true;
        sentinel.Thaw();
        world.Run(seconds: 1);
        Assert.Equal("10.0.0.1", sentinel.View.Address.Host);
        Assert.Equal(["10.0.0.2", "10.0.0.3"], sentinel.View.Replicas.Select(r => r.Address.Host).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_is_announced_of_ourselves_is_the_text_as_it_was_given_unless_it_would_break_hellos()
    {
        World world = World.Named(Resolving with { AnnounceIp = "sentinel.example", AnnouncePort = 5000 }, sentinels: 1, quorum: 1);
        world.Settle();
        Assert.All(world.Nodes.SelectMany(node => node.Hellos), hello => Assert.Equal(new Address("sentinel.example", 5000), hello.Sentinel));
        World broken = World.Named(Resolving with { AnnounceIp = "a,b" }, sentinels: 1, quorum: 1);
        broken.Settle();
        Assert.All(broken.Nodes.SelectMany(node => node.Hellos), hello => Assert.Equal("10.0.1.1", hello.Sentinel.Host));
    }
}
