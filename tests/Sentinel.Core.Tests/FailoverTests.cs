using Sentinel.Core.Tests.Cluster;

namespace Sentinel.Core.Tests;

/// <summary>From the election to the last replica that follows.</summary>
public class FailoverTests
{
    [Fact]
    public void A_killed_master_is_replaced_once_by_all_within_tens_of_ms_of_its_detection()
    {
        World world = World.Settled();
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("+odown") > 0, "+odown");
        TimeSpan afterAgreement = world.RunUntil(() => world.Sentinels.TrueForAll(s => s.View.Address != world.MasterNode.Address), "all follow");
        Assert.True(afterAgreement < TimeSpan.FromMilliseconds(100), $"{afterAgreement}\n{string.Join('\n', world.Transcript)}");
        world.Run(seconds: 30);
        Assert.Equal(3, world.Count("+switch-master"));
        Assert.Equal(1, world.Count("+promoted-slave"));
        Assert.Equal(1, world.Count("+failover-end"));
        Assert.Single(world.Nodes, node => node.IsAlive && node.Master is null);
    }

    [Fact]
    public void The_leader_tells_the_story_of_a_failover_in_order()
    {
        World world = World.Settled();
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("+failover-end") == 1, "+failover-end");
        FakeSentinel leader = world.Sentinels.Single(s => s.Events.Exists(e => e.Name == "+elected-leader"));
        string[] told = [.. leader.Events.SkipWhile(e => e.Name != "+odown").Where(e => e.Level > EventLevel.Verbose).Select(e => e.Name)];
        Assert.Equal(
            [
                "+odown", "+new-epoch", "+try-failover", "+vote-for-leader", "+elected-leader", "+failover-state-select-slave", "+selected-slave",
                "+failover-state-send-slaveof-noone", "+failover-state-wait-promotion", "+promoted-slave", "+failover-state-reconf-slaves",
                "+switch-master", "+slave", "+slave", "+failover-report", "+sdown", "+slave-reconf-sent", "+slave-reconf-inprog", "+slave-reconf-done", "+failover-end",
            ],
            told);
        FakeSentinel observer = world.Sentinels.First(s => s != leader);
        Assert.Equal(
            ["+config-update-from", "+switch-master", "+slave", "+slave", "+sdown"],
            observer.Events.SkipWhile(e => e.Name != "+config-update-from").Where(e => e.Level > EventLevel.Verbose).Select(e => e.Name));
        SentinelEvent switched = leader.Events.Single(e => e.Name == "+switch-master");
        Assert.Equal($"mymaster 10.0.0.1 7000 10.0.0.1 {leader.View.Address.Port}", switched.Payload);
    }

    /// <remarks>Told before, a leader that died would come back with the former master, and be a majority for it with one that missed the switch.</remarks>
    [Fact]
    public void Nobody_hears_of_a_new_master_before_the_disk_of_the_leader_has_it()
    {
        World world = World.Settled();
        world.SaveTime = TimeSpan.FromMilliseconds(300);
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("+promoted-slave") == 1, "+promoted-slave");
        FakeSentinel leader = world.Sentinels.Single(s => s.Events.Exists(e => e.Name == "+elected-leader"));
        Assert.Equal(FailoverStep.WaitPromotion, leader.View.Failover);
        TimeSpan later = world.RunUntil(() => world.Sentinels.Exists(s => s.View.Address != world.MasterNode.Address || s.Events.Exists(e => e.Name == "+switch-master")), "somebody knows");
        MasterState saved = Assert.Single(leader.Disk.Masters);
        Assert.InRange(later.TotalMilliseconds, 250, 650);
        Assert.Equal(leader.View.Address, saved.Address);
        Assert.Equal(leader.View.ConfigEpoch, saved.ConfigEpoch);
        Assert.Contains(world.MasterNode.Address, saved.Replicas);
        Assert.DoesNotContain(saved.Address, saved.Replicas);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_disk_that_is_stuck_or_refuses_after_the_promotion_does_not_keep_clients_from_the_new_master(bool refuses)
    {
        World world = World.Settled(downAfterMs: 5000);
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("+failover-state-wait-promotion") == 1, "the replica is told");
        FakeSentinel leader = world.Sentinels.Single(s => s.Events.Exists(e => e.Name == "+elected-leader"));
        if (refuses)
            leader.DiskError = "No space left on device";
        else
            world.SaveTime = TimeSpan.FromMinutes(10);
        TimeSpan later = world.RunUntil(() => leader.Events.Exists(e => e.Name == "+switch-master"), "+switch-master");
        Assert.True(later < TimeSpan.FromSeconds(2.1), $"{later}");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_reset_while_the_new_master_is_on_its_way_to_disk_waits_for_it_unless_the_disk_refuses(bool refuses)
    {
        World world = World.Settled();
        world.SaveTime = TimeSpan.FromMilliseconds(300);
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("+promoted-slave") == 1, "+promoted-slave");
        FakeSentinel leader = world.Sentinels.Single(s => s.Events.Exists(e => e.Name == "+promoted-slave"));
        if (refuses)
            leader.DiskError = "No space left on device";
        leader.AskThen(id => new ResetRequested(id, [World.Master]), _ => { });
        world.RunUntil(() => leader.Events.Exists(e => e.Name == "+switch-master"), "+switch-master");
        Assert.Equal(refuses ? world.MasterNode.Address : leader.View.Address, leader.Disk.Masters[0].Address);
        world.RunUntil(() => leader.Events.Exists(e => e.Name == "+reset-master"), "+reset-master", atMostSeconds: 0.1);
        world.RunUntil(() => world.Count("+switch-master") == 3, "+switch-master");
    }

    [Fact]
    public void A_leader_that_did_not_run_when_its_disk_had_the_new_master_tells_of_it_and_leaves_the_rest_to_others()
    {
        World world = World.Settled();
        world.SaveTime = TimeSpan.FromMilliseconds(300);
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("+promoted-slave") == 1, "+promoted-slave");
        FakeSentinel leader = world.Sentinels.Single(s => s.Events.Exists(e => e.Name == "+elected-leader"));
        leader.Freeze();
        world.Run(seconds: 1.5);
        leader.Thaw();
        world.RunUntil(() => world.Sentinels.TrueForAll(s => s.View.Address == leader.Disk.Masters[0].Address && s.View.Failover is FailoverStep.None), "all agree", atMostSeconds: 60);
        world.Run(seconds: 10);
        Assert.Single(world.Nodes, node => node.IsAlive && node.Master is null);
    }

    [Fact]
    public void A_promotion_that_is_renounced_is_taken_back_on_disk_before_anybody_is_told_of_its_epoch()
    {
        World world = World.Settled();
        world.SaveTime = TimeSpan.FromMilliseconds(300);
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("+promoted-slave") == 1, "+promoted-slave");
        FakeSentinel leader = world.Sentinels.Single(s => s.Events.Exists(e => e.Name == "+elected-leader"));
        foreach (FakeNode node in world.Nodes)
            leader.CutOff(node.Address);
        leader.Freeze();
        foreach (FakeSentinel other in world.Sentinels.Where(s => s != leader))
            other.Freeze();
        world.Run(seconds: 1.5);
        Address promoted = leader.Disk.Masters[0].Address;
        Epoch epoch = leader.Disk.Masters[0].ConfigEpoch;
        Assert.NotEqual(world.MasterNode.Address, promoted);
        leader.Thaw();
        world.RunUntil(() => leader.Events.Exists(e => e.Name == "-failover-abort-not-elected"), "it gives up");
        Assert.Equal((promoted, epoch), (leader.Disk.Masters[0].Address, leader.Disk.Masters[0].ConfigEpoch));
        Assert.True(leader.View.ConfigEpoch < epoch);
        world.RunUntil(() => leader.View.ConfigEpoch == epoch, "it is taken back");
        Assert.Equal((world.MasterNode.Address, epoch), (leader.Disk.Masters[0].Address, leader.Disk.Masters[0].ConfigEpoch));
    }

    [Theory]
    [InlineData(false, 9.97)]
    [InlineData(true, 8.9)]    // the leader waits for its vote for a second
    public void What_a_leader_that_is_out_of_reach_has_just_promoted_is_left_alone_by_those_who_voted_for_it_and_those_they_tell(bool oneDidNotVote, double since)
    {
        World world = World.Settled(downAfterMs: 1000);
        FakeNode promoted = world.Nodes[1];
        promoted.Priority = 1;
        world.Run(seconds: 11);
        (FakeSentinel leader, FakeSentinel other) = (world.Sentinels[0], world.Sentinels[1]);
        leader.Kill();
        world.RunUntil(() => world.Count("+sdown") == 2, "the others hold it down");
        world.RunUntil(() => world.Now - other.View.Replicas.Single(replica => replica.Address == promoted.Address).InfoAt > TimeSpan.FromSeconds(since), "one of them is about to look at the replica");
        leader.Restart();
        if (oneDidNotVote)
        {
            leader.CutOff(other.Address);
            other.CutOff(leader.Address);
        }
        world.RunUntil(() => leader.View.Replicas.All(replica => replica.InfoAt is not null), "it knows the nodes");
        Assert.IsType<Answer.Ok>(leader.Ask(id => new FailoverRequested(id, World.Master) { Options = new FailoverOptions { Mode = FailoverMode.Forced } }));
        world.RunUntil(() => world.Count("+elected-leader") == 1, "it is elected");
        world.SaveTime = TimeSpan.FromMinutes(10);    // so that it does not tell of the switch so soon
        world.RunUntil(() => other.View.Replicas.Any(replica => replica.ReportsMaster), "the other one sees a master that is none yet");
        Assert.True(other.View.Peers.Single(peer => peer.RunId == leader.Id.Text).IsSubjectivelyDown);
        world.RunUntil(() => world.Count("+switch-master") == 3, "all switch");
        world.SaveTime = TimeSpan.FromMilliseconds(1);
        Assert.DoesNotContain(world.Sentinels.SelectMany(sentinel => sentinel.Events), e => e.Name == "+convert-to-slave" && e.InstanceAddress == promoted.Address);
        world.Run(seconds: 60);
        Assert.Equal(3, world.Count("+switch-master"));
        Assert.All(world.Sentinels, sentinel => Assert.NotEqual(world.MasterNode.Address, sentinel.View.Address));
    }

    [Fact]
    public void Everything_known_after_a_switch_is_on_disk()
    {
        World world = World.Settled();
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("+failover-end") == 1, "+failover-end");
        world.Run(seconds: 1);
        foreach (FakeSentinel sentinel in world.Sentinels)
        {
            MasterState saved = Assert.Single(sentinel.Disk.Masters);
            Assert.Equal(sentinel.View.Address, saved.Address);
            Assert.Equal(new Epoch(1), saved.ConfigEpoch);
            Assert.Equal(new Epoch(1), sentinel.Disk.CurrentEpoch);
            Assert.Equal(2, saved.Replicas.Length);
            Assert.Equal(2, saved.Peers.Length);
            Assert.Contains(world.MasterNode.Address, saved.Replicas);
        }
    }

    [Fact]
    public void A_frozen_master_is_replaced_and_demoted_when_it_wakes()
    {
        World world = World.Settled();
        world.MasterNode.Freeze();
        world.RunUntil(() => world.Count("+failover-end") == 1, "+failover-end");
        world.Run(seconds: 3);
        world.MasterNode.Thaw();
        TimeSpan took = world.RunUntil(() => world.MasterNode.Master is not null, "demotion");
        Assert.True(took < TimeSpan.FromSeconds(1), $"{took}\n{string.Join('\n', world.Transcript)}");
        world.Run(seconds: 30);
        Assert.Equal(3, world.Count("+switch-master"));
        Assert.Single(world.Nodes, node => node.Master is null);
    }

    [Fact]
    public void A_replica_of_priority_0_is_never_promoted()
    {
        World world = World.Settled();
        world.Nodes[1].Priority = 0;
        (world.Nodes[1].Offset, world.Nodes[2].Offset) = (9000, 1);
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("+switch-master") == 3, "+switch-master");
        Assert.Equal(world.Nodes[2].Address, world.Sentinels[0].View.Address);
    }

    [Fact]
    public void The_choice_is_made_on_offsets_fetched_during_the_election()
    {
        World world = World.Settled();
        world.Nodes[1].Offset = 2000;
        world.Run(seconds: 11);
        world.Nodes[2].Offset = 3000;    // nobody asks for it before the master is down
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("+switch-master") == 3, "+switch-master");
        Assert.Equal(world.Nodes[2].Address, world.Sentinels[0].View.Address);
    }

    [Fact]
    public void A_candidate_that_did_not_run_for_a_moment_chooses_by_what_the_replicas_say_afterwards()
    {
        World world = World.Settled();
        world.Nodes[1].Offset = 2000;
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("+vote-for-leader") == 2, "a vote of another one");
        FakeSentinel candidate = world.Sentinels.Single(s => s.View.Failover is FailoverStep.WaitStart);
        candidate.Freeze();
        world.Run(seconds: 0.5);    // the votes are there, and what the replicas said when they were asked
        world.Nodes[2].Offset = 3000;
        candidate.Thaw();
        world.RunUntil(() => world.Count("+switch-master") == 3, "+switch-master");
        Assert.Contains(candidate.Events, e => e.Name == "+elected-leader");
        Assert.Equal(world.Nodes[2].Address, candidate.View.Address);
    }

    [Fact]
    public void A_leader_that_did_not_run_while_it_waited_for_a_replica_chooses_by_what_the_replicas_say_afterwards()
    {
        World world = World.Settled(downAfterMs: 5000);
        world.Nodes[1].Offset = 2000;
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("+sdown") == 3, "+sdown");
        world.Nodes[2].Freeze();    // it is what the leader waits for
        world.RunUntil(() => world.Count("+elected-leader") == 1, "+elected-leader");
        FakeSentinel leader = world.Sentinels.Single(s => s.View.Failover is FailoverStep.SelectReplica);
        leader.Freeze();
        world.Run(seconds: 0.6);
        world.Nodes[2].Offset = 3000;
        world.Nodes[2].Thaw();
        leader.Thaw();
        world.RunUntil(() => world.Count("+switch-master") == 3, "+switch-master");
        Assert.Equal(world.Nodes[2].Address, leader.View.Address);
    }

    [Fact]
    public void After_a_promotion_that_failed_the_next_one_is_chosen_by_what_the_replicas_say_then()
    {
        World world = World.Settled(replicas: 3);
        (world.Nodes[1].Offset, world.Nodes[2].Offset) = (3000, 2000);
        world.Nodes[1].Refused["REPLICAOF"] = "NOPERM this user has no permissions to run the 'replicaof' command";
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("+failover-state-wait-promotion") == 1, "+failover-state-wait-promotion");
        FakeSentinel leader = world.Sentinels.Single(s => s.View.Failover is FailoverStep.WaitPromotion);
        world.Nodes[3].Offset = 2500;
        world.RunUntil(() => world.Count("+switch-master") == 3, "+switch-master");
        Assert.Equal(world.Nodes[3].Address, leader.View.Address);
    }

    [Fact]
    public void A_leader_that_is_held_up_again_and_again_chooses_all_the_same()
    {
        World world = World.Settled(downAfterMs: 5000);
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("+vote-for-leader") == 2, "a vote of another one");
        FakeSentinel candidate = world.Sentinels.Single(s => s.View.Failover is FailoverStep.WaitStart);
        // Whatever it asks is answered while it does not run.
        for (int i = 0; i < 10; i++)
        {
            candidate.Freeze();
            world.Run(seconds: 0.2);
            candidate.Thaw();
        }
        Assert.Contains(candidate.Events, e => e.Name == "+selected-slave");
    }

    [Fact]
    public void The_choice_waits_only_100_ms_for_a_replica_that_does_not_answer()
    {
        World world = World.Settled(downAfterMs: 5000);
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("+sdown") == 3, "+sdown");
        world.Nodes[2].Freeze();
        world.RunUntil(() => world.Count("+elected-leader") == 1, "+elected-leader");
        TimeSpan took = world.RunUntil(() => world.Count("+selected-slave") == 1, "+selected-slave");
        Assert.InRange(took, TimeSpan.FromMilliseconds(99), TimeSpan.FromMilliseconds(101));
        Assert.Equal(world.Nodes[1].Address, world.Sentinels.SelectMany(s => s.Events).Single(e => e.Name == "+selected-slave").InstanceAddress);
    }

    [Theory, InlineData(false), InlineData(true)]
    public void An_order_that_was_lost_with_its_connection_is_given_again(bool isPlanned)
    {
        World world = World.Settled(replicas: 1, downAfterMs: 5000);
        FakeNode replica = world.Nodes[1];
        replica.IgnoresOrders = true;
        if (isPlanned)
        {
            world.MasterNode.Refused["FAILOVER"] = "ERR unknown command 'FAILOVER'";
            Assert.IsType<Answer.Ok>(world.Sentinels[0].Ask(id => new FailoverRequested(id, World.Master) { Options = new FailoverOptions { Mode = FailoverMode.CoordinatedOnly } }));
        }
        else
        {
            world.MasterNode.Kill();
        }
        world.RunUntil(() => replica.OrdersIgnored > 0, "an order is lost");
        replica.IgnoresOrders = false;
        foreach (FakeSentinel sentinel in world.Sentinels)
            sentinel.ConnectionsBreak(replica.Address);
        TimeSpan took = world.RunUntil(() => world.Sentinels.TrueForAll(s => s.View.Address == replica.Address), "a switch");
        Assert.True(took < TimeSpan.FromSeconds(0.5), $"{took}");
        Assert.Equal(0, world.Count("-promotion-failed"));
        Assert.DoesNotContain(false, replica.PromotedBeside);
    }

    [Theory, InlineData(2, true), InlineData(1, true), InlineData(1, false)]
    public void An_order_that_was_lost_since_the_replica_was_started_anew_is_given_again_only_where_nobody_else_is_fit_and_it_has_data(int replicas, bool isEmptied)
    {
        World world = World.Settled(replicas: replicas, downAfterMs: 5000);
        FakeNode chosen = world.Nodes[1];
        foreach (FakeNode node in world.Nodes)
            (node.Keys, node.History) = (10, "a");
        chosen.Offset = 9000;
        chosen.IgnoresOrders = true;
        world.Run(seconds: 12);
        world.MasterNode.Kill();
        world.RunUntil(() => chosen.OrdersIgnored > 0, "an order is lost");
        chosen.IgnoresOrders = false;
        chosen.Kill();
        (chosen.Keys, chosen.Offset, chosen.NeverSynchronised) = isEmptied ? (0, 0UL, true) : (10, 9000UL, false);
        chosen.Restart(asReplicaOf: world.MasterNode.Address);
        if (replicas == 1 && isEmptied)
            world.RunUntil(() => world.Count("-failover-abort-slave-timeout") == 1, "nobody is fit");
        else
            world.RunUntil(() => world.Sentinels.TrueForAll(s => s.View.Address == world.Nodes[replicas].Address), "a switch");
        Assert.Equal(isEmptied, !chosen.Told.Contains("REPLICAOF NO ONE"));
    }

    [Theory, InlineData(true), InlineData(false)]
    public void A_new_master_that_is_gone_before_it_is_told_of_is_never_told_of(bool isReplicaAgain)
    {
        World world = World.Settled(downAfterMs: 5000);
        (FakeNode chosen, FakeNode other) = (world.Nodes[1], world.Nodes[2]);
        foreach (FakeNode node in world.Nodes)
            (node.Keys, node.History) = (10, "a");
        chosen.Offset = 9000;
        world.Run(seconds: 12);
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("+elected-leader") == 1, "+elected-leader");
        world.SaveTime = TimeSpan.FromMilliseconds(1500);
        world.RunUntil(() => world.Count("+promoted-slave") == 1, "it is the master");
        world.SaveTime = TimeSpan.FromMilliseconds(1);
        chosen.Kill();
        (chosen.Keys, chosen.NeverSynchronised) = (0, true);
        chosen.Restart(asReplicaOf: isReplicaAgain ? world.MasterNode.Address : null);
        world.RunUntil(() => world.Count("-failover-abort-slave-timeout") == 1, "it is given up");
        Assert.Equal(0, world.Count("+switch-master"));
        world.RunUntil(() => world.Sentinels.TrueForAll(s => s.View.Address == other.Address), "the other one is the master");
    }

    [Fact]
    public void One_that_was_a_master_itself_has_not_lost_its_master_longer_ago_than_that()
    {
        World world = World.Settled();
        FakeNode former = world.Nodes[1];
        world.Nodes[2].Priority = 0;
        former.Promote();
        world.RunUntil(() => former.Master is not null, "it is told to follow the master");
        former.LinkDownSeconds = 36_000;
        world.Run(seconds: 2);
        world.MasterNode.Kill();
        world.RunUntil(() => world.Sentinels.TrueForAll(s => s.View.Address == former.Address), "it is the master");
    }

    [Fact]
    public void After_a_pause_of_the_leader_one_that_does_not_say_how_far_it_is_is_passed_over_after_the_time_of_a_promotion()
    {
        World world = World.Settled(downAfterMs: 10_000, failoverTimeoutMs: 3000);
        (FakeNode silent, FakeNode other) = (world.Nodes[1], world.Nodes[2]);
        silent.Offset = 9000;
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("+sdown") == 3, "+sdown");
        silent.Freeze();
        world.RunUntil(() => world.Count("+elected-leader") == 1, "+elected-leader");
        FakeSentinel leader = world.Sentinels.Single(s => s.View.Failover is FailoverStep.SelectReplica);
        leader.Freeze();
        world.Run(seconds: 0.6);
        leader.Thaw();
        TimeSpan took = world.RunUntil(() => world.Count("+switch-master") == 3, "+switch-master");
        Assert.Equal(other.Address, world.Sentinels[0].View.Address);
        Assert.InRange(took, TimeSpan.FromSeconds(2.9), TimeSpan.FromSeconds(3.2));
        Assert.Contains(world.Sentinels.SelectMany(s => s.Events), e => e.Name == "-promotion-failed" && e.Reason == $"{silent.Address} did not say in time how far it is");
    }

    [Theory]
    [InlineData("REPLICAOF", "NOPERM this user has no permissions to run the 'replicaof' command")]
    [InlineData("CONFIG", "NOPERM this user has no permissions to run the 'config|rewrite' command")]
    [InlineData("CLIENT", "ERR unknown command 'CLIENT'")]
    public void A_replica_that_refuses_is_passed_over_at_once_and_the_reason_is_told(string command, string error)
    {
        World world = World.Settled();
        world.Nodes[1].Offset = 9000;
        world.Nodes[1].Refused[command] = error;
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("+elected-leader") == 1, "+elected-leader");
        TimeSpan took = world.RunUntil(() => world.Count("+switch-master") == 3, "+switch-master");
        Assert.True(took < TimeSpan.FromMilliseconds(50), $"{took}");
        Assert.Equal(world.Nodes[2].Address, world.Sentinels[0].View.Address);
        SentinelEvent failed = Assert.Single(world.Sentinels.SelectMany(s => s.Events), e => e.Name == "-promotion-failed");
        Assert.Contains(error, failed.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void When_all_replicas_refuse_the_attempt_ends_and_is_tried_again_after_a_pause()
    {
        World world = World.Settled();
        foreach (FakeNode replica in world.Nodes.Skip(1))
            replica.Refused["CONFIG"] = "NOPERM no";
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("-failover-abort-slave-timeout") == 1, "-failover-abort-slave-timeout");
        world.Run(seconds: 30);
        Assert.InRange(world.Count("+try-failover"), 3, 40);
        foreach (FakeNode replica in world.Nodes.Skip(1))
            replica.Refused.Clear();
        world.RunUntil(() => world.Count("+switch-master") == 3, "+switch-master", atMostSeconds: 20);
        Assert.Equal(1, world.Count("+promoted-slave"));
    }

    [Fact]
    public void A_node_that_knows_only_SLAVEOF_is_told_in_its_words_at_the_first_try()
    {
        World world = World.With();
        foreach (FakeNode node in world.Nodes)
            node.KnowsOnlySlaveOf = true;
        world.RunUntil(() => world.Sentinels.TrueForAll(s => s.View.Replicas.Length == 2 && s.View.Peers.Length == 2), "all know all");
        world.Run(seconds: 2);
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("+failover-end") == 1, "+failover-end");
        Assert.Equal(0, world.Count("-promotion-failed"));
        Assert.All(world.Nodes.SelectMany(node => node.Told), told => Assert.StartsWith("SLAVEOF", told, StringComparison.Ordinal));
    }

    [Fact]
    public void Without_a_good_replica_the_failover_ends_and_the_first_one_that_returns_is_promoted()
    {
        World world = World.Settled();
        world.Nodes[1].Kill();
        world.Nodes[2].Kill();
        world.Run(seconds: 2);
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("-failover-abort-no-good-slave") > 0, "-failover-abort-no-good-slave");
        SentinelEvent aborted = world.Sentinels.SelectMany(s => s.Events).First(e => e.Name == "-failover-abort-no-good-slave");
        Assert.Contains("it is down", aborted.Reason, StringComparison.Ordinal);
        world.Run(seconds: 60);
        Assert.InRange(world.Count("+try-failover"), 1, 60);
        world.Nodes[2].Restart(asReplicaOf: world.MasterNode.Address);
        TimeSpan took = world.RunUntil(() => world.Count("+switch-master") == 3, "+switch-master");
        Assert.True(took < TimeSpan.FromSeconds(5), $"{took}\n{string.Join('\n', world.Transcript.TakeLast(40))}");
    }

    [Fact]
    public void The_first_replica_that_comes_back_from_a_partition_is_not_chosen_before_the_others_had_time_to()
    {
        World world = CutOffFromAllNodes();
        world.MasterNode.Kill();
        world.Nodes[2].Offset = 9000;
        Reach(world, world.Nodes[1]);
        world.Run(seconds: 0.8);
        FakeSentinel leader = world.Sentinels.Single(s => s.View.Failover is FailoverStep.SelectReplica);
        Answer.Fields told = Assert.IsType<Answer.Fields>(leader.Ask(id => new ExplanationRequested(id, World.Master)));
        Assert.Equal("the master and the other replicas, which may come back as 10.0.0.1:7001 has just done", new Dictionary<string, string>(told.Items)["waiting-for"]);
        Reach(world, world.Nodes[2]);
        world.RunUntil(() => world.Count("+switch-master") == 3, "+switch-master");
        Assert.Equal(world.Nodes[2].Address, world.Sentinels[0].View.Address);
    }

    [Fact]
    public void One_that_came_back_is_chosen_by_what_it_has_when_it_was_waited_for_and_not_by_what_it_came_back_with()
    {
        World world = CutOffFromAllNodes();
        world.MasterNode.Kill();
        world.Nodes[1].Keys = 10;
        Reach(world, world.Nodes[1]);
        FakeSentinel? leader = null;
        world.RunUntil(() => (leader = world.Sentinels.Find(s => s.View.Failover is FailoverStep.SelectReplica)) is not null, "somebody is elected");
        world.RunUntil(() => leader!.View.Replicas.Any(replica => replica.Address == world.Nodes[1].Address && replica.Info?.Contains("keys=10", StringComparison.Ordinal) is true), "it said what it has");
        // Another one, which it was told to follow by whoever started it, has nothing.
        (world.Nodes[1].Keys, world.Nodes[1].Offset, world.Nodes[1].NeverSynchronised) = (0, 1, true);
        world.Run(seconds: 3);
        Assert.Equal([], world.Nodes[1].Told);
        Assert.Equal(0, world.Count("+selected-slave"));
    }

    [Fact]
    public void One_that_came_back_and_says_nothing_more_is_waited_for_no_longer_than_a_fresh_offset()
    {
        World world = CutOffFromAllNodes();
        world.MasterNode.Kill();
        Reach(world, world.Nodes[1]);
        TimeSpan took = world.RunUntil(() => world.Count("+failover-state-select-slave") > 0, "somebody is elected");
        world.Run(seconds: 0.5);
        world.Nodes[1].Refused["INFO"] = "BUSY a script";
        took += world.RunUntil(() => world.Count("+selected-slave") == 1, "it is chosen all the same");
        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(1.2));
    }

    [Fact]
    public void After_a_partition_a_master_that_comes_back_within_a_second_of_its_replicas_remains_the_master()
    {
        World world = CutOffFromAllNodes();
        Reach(world, world.Nodes[1]);
        Reach(world, world.Nodes[2]);
        world.Run(seconds: 0.5);
        Reach(world, world.MasterNode);
        world.Run(seconds: 30);
        Assert.Equal(0, world.Count("+switch-master") + world.Count("+promoted-slave"));
        Assert.All(world.Sentinels, s => Assert.False(s.View.IsSubjectivelyDown));
    }

    private static World CutOffFromAllNodes()
    {
        World world = World.Settled();
        foreach (FakeSentinel sentinel in world.Sentinels)
        {
            foreach (FakeNode node in world.Nodes)
                sentinel.CutOff(node.Address);
        }
        world.RunUntil(() => world.Sentinels.TrueForAll(s => s.View.IsSubjectivelyDown && s.View.Replicas.All(replica => replica.IsSubjectivelyDown)), "all nodes are held down");
        world.Run(seconds: 20);
        return world;
    }

    private static void Reach(World world, FakeNode node)
    {
        foreach (FakeSentinel sentinel in world.Sentinels)
            sentinel.Unreachable.Remove(node.Address);
    }

    [Fact]
    public void A_replica_that_never_synchronised_is_not_promoted()
    {
        World world = World.Settled();
        world.Nodes[1].NeverSynchronised = true;
        (world.Nodes[1].Offset, world.Nodes[1].Priority) = (1, 1);
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("+switch-master") == 3, "+switch-master");
        Assert.Equal(world.Nodes[2].Address, world.Sentinels[0].View.Address);
    }

    [Fact]
    public void A_promotion_that_a_dead_leader_left_behind_is_finished_and_not_doubled()
    {
        World world = World.Settled();
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("+failover-state-wait-promotion") == 1, "+failover-state-wait-promotion");
        FakeSentinel leader = world.Sentinels.Single(s => s.View.Failover is not FailoverStep.None);
        world.RunUntil(() => world.Nodes.Skip(1).Any(node => node.Master is null), "the node is promoted");
        leader.Kill();
        world.RunUntil(() => world.Sentinels.TrueForAll(s => s == leader || s.View.Address != world.MasterNode.Address), "the others switch");
        world.Run(seconds: 20);
        Assert.Single(world.Nodes, node => node.IsAlive && node.Master is null);
        Assert.Single(world.Nodes.Skip(1), node => node.Told.Exists(told => told.EndsWith("NO ONE", StringComparison.Ordinal)));
    }

    [Fact]
    public void Replicas_follow_one_after_the_other_as_parallel_syncs_says()
    {
        World world = World.Settled(replicas: 4, parallelSyncs: 1);
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("+failover-end") == 1, "+failover-end");
        string[] steps = [.. world.Sentinels.SelectMany(s => s.Events).Select(e => e.Name).Where(name => name.StartsWith("+slave-reconf", StringComparison.Ordinal))];
        Assert.Equal(Enumerable.Repeat<string[]>(["+slave-reconf-sent", "+slave-reconf-inprog", "+slave-reconf-done"], 3).SelectMany(s => s), steps);
    }

    [Theory]
    [InlineData(false, "-slave-reconf-sent-timeout")]
    [InlineData(true, "-slave-reconf-refused")]
    public void One_replica_that_is_stuck_or_refuses_does_not_hold_up_the_others(bool refuses, string given)
    {
        World world = World.Settled(replicas: 3, failoverTimeoutMs: 60_000);
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("+promoted-slave") == 1, "+promoted-slave");
        FakeNode stuck = world.Nodes.First(node => node.IsAlive && node.Master is not null);
        if (refuses)
            stuck.Refused["CONFIG"] = "NOPERM no";
        else
            stuck.IgnoresOrders = true;
        world.RunUntil(() => world.Count("+failover-end") == 1, "+failover-end", atMostSeconds: 30);
        Assert.Equal(1, world.Count(given));
        Assert.Equal(2, world.Nodes.Count(node => node.IsAlive && node.Master == world.Sentinels[0].View.Address) + 1);
    }

    [Fact]
    public void Replicas_whose_turn_never_came_are_told_when_the_failover_timeout_is_up()
    {
        World world = World.Settled(replicas: 5, failoverTimeoutMs: 15_000);
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("+promoted-slave") == 1, "+promoted-slave");
        foreach (FakeNode node in world.Nodes)
            node.IgnoresOrders = true;
        world.RunUntil(() => world.Count("+failover-end") == 1, "+failover-end");
        Assert.Equal(1, world.Count("+failover-end-for-timeout"));
        Assert.True(world.Count("+slave-reconf-sent-be") > 0);
    }

    [Fact]
    public void A_failover_whose_replicas_all_fail_to_become_master_says_so()
    {
        World world = World.Settled(failoverTimeoutMs: 3_000);
        foreach (FakeNode node in world.Nodes)
            node.IgnoresOrders = true;
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("-failover-abort-slave-timeout") == 1, "-failover-abort-slave-timeout");
        Assert.Equal(2, world.Count("-promotion-failed"));
    }

    [Fact]
    public void A_new_master_that_dies_too_is_replaced_without_waiting_for_the_first_failover()
    {
        World world = World.Settled(replicas: 3);
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("+switch-master") == 3, "+switch-master");
        world.Node(world.Sentinels[0].View.Address).Kill();
        TimeSpan took = world.RunUntil(() => world.Count("+switch-master") == 6, "the second +switch-master");
        Assert.True(took < TimeSpan.FromSeconds(2), $"{took}\n{string.Join('\n', world.Transcript)}");
    }

    [Fact]
    public void An_ordered_failover_moves_a_healthy_master_once_and_demotes_it_at_once()
    {
        World world = World.Settled();
        Assert.IsType<Answer.Ok>(world.Sentinels[1].Ask(id => new FailoverRequested(id, World.Master)));
        TimeSpan took = world.RunUntil(() => world.Sentinels.TrueForAll(s => s.View.Address != world.MasterNode.Address), "all follow");
        Assert.True(took < TimeSpan.FromMilliseconds(150), $"{took}");
        took = world.RunUntil(() => world.MasterNode.Master is not null, "demotion");
        Assert.True(took < TimeSpan.FromMilliseconds(10), $"{took}");
        world.Run(seconds: 40);
        Assert.Equal(3, world.Count("+switch-master"));
        Assert.Equal(1, world.Count("+promoted-slave"));
        Assert.Single(world.Nodes, node => node.Master is null);
    }

    [Fact]
    public void Two_failovers_ordered_in_the_same_moment_do_not_make_two_masters_of_one_epoch()
    {
        World world = World.Settled();
        world.Sentinels[0].Input(new FailoverRequested(new RequestId(900), World.Master));
        world.Sentinels[1].Input(new FailoverRequested(new RequestId(901), World.Master));
        world.Run(seconds: 40);
        Assert.Single(world.Sentinels.Select(s => s.View.Address).Distinct());
        foreach (var epoch in world.Sentinels.SelectMany(s => s.Events).Where(e => e.Name == "+switch-master").GroupBy(e => e.Epoch))
            Assert.Single(epoch.Select(e => e.NewAddress).Distinct());
        Assert.Single(world.Nodes, node => node.Master is null);
    }

    [Fact]
    public void Two_failovers_ordered_in_the_same_moment_do_not_race_each_other_through_the_epochs()
    {
        World world = World.Settled();
        world.Sentinels[0].Input(new FailoverRequested(new RequestId(900), World.Master));
        world.Sentinels[1].Input(new FailoverRequested(new RequestId(901), World.Master));
        world.Run(seconds: 40);
        Assert.True(world.Sentinels[0].Whole.CurrentEpoch <= new Epoch(5), $"{world.Sentinels[0].Whole.CurrentEpoch}");
        Assert.Equal(1, world.Count("+promoted-slave"));
    }

    [Fact]
    public void Failovers_ordered_on_two_sides_of_a_partition_do_not_make_two_masters_of_one_epoch()
    {
        World world = World.Settled(sentinels: 4, replicas: 3);
        foreach (FakeSentinel one in world.Sentinels.Take(2))
        {
            foreach (FakeSentinel other in world.Sentinels.Skip(2))
            {
                one.CutOff(other.Address);
                other.CutOff(one.Address);
            }
        }
        world.Sentinels[0].CutOff(world.Nodes[1].Address);    // so that they choose differently
        world.Run(seconds: 3);
        world.Sentinels[0].Input(new FailoverRequested(new RequestId(900), World.Master));
        world.Sentinels[2].Input(new FailoverRequested(new RequestId(901), World.Master));
        world.RunUntil(() => world.Count("+promoted-slave") == 2, "both promote");
        world.RunUntil(() => world.Sentinels.Count(s => s.Events.Exists(e => e.Name == "+switch-master")) >= 2, "both tell of it");
        var switches = world.Sentinels.SelectMany(s => s.Events).Where(e => e.Name == "+switch-master").ToList();
        Assert.Equal(2, switches.Select(e => e.Epoch).Distinct().Count());
        foreach (FakeSentinel sentinel in world.Sentinels)
            sentinel.Heal();
        world.RunUntil(() => world.Sentinels.Select(s => s.View.Address).Distinct().Count() == 1 && world.Nodes.Count(node => node.Master is null) == 1, "all agree again", atMostSeconds: 60);
    }

    [Fact]
    public void An_order_that_waits_on_a_blocked_path_is_taken_back_when_a_newer_configuration_comes()
    {
        World world = World.Settled();
        FakeSentinel slow = world.Sentinels[0];
        world.Nodes[2].Freeze();    // its kernel keeps what comes
        Assert.IsType<Answer.Ok>(slow.Ask(id => new FailoverRequested(id, World.Master)));
        world.RunUntil(() => slow.View.Address == world.Nodes[1].Address && slow.View.Failover is FailoverStep.ReconfReplicas, "the replica is told to follow");
        var newer = new HelloMessage(world.Sentinels[1].Address, world.Sentinels[1].Id, new Epoch(50), World.Master, world.Nodes[2].Address, new Epoch(50));
        slow.Input(new HelloReceived(newer.ToString()));
        Assert.Equal(world.Nodes[2].Address, slow.View.Address);
        world.Nodes[2].Thaw();
        world.Run(seconds: 1);
        Assert.DoesNotContain(world.Nodes[2].Told, told => told == $"REPLICAOF {world.Nodes[1].Address}");
    }

    [Fact]
    public void An_ordered_failover_with_the_votes_of_a_majority_takes_the_next_epoch()
    {
        World world = World.Settled();
        world.Sentinels[2].Kill();
        Epoch before = world.Sentinels[0].Whole.CurrentEpoch;
        world.Sentinels[0].Input(new FailoverRequested(new RequestId(900), World.Master));
        world.RunUntil(() => world.Count("+switch-master") > 0, "+switch-master");
        Assert.Equal(before.Next, world.Sentinels[0].View.ConfigEpoch);
    }

    [Fact]
    public void An_ordered_failover_does_not_act_in_an_epoch_older_than_a_vote_of_a_peer()
    {
        World world = World.Settled();
        world.Sentinels[1].Input(new DownQuestionReceived(new RequestId(900), world.MasterNode.Address, new Epoch(5), world.Sentinels[2].Id));
        world.Sentinels[0].Input(new FailoverRequested(new RequestId(901), World.Master));
        world.RunUntil(() => world.Count("+promoted-slave") == 1, "+promoted-slave");
        Assert.True(world.Sentinels[0].Events.Single(e => e.Name == "+elected-leader").Epoch > new Epoch(5));
    }

    [Fact]
    public void An_ordered_failover_is_refused_while_one_is_in_progress_or_nobody_can_take_over()
    {
        World world = World.Settled();
        world.Sentinels[0].Input(new FailoverRequested(new RequestId(900), World.Master));
        Assert.Equal(new Answer.Refused("INPROG Failover already in progress"), world.Sentinels[0].Ask(id => new FailoverRequested(id, World.Master)));
        world.Run(seconds: 10);
        foreach (FakeNode node in world.Nodes)
            node.Priority = 0;
        world.Run(seconds: 11);
        Assert.Equal(new Answer.Refused("NOGOODSLAVE No suitable replica to promote"), world.Sentinels[0].Ask(id => new FailoverRequested(id, World.Master)));
        Assert.Equal(new Answer.Refused("ERR No such master with that name"), world.Sentinels[0].Ask(id => new FailoverRequested(id, "nobody")));
    }

    [Fact]
    public void Nothing_is_promoted_while_the_disk_of_the_candidate_refuses()
    {
        World world = World.Settled();
        foreach (FakeSentinel sentinel in world.Sentinels)
            sentinel.DiskError = "Read-only file system";
        world.MasterNode.Kill();
        world.Run(seconds: 20);
        Assert.Equal(0, world.Count("+elected-leader"));
        Assert.All(world.Nodes, node => Assert.Empty(node.Told));
        Assert.All(world.Sentinels, sentinel => Assert.Empty(sentinel.VotesSpoken));
        foreach (FakeSentinel sentinel in world.Sentinels)
            sentinel.DiskError = null;
        world.RunUntil(() => world.Count("+switch-master") == 3, "+switch-master", atMostSeconds: 25);
    }
}
