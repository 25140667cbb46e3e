using Sentinel.Core;
using Sentinel.Simulation.Sentinels;

namespace Sentinel.Simulation.Tests;

/// <summary>The modelled redis-sentinel keeps the times and rules of redis-sentinel 7.0, its flaws included.</summary>
public class LegacySentinelTests
{
    public static TheoryData<ulong> Seeds => [1, 2, 3, 4, 5, 6, 7, 8];

    [Theory, MemberData(nameof(Seeds))]
    public void Three_fail_over_a_killed_master_with_the_times_that_were_measured(ulong seed)
    {
        var cluster = new LegacyCluster(seed);
        cluster.Nodes[0].Kill();
        cluster.Run(15);
        List<Told> story = cluster.Story();
        Told elected = story.Find(told => told.Name == "+elected-leader")!;
        double At(string name) => story.Find(told => told.Name == name && told.Who == elected.Who)!.At;
        // The timeline of redis-sentinel 7.0; every step is a tick of 52 to 100 ms, or a poll of a second.
        Assert.All(story.FindAll(told => told.Name == "+sdown" && told.Payload.StartsWith("master", StringComparison.Ordinal)), told => Assert.InRange(told.At, 3.0, 3.25));
        Assert.InRange(At("+elected-leader") - At("+try-failover"), 0.05, 0.11);
        Assert.InRange(At("+selected-slave") - At("+elected-leader"), 0.05, 0.11);
        Assert.InRange(At("+failover-state-wait-promotion") - At("+selected-slave"), 0.05, 0.11);
        Assert.InRange(At("+promoted-slave") - At("+odown"), 0.7, 1.3);
        List<Told> switches = story.FindAll(told => told.Name == "+switch-master");
        Assert.Equal(3, switches.Count);
        Assert.Equal(elected.Who, switches[2].Who);
        Assert.InRange(switches[1].At - At("+promoted-slave"), 0.05, 0.15);
        Assert.InRange(switches[1].At - At("+odown"), 1.0, 1.4);
        Assert.InRange(switches[2].At - switches[1].At, 0.9, 1.3);
        Assert.True(cluster.AllAgreeOn(cluster.Nodes.Find(node => node.IsRunning && node.Master is null)!.Address));
    }

    [Theory, MemberData(nameof(Seeds))]
    public void A_former_master_that_is_back_is_demoted_by_one_of_them_after_8_to_20_seconds(ulong seed)
    {
        var cluster = new LegacyCluster(seed);
        cluster.Nodes[0].Kill();
        cluster.Run(15);
        cluster.Nodes[0].Start();
        cluster.Run(30);
        List<Told> story = cluster.Story();
        Told first = story.Find(told => told.Name == "-role-change" && told.Payload.Contains(cluster.Nodes[0].Address.ToString(), StringComparison.Ordinal))!;
        Told converted = Assert.Single(story, told => told.Name == "+convert-to-slave");
        Assert.InRange(converted.At - first.At, 8, 20);
        Assert.NotNull(cluster.Nodes[0].Master);
    }

    [Fact]
    public void A_split_vote_waits_ten_seconds_and_then_twice_the_failover_timeout()
    {
        int splits = 0;
        for (ulong seed = 1; seed <= 20; seed++)
        {
            var cluster = new LegacyCluster(seed, failoverTimeout: 15, delayMs: 60);
            cluster.Sentinel("C").Kill();
            cluster.Nodes[0].Kill();
            cluster.Run(60);
            List<Told> story = cluster.Story();
            List<Told> tries = story.FindAll(told => told.Name == "+try-failover");
            if (!story.Exists(told => told.Name == "-failover-abort-not-elected"))
                continue;
            splits++;
            foreach (Told aborted in story.FindAll(told => told.Name == "-failover-abort-not-elected"))
            {
                List<Told> own = tries.FindAll(tried => tried.Who == aborted.Who);
                double began = own.FindLast(tried => tried.At < aborted.At)!.At;
                Assert.InRange(aborted.At - began, 10, 11.2);
                if (own.Find(tried => tried.At > aborted.At) is { } again)
                    Assert.True(again.At - began >= 30);
            }
        }
        Assert.InRange(splits, 1, 19);
    }

    [Fact]
    public void Who_voted_for_a_leader_that_dies_waits_twice_the_failover_timeout()
    {
        var cluster = new LegacyCluster(seed: 3);
        cluster.Nodes[0].Kill();
        Assert.True(cluster.Run(() => cluster.HasTold("+elected-leader"), atMost: 10));
        Told elected = cluster.Story().Find(told => told.Name == "+elected-leader")!;
        cluster.Sentinel(elected.Who).Kill();
        cluster.Run(60);
        Told next = cluster.Story().Find(told => told.Name == "+try-failover" && told.Who != elected.Who)!;
        Assert.InRange(next.At - elected.At, 19.9, 23);
        Assert.True(cluster.HasTold("+switch-master"));
    }

    [Fact]
    public void A_vote_is_given_once_in_an_epoch_and_after_a_restart_only_its_epoch_is_remembered()
    {
        var cluster = new LegacyCluster(seed: 1);
        SimSentinel asked = cluster.Sentinels[0];
        Address master = cluster.Nodes[0].Address;
        SentinelId b = cluster.Sentinels[1].Id, c = cluster.Sentinels[2].Id;
        var asker = new Asker(cluster.World, asked);
        // Votes are given without the master being down.
        Assert.Equal((0, b.Text, 7), asker.AskVote(master, 7, b));
        Assert.Equal((0, b.Text, 7), asker.AskVote(master, 7, c));
        Assert.Equal((0, b.Text, 7), asker.AskVote(master, 6, c));
        Assert.Equal((0, "*", 0), asker.AskVote(master, 9, null));
        Assert.Equal((0, "*", 0), asker.AskVote(new Address("10.7.7.7", 1), 9, c));
        asked.Kill();
        asked.Start();
        var again = new Asker(cluster.World, asked);
        Assert.Equal((0, "*", 7), again.AskVote(master, 7, c));
        Assert.Equal((0, c.Text, 8), again.AskVote(master, 8, c));
    }

    [Fact]
    public void A_jump_of_the_clock_is_tilt_in_which_nobody_is_down_and_votes_are_given()
    {
        var cluster = new LegacyCluster(seed: 1);
        SimSentinel jumped = cluster.Sentinels[0];
        jumped.Machine.Clock.JumpBy(TimeSpan.FromSeconds(5));
        cluster.Nodes[0].Kill();
        cluster.Run(20);
        var asker = new Asker(cluster.World, jumped);
        Assert.False(jumped.HoldsDown("mymaster"));
        Assert.Equal((0, cluster.Sentinels[1].Id.Text, 9), asker.AskVote(jumped.MasterOf("mymaster")!.Value, 9, cluster.Sentinels[1].Id));
        cluster.Run(20);
        List<Told> own = cluster.Story().FindAll(told => told.Who == jumped.Name);
        Assert.InRange(own.Find(told => told.Name == "+tilt")!.At, 0, 0.11);
        Assert.InRange(own.Find(told => told.Name == "-tilt")!.At, 30, 30.25);
        // The hello of a leader is followed even so.
        Assert.InRange(own.Find(told => told.Name == "+switch-master")!.At, 4, 30);
    }

    [Fact]
    public void A_step_back_of_the_clock_is_tilt_too() => Tilts(cluster => cluster.Sentinels[0].Machine.Clock.JumpBy(TimeSpan.FromMilliseconds(-200)));

    [Fact]
    public void A_pause_of_more_than_two_seconds_is_tilt() => Tilts(cluster =>
    {
        cluster.Sentinels[0].Freeze();
        cluster.Run(2.2);
        cluster.Sentinels[0].Thaw();
    });

    [Fact]
    public void The_new_master_is_not_asked_for_INFO_before_the_old_ones_answer_is_ten_seconds_old()
    {
        var cluster = new LegacyCluster(seed: 1);
        cluster.Nodes[0].Kill();
        Assert.True(cluster.Run(() => cluster.Story().Count(told => told.Name == "+switch-master") == 3, atMost: 20));
        ScriptedNode promoted = cluster.Nodes.Find(node => node.IsRunning && node.Master is null)!;
        int before = promoted.InfosAsked;
        cluster.Run(2);
        Assert.Equal(before, promoted.InfosAsked);
        cluster.Run(8);
        Assert.Equal(before + 3, promoted.InfosAsked);
    }

    [Fact]
    public void A_replica_that_never_synchronised_is_promoted_when_it_is_alone()
    {
        var cluster = new LegacyCluster(seed: 1, replicas: 1);
        (cluster.Nodes[1].LinkDownSeconds, cluster.Nodes[1].Offset) = (-1, 0);
        cluster.Nodes[0].Kill();
        cluster.Run(15);
        Assert.True(cluster.AllAgreeOn(cluster.Nodes[1].Address));
    }

    [Theory]
    [InlineData(100, 100, 90, 50, 2)]
    [InlineData(100, 100, 100, 101, 2)]
    [InlineData(100, 100, 100, 100, 1)]
    [InlineData(0, 100, 100, 1, 2)]
    public void The_smallest_priority_then_the_most_data_then_the_smallest_run_id_wins(int priority1, int offset1, int priority2, int offset2, int best)
    {
        var cluster = new LegacyCluster(seed: 1);
        (cluster.Nodes[1].Priority, cluster.Nodes[1].Offset) = (priority1, (ulong)offset1);
        (cluster.Nodes[2].Priority, cluster.Nodes[2].Offset) = (priority2, (ulong)offset2);
        cluster.Nodes[0].Kill();
        cluster.Run(20);
        Assert.True(cluster.AllAgreeOn(cluster.Nodes[best].Address));
    }

    [Fact]
    public void With_no_good_replica_the_failover_is_aborted_and_tried_again_after_twice_its_timeout()
    {
        var cluster = new LegacyCluster(seed: 1, replicas: 1);
        cluster.Nodes[1].Priority = 0;
        cluster.Nodes[0].Kill();
        cluster.Run(32);
        List<Told> story = cluster.Story();
        List<Told> tries = story.FindAll(told => told.Name == "+try-failover");
        Assert.Equal(2, tries.Count);
        Assert.Equal(2, story.Count(told => told.Name == "-failover-abort-no-good-slave"));
        Assert.InRange(tries[1].At - tries[0].At, 20, 21.3);
    }

    [Fact]
    public void A_node_that_does_not_obey_costs_a_whole_failover_timeout()
    {
        var cluster = new LegacyCluster(seed: 1, replicas: 1);
        cluster.Nodes[1].Obeys = false;
        cluster.Nodes[0].Kill();
        cluster.Run(20);
        List<Told> story = cluster.Story();
        double waited = story.Find(told => told.Name == "-failover-abort-slave-timeout")!.At - story.Find(told => told.Name == "+failover-state-wait-promotion")!.At;
        Assert.InRange(waited, 10, 10.2);
    }

    [Fact]
    public void One_stuck_replica_holds_the_leader_until_the_failover_timeout()
    {
        var cluster = new LegacyCluster(seed: 1);
        cluster.Nodes[2].Obeys = false;
        cluster.Nodes[0].Kill();
        cluster.Run(30);
        List<Told> story = cluster.Story();
        double promoted = story.Find(told => told.Name == "+promoted-slave")!.At;
        Assert.InRange(story.Find(told => told.Name == "+failover-end-for-timeout")!.At - promoted, 10, 10.2);
        Assert.DoesNotContain(story, told => told.Name == "-slave-reconf-sent-timeout");
        Assert.True(cluster.AllAgreeOn(cluster.Nodes[1].Address));
    }

    [Fact]
    public void A_replica_of_another_master_is_brought_back_after_the_failover_timeout()
    {
        var cluster = new LegacyCluster(seed: 1);
        cluster.Nodes[2].Master = cluster.Nodes[1].Address;
        cluster.Run(35);
        Told pointed = cluster.Story().Find(told => told.Name == "+fix-slave-config")!;
        Assert.InRange(pointed.At, 10, 30);
        Assert.Equal(cluster.Nodes[0].Address, cluster.Nodes[2].Master);
    }

    [Fact]
    public void A_master_that_answers_anything_but_pong_is_failed_over_and_one_that_loads_is_not()
    {
        var cluster = new LegacyCluster(seed: 1);
        cluster.Nodes[0].Pong = new Reply.Error("LOADING Redis is loading the dataset in memory");
        cluster.Run(20);
        Assert.False(cluster.HasTold("+sdown"));
        cluster.Nodes[0].Pong = new Reply.Error("MISCONF Redis is configured to save RDB snapshots");
        cluster.Run(20);
        Assert.True(cluster.HasTold("+switch-master"));
    }

    [Fact]
    public void An_operator_fails_over_a_master_that_is_up()
    {
        var cluster = new LegacyCluster(seed: 1);
        cluster.Sentinels[1].Order(id => new FailoverRequested(id, "mymaster"));
        cluster.Run(10);
        Assert.False(cluster.AllAgreeOn(cluster.Nodes[0].Address));
        Assert.Equal(3, cluster.Story().Count(told => told.Name == "+switch-master"));
        Assert.Equal(["+new-epoch", "+try-failover", "+vote-for-leader", "+elected-leader"], cluster.Story().Take(4).Select(told => told.Name));
        cluster.Run(30);
        Assert.Equal(2, cluster.Nodes.Count(node => node.Master is not null));
    }

    [Fact]
    public void What_a_reset_forgot_is_back_after_a_restart()
    {
        var cluster = new LegacyCluster(seed: 1);
        SimSentinel reset = cluster.Sentinels[0];
        reset.Order(id => new ResetRequested(id, ["mymaster"]));
        Assert.Equal(0, reset.PeersOf("mymaster"));
        reset.Kill();
        reset.Start();
        Assert.Equal(2, reset.PeersOf("mymaster"));
        reset.Kill();
        SentinelId before = reset.Id;
        reset.LoseFile();
        reset.Start();
        Assert.Equal(0, reset.PeersOf("mymaster"));
        Assert.NotEqual(before, reset.Id);
        cluster.Run(5);
        Assert.Equal(2, reset.PeersOf("mymaster"));
        // The others keep its former self, which raises their majority only until its successor has its address.
        Assert.Contains(cluster.Story(), told => told.Name == "+sentinel-invalid-addr");
    }

    [Fact]
    public void Options_change_and_a_removed_master_comes_back_with_epoch_0_and_learns_the_rest()
    {
        var cluster = new LegacyCluster(seed: 1);
        SimSentinel ordered = cluster.Sentinels[0];
        ordered.Order(id => new SetRequested(id, "mymaster", [new MasterChange("down-after-milliseconds", "7000", options => options with { DownAfter = TimeSpan.FromSeconds(7) })]));
        Assert.Equal(TimeSpan.FromSeconds(7), ordered.DownAfterOf("mymaster"));
        cluster.Nodes[0].Kill();
        cluster.Run(15);
        Address? next = ordered.MasterOf("mymaster");
        ordered.Order(id => new RemoveRequested(id, "mymaster"));
        Assert.Null(ordered.MasterOf("mymaster"));
        ordered.Order(id => new MonitorRequested(id, cluster.World.Groups[0].Topology.Options, cluster.Nodes[0].Address));
        Assert.Equal(Epoch.Zero, ordered.ConfigEpochOf("mymaster"));
        cluster.Run(5);
        Assert.Equal(next, ordered.MasterOf("mymaster"));
    }

    [Fact]
    public void One_seed_is_one_story() => Assert.Equal(Story(5), Story(5));

    private static string Story(ulong seed)
    {
        var cluster = new LegacyCluster(seed);
        cluster.Nodes[0].Kill();
        cluster.Run(60);
        return cluster.World.Transcript!.ToString();
    }

    private static void Tilts(Action<LegacyCluster> cause)
    {
        var cluster = new LegacyCluster(seed: 1);
        cause(cluster);
        cluster.Run(31);
        Assert.Equal(["+tilt", "-tilt"], cluster.Story().Where(told => told.Who == "A").Select(told => told.Name));
    }
}
