using Sentinel.Core.Tests.Cluster;

namespace Sentinel.Core.Tests;

/// <summary>Peers that announce an address which is not theirs, as behind a badly configured NAT.</summary>
public class MistakenAddressTests
{
    [Fact]
    public void A_peer_that_announces_the_address_of_another_hides_nobody()
    {
        World world = World.Settled(sentinels: 5, quorum: 2);
        Mislead(world, who: 2, toAddressOf: 1);
        world.Run(seconds: 30);
        FakeSentinel sentinel = world.Sentinels[0];
        Assert.Equal(4, sentinel.View.Peers.Length);
        Assert.Equal([world.Sentinels[2].Id.Text], sentinel.View.Peers.Where(peer => peer.IsSubjectivelyDown).Select(peer => peer.Name));
        Assert.Equal(0, world.Count("+sentinel-invalid-addr"));
        Assert.Single(sentinel.Log, line => line.StartsWith($"Sentinel {world.Sentinels[2].Id} announces ", StringComparison.Ordinal));
    }

    [Fact]
    public void A_peer_that_announces_our_own_address_is_not_ourselves()
    {
        World world = World.Settled();
        Mislead(world, who: 2, toAddressOf: 0);
        world.Run(seconds: 30);
        Assert.All(world.Sentinels[0].View.Peers, peer => Assert.Equal(peer.Name == world.Sentinels[2].Id.Text, peer.IsSubjectivelyDown));
        Assert.Equal(2, world.Sentinels[0].View.Peers.Length);
    }

    [Fact]
    public void Votes_of_one_Sentinel_are_not_counted_for_two()
    {
        World world = World.Settled(sentinels: 5, quorum: 2);
        // Three announce one address: whoever asks all four peers would hear two, and count four.
        Mislead(world, who: 2, toAddressOf: 1);
        Mislead(world, who: 3, toAddressOf: 1);
        Mislead(world, who: 4, toAddressOf: 1);
        world.Run(seconds: 10);
        foreach (FakeSentinel gone in world.Sentinels.Skip(2))
            gone.Kill();
        world.MasterNode.Kill();
        world.Run(seconds: 30);
        Assert.Equal(0, world.Count("+elected-leader"));
    }

    [Fact]
    public void A_failover_goes_on_where_a_majority_can_be_reached()
    {
        World world = World.Settled();
        Mislead(world, who: 2, toAddressOf: 1);
        world.Run(seconds: 5);
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("+switch-master") == 3, "+switch-master", atMostSeconds: 10);
    }

    [Fact]
    public void A_peer_that_came_back_without_its_identity_replaces_its_old_self_even_if_its_end_was_not_seen()
    {
        World world = World.Settled();
        FakeSentinel sentinel = world.Sentinels[0], other = world.Sentinels[1];
        SentinelId former = other.Id;
        // Its hello comes before the connection to its former life is known to be broken.
        sentinel.Input(new HelloReceived($"10.0.1.1,26001,{SentinelId.Draw(new Random(77))},0,mymaster,10.0.0.1,7000,0"));
        other.LoseIdentity(SentinelId.Draw(new Random(77)));
        world.RunUntil(() => !Array.Exists([.. sentinel.View.Peers], peer => peer.Name == former.Text), "it is gone", atMostSeconds: 15);
        world.Run(seconds: 10);
        Assert.Equal(2, sentinel.View.Peers.Length);
        Assert.DoesNotContain(sentinel.View.Peers, peer => peer.IsSubjectivelyDown);
    }

    [Fact]
    public void A_peer_that_does_not_say_who_it_is_is_believed()
    {
        World world = World.With();
        foreach (FakeSentinel sentinel in world.Sentinels)
            sentinel.IsSecretive = true;
        world.Settle();
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("+switch-master") == 3, "+switch-master", atMostSeconds: 10);
    }

    private static void Mislead(World world, int who, int toAddressOf)
    {
        Address announced = world.Sentinels[toAddressOf].Address;
        FakeSentinel sentinel = world.Sentinels[who];
        sentinel.Options = sentinel.Options with { AnnounceIp = announced.Host, AnnouncePort = announced.Port };
        sentinel.Kill();
        sentinel.Restart();
    }
}
