using Sentinel.Core.Tests.Cluster;

namespace Sentinel.Core.Tests;

/// <summary>What a pause of our own does, and does not: TILT, and where it is better than that of Redis.</summary>
public class TiltTests
{
    [Theory]
    [InlineData(2.1)]
    [InlineData(5)]
    [InlineData(3600)]
    public void After_a_pause_under_a_healthy_master_TILT_ends_with_the_first_fresh_answers_and_nobody_was_down(double seconds)
    {
        World world = World.Settled();
        FakeSentinel sentinel = world.Sentinels[0];
        int before = sentinel.Events.Count;
        Pause(world, sentinel, seconds);
        Assert.Contains(sentinel.Events, e => e is { Name: "+tilt", Level: EventLevel.Warning, Payload: "#tilt mode entered" });
        Assert.Equal(world.Now, sentinel.Whole.TiltSince);
        TimeSpan took = world.RunUntil(() => sentinel.Whole.TiltSince is null, "the end of TILT");
        Assert.True(took <= 10 * world.Latency, $"{took}");
        Assert.Contains(sentinel.Events, e => e is { Name: "-tilt", Level: EventLevel.Warning, Payload: "#tilt mode exited" });
        world.Run(seconds: 30);
        Assert.DoesNotContain(sentinel.Events.Skip(before), e => e.Name is "+sdown" or "+odown" or "+try-failover" or "+convert-to-slave" or "+fix-slave-config");
        Assert.Equal(1, sentinel.Events.Count(e => e.Name == "+tilt"));
    }

    [Fact]
    public void A_process_that_is_held_up_again_and_again_still_notices_what_is_down()
    {
        World world = World.Settled();
        FakeSentinel slow = world.Sentinels[0];
        world.MasterNode.Kill();
        for (int i = 0; i < 100 && !slow.Events.Exists(e => e.Name == "+sdown"); i++)
        {
            slow.Freeze();
            world.Run(seconds: 0.6);
            slow.Thaw();
            world.Run(seconds: 0.05);
        }
        Assert.Contains(slow.Events, e => e.Name == "+sdown");
    }

    [Fact]
    public void A_pause_below_the_trigger_is_no_TILT_and_nobodys_silence()
    {
        World world = World.Settled(downAfterMs: 500);
        FakeSentinel sentinel = world.Sentinels[0];
        int before = sentinel.Events.Count;
        Pause(world, sentinel, 1.9);
        world.Run(seconds: 5);
        Assert.DoesNotContain(sentinel.Events.Skip(before), e => e.Name is "+sdown" or "+tilt");
    }

    [Fact]
    public void The_trigger_and_the_period_of_now_hold()
    {
        World world = World.Settled();
        FakeSentinel sentinel = world.Sentinels[0];
        sentinel.Ask(id => new TimingChangeRequested(
            id, timing => timing with { TiltTrigger = TimeSpan.FromSeconds(10), TiltPeriod = TimeSpan.FromMilliseconds(700) }, Error: null));
        Pause(world, sentinel, 9);
        Assert.Null(sentinel.Whole.TiltSince);
        world.Run(seconds: 5);
        Pause(world, sentinel, 10.1, meanwhile: () => sentinel.CutOff(world.MasterNode.Address));
        TimeSpan took = world.RunUntil(() => sentinel.Whole.TiltSince is null, "the end of TILT");
        Assert.Equal(TimeSpan.FromMilliseconds(700), took);
    }

    [Fact]
    public void Who_does_not_answer_any_more_is_waited_for_2_s_and_is_down_after_DownAfter_of_silence_that_we_saw()
    {
        World world = World.Settled(downAfterMs: 5000);
        FakeSentinel sentinel = world.Sentinels[0];
        Pause(world, sentinel, 60, meanwhile: () => sentinel.CutOff(world.MasterNode.Address));
        Instant resumedAt = world.Now;
        TimeSpan took = world.RunUntil(() => sentinel.Whole.TiltSince is null, "the end of TILT");
        Assert.Equal(TimeSpan.FromSeconds(2), took);
        world.RunUntil(() => sentinel.View.IsSubjectivelyDown, "+sdown");
        Assert.InRange(world.Now - resumedAt, TimeSpan.FromSeconds(3.9), TimeSpan.FromSeconds(5.1));
    }

    [Fact]
    public void A_master_that_died_in_our_pause_is_down_only_after_DownAfter_of_time_in_which_we_ran()
    {
        World world = World.Settled(sentinels: 1, quorum: 2, downAfterMs: 3000);
        FakeSentinel sentinel = world.Sentinels[0];
        Pause(world, sentinel, 30, meanwhile: world.MasterNode.Kill);
        Instant resumedAt = world.Now;
        world.RunUntil(() => sentinel.View.IsSubjectivelyDown, "+sdown");
        Assert.InRange(world.Now - resumedAt, TimeSpan.FromSeconds(2.3), TimeSpan.FromSeconds(3.1));
    }

    [Fact]
    public void A_master_that_dies_right_after_our_pause_is_replaced_as_fast_as_ever_also_when_all_paused()
    {
        World world = World.Settled();
        foreach (FakeSentinel sentinel in world.Sentinels)
            sentinel.Freeze();
        world.Run(seconds: 20);
        foreach (FakeSentinel sentinel in world.Sentinels)
            sentinel.Thaw();
        world.Run(seconds: 0.1);
        Assert.Equal(3, world.Count("-tilt"));
        world.MasterNode.Kill();
        TimeSpan took = world.RunUntil(() => world.Count("+switch-master") == 3, "+switch-master");
        Assert.True(took < TimeSpan.FromSeconds(1.5), $"{took}");
    }

    [Fact]
    public void In_TILT_we_say_nobody_is_down_and_still_vote()
    {
        World world = World.Settled();
        FakeSentinel sentinel = world.Sentinels[0];
        sentinel.CutOff(world.MasterNode.Address);
        world.RunUntil(() => sentinel.View.IsSubjectivelyDown, "+sdown");
        sentinel.CutOff(world.Nodes[1].Address);
        Pause(world, sentinel, 5);
        Assert.NotNull(sentinel.Whole.TiltSince);
        SentinelId candidate = world.Sentinels[1].Id;
        var down = (Answer.Down)sentinel.Ask(id => new DownQuestionReceived(id, world.MasterNode.Address, new Epoch(9), candidate))!;
        Assert.NotNull(sentinel.Whole.TiltSince);
        Assert.Equal((false, candidate, new Epoch(9)), (down.IsDown, down.Leader, down.LeaderEpoch));
    }

    [Fact]
    public void Agreement_from_before_the_pause_counts_no_more()
    {
        World world = World.Settled(quorum: 2);
        FakeSentinel sentinel = world.Sentinels[0];
        // Two cannot reach the master, and agree; no failover is possible, for there is no good replica.
        foreach (FakeNode replica in world.Nodes.Skip(1))
            replica.Priority = 0;
        world.Run(seconds: 11);
        sentinel.CutOff(world.MasterNode.Address);
        world.Sentinels[1].CutOff(world.MasterNode.Address);
        world.RunUntil(() => sentinel.View.IsObjectivelyDown, "+odown");
        // While we do not run the other one finds the master up again; so it is down for us alone.
        Pause(world, sentinel, 4, meanwhile: world.Sentinels[1].Heal);
        world.RunUntil(() => sentinel.Whole.TiltSince is null, "the end of TILT");
        Assert.True(sentinel.View.IsSubjectivelyDown);
        Assert.False(sentinel.View.IsObjectivelyDown);
    }

    [Fact]
    public void A_candidate_that_paused_stands_no_more_in_the_old_epoch()
    {
        World world = World.Settled(sentinels: 5, quorum: 3);
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("+try-failover") == 1, "+try-failover");
        FakeSentinel candidate = world.Sentinels.Single(s => s.Events.Exists(e => e.Name == "+try-failover"));
        Pause(world, candidate, 20);
        Assert.Contains(candidate.Events, e => e.Name == "-failover-abort-not-elected" && e.Reason!.Contains("did not run", StringComparison.Ordinal));
        world.Run(seconds: 20);
        AssertOneMasterThatAllAgreeOn(world);
        Assert.DoesNotContain(candidate.Events, e => e.Name is "+elected-leader" or "+promoted-slave");
    }

    [Fact]
    public void A_leader_that_paused_after_it_had_told_the_replica_tells_nobody_anything_more()
    {
        World world = World.Settled(sentinels: 5, replicas: 3, quorum: 3);
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("+failover-state-wait-promotion") == 1, "+failover-state-wait-promotion");
        FakeSentinel leader = world.Sentinels.Single(s => s.View.Failover is FailoverStep.WaitPromotion);
        // In its pause the others bring it to an end, and the node they chose dies as well: a second failover.
        leader.Freeze();
        world.RunUntil(() => world.Sentinels.TrueForAll(s => s == leader || s.View.Address != world.MasterNode.Address), "the others switch", atMostSeconds: 60);
        world.Run(seconds: 5);
        world.Node(Another(world, leader).View.Address).Kill();
        Address first = Another(world, leader).View.Address;
        world.RunUntil(() => world.Sentinels.TrueForAll(s => s == leader || s.View.Address != first), "the others switch again", atMostSeconds: 60);
        world.Run(seconds: 5);
        int told = world.Nodes.Sum(node => node.Told.Count);
        leader.Thaw();
        Assert.Equal(FailoverStep.None, leader.View.Failover);
        world.Run(seconds: 30);
        Assert.Equal(told, world.Nodes.Sum(node => node.Told.Count));
        AssertOneMasterThatAllAgreeOn(world);
    }

    [Fact]
    public void A_leader_that_paused_among_its_replicas_leaves_them_to_those_who_know_the_present()
    {
        World world = World.Settled(sentinels: 5, replicas: 4, quorum: 3);
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("+slave-reconf-sent") == 1, "+slave-reconf-sent");
        FakeSentinel leader = world.Sentinels.Single(s => s.View.Failover is FailoverStep.ReconfReplicas);
        world.Run(seconds: 0.001);
        Pause(world, leader, 15);
        Assert.Equal(FailoverStep.None, leader.View.Failover);
        Assert.Equal(1, leader.Events.Count(e => e.Name == "+failover-end"));
        world.Run(seconds: 30);
        AssertOneMasterThatAllAgreeOn(world);
        Address master = Another(world, leader).View.Address;
        Assert.All(world.Nodes.Where(node => node.IsAlive && node.Address != master), node => Assert.Equal(master, node.Master));
    }

    [Fact]
    public void A_pause_as_long_as_DownAfter_ends_our_lead_though_it_is_no_TILT()
    {
        World world = World.Settled(sentinels: 5, quorum: 3, downAfterMs: 300);
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("+failover-state-wait-promotion") == 1, "+failover-state-wait-promotion");
        FakeSentinel leader = world.Sentinels.Single(s => s.View.Failover is FailoverStep.WaitPromotion);
        Pause(world, leader, 0.9);
        Assert.Equal(0, world.Count("+tilt"));
        Assert.Equal(FailoverStep.None, leader.View.Failover);
        world.Run(seconds: 30);
        AssertOneMasterThatAllAgreeOn(world);
    }

    [Fact]
    public void A_voter_that_paused_gives_the_leader_time_to_report()
    {
        World world = World.Settled(sentinels: 5, replicas: 2, quorum: 3, downAfterMs: 10_000, failoverTimeoutMs: 60_000);
        foreach (FakeNode node in world.Nodes)
            node.IgnoresOrders = true;    // so that the leader stays at work
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("+failover-state-wait-promotion") == 1, "+failover-state-wait-promotion");
        FakeSentinel leader = world.Sentinels.Single(s => s.View.Failover is FailoverStep.WaitPromotion);
        FakeSentinel voter = Another(world, leader);
        Pause(world, voter, 7);
        world.RunUntil(() => voter.Whole.TiltSince is null, "the end of TILT");
        foreach (FakeNode node in world.Nodes)
            node.IgnoresOrders = false;
        world.RunUntil(() => voter.View.Address != world.MasterNode.Address, "the voter switches");
        Assert.DoesNotContain(voter.Events, e => e.Name == "+try-failover");
    }

    [Fact]
    public void The_time_that_the_process_took_to_start_is_nobodys_silence()
    {
        World world = World.With(sentinels: 1, quorum: 1, downAfterMs: 300);
        FakeSentinel sentinel = world.Sentinels[0];
        world.Run(seconds: 1);
        sentinel.Kill();
        sentinel.RestartAfter(seconds: 5);
        world.Run(seconds: 20);
        Assert.Equal(0, world.Count("+sdown") + world.Count("+tilt"));
    }

    private static void Pause(World world, FakeSentinel sentinel, double seconds, Action? meanwhile = null)
    {
        sentinel.Freeze();
        meanwhile?.Invoke();
        world.Run(seconds);
        sentinel.Thaw();
    }

    private static FakeSentinel Another(World world, FakeSentinel than) => world.Sentinels.First(s => s != than && s.IsRunning);

    private static void AssertOneMasterThatAllAgreeOn(World world)
    {
        Address address = Assert.Single(world.Sentinels.Select(s => s.View.Address).Distinct());
        Assert.Equal(address, Assert.Single(world.Nodes, node => node.IsAlive && node.Master is null).Address);
        Assert.NotEqual(world.MasterNode.Address, address);
    }
}
