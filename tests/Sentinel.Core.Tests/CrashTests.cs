using Sentinel.Core.Tests.Cluster;

namespace Sentinel.Core.Tests;

/// <summary>A node that refuses connections is not silent: <c>crash-down-after-milliseconds</c>.</summary>
public class CrashTests
{
    private static readonly TimeSpan s_period = TimeSpan.FromMilliseconds(200);

    [Fact]
    public void A_master_that_refuses_connections_is_down_after_that_period_and_not_before()
    {
        World world = Settled();
        world.MasterNode.Kill();
        TimeSpan took = world.RunUntil(() => world.Sentinels[0].View.IsSubjectivelyDown, "+sdown");
        Assert.InRange(took, s_period, s_period + TimeSpan.FromMilliseconds(2));
        SentinelEvent down = world.Sentinels[0].Events.Last(e => e.Name == "+sdown");
        Assert.Equal("it refuses connections", down.Reason);
    }

    [Fact]
    public void A_crashed_master_is_replaced_by_those_who_agree_long_before_it_counts_as_silent()
    {
        World world = Settled();
        world.MasterNode.Kill();
        TimeSpan took = world.RunUntil(() => world.Count("+switch-master") == 3, "+switch-master");
        Assert.InRange(took, s_period, s_period + TimeSpan.FromMilliseconds(100));
        Assert.Equal(1, world.Count("+try-failover"));
    }

    [Fact]
    public void Silence_keeps_its_own_period()
    {
        World world = Settled(sentinels: 1);
        world.MasterNode.Freeze();
        TimeSpan took = world.RunUntil(() => world.Sentinels[0].View.IsSubjectivelyDown, "+sdown");
        Assert.InRange(took, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(6));
        Assert.Null(world.Sentinels[0].Events.Last(e => e.Name == "+sdown").Reason);
    }

    [Fact]
    public void A_master_that_cannot_be_reached_counts_as_silent_whatever_it_refused_before()
    {
        World world = Settled(sentinels: 1);
        world.MasterNode.Kill();
        world.Run(seconds: 0.15);
        world.Sentinels[0].CutOff(world.MasterNode.Address);
        TimeSpan took = world.RunUntil(() => world.Sentinels[0].View.IsSubjectivelyDown, "+sdown");
        Assert.InRange(took, TimeSpan.FromSeconds(3.8), TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void A_master_that_is_back_within_the_period_was_never_down()
    {
        World world = Settled();
        for (int i = 0; i < 20; i++)
        {
            world.MasterNode.Kill();
            world.Run(seconds: 0.19);
            world.MasterNode.Restart();
            world.Run(seconds: 0.3);
        }
        Assert.Equal(0, world.Count("+sdown"));
    }

    [Fact]
    public void Where_it_is_not_wanted_refusals_count_as_silence()
    {
        World world = World.Settled(sentinels: 1, quorum: 2, downAfterMs: 5000);
        world.MasterNode.Kill();
        TimeSpan took = world.RunUntil(() => world.Sentinels[0].View.IsSubjectivelyDown, "+sdown");
        Assert.InRange(took, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(5.01));
        Assert.InRange(world.Sentinels[0].Attempts(world.MasterNode.Address), 2, 2 + 2 * 6);
    }

    [Fact]
    public void Who_was_held_down_for_its_refusals_is_up_when_it_answers_and_not_when_it_accepts()
    {
        World world = Settled(sentinels: 1);
        world.MasterNode.Kill();
        world.RunUntil(() => world.Sentinels[0].View.IsSubjectivelyDown, "+sdown");
        world.MasterNode.Freeze();
        world.MasterNode.Restart();
        world.Run(seconds: 2);
        Assert.True(world.Sentinels[0].View.IsSubjectivelyDown);
        Assert.False(world.Sentinels[0].View.Link.IsDisconnected);
        world.MasterNode.Thaw();
        TimeSpan took = world.RunUntil(() => !world.Sentinels[0].View.IsSubjectivelyDown, "-sdown");
        Assert.True(took < TimeSpan.FromMilliseconds(5), $"{took}");
    }

    [Fact]
    public void A_replica_that_refuses_connections_is_down_too()
    {
        World world = Settled(sentinels: 1);
        world.Nodes[1].Kill();
        TimeSpan took = world.RunUntil(() => world.Count("+sdown") == 1, "+sdown");
        Assert.InRange(took, s_period, s_period + TimeSpan.FromMilliseconds(2));
        Assert.Equal(InstanceKind.Replica, world.Sentinels[0].Events.Single(e => e.Name == "+sdown").Kind);
    }

    [Fact]
    public void A_Sentinel_that_refuses_connections_is_silent()
    {
        World world = Settled();
        world.Sentinels[2].Kill();
        TimeSpan took = world.RunUntil(() => world.Count("+sdown") == 2, "+sdown of both");
        Assert.InRange(took, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(5.01));
    }

    [Fact]
    public void Attempts_come_often_while_refusals_are_new_and_then_once_in_a_PING_period()
    {
        World world = Settled(sentinels: 1);
        FakeSentinel sentinel = world.Sentinels[0];
        int before = sentinel.Attempts(world.MasterNode.Address);
        world.MasterNode.Kill();
        world.Run(seconds: 1);
        Assert.InRange(sentinel.Attempts(world.MasterNode.Address) - before, 20, 24);
        world.Run(seconds: 9);
        before = sentinel.Attempts(world.MasterNode.Address);
        world.Run(seconds: 10);
        Assert.InRange(sentinel.Attempts(world.MasterNode.Address) - before, 18, 22);    // of both connections
    }

    [Fact]
    public void The_shortest_period_is_not_asked_for_more_often_than_each_20_ms()
    {
        World world = Settled(sentinels: 1, periodMs: 1);
        int before = world.Sentinels[0].Attempts(world.MasterNode.Address);
        world.MasterNode.Kill();
        TimeSpan took = world.RunUntil(() => world.Sentinels[0].View.IsSubjectivelyDown, "+sdown");
        Assert.InRange(took, TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(22));
        world.Run(seconds: 1);
        Assert.InRange(world.Sentinels[0].Attempts(world.MasterNode.Address) - before, 40, 54);
    }

    [Fact]
    public void A_pause_of_our_own_is_no_time_in_which_anybody_refused()
    {
        World world = Settled(sentinels: 1);
        FakeSentinel sentinel = world.Sentinels[0];
        world.MasterNode.Kill();
        world.Run(seconds: 0.05);
        sentinel.Freeze();
        world.Run(seconds: 1);
        sentinel.Thaw();
        TimeSpan took = world.RunUntil(() => sentinel.View.IsSubjectivelyDown, "+sdown");
        Assert.True(took >= s_period, $"{took}");
    }

    [Fact]
    public void Turned_off_it_takes_back_what_it_brought()
    {
        World world = Settled(sentinels: 1);
        world.MasterNode.Kill();
        world.RunUntil(() => world.Sentinels[0].View.IsSubjectivelyDown, "+sdown");
        Set(world.Sentinels[0], periodMs: 0);
        Assert.False(world.Sentinels[0].View.IsSubjectivelyDown);
    }

    private static World Settled(int sentinels = 3, double periodMs = 200)
    {
        World world = World.Settled(sentinels, quorum: 2, downAfterMs: 5000);
        foreach (FakeSentinel sentinel in world.Sentinels)
            Set(sentinel, periodMs);
        return world;
    }

    private static void Set(FakeSentinel sentinel, double periodMs) =>
        Assert.IsType<Answer.Ok>(sentinel.Ask(id => new SetRequested(
            id, World.Master, [new MasterChange("crash-down-after-milliseconds", "", options => options with { CrashDownAfter = TimeSpan.FromMilliseconds(periodMs) })])));
}
