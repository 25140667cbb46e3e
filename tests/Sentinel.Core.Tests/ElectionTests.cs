using Sentinel.Core.Tests.Cluster;

namespace Sentinel.Core.Tests;

/// <summary>Votes, epochs, candidates.</summary>
public class ElectionTests
{
    private static readonly SentinelId Somebody = SentinelId.Draw(new Random(77));
    private static readonly SentinelId SomebodyElse = SentinelId.Draw(new Random(78));

    [Fact]
    public void Who_knows_no_replica_lets_those_stand_who_rest_for_two_failover_timeouts_and_restores_a_master_that_comes_back_all_the_same()
    {
        World world = World.Settled(replicas: 0, failoverTimeoutMs: 20_000);
        FakeNode master = world.MasterNode;
        (master.Keys, master.History) = (10, "a");
        world.Run(seconds: 12);
        master.Kill();
        world.RunUntil(() => world.Count("-failover-abort-no-good-slave") > 0, "nobody is fit");
        for (int tried = -1; tried != world.Count("+try-failover");)
        {
            tried = world.Count("+try-failover");
            Assert.True(tried < 20, "attempts come without a pause");
            world.Run(seconds: 45);
        }
        master.Restart(asReplicaOf: new Address("10.0.0.9", 7009));
        TimeSpan took = world.RunUntil(() => master.Master is null, "it is the master again");
        Assert.True(took < TimeSpan.FromSeconds(25), $"{took}");    // its role counts after two INFO periods
    }

    [Fact]
    public void A_vote_is_on_disk_before_it_is_spoken()
    {
        World world = World.Settled();
        FakeSentinel voter = world.Sentinels[0];
        Assert.Equal(new Answer.Down(false, Somebody, new Epoch(7)), AskForVote(world, voter, 7, Somebody));
        Assert.Equal(new Epoch(7), voter.Disk.Masters[0].LeaderEpoch);
        Assert.Equal(new Epoch(7), voter.Disk.CurrentEpoch);
        string[] order = [.. voter.Events.Select(e => e.Name).Where(name => name is "+new-epoch" or "+vote-for-leader")];
        Assert.Equal(["+new-epoch", "+vote-for-leader"], order);
    }

    [Fact]
    public void The_second_candidate_of_an_epoch_is_told_whom_the_vote_went_to()
    {
        World world = World.Settled();
        AskForVote(world, world.Sentinels[0], 7, Somebody);
        Assert.Equal(new Answer.Down(false, Somebody, new Epoch(7)), AskForVote(world, world.Sentinels[0], 7, SomebodyElse));
        Assert.Equal(new Answer.Down(false, Somebody, new Epoch(7)), AskForVote(world, world.Sentinels[0], 6, SomebodyElse));
    }

    [Fact]
    public void A_restart_does_not_give_a_second_vote_in_an_epoch()
    {
        World world = World.Settled();
        FakeSentinel voter = world.Sentinels[0];
        AskForVote(world, voter, 7, Somebody);
        voter.Kill();
        world.Run(seconds: 0.1);
        voter.Restart();
        Assert.Equal(new Answer.Down(false, null, new Epoch(7)), AskForVote(world, voter, 7, SomebodyElse));
    }

    [Fact]
    public void A_vote_that_cannot_be_saved_is_not_given_until_it_can()
    {
        World world = World.Settled();
        FakeSentinel voter = world.Sentinels[0];
        voter.DiskError = "No space left on device";
        Assert.Equal(new Answer.Down(false, null, Epoch.Zero), AskForVote(world, voter, 7, Somebody));
        Assert.Contains(voter.Log, line => line.Contains("No space left on device", StringComparison.Ordinal));
        voter.DiskError = null;
        Assert.Equal(new Answer.Down(false, Somebody, new Epoch(7)), AskForVote(world, voter, 7, Somebody));
        Assert.Equal(new Answer.Down(false, Somebody, new Epoch(7)), AskForVote(world, voter, 7, SomebodyElse));
    }

    [Fact]
    public void A_vote_on_its_way_to_a_slow_disk_answers_all_who_ask_when_it_is_there()
    {
        World world = World.Settled();
        world.SaveTime = TimeSpan.FromMilliseconds(500);
        FakeSentinel voter = world.Sentinels[0];
        int answers = 0;
        for (int i = 0; i < 6; i++)
        {
            voter.AskThen(id => new DownQuestionReceived(id, world.MasterNode.Address, new Epoch(7), Somebody), _ => answers++);
            world.Run(seconds: 0.08);
        }
        Assert.Equal(0, answers);
        world.Run(seconds: 0.03);
        Assert.Equal(6, answers);
    }

    [Fact]
    public void A_question_without_a_candidate_takes_no_vote()
    {
        World world = World.Settled();
        Assert.Equal(new Answer.Down(false, null, Epoch.Zero), AskForVote(world, world.Sentinels[0], 9, null));
        Assert.Equal(Epoch.Zero, world.Sentinels[0].Whole.CurrentEpoch);
    }

    [Fact]
    public void An_epoch_that_no_history_leads_to_is_not_believed()
    {
        World world = World.Settled();
        FakeSentinel voter = world.Sentinels[0];
        Assert.Equal(new Answer.Down(false, null, Epoch.Zero), AskForVote(world, voter, 1UL << 62, Somebody));
        voter.Input(new HelloReceived($"10.0.1.9,26009,{Somebody},18446744073709551615,mymaster,10.9.9.9,1,18446744073709551615"));
        Assert.Equal(Epoch.Zero, voter.Whole.CurrentEpoch);
        Assert.Equal(world.MasterNode.Address, voter.View.Address);
    }

    [Fact]
    public void A_question_about_an_unknown_address_is_answered_no_and_moves_no_epoch()
    {
        World world = World.Settled();
        Answer? answer = world.Sentinels[0].Ask(id => new DownQuestionReceived(id, new Address("10.9.9.9", 1), new Epoch(9), Somebody));
        Assert.Equal(new Answer.Down(false, null, Epoch.Zero), answer);
        Assert.Equal(Epoch.Zero, world.Sentinels[0].Whole.CurrentEpoch);
    }

    [Theory]
    [InlineData(3, 2, 2)]
    [InlineData(5, 2, 3)]
    [InlineData(5, 5, 5)]
    [InlineData(4, 2, 3)]
    [InlineData(1, 1, 1)]
    public void A_leader_needs_the_majority_of_all_and_the_quorum(int sentinels, int quorum, int needed) =>
        Assert.Equal(needed, VoteCount.Needed(sentinels, quorum));

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(7)]
    public void One_epoch_has_one_leader_and_one_fault_one_switch(int sentinels)
    {
        World world = World.Settled(sentinels: sentinels, quorum: (sentinels / 2) + 1);
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("+failover-end") == 1, "+failover-end");
        world.Run(seconds: 40);
        Assert.Equal(sentinels, world.Count("+switch-master"));
        foreach (IGrouping<Epoch, SentinelEvent> epoch in world.Sentinels.SelectMany(s => s.Events).Where(e => e.Name == "+elected-leader").GroupBy(e => e.Epoch))
            Assert.Single(epoch);
        foreach (FakeSentinel sentinel in world.Sentinels)
            Assert.All(sentinel.VotesSpoken.GroupBy(vote => vote.Epoch), votes => Assert.Single(votes.Select(vote => vote.Leader).Distinct()));
    }

    [Fact]
    public void Candidates_that_stand_in_the_same_moment_agree_within_a_second()
    {
        // With a save slower than the stagger, both stand before either hears of the other.
        World world = World.Settled();
        world.SaveTime = TimeSpan.FromMilliseconds(120);
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("+odown") > 0, "+odown");
        TimeSpan took = world.RunUntil(() => world.Count("+switch-master") == 3, "+switch-master on all");
        Assert.True(took < TimeSpan.FromSeconds(2), $"{took}\n{string.Join('\n', world.Transcript)}");
        world.Run(seconds: 30);
        Assert.Equal(3, world.Count("+switch-master"));
        Assert.Equal(1, world.Count("+promoted-slave"));
    }

    [Fact]
    public void Without_a_reachable_majority_nobody_stands_and_the_log_says_why()
    {
        World world = World.Settled(quorum: 1);
        world.Sentinels[1].Kill();
        world.Sentinels[2].Kill();
        world.Run(seconds: 3);
        world.MasterNode.Kill();
        world.Run(seconds: 30);
        Assert.Equal(0, world.Count("+try-failover"));
        Assert.Equal(Epoch.Zero, world.Sentinels[0].Whole.CurrentEpoch);
        Assert.Single(world.Sentinels[0].Log, line => line.Contains("only 1 of 3 Sentinels can be reached, and 2 votes are needed", StringComparison.Ordinal));
        world.Sentinels[1].Restart();
        world.RunUntil(() => world.Sentinels[0].View.Address != world.MasterNode.Address, "failover with two of three", atMostSeconds: 5);
    }

    [Fact]
    public void A_leader_that_dies_before_the_promotion_is_followed_by_another_one_promptly()
    {
        World world = World.Settled();
        foreach (FakeNode replica in world.Nodes.Skip(1))
            replica.Freeze();    // so that nothing can be promoted before the leader dies
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("+elected-leader") == 1, "+elected-leader");
        FakeSentinel leader = world.Sentinels.Single(s => s.Events.Exists(e => e.Name == "+elected-leader"));
        leader.Kill();
        foreach (FakeNode replica in world.Nodes.Skip(1))
            replica.Thaw();
        TimeSpan took = world.RunUntil(() => world.Sentinels.TrueForAll(s => s == leader || s.View.Address != world.MasterNode.Address), "the others fail over");
        Assert.True(took < TimeSpan.FromSeconds(5), $"{took}\n{string.Join('\n', world.Transcript)}");
    }

    [Fact]
    public void Voters_start_no_second_failover_while_the_leader_is_at_work()
    {
        World world = World.Settled(failoverTimeoutMs: 60_000);
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("+odown") > 0, "+odown");
        foreach (FakeNode replica in world.Nodes.Skip(1))
            replica.Refused["INFO"] = "ERR slow";
        world.Run(seconds: 20);
        // The leader may try and pause; never do two of them work at the same time.
        Assert.True(world.Sentinels.Count(s => s.View.Failover is not FailoverStep.None) <= 1, string.Join('\n', world.Transcript));
    }

    [Fact]
    public void Sentinels_that_hear_different_nodes_do_not_move_the_master_to_and_fro()
    {
        World world = World.Settled(replicas: 1, quorum: 1, failoverTimeoutMs: 10_000);
        world.Sentinels[0].CutOff(world.Nodes[0].Address);
        world.Sentinels[1].CutOff(world.Nodes[1].Address);
        world.Run(seconds: 90);
        // Each of the two waits 1, 2, 4, 8, 16 and then 20 s: twice the failover timeout.
        Assert.InRange(world.Sentinels[2].Events.Count(e => e.Name == "+switch-master"), 4, 12);
        Assert.Contains(world.Sentinels[0].Log, line => line.Contains("did not hear it", StringComparison.Ordinal));
    }

    [Fact]
    public void A_master_that_dies_as_soon_as_it_is_one_is_replaced_without_a_grace()
    {
        World world = World.Settled(replicas: 2, failoverTimeoutMs: 60_000);
        world.MasterNode.Kill();
        world.RunUntil(() => world.Sentinels.TrueForAll(s => s.View.Address != world.MasterNode.Address), "the first switch");
        Address second = world.Sentinels[0].View.Address;
        world.Node(second).Kill();
        TimeSpan took = world.RunUntil(() => world.Sentinels.TrueForAll(s => s.View.Address != second), "the second switch");
        Assert.InRange(took, TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(1.5));
    }

    [Fact]
    public void A_candidate_gives_way_when_it_learns_that_a_newer_configuration_confirms_the_master()
    {
        World world = World.Settled(quorum: 1);
        FakeSentinel candidate = world.Sentinels[0];
        candidate.CutOff(world.MasterNode.Address);
        foreach (FakeSentinel voter in world.Sentinels.Skip(1))
            voter.DiskError = "No space left on device";
        world.RunUntil(() => candidate.View.Failover is FailoverStep.WaitStart, "it stands");
        Address master = world.MasterNode.Address;
        candidate.Input(new HelloReceived($"10.0.1.1,26001,{world.Sentinels[1].Id},9,mymaster,{master.Host},{master.Port},9"));
        Assert.Equal(FailoverStep.None, candidate.View.Failover);
        Assert.Equal(new Epoch(9), candidate.View.ConfigEpoch);
        Assert.Contains(candidate.Events, e => e.Name == "-failover-abort-not-elected" && e.Reason == "a newer configuration confirms the master");
    }

    [Fact]
    public void Whose_turn_comes_waits_for_the_question_of_a_peer_that_has_entered_a_newer_epoch()
    {
        World world = World.Settled();
        FakeSentinel[] inOrder = [.. world.Sentinels.OrderBy(s => StandingOrder.Rank(World.Master, s.Id, world.Sentinels.Where(other => other != s).Select(other => other.Id)))];
        (FakeSentinel first, FakeSentinel second) = (inOrder[0], inOrder[1]);
        first.DiskError = "No space left on device";    // it asks nobody
        world.MasterNode.Kill();
        world.RunUntil(() => second.Events.Exists(e => e.Name == "+odown"), "+odown");
        inOrder[2].Freeze();
        world.Run(seconds: 0.03);
        Address master = world.MasterNode.Address;
        second.Input(new HelloReceived($"{first.Address.Host},{first.Address.Port},{first.Id},9,mymaster,{master.Host},{master.Port},0"));
        world.Run(seconds: 0.035);
        Assert.Equal(FailoverStep.None, second.View.Failover);
        world.Run(seconds: 0.02);
        Assert.Equal(new Epoch(10), second.Events.Single(e => e.Name == "+try-failover").Epoch);
    }

    [Fact]
    public void The_order_of_standing_is_the_same_for_all_and_differs_between_masters()
    {
        SentinelId[] ids = [.. Enumerable.Range(0, 5).Select(i => SentinelId.Draw(new Random(i)))];
        int[] Ranks(string name) => [.. ids.Select(id => StandingOrder.Rank(name, id, ids.Where(other => other != id)))];
        Assert.Equal([0, 1, 2, 3, 4], Ranks("a").Order());
        Assert.True(Enumerable.Range(0, 50).Select(i => Array.IndexOf(Ranks($"m{i}"), 0)).Distinct().Count() == 5, "every Sentinel is first for some master");
    }

    private static Answer? AskForVote(World world, FakeSentinel voter, ulong epoch, SentinelId? candidate) =>
        voter.Ask(id => new DownQuestionReceived(id, world.MasterNode.Address, new Epoch(epoch), candidate));
}
