using Sentinel.Core.Tests.Cluster;

namespace Sentinel.Core.Tests;

/// <summary>Instances that are not what the configuration says.</summary>
public class StrayTests
{
    [Fact]
    public void An_old_master_that_returns_is_demoted_within_a_second()
    {
        World world = AfterAFailover();
        world.MasterNode.Restart();
        TimeSpan took = world.RunUntil(() => world.MasterNode.Master is not null, "demotion");
        Assert.True(took < TimeSpan.FromSeconds(1), $"{took}\n{string.Join('\n', world.Transcript)}");
        world.Run(seconds: 30);
        Assert.Equal(3, world.Count("+switch-master"));
        Assert.Equal(1, world.Count("+convert-to-slave"));
    }

    [Fact]
    public void An_old_master_that_loads_its_data_is_demoted_when_it_has_them()
    {
        World world = AfterAFailover();
        world.MasterNode.IsLoading = true;
        world.MasterNode.Restart();
        world.Run(seconds: 7.77);
        Assert.Equal(0, world.Count("+convert-to-slave"));
        world.MasterNode.IsLoading = false;
        TimeSpan took = world.RunUntil(() => world.MasterNode.Master is not null, "demotion");
        Assert.True(took < TimeSpan.FromMilliseconds(150), $"{took}");
        Assert.Equal(1, world.Count("+convert-to-slave"));
    }

    [Fact]
    public void An_old_master_that_comes_back_while_a_peer_is_behind_is_demoted_at_once()
    {
        World world = AfterAFailover();
        FakeSentinel behind = world.Sentinels[2];
        behind.RestartFrom(new MasterState { Options = behind.View.Options, Address = world.MasterNode.Address });
        world.MasterNode.Restart();
        TimeSpan took = world.RunUntil(() => world.MasterNode.Master is not null, "demotion");
        Assert.True(took < TimeSpan.FromMilliseconds(150), $"{took}");
    }

    [Fact]
    public void An_old_master_is_demoted_after_the_wait_of_Redis_when_peers_do_not_tell()
    {
        World world = AfterAFailover();
        foreach (FakeSentinel sentinel in world.Sentinels)
            sentinel.IsSecretive = true;
        world.MasterNode.Restart();
        world.Run(seconds: 7);
        Assert.Null(world.MasterNode.Master);
        world.Run(seconds: 3);
        Assert.NotNull(world.MasterNode.Master);
    }

    [Fact]
    public void An_old_master_is_left_alone_while_most_sentinels_cannot_be_reached_for_it_may_be_the_new_one_to_them()
    {
        World world = AloneWithAnOldMaster();
        Assert.Null(world.MasterNode.Master);
        Assert.Single(world.Transcript, line => line.Contains("is left one as long as most Sentinels", StringComparison.Ordinal));
        world.Sentinels[1].Restart();
        world.RunUntil(() => world.MasterNode.Master is not null, "demotion");
    }

    [Fact]
    public void A_sentinel_that_has_heard_no_other_since_its_start_demotes_no_master_although_it_holds_nobody_down_yet()
    {
        World world = World.Settled(downAfterMs: 30_000);
        FakeNode master = world.Nodes[1];
        master.Promote();
        FakeSentinel alone = world.Sentinels[0];
        alone.Kill();
        foreach (FakeSentinel other in world.Sentinels.Skip(1))
            other.Kill();
        alone.Restart();
        world.Run(seconds: 25);
        Assert.DoesNotContain(alone.View.Peers, peer => peer.IsSubjectivelyDown);
        Assert.Null(master.Master);
    }

    [Fact]
    public void A_sentinel_that_knows_fewer_than_the_quorum_agrees_with_nobody_that_the_master_of_the_others_is_a_stray()
    {
        World world = AfterAFailover();
        FakeSentinel amnesiac = world.Sentinels[2];
        foreach (FakeSentinel other in world.Sentinels.Take(2))
            other.CutOff(world.MasterNode.Address);
        world.MasterNode.Restart();
        FakeNode master = world.Node(world.Sentinels[0].View.Address);
        string[] told = [.. master.Told];
        amnesiac.Kill();
        int hellos = master.Hellos.Count;
        world.RunUntil(() => master.Hellos.Count > hellos, "a hello that it does not hear");
        amnesiac.RestartFrom(new MasterState { Options = amnesiac.View.Options, Address = world.MasterNode.Address, Replicas = [.. world.Nodes.Skip(1).Select(node => node.Address)] });
        world.RunUntil(() => amnesiac.View.Address == master.Address, "it hears of the others' master");
        world.Run(seconds: 5);
        Assert.Equal(told, master.Told);
    }

    [Theory, InlineData("a", 500UL, 2), InlineData("z", 500UL, 2), InlineData("b", 1200UL, 1)]
    public void One_that_was_made_a_master_out_of_sight_is_believed_where_the_master_failed_and_not_where_it_came_to_be_itself(string wentOnFrom, ulong at, int next)
    {
        World world = FailedOutOfSight(wentOnFrom, at);
        Reach(world, world.Nodes.Skip(1));
        world.RunUntil(() => world.Sentinels.TrueForAll(s => s.View.Address != world.MasterNode.Address), "another one is the master");
        Assert.Equal([world.Nodes[next].Address], world.Sentinels.Select(s => s.View.Address).Distinct());
    }

    [Fact]
    public void One_that_was_a_master_before_the_one_that_failed_is_taken_when_nobody_else_came_for_the_failover_timeout()
    {
        World world = FailedOutOfSight("z", 500);
        Reach(world, [world.Nodes[1]]);
        TimeSpan took = world.RunUntil(() => world.Sentinels.TrueForAll(s => s.View.Address == world.Nodes[1].Address), "it is the master");
        Assert.InRange(took, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(25));
    }

    /// <summary>The master, of history b, which went on from a and that from z, failed when its replicas could not be reached; one of them became a master meanwhile.</summary>
    private static World FailedOutOfSight(string wentOnFrom, ulong at)
    {
        World world = World.Settled(failoverTimeoutMs: 10_000);
        foreach (FakeNode node in world.Nodes)
            (node.History, node.Keys, node.Offset) = ("z", 10, 600);
        world.Run(seconds: 12);
        foreach (FakeNode node in world.Nodes)
            (node.History, node.FormerHistory, node.FormerHistoryEnd, node.Offset) = ("b", "a", 1000, 1100);
        world.Run(seconds: 12);
        foreach (FakeSentinel sentinel in world.Sentinels)
        {
            foreach (FakeNode node in world.Nodes.Skip(1))
            {
                sentinel.CutOff(node.Address);
                sentinel.ConnectionsBreak(node.Address);
            }
        }
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("-failover-abort-no-good-slave") > 0, "nobody is fit");
        FakeNode stray = world.Nodes[1];
        stray.Promote();
        (stray.History, stray.FormerHistory, stray.FormerHistoryEnd, stray.Offset) = ("c", wentOnFrom, at, 5000);
        return world;
    }

    private static void Reach(World world, IEnumerable<FakeNode> nodes)
    {
        foreach (FakeNode node in nodes)
            world.Sentinels.ForEach(sentinel => sentinel.Unreachable.Remove(node.Address));
    }

    [Theory, InlineData(false), InlineData(true)]
    public void A_replica_that_somebody_made_a_master_is_left_one_until_those_who_are_out_of_reach_had_time_to_tell(bool othersSwitchMeanwhile)
    {
        World world = World.Settled();
        FakeSentinel alone = world.Sentinels[0];
        FakeNode promoted = world.Nodes[1], other = world.Nodes[2];
        alone.CutOff(world.MasterNode.Address);
        alone.CutOff(other.Address);
        foreach (FakeSentinel sentinel in world.Sentinels.Skip(1))
        {
            alone.CutOff(sentinel.Address);
            sentinel.CutOff(alone.Address);
            sentinel.CutOff(promoted.Address);
            sentinel.ConnectionsBreak(promoted.Address);
        }
        world.Run(seconds: 5);
        if (othersSwitchMeanwhile)
        {
            Assert.IsType<Answer.Ok>(world.Sentinels[1].Ask(id => new FailoverRequested(id, World.Master) { Options = new FailoverOptions { Target = other.Address } }));
            world.RunUntil(() => world.Sentinels.Skip(1).All(s => s.View.Address == other.Address), "a switch that one does not hear of");
            world.Run(seconds: 12);
        }
        Assert.IsType<Answer.Ok>(alone.Ask(id => new FailoverRequested(id, World.Master)));
        world.RunUntil(() => alone.View.Address == promoted.Address, "it is made the master by one alone");
        foreach (FakeSentinel sentinel in world.Sentinels.Skip(1))
            sentinel.Unreachable.Remove(promoted.Address);
        world.RunUntil(() => world.Sentinels.TrueForAll(s => s.View.Address == promoted.Address), "the others hear of it, from the new master");
        Assert.Equal(["REPLICAOF NO ONE"], promoted.Told);
    }

    [Fact]
    public void When_the_others_come_back_there_is_time_to_hear_what_they_know_before_an_old_master_is_demoted()
    {
        World world = AloneWithAnOldMaster();
        FakeSentinel back = world.Sentinels[1];
        back.IsSecretive = true;
        foreach (FakeNode node in world.Nodes)
            back.CutOff(node.Address);    // its hellos would come that way
        back.Restart();
        world.RunUntil(() => world.Sentinels[0].View.Peers.Any(peer => !peer.IsSubjectivelyDown), "one is back");
        world.Run(seconds: 7);
        Assert.Null(world.MasterNode.Master);
        world.Run(seconds: 3);
        Assert.NotNull(world.MasterNode.Master);
    }

    [Fact]
    public void A_master_that_came_back_as_a_replica_is_told_to_be_the_master_again_where_nobody_can_take_its_place()
    {
        World world = World.Settled(replicas: 1);
        FakeNode first = world.Nodes[0], second = world.Nodes[1];
        Assert.IsType<Answer.Ok>(world.Sentinels[0].Ask(id => new FailoverRequested(id, World.Master)));
        world.RunUntil(() => first.Master == second.Address && world.Sentinels.TrueForAll(s => s.View.Address == second.Address), "a switch");
        world.Run(seconds: 3);
        first.Priority = 0;
        second.Kill();
        second.Restart(asReplicaOf: first.Address);
        world.RunUntil(() => second.Master is null, "it is a master again", atMostSeconds: 60);
        world.RunUntil(() => world.Sentinels.TrueForAll(s => !s.View.IsSubjectivelyDown && s.View.Address == second.Address), "all find it well");
        Assert.Equal(3, world.Count("+switch-master"));
    }

    [Fact]
    public void A_master_that_was_told_to_follow_its_own_replica_is_told_to_be_the_master_again_where_that_one_may_not_be()
    {
        World world = World.Settled(failoverTimeoutMs: 60_000);
        foreach (FakeNode node in world.Nodes)
            (node.Keys, node.History, node.MayFollowReplicas) = (10, "a", true);
        (world.Nodes[1].Priority, world.Nodes[2].Priority) = (0, 0);
        world.Run(seconds: 12);
        world.Nodes[1].Demote(world.Nodes[2].Address);
        world.MasterNode.Demote(world.Nodes[1].Address);
        world.RunUntil(() => world.MasterNode.Master is null, "it is the master again");
        Assert.Equal(0, world.Count("+switch-master"));
    }

    [Fact]
    public void A_master_that_follows_one_that_was_down_for_the_failover_timeout_is_told_to_be_the_master_again()
    {
        World world = World.Settled(failoverTimeoutMs: 15_000);
        FakeNode dead = world.Nodes[1];
        foreach (FakeNode node in world.Nodes)
            (node.Keys, node.History, node.MayFollowReplicas) = (10, "a", true);
        world.Nodes[2].Priority = 0;
        world.Run(seconds: 12);
        world.MasterNode.Demote(dead.Address);
        dead.Promote();
        dead.Freeze();
        world.RunUntil(() => world.MasterNode.Master is null, "it is the master again", atMostSeconds: 90);
        Assert.Equal(0, world.Count("+switch-master"));
    }

    [Theory, InlineData(false), InlineData(true)]
    public void What_nodes_said_of_their_parts_before_a_newer_configuration_of_the_same_master_makes_no_other_one_the_master(bool isRenewed)
    {
        World world = World.Settled(failoverTimeoutMs: 60_000);
        FakeNode master = world.MasterNode, between = world.Nodes[1];
        foreach (FakeNode node in world.Nodes)
            (node.Keys, node.History) = (10, "a");
        world.Nodes[2].Priority = 0;
        world.Run(seconds: 12);
        foreach (FakeSentinel sentinel in world.Sentinels)
            sentinel.CutOff(between.Address);
        master.Demote(between.Address);
        world.RunUntil(() => world.Sentinels.TrueForAll(s => !s.View.ReportsMaster), "it says that it is a replica");
        master.Kill();
        world.Run(seconds: 0.1);
        between.Promote();
        foreach (FakeSentinel sentinel in world.Sentinels)
        {
            FakeSentinel other = world.Sentinels[sentinel == world.Sentinels[0] ? 1 : 0];
            if (isRenewed)
                sentinel.Input(new HelloReceived(new HelloMessage(other.Address, other.Id, new Epoch(70), World.Master, master.Address, new Epoch(70)).ToString()));
            sentinel.Unreachable.Remove(between.Address);
        }
        world.Run(seconds: 40);
        Assert.Equal(isRenewed ? 0 : 3, world.Count("+switch-master"));
    }

    [Fact]
    public void A_sentinel_that_slept_through_a_failover_does_not_undo_it()
    {
        World world = World.Settled();
        FakeSentinel sleeper = world.Sentinels[0];
        sleeper.Freeze();
        Assert.IsType<Answer.Ok>(world.Sentinels[1].Ask(id => new FailoverRequested(id, World.Master)));
        world.Run(seconds: 1.5);
        Address promoted = world.Sentinels[1].View.Address;
        sleeper.Thaw();
        world.Run(seconds: 40);
        Assert.Equal(promoted, sleeper.View.Address);
        Assert.Null(world.Node(promoted).Master);
        Assert.DoesNotContain(world.Node(promoted).Told, told => told.StartsWith("REPLICAOF", StringComparison.Ordinal) && !told.EndsWith("NO ONE", StringComparison.Ordinal));
    }

    [Fact]
    public void A_replica_that_follows_somebody_else_is_brought_back()
    {
        World world = World.Settled();
        world.Nodes[2].Restart(asReplicaOf: world.Nodes[1].Address);
        TimeSpan took = world.RunUntil(() => world.Nodes[2].Master == world.MasterNode.Address, "fixed", atMostSeconds: 30);
        Assert.True(took < TimeSpan.FromSeconds(12), $"{took}");
        Assert.Contains(world.Sentinels.SelectMany(s => s.Events), e => e.Name == "+fix-slave-config");
    }

    [Fact]
    public void Another_master_is_not_told_at_once_to_follow_one_that_the_others_hold_down()
    {
        World world = World.Settled(quorum: 3);
        foreach (FakeSentinel other in world.Sentinels.Skip(1))
            other.CutOff(world.MasterNode.Address);
        world.RunUntil(() => world.Count("+sdown") == 2, "the others hold it down");
        FakeNode second = world.Nodes[1];
        second.Promote();
        world.RunUntil(() => world.Sentinels[0].View.Replicas.Any(replica => replica.ReportsMaster), "it is seen");
        world.Run(seconds: 5);
        Assert.Empty(second.Told);
        foreach (FakeSentinel other in world.Sentinels.Skip(1))
            other.Heal();
        TimeSpan took = world.RunUntil(() => second.Master is not null, "it is told, as all hear the master");
        Assert.True(took < TimeSpan.FromSeconds(3), $"{took}");
    }

    [Fact]
    public void Nobody_is_told_to_follow_a_master_that_is_down()
    {
        World world = World.Settled(quorum: 3);
        world.Sentinels[0].Kill();
        world.MasterNode.Kill();
        world.Run(seconds: 3);
        world.Nodes[1].Restart();
        world.Run(seconds: 40);
        Assert.Empty(world.Nodes[1].Told);
    }

    /// <summary>After a failover all Sentinels but one are gone, and the former master is back for a minute.</summary>
    private static World AloneWithAnOldMaster()
    {
        World world = AfterAFailover();
        world.Sentinels[1].Kill();
        world.Sentinels[2].Kill();
        world.Run(seconds: 3);
        world.MasterNode.Restart();
        world.Run(seconds: 60);
        return world;
    }

    private static World AfterAFailover()
    {
        World world = World.Settled();
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("+failover-end") == 1, "+failover-end");
        world.Run(seconds: 5);
        return world;
    }
}
