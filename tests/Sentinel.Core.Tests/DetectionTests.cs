using Sentinel.Core.Tests.Cluster;

namespace Sentinel.Core.Tests;

/// <summary>PINGs, silence, agreement.</summary>
public class DetectionTests
{
    [Theory]
    [InlineData(30_000, 1000)]
    [InlineData(5000, 1000)]
    [InlineData(1000, 200)]
    [InlineData(250, 50)]
    [InlineData(10, 50)]
    public void The_PING_period_is_a_fifth_of_down_after_within_50_ms_and_1_s(int downAfterMs, int periodMs) =>
        Assert.Equal(TimeSpan.FromMilliseconds(periodMs), new Timing().PingPeriod(TimeSpan.FromMilliseconds(downAfterMs)));

    [Theory]
    [InlineData(2000, 100, 400)]
    [InlineData(2000, 800, 800)]
    [InlineData(2000, 3000, 1000)]
    [InlineData(1000, 3000, 500)]
    [InlineData(30_000, 10, 1000)]
    public void Of_very_many_data_nodes_each_is_asked_less_often_but_twice_in_down_after(int downAfterMs, int links, int periodMs) =>
        Assert.Equal(TimeSpan.FromMilliseconds(periodMs), new Timing().PingPeriodAmong(links, TimeSpan.FromMilliseconds(downAfterMs)));

    [Fact]
    public void Hellos_and_INFO_of_a_data_node_leave_with_its_PINGs()
    {
        World world = World.Settled(sentinels: 1, quorum: 1);
        world.Run(seconds: 15);
        world.MasterNode.AskedAt.Clear();
        world.Run(seconds: 30);
        Instant[] pings = [.. world.MasterNode.AskedAt.Where(asked => asked.Request is Request.Ping).Select(asked => asked.At)];
        Instant[] others = [.. world.MasterNode.AskedAt.Where(asked => asked.Request is Request.PublishHello or Request.Info).Select(asked => asked.At)];
        Assert.Equal(150, pings.Length);
        Assert.Equal(15 + 3, others.Length);
        Assert.All(others, at => Assert.Contains(at, pings));
    }

    [Fact]
    public void A_silent_master_is_subjectively_down_right_after_DownAfter_and_not_before()
    {
        World world = World.Settled(sentinels: 1, quorum: 2);
        world.MasterNode.Freeze();
        FakeSentinel sentinel = world.Sentinels[0];
        world.RunUntil(() => sentinel.View.Link.OldestPingAt is { } at && world.Now - at > TimeSpan.FromMilliseconds(1), "an unanswered PING");
        Instant askedAt = sentinel.View.Link.OldestPingAt!.Value;
        world.RunUntil(() => sentinel.View.IsSubjectivelyDown, "+sdown");
        TimeSpan silence = world.Now - askedAt;
        Assert.InRange(silence, TimeSpan.FromMilliseconds(1000), TimeSpan.FromMilliseconds(1001));
        world.Run(seconds: 5);
        Assert.Single(sentinel.Events, e => e.Name == "+sdown" && e.Kind == InstanceKind.Master);
    }

    [Fact]
    public void A_refused_connection_does_not_restart_the_clock_of_silence()
    {
        World world = World.Settled(sentinels: 1, quorum: 2);
        world.MasterNode.Kill();
        TimeSpan took = world.RunUntil(() => world.Sentinels[0].View.IsSubjectivelyDown, "+sdown");
        Assert.InRange(took, TimeSpan.FromMilliseconds(790), TimeSpan.FromMilliseconds(1002));
    }

    [Fact]
    public void A_master_that_answers_again_is_up_again_at_once()
    {
        World world = World.Settled(sentinels: 1, quorum: 2);
        world.MasterNode.Freeze();
        world.RunUntil(() => world.Count("+sdown") == 1, "+sdown");
        world.Run(seconds: 3);
        world.MasterNode.Thaw();
        TimeSpan took = world.RunUntil(() => !world.Sentinels[0].View.IsSubjectivelyDown, "-sdown");
        Assert.True(took < TimeSpan.FromMilliseconds(5), $"{took}");
        Assert.Equal(1, world.Count("-sdown"));
    }

    [Fact]
    public void A_connection_that_was_merely_made_is_no_sign_of_life()
    {
        World world = World.Settled(sentinels: 1, quorum: 2);
        FakeSentinel sentinel = world.Sentinels[0];
        world.RunUntil(() => sentinel.View.Link.OldestPingAt is null, "no PING is owed");
        sentinel.CutOff(world.MasterNode.Address);
        sentinel.ConnectionsBreak(world.MasterNode.Address, LinkChannel.Command);
        world.RunUntil(() => sentinel.View.IsSubjectivelyDown, "+sdown");
        world.MasterNode.Freeze();
        sentinel.Heal();
        world.Run(seconds: 5);
        Assert.Equal(0, world.Count("-sdown"));
        world.MasterNode.Thaw();
        world.RunUntil(() => !sentinel.View.IsSubjectivelyDown, "-sdown");
    }

    [Theory]
    [InlineData("LOADING Redis is loading the dataset in memory", false)]
    [InlineData("MASTERDOWN Link with MASTER is down", false)]
    [InlineData("MISCONF Redis is configured to save RDB snapshots", true)]
    [InlineData("NOAUTH Authentication required.", true)]
    public void Only_loading_and_masterdown_errors_count_as_life(string error, bool isDown)
    {
        World world = World.Settled(sentinels: 1, quorum: 2);
        world.MasterNode.Refused["PING"] = error;
        world.Run(seconds: 3);
        Assert.Equal(isDown, world.Sentinels[0].View.IsSubjectivelyDown);
    }

    [Fact]
    public void The_script_of_a_busy_node_that_is_down_is_killed_once()
    {
        World world = World.Settled(sentinels: 1, quorum: 2);
        world.MasterNode.Refused["PING"] = "BUSY Redis is busy running a script.";
        world.Run(seconds: 5);
        Assert.True(world.Sentinels[0].View.Flags.HasFlag(InstanceFlags.ScriptKillSent));
        world.MasterNode.Refused.Remove("PING");
        world.Run(seconds: 1);
        Assert.False(world.Sentinels[0].View.Flags.HasFlag(InstanceFlags.ScriptKillSent));
    }

    [Fact]
    public void A_quorum_agrees_within_a_round_trip_of_its_last_member_finding_the_master_down()
    {
        World world = World.Settled();
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("+sdown") == 2, "the second +sdown");
        TimeSpan took = world.RunUntil(() => world.Count("+odown") > 0, "+odown");
        Assert.True(took <= 3 * world.Latency, $"{took}");
    }

    [Fact]
    public void A_peer_whose_process_ended_vouches_no_longer_for_what_it_said()
    {
        World world = TwoThatHoldTheMasterDown();
        world.Sentinels[1].Kill();
        world.RunUntil(() => world.Count("-odown") > 0, "nobody else holds it down any more", atMostSeconds: 0.1);
    }

    [Fact]
    public void A_peer_that_fell_silent_vouches_no_longer_for_what_it_said_when_it_is_held_down()
    {
        World world = TwoThatHoldTheMasterDown();
        world.Sentinels[1].Freeze();
        world.RunUntil(() => world.Sentinels[0].View.Peers[0].IsSubjectivelyDown, "the peer is down");
        Assert.False(world.Sentinels[0].View.IsObjectivelyDown);
    }

    [Fact]
    public void A_peer_that_answers_all_but_PING_is_not_asked_without_end()
    {
        World world = World.Settled(sentinels: 2, replicas: 0, quorum: 2);
        world.Sentinels[1].RefusesPing = true;
        world.RunUntil(() => world.Sentinels[0].View.Peers[0].IsSubjectivelyDown, "the peer is down");
        world.MasterNode.Kill();
        world.RunUntil(() => world.Sentinels.TrueForAll(s => s.View.IsSubjectivelyDown), "both hold the master down");
        int before = world.Sentinels[1].DownQuestions;
        world.Run(seconds: 10);
        Assert.InRange(world.Sentinels[1].DownQuestions - before, 1, 40);
    }

    [Fact]
    public void A_peer_that_was_started_anew_vouches_only_for_what_it_said_since()
    {
        World world = TwoThatHoldTheMasterDown();
        world.Sentinels[1].Kill();
        world.Sentinels[1].Restart();
        world.Run(seconds: 0.5);
        Assert.False(world.Sentinels[0].View.Peers[0].IsSubjectivelyDown);
        Assert.False(world.Sentinels[0].View.IsObjectivelyDown);
        world.RunUntil(() => world.Sentinels[0].View.IsObjectivelyDown, "it holds the master down again, and so says");
    }

    [Fact]
    public void One_sentinel_that_alone_cannot_reach_the_master_moves_nothing()
    {
        World world = World.Settled();
        world.Sentinels[0].CutOff(world.MasterNode.Address);
        world.Run(seconds: 20);
        Assert.True(world.Sentinels[0].View.IsSubjectivelyDown);
        Assert.Equal(0, world.Count("+odown"));
        Assert.Equal(0, world.Count("+switch-master"));
        world.Sentinels[0].Heal();
        world.Run(seconds: 5);
        Assert.False(world.Sentinels[0].View.IsSubjectivelyDown);
    }

    [Fact]
    public void A_master_that_reports_the_role_of_a_replica_is_down_after_two_INFO_periods_more()
    {
        World world = World.Settled(sentinels: 1, replicas: 1, quorum: 2);
        world.MasterNode.Restart(asReplicaOf: new Address("10.0.0.9", 7009));
        world.Run(seconds: 20);
        Assert.False(world.Sentinels[0].View.IsSubjectivelyDown);
        world.Run(seconds: 15);
        Assert.True(world.Sentinels[0].View.IsSubjectivelyDown);
    }

    [Fact]
    public void A_master_that_reports_the_role_of_a_replica_is_asked_each_second_whether_it_is_one_again()
    {
        World world = World.Settled(sentinels: 1, replicas: 1, quorum: 2);
        world.MasterNode.Restart(asReplicaOf: new Address("10.0.0.9", 7009));
        world.RunUntil(() => world.Sentinels[0].View.IsSubjectivelyDown, "the role counts", atMostSeconds: 40);
        world.MasterNode.Restart();
        TimeSpan taken = world.RunUntil(() => !world.Sentinels[0].View.IsSubjectivelyDown, "it is the master again");
        Assert.True(taken <= TimeSpan.FromSeconds(1.1), $"it took {taken}");
    }

    [Fact]
    public void Who_refuses_to_say_what_it_is_is_asked_again_after_a_second()
    {
        World world = World.Settled(sentinels: 1);
        world.MasterNode.Refused["INFO"] = "NOPERM this user has no permissions to run the 'info' command";
        int asked = world.MasterNode.Asked.Count(command => command == nameof(Request.Info));
        world.RunUntil(() => world.MasterNode.Asked.Count(command => command == nameof(Request.Info)) > asked, "it is asked");
        world.MasterNode.Refused.Remove("INFO");
        Instant refusedAt = world.Now;
        TimeSpan taken = world.RunUntil(() => world.Sentinels[0].View.InfoAt > refusedAt, "it says it");
        Assert.InRange(taken, TimeSpan.FromSeconds(0.9), TimeSpan.FromSeconds(1.1));
    }

    [Fact]
    public void A_pause_of_our_own_is_no_silence_of_others()
    {
        World world = World.Settled();
        world.Sentinels[0].Freeze();
        world.Run(seconds: 1.9);
        world.Sentinels[0].Thaw();
        world.Run(seconds: 3);
        Assert.DoesNotContain(world.Sentinels[0].Events, e => e.Name == "+sdown" && e.Kind == InstanceKind.Master);
    }

    /// <summary>Two Sentinels, as many as the quorum, and a master that answers nothing any more and has no replica.</summary>
    private static World TwoThatHoldTheMasterDown()
    {
        World world = World.Settled(sentinels: 2, replicas: 0, quorum: 2);
        world.MasterNode.Freeze();
        world.RunUntil(() => world.Count("+odown") == 2, "both hold it objectively down");
        return world;
    }
}
