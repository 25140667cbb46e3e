using Sentinel.Core.Tests.Cluster;

namespace Sentinel.Core.Tests;

/// <summary>What masters share, and how they stay out of each other's way.</summary>
public class ManyMastersTests
{
    [Fact]
    public void All_masters_share_one_link_to_a_peer_until_the_last_one_is_removed()
    {
        World world = World.Settled();
        world.AddGroup("second", 7100);
        FakeSentinel sentinel = world.Sentinels[0];
        Assert.Same(sentinel.View.Peers[0].Link, sentinel.Whole.Masters["second"].Peers.Single(peer => peer.Name == sentinel.View.Peers[0].Name).Link);
        Assert.Equal(2, sentinel.View.Peers[0].Link.Masters);
        Assert.Equal((5 * 2) + 2, sentinel.OpenConnections);
        Assert.IsType<Answer.Ok>(sentinel.Ask(id => new RemoveRequested(id, "second")));
        Assert.Equal(1, sentinel.View.Peers[0].Link.Masters);
        Assert.Equal((3 * 2) + 2, sentinel.OpenConnections);
    }

    [Fact]
    public void A_peer_that_goes_down_is_down_for_each_master()
    {
        World world = World.Settled();
        world.AddGroup("second", 7100);
        world.Sentinels[2].Kill();
        world.Run(seconds: 3);
        foreach (MasterView view in world.Sentinels[0].Whole.Masters.Values)
            Assert.Single(view.Peers, peer => peer.IsSubjectivelyDown);
        world.Sentinels[2].Restart();
        world.RunUntil(() => world.Sentinels[0].Whole.Masters.Values.All(view => view.Peers.All(peer => !peer.IsSubjectivelyDown)), "-sdown for each");
    }

    [Fact]
    public void A_vote_is_asked_by_address_and_given_for_the_master_that_is_there_now()
    {
        World world = World.Settled();
        FakeNode second = world.AddGroup("second", 7100);
        Address former = world.MasterNode.Address;
        FakeSentinel voter = world.Sentinels[0];
        world.MasterNode.Kill();
        world.RunUntil(() => world.Sentinels.TrueForAll(sentinel => sentinel.View.Address != former), "a switch on all");
        world.Run(seconds: 30);
        Assert.Null(VoteFor(former, epoch: 100));
        Assert.NotNull(VoteFor(voter.View.Address, epoch: 101));
        Assert.NotNull(VoteFor(second.Address, epoch: 102));
        voter.Ask(id => new RemoveRequested(id, "second"));
        Assert.Null(VoteFor(second.Address, epoch: 103));

        SentinelId? VoteFor(Address master, ulong epoch)
        {
            Answer? answer = null;
            voter.AskThen(id => new DownQuestionReceived(id, master, new Epoch(epoch), world.Sentinels[1].Id), given => answer = given);
            world.Run(seconds: 1);
            return Assert.IsType<Answer.Down>(answer).Leader;
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.3)]
    [InlineData(5)]
    public void PINGs_of_very_many_links_that_began_together_come_spread_over_their_period_after_a_pause_of_ours_too(double pauseSeconds)
    {
        World world = World.Settled(sentinels: 1, quorum: 1);
        FakeNode[] masters = [.. Enumerable.Range(1, 300).Select(i => world.AddGroup($"group{i}", 7000 + (100 * i)))];
        world.Sentinels[0].Kill();
        world.Sentinels[0].Restart();
        world.Run(seconds: 10);
        world.Sentinels[0].Freeze();
        world.Run(pauseSeconds);
        world.Sentinels[0].Thaw();
        world.Run(seconds: 30);
        foreach (FakeNode master in masters)
            master.AskedAt.Clear();
        Instant from = world.Now;
        world.Run(seconds: 1);
        int[] inEachTenth = new int[10];
        foreach ((Instant at, _) in masters.SelectMany(master => master.AskedAt).Where(asked => asked.Request is Request.Ping))
            inEachTenth[Math.Min((int)((at - from).TotalSeconds * 10), 9)]++;
        Assert.All(inEachTenth, count => Assert.InRange(count, inEachTenth.Sum() / 20, inEachTenth.Sum() / 5));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(20)]
    [InlineData(100)]
    public void Masters_that_die_in_the_same_moment_are_all_replaced_promptly_each_once(int groups)
    {
        World world = World.Settled();
        FakeNode[] masters = [world.MasterNode, .. Enumerable.Range(1, groups - 1).Select(i => world.AddGroup($"group{i}", 7000 + (100 * i)))];
        world.Run(seconds: 3);
        foreach (FakeNode master in masters)
            master.Kill();
        TimeSpan took = world.RunUntil(() => world.Count("+switch-master") == 3 * groups, "+switch-master of each on all", atMostSeconds: 10);
        Assert.True(took < TimeSpan.FromSeconds(2), $"{took}\n{string.Join('\n', world.Transcript.TakeLast(200))}");
        world.Run(seconds: 20);
        Assert.Equal(3 * groups, world.Count("+switch-master"));
        Assert.Equal(groups, world.Count("+promoted-slave"));
    }
}
