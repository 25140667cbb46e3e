using FsCheck;
using FsCheck.Fluent;
using Sentinel.Core.Tests.Cluster;

namespace Sentinel.Core.Tests;

/// <summary>How Sentinels find and inform each other.</summary>
public class HelloTests
{
    private const string Valid = "127.0.0.1,20011,a456374cb90fbcecf2c12701361974e1eb6bdd5a,1,mymaster,127.0.0.1,20003,1";

    [Fact]
    public void A_hello_is_read_as_it_is_written()
    {
        Assert.True(HelloMessage.TryParse(Valid, out HelloMessage? hello));
        Assert.Equal(Valid, hello!.ToString());
        Assert.Equal(new Address("127.0.0.1", 20003), hello.Master);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a,b,c")]
    [InlineData(Valid + ",9")]
    [InlineData("127.0.0.1,0,a456374cb90fbcecf2c12701361974e1eb6bdd5a,1,mymaster,127.0.0.1,20003,1")]
    [InlineData("127.0.0.1,20011,tooshort,1,mymaster,127.0.0.1,20003,1")]
    [InlineData("127.0.0.1,20011,a456374cb90fbcecf2c12701361974e1eb6bdd5a,-1,mymaster,127.0.0.1,20003,1")]
    [InlineData("127.0.0.1,20011,a456374cb90fbcecf2c12701361974e1eb6bdd5a,18446744073709551616,mymaster,127.0.0.1,20003,1")]
    [InlineData(",20011,a456374cb90fbcecf2c12701361974e1eb6bdd5a,1,mymaster,127.0.0.1,20003,1")]
    [InlineData("1 2,20011,a456374cb90fbcecf2c12701361974e1eb6bdd5a,1,mymaster,127.0.0.1,20003,1")]
    [InlineData("127.0.0.1,20011,a456374cb90fbcecf2c12701361974e1eb6bdd5a,1,mymaster,\n,20003,1")]
    public void A_malformed_hello_is_no_hello(string text) => Assert.False(HelloMessage.TryParse(text, out _));

    [Fact]
    public void Garbage_is_survived() =>
        Check.One(Config.QuickThrowOnFailure, Prop.ForAll<string>(ArbMap.Default.ArbFor<string>(), text => HelloMessage.TryParse(text ?? "", out HelloMessage? hello) == hello is not null));

    [Fact]
    public void Sentinels_that_know_only_the_master_find_its_replicas_and_each_other_within_seconds()
    {
        World world = World.With(sentinels: 5, replicas: 3, quorum: 3);
        TimeSpan took = world.RunUntil(
            () => world.Sentinels.TrueForAll(s => s.View.Peers.Length == 4 && s.View.Replicas.Length == 3), "all know all");
        Assert.True(took < TimeSpan.FromSeconds(5), $"{took}");
        world.Run(seconds: 10);
        Assert.Equal(5 * 4, world.Count("+sentinel"));
        Assert.Equal(5 * 3, world.Count("+slave"));
        Assert.All(world.Sentinels, s => Assert.Equal(4, s.Disk.Masters[0].Peers.Length));
    }

    [Fact]
    public void A_newer_configuration_is_taken_over_and_an_older_one_is_not()
    {
        World world = World.Settled();
        FakeSentinel sentinel = world.Sentinels[0];
        sentinel.Input(new HelloReceived(Hello(world, 1, currentEpoch: 5, world.Nodes[1].Address, configEpoch: 5)));
        Assert.Equal(world.Nodes[1].Address, sentinel.View.Address);
        Assert.Equal(new Epoch(5), sentinel.Whole.CurrentEpoch);
        Assert.Equal(new Epoch(5), sentinel.View.ConfigEpoch);
        sentinel.Input(new HelloReceived(Hello(world, 2, currentEpoch: 5, world.Nodes[2].Address, configEpoch: 5)));
        sentinel.Input(new HelloReceived(Hello(world, 2, currentEpoch: 4, world.Nodes[2].Address, configEpoch: 4)));
        Assert.Equal(world.Nodes[1].Address, sentinel.View.Address);
    }

    [Fact]
    public void Of_two_configurations_of_one_epoch_the_one_that_a_majority_holds_is_taken_over()
    {
        World world = World.Settled();
        FakeSentinel sentinel = world.Sentinels[0];
        sentinel.Input(new HelloReceived(Hello(world, 1, currentEpoch: 5, world.Nodes[1].Address, configEpoch: 5)));
        sentinel.Input(new HelloReceived(Hello(world, 1, currentEpoch: 5, world.Nodes[2].Address, configEpoch: 5)));
        Assert.Equal(world.Nodes[1].Address, sentinel.View.Address);
        sentinel.Input(new HelloReceived(Hello(world, 2, currentEpoch: 5, world.Nodes[2].Address, configEpoch: 5)));
        Assert.Equal(world.Nodes[2].Address, sentinel.View.Address);
        Assert.Equal(new Epoch(5), sentinel.View.ConfigEpoch);
    }

    [Fact]
    public void What_a_peer_said_of_another_configuration_counts_only_until_it_says_otherwise()
    {
        World world = World.Settled();
        FakeSentinel sentinel = world.Sentinels[0];
        sentinel.Input(new HelloReceived(Hello(world, 1, currentEpoch: 5, world.Nodes[1].Address, configEpoch: 5)));
        sentinel.Input(new HelloReceived(Hello(world, 1, currentEpoch: 5, world.Nodes[2].Address, configEpoch: 5)));
        sentinel.Input(new HelloReceived(Hello(world, 1, currentEpoch: 5, world.Nodes[1].Address, configEpoch: 5)));
        sentinel.Input(new HelloReceived(Hello(world, 2, currentEpoch: 5, world.Nodes[2].Address, configEpoch: 5)));
        Assert.Equal(world.Nodes[1].Address, sentinel.View.Address);
    }

    [Fact]
    public void A_peer_that_missed_a_switch_is_told_at_once_when_it_says_hello()
    {
        World world = World.Settled();
        FakeSentinel isolated = world.Sentinels[0];
        isolated.Kill();
        world.Run(seconds: 2);
        Assert.IsType<Answer.Ok>(world.Sentinels[1].Ask(id => new FailoverRequested(id, World.Master)));
        world.Run(seconds: 3);
        isolated.Restart();
        TimeSpan took = world.RunUntil(() => isolated.View.Address == world.Sentinels[1].View.Address, "it follows");
        Assert.True(took < TimeSpan.FromSeconds(1), $"{took}");
    }

    [Fact]
    public void A_peer_that_moved_is_the_same_peer()
    {
        World world = World.Settled();
        FakeSentinel sentinel = world.Sentinels[0];
        HelloMessage moved = HelloFromElsewhere(world);
        world.Sentinels[1].Kill();
        world.Run(seconds: 0.1);
        sentinel.Input(new HelloReceived(moved.ToString()));
        Assert.Equal(2, sentinel.View.Peers.Length);
        Assert.Contains(sentinel.View.Peers, peer => peer.Address == moved.Sentinel);
        Assert.Contains(sentinel.Events, e => e.Name == "+sentinel-address-switch" && e.Payload == $"master mymaster 10.0.0.1 7000 ip 10.0.1.77 port 26000 for {moved.Id}");
    }

    [Fact]
    public void A_late_hello_does_not_move_a_peer_that_answers_where_it_is()
    {
        World world = World.Settled();
        FakeSentinel sentinel = world.Sentinels[0];
        for (int i = 0; i < 5; i++)
        {
            sentinel.Input(new HelloReceived(HelloFromElsewhere(world).ToString()));
            sentinel.Input(new HelloReceived(HelloFromElsewhere(world).ToString()));
            world.Run(seconds: 3);
        }
        Assert.Contains(sentinel.View.Peers, peer => peer.Address == world.Sentinels[1].Address);
        Assert.Equal(0, world.Count("+sentinel-address-switch"));
    }

    [Fact]
    public void A_peer_that_announces_another_address_from_now_on_is_known_by_that_although_it_answers_at_the_one_before()
    {
        World world = World.Settled();
        FakeSentinel sentinel = world.Sentinels[0], peer = world.Sentinels[1];
        Assert.IsType<Answer.Ok>(peer.Ask(id => new OptionsChangeRequested(id, options => options with { AnnounceIp = "10.0.1.77" })));
        world.RunUntil(() => sentinel.View.Peers.Any(known => known.Address.Host == "10.0.1.77"), "it is known by what it announces", atMostSeconds: 5);
    }

    [Fact]
    public void A_peer_that_moved_has_moved_for_all_masters()
    {
        World world = World.Settled();
        world.AddGroup("second", 7100);
        FakeSentinel sentinel = world.Sentinels[0];
        HelloMessage moved = HelloFromElsewhere(world);
        world.Sentinels[1].Kill();
        world.Run(seconds: 0.1);
        sentinel.Input(new HelloReceived(moved.ToString()));
        Assert.All(sentinel.Whole.Masters.Values, view => Assert.Contains(view.Peers, peer => peer.Address == moved.Sentinel));
        Assert.Contains(sentinel.Events, e => e.Name == "+sentinel-address-update" && e.Payload.EndsWith("1 additional matching instances", StringComparison.Ordinal));
    }

    [Fact]
    public void Another_id_at_the_address_of_a_peer_that_is_gone_replaces_it()
    {
        World world = World.Settled();
        FakeSentinel sentinel = world.Sentinels[0];
        world.Sentinels[1].Kill();
        world.Run(seconds: 0.1);
        var successor = new HelloMessage(world.Sentinels[1].Address, SentinelId.Draw(new Random(99)), Epoch.Zero, World.Master, world.MasterNode.Address, Epoch.Zero);
        sentinel.Input(new HelloReceived(successor.ToString()));
        Assert.Contains(sentinel.Events, e => e.Name == "+sentinel-invalid-addr");
        Assert.Equal(2, sentinel.View.Peers.Length);
        Assert.DoesNotContain(sentinel.View.Peers, peer => peer.Name == world.Sentinels[1].Id.Text);
    }

    [Fact]
    public void Our_own_hello_and_those_of_unknown_masters_are_ignored()
    {
        World world = World.Settled();
        FakeSentinel sentinel = world.Sentinels[0];
        sentinel.Input(new HelloReceived($"10.0.1.9,26009,{sentinel.Id},99,mymaster,10.9.9.9,1,99"));
        sentinel.Input(new HelloReceived($"10.0.1.9,26009,{SentinelId.Draw(new Random(5))},99,other,10.9.9.9,1,99"));
        Assert.Equal(Epoch.Zero, sentinel.Whole.CurrentEpoch);
        Assert.Equal(2, sentinel.View.Peers.Length);
    }

    [Fact]
    public void Nobody_can_make_us_know_peers_without_end()
    {
        World world = World.Settled();
        for (int i = 0; i < 1000; i++)
            world.Sentinels[0].Input(new HelloReceived($"10.0.3.1,{1000 + i},{SentinelId.Draw(new Random(1000 + i))},0,mymaster,10.0.0.1,7000,0"));
        Assert.InRange(world.Sentinels[0].View.Peers.Length, 2, 256);
    }

    /// <summary>What the second Sentinel says, or said, in another place than the one where it is.</summary>
    private static HelloMessage HelloFromElsewhere(World world) =>
        new(new Address("10.0.1.77", 26000), world.Sentinels[1].Id, Epoch.Zero, World.Master, world.MasterNode.Address, Epoch.Zero);

    private static string Hello(World world, int sentinel, ulong currentEpoch, Address master, ulong configEpoch) =>
        new HelloMessage(world.Sentinels[sentinel].Address, world.Sentinels[sentinel].Id, new Epoch(currentEpoch), World.Master, master, new Epoch(configEpoch)).ToString();
}
