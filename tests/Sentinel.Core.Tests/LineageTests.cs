using Sentinel.Core.Tests.Cluster;

namespace Sentinel.Core.Tests;

/// <summary>A node is of the group whose data it has, whatever its address.</summary>
public class LineageTests
{
    [Fact]
    public void A_node_of_another_group_at_the_address_of_a_dead_replica_is_neither_told_anything_nor_promoted()
    {
        World world = TwoGroups(out FakeNode otherMaster);
        FakeNode replica = world.Nodes[1];
        Succeed(world, replica, master: otherMaster.Address, history: "b");
        world.Run(seconds: 30);
        Assert.Empty(replica.Told);
        world.MasterNode.Kill();
        world.RunUntil(() => world.Sentinels.TrueForAll(s => s.View.Address != world.Nodes[0].Address), "another master");
        Assert.Equal(world.Nodes[2].Address, world.Sentinels[0].View.Address);
        Assert.Empty(replica.Told);
        world.Run(seconds: 30);
        Assert.Empty(replica.Told);
        Assert.Contains(world.Sentinels[0].Log, line => line.Contains("has the data of other, and is left alone", StringComparison.Ordinal));
        Assert.Equal(FailoverStep.None, world.Sentinels.Select(s => s.View.Failover).Distinct().Single());
    }

    [Fact]
    public void A_master_of_another_group_at_the_address_of_a_replica_is_not_made_one()
    {
        World world = TwoGroups(out _);
        Succeed(world, world.Nodes[1], master: null, history: "b");
        world.Run(seconds: 30);
        Assert.Empty(world.Nodes[1].Told);
    }

    [Fact]
    public void A_node_that_another_group_has_just_promoted_is_left_alone()
    {
        World world = TwoGroups(out _);
        Succeed(world, world.Nodes[1], master: null, history: "new");
        world.Nodes[1].FormerHistory = "b";
        world.Run(seconds: 30);
        Assert.Empty(world.Nodes[1].Told);
    }

    [Fact]
    public void A_node_that_was_away_since_its_group_went_on_is_left_alone_by_the_others_even_by_who_has_just_been_started()
    {
        World world = TwoGroups(out FakeNode otherMaster);
        (otherMaster.History, otherMaster.FormerHistory) = ("b2", "b");
        foreach (FakeSentinel sentinel in world.Sentinels)
        {
            sentinel.Kill();
            sentinel.Restart();
        }
        world.Run(seconds: 15);
        Succeed(world, world.Nodes[1], master: new Address("10.9.9.9", 6379), history: "b");
        world.Run(seconds: 30);
        Assert.Empty(world.Nodes[1].Told);
    }

    [Fact]
    public void What_another_group_had_before_it_was_first_seen_is_its_own_still_when_it_has_gone_on_since()
    {
        World world = World.Settled();
        FakeNode otherMaster = world.AddGroup("other", 7100);
        foreach (FakeNode node in world.Nodes)
            (node.History, node.FormerHistory) = node.Address.Port < 7100 ? ("a", null) : ("b2", "b");
        world.Run(seconds: 21);
        (otherMaster.History, otherMaster.FormerHistory) = ("b3", "b2");
        world.Run(seconds: 15);
        Succeed(world, world.Nodes[1], master: new Address("10.9.9.9", 6379), history: "b");
        world.Run(seconds: 30);
        Assert.Empty(world.Nodes[1].Told);
    }

    [Fact]
    public void A_node_whose_data_nobody_knows_is_brought_in_line_as_ever()
    {
        World world = TwoGroups(out _);
        Succeed(world, world.Nodes[1], master: null, history: "z");
        world.RunUntil(() => world.Nodes[1].Told.Count > 0, "told");
        Assert.Equal(world.Nodes[0].Address, world.Nodes[1].Master);
    }

    [Fact]
    public void A_node_that_follows_another_groups_master_is_left_alone_though_its_data_are_not_known()
    {
        World world = TwoGroups(out FakeNode otherMaster);
        Succeed(world, world.Nodes[1], master: otherMaster.Address, history: "z");
        world.Run(seconds: 30);
        Assert.Empty(world.Nodes[1].Told);
    }

    [Fact]
    public void A_node_that_follows_one_whom_two_groups_know_is_told_nothing_before_that_one_says_whose_it_is()
    {
        World world = TwoGroups(out FakeNode otherMaster);
        FakeNode node = FollowerOfOneThatWasUsedByBoth(world, out FakeNode followed);
        world.Run(seconds: 5);
        Assert.Empty(node.Told);
        followed.History = "b";
        followed.Restart(asReplicaOf: otherMaster.Address);
        world.Run(seconds: 30);
        Assert.Empty(node.Told);
    }

    [Fact]
    public void A_node_that_follows_one_whom_two_groups_know_and_who_does_not_come_back_is_brought_in_line_after_the_failover_timeout()
    {
        World world = TwoGroups(out _);
        FakeNode node = FollowerOfOneThatWasUsedByBoth(world, out _);
        world.Run(seconds: 9);
        Assert.Empty(node.Told);
        world.RunUntil(() => node.Told.Count > 0, "told");
        Assert.Equal(world.MasterNode.Address, node.Master);
    }

    [Fact]
    public void A_master_with_nothing_at_an_address_that_two_groups_know_is_told_nothing_while_it_may_be_of_either()
    {
        World world = TwoGroups(out FakeNode otherMaster);
        FakeNode node = EmptyMasterWhereBothGroupsHadOne(world, otherMaster);
        world.Run(seconds: 5);
        Assert.Empty(node.Told);
        foreach (FakeSentinel sentinel in world.Sentinels)
            sentinel.Ask(id => new ResetRequested(id, ["other"]));
        TimeSpan took = world.RunUntil(() => node.Told.Count > 0, "told");
        Assert.True(took < TimeSpan.FromSeconds(2), $"it took {took}");
        Assert.Equal(world.MasterNode.Address, node.Master);
    }

    [Fact]
    public void A_master_with_nothing_that_two_groups_take_for_their_own_stays_with_the_one_that_comes_first()
    {
        World world = TwoGroups(out FakeNode otherMaster);
        FakeNode node = EmptyMasterWhereBothGroupsHadOne(world, otherMaster);
        world.RunUntil(() => node.Told.Count > 0, "told");
        world.Run(seconds: 3);
        string[] told = [.. node.Told];
        world.Run(seconds: 60);
        Assert.Equal(told, node.Told);
    }

    [Fact]
    public void Two_groups_with_data_of_their_own_that_know_each_others_master_as_a_replica_are_not_one()
    {
        World world = TwoGroups(out FakeNode otherMaster);
        Lists(world.MasterNode, otherMaster);
        Lists(otherMaster, world.MasterNode);
        world.RunUntil(
            () => world.Sentinels.TrueForAll(s => s.View.Replicas.Any(replica => replica.Address == otherMaster.Address)
                && s.Whole.Masters["other"].Replicas.Any(replica => replica.Address == world.MasterNode.Address)),
            "both groups know both");
        world.Run(seconds: 60);
        Assert.Empty(otherMaster.Told);
        Assert.Empty(world.MasterNode.Told);

        static void Lists(FakeNode master, FakeNode replica) =>
            master.MoreInfo = $"slave9:ip={replica.Address.Host},port={replica.Address.Port},state=online,offset=0,lag=0\r\n";
    }

    [Fact]
    public void A_group_that_is_monitored_under_two_names_fails_over_under_both()
    {
        World world = World.Settled();
        foreach (FakeNode node in world.Nodes)
            (node.History, node.BeginsHistories) = ("a", true);
        world.Run(seconds: 11);
        MasterOptions alias = world.Sentinels[0].View.Options with { Name = "alias" };
        foreach (FakeSentinel sentinel in world.Sentinels)
            Assert.IsType<Answer.Ok>(sentinel.Ask(id => new MonitorRequested(id, alias, world.MasterNode.Address)));
        world.RunUntil(() => world.Sentinels.TrueForAll(s => s.Whole.Masters["alias"].Replicas.Length == 2), "all know the alias");
        world.MasterNode.Kill();
        world.RunUntil(
            () => world.Sentinels.TrueForAll(s => s.View.Address != world.Nodes[0].Address && s.Whole.Masters["alias"].Address == s.View.Address), "both names follow", atMostSeconds: 60);
    }

    [Fact]
    public void A_copy_of_a_group_that_is_monitored_as_one_of_its_own_is_not_taken_back()
    {
        World world = TwoGroups(out _);
        FakeNode copy = world.Nodes[1];
        Succeed(world, copy, master: null, history: "c");
        copy.FormerHistory = "a";
        MasterOptions options = world.Sentinels[0].View.Options with { Name = "copy" };
        foreach (FakeSentinel sentinel in world.Sentinels)
        {
            // Until it is known as a group of its own it is a stray master; so the operator says it first.
            sentinel.Ask(id => new MonitorRequested(id, options, copy.Address));
        }
        world.Run(seconds: 1);
        int told = copy.Told.Count;
        copy.Restart();
        world.Run(seconds: 60);
        Assert.Equal(told, copy.Told.Count);
    }

    [Fact]
    public void A_master_that_restarted_empty_is_replaced_at_once_by_a_replica_that_has_the_data()
    {
        World world = WithData();
        RestartEmpty(world);
        TimeSpan took = world.RunUntil(() => world.Sentinels.TrueForAll(s => s.View.Address != world.Nodes[0].Address), "another master");
        Assert.True(took < TimeSpan.FromSeconds(1.5), $"it took {took}");
        Assert.Equal(3, world.Count("+master-lost-data"));
        SentinelEvent happened = world.Sentinels[0].Events.First(e => e.Name == "+master-lost-data");
        Assert.Contains("it restarted without its data: it has no keys", happened.Reason, StringComparison.Ordinal);
        world.RunUntil(() => world.MasterNode.Told.Count > 0, "it is told to follow");
    }

    [Theory, InlineData(true), InlineData(false)]
    public void An_emptied_master_is_not_replaced_by_its_predecessor_while_a_replica_that_followed_it_may_still_be_heard(bool isHeard)
    {
        World world = WithData();
        FakeNode former = world.MasterNode;
        former.Freeze();
        world.RunUntil(() => world.Sentinels.TrueForAll(s => s.View.Address != former.Address), "another master");
        FakeNode master = world.Node(world.Sentinels[0].View.Address);
        FakeNode follower = world.Nodes.Single(node => node != former && node != master);
        world.RunUntil(() => follower.Master == master.Address, "the other one follows it");
        world.Run(seconds: 12);
        follower.Freeze();
        world.Run(seconds: 6);    // its last words are too old to choose it
        RestartEmpty(world, master);
        former.Thaw();
        world.RunUntil(() => world.Count("+master-lost-data") == 3, "the emptied master is held down");
        world.Run(seconds: 1);
        Assert.Empty(former.Told);
        if (isHeard)
            follower.Thaw();
        Address expected = (isHeard ? follower : former).Address;
        TimeSpan took = world.RunUntil(() => world.Sentinels.TrueForAll(s => s.View.Address == expected), "replaced");
        Assert.True(took < TimeSpan.FromSeconds(2), $"it took {took}");
    }

    [Fact]
    public void Of_two_stray_masters_the_one_that_has_all_the_data_takes_the_place_of_an_emptied_one()
    {
        World world = WithData();
        FakeNode behind = world.Nodes[1], whole = world.Nodes[2];
        world.MasterNode.Kill();
        behind.Kill();
        whole.Kill();
        foreach (FakeNode stray in new[] { behind, whole })
            (stray.History, stray.FormerHistory) = ($"a{stray.Address.Port}", "a");
        (behind.FormerHistoryEnd, behind.Priority, whole.FormerHistoryEnd) = (500, 1, 1001);
        behind.Restart();
        whole.Restart();
        (behind.Offset, whole.Offset) = (2000, 1100);
        world.Run(seconds: 2);
        RestartEmpty(world);
        world.RunUntil(() => world.Count("+switch-master") == 3, "a switch", atMostSeconds: 60);
        Assert.All(world.Sentinels, s => Assert.Equal(whole.Address, s.View.Address));
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Of_two_former_masters_the_later_one_takes_the_place_of_an_emptied_one(bool isFirstStartedAnew)
    {
        World world = WithData();
        foreach (FakeNode node in world.Nodes)
            (node.BeginsHistories, node.Offset) = (true, 1000);
        FakeNode first = world.MasterNode;
        first.Offset = 5000;    // of a stream of its own
        FakeNode second = Replaced(first), third = Replaced(second);
        third.Kill();
        first.Thaw();
        second.Thaw();
        if (isFirstStartedAnew)
        {
            first.Kill();
            first.Restart();
            (first.Offset, first.FormerHistory, first.FormerHistoryEnd, first.History) = (5000, first.History, 5000, "y");
        }
        world.Run(seconds: 0.3);
        (third.History, third.FormerHistory, third.Keys, third.HasLoadedNothing) = ("z", null, 0, true);
        third.Restart();
        world.RunUntil(() => world.Sentinels.TrueForAll(s => s.View.Address != third.Address), "a switch", atMostSeconds: 60);
        Assert.All(world.Sentinels, s => Assert.Equal(second.Address, s.View.Address));

        FakeNode Replaced(FakeNode master)
        {
            master.Freeze();
            world.RunUntil(() => world.Sentinels.TrueForAll(s => s.View.Address != master.Address), "another master");
            world.Run(seconds: 21);
            return world.Node(world.Sentinels[0].View.Address);
        }
    }

    [Fact]
    public void A_replica_that_is_about_to_copy_an_emptied_master_still_has_the_data()
    {
        World world = WithData();
        foreach (FakeNode replica in world.Nodes.Skip(1))
            replica.IsSynchronising = true;
        RestartEmpty(world);
        world.RunUntil(() => world.Sentinels.TrueForAll(s => s.View.Address != world.Nodes[0].Address), "another master");
    }

    [Fact]
    public void Keys_that_clients_wrote_since_do_not_make_an_emptied_master_the_master_again()
    {
        World world = WithData();
        RestartEmpty(world, history: "z", keys: 3);
        world.RunUntil(() => world.Sentinels.TrueForAll(s => s.View.Address != world.Nodes[0].Address), "another master");
        Assert.Contains(world.Sentinels[0].Events, e => e.Name == "+master-lost-data" && e.Reason!.Contains("only keys written since", StringComparison.Ordinal));
    }

    [Fact]
    public void Data_that_are_not_the_groups_are_not_promoted_in_an_older_state_either()
    {
        World world = WithData(replicas: 3);
        (FakeNode older, FakeNode newer, FakeNode stray) = (world.Nodes[1], world.Nodes[2], world.Nodes[3]);
        (older.History, older.FormerHistory) = ("y", null);
        (newer.History, newer.FormerHistory, newer.FormerHistoryEnd) = ("z", "y", 10);
        stray.Kill();
        world.Run(seconds: 0.3);
        stray.Restart();
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("-failover-abort-no-good-slave") > 0, "nobody is fit");
        SentinelEvent nobody = world.Sentinels.SelectMany(sentinel => sentinel.Events).First(e => e.Name == "-failover-abort-no-good-slave");
        Assert.Equal(2, nobody.Reason!.Split("its data are of another history").Length - 1);
        Assert.Equal(0, world.Count("+selected-slave"));
    }

    [Fact]
    public void An_emptied_master_is_not_believed_by_who_hears_neither_it_nor_the_replicas()
    {
        World world = WithData();
        Pause(world, "new kernel");
        RestartEmpty(world);
        world.RunUntil(() => world.Count("+master-lost-data") == 3, "the emptied master is held down");
        foreach (FakeNode node in world.Nodes)
            node.Freeze();
        world.RunUntil(() => world.Count("+sdown") == 9, "nobody is heard");
        world.Run(seconds: 3);
        world.MasterNode.Thaw();
        world.Run(seconds: 0.1);
        foreach (FakeNode node in world.Nodes)
            node.Thaw();
        world.Run(seconds: 1);
        Assert.DoesNotContain(world.Sentinels[0].Log, line => line.Contains("is believed, although", StringComparison.Ordinal));
        Pause(world, reason: null);
        world.RunUntil(() => world.Count("+switch-master") == 3, "a switch");
    }

    [Fact]
    public void Who_has_just_begun_and_hears_all_does_not_wait_before_it_believes_in_an_emptied_master()
    {
        World world = WithData();
        FakeSentinel sentinel = world.Sentinels[0];
        sentinel.Kill();
        foreach (FakeNode replica in world.Nodes.Skip(1))
            replica.Keys = 0;
        RestartEmpty(world);
        sentinel.Restart();
        world.RunUntil(() => sentinel.Log.Exists(line => line.Contains("is believed, although it restarted without its data", StringComparison.Ordinal)), "it believes", atMostSeconds: 1);
    }

    [Fact]
    public void When_an_emptied_master_and_all_that_have_the_data_are_gone_for_the_failover_timeout_a_copy_of_it_is_better_than_none()
    {
        World world = EmptiedAndCopied(out FakeNode copy, out FakeNode whole);
        world.MasterNode.Kill();
        whole.Kill();
        world.Run(seconds: 20);
        Pause(world, reason: null);
        world.RunUntil(() => world.Count("+switch-master") == 3, "a switch");
        Assert.Equal(copy.Address, world.Sentinels[0].View.Address);
    }

    [Fact]
    public void A_copy_of_an_emptied_master_does_not_become_the_groups_data_when_that_one_is_emptied_once_more()
    {
        World world = EmptiedAndCopied(out _, out FakeNode whole);
        RestartEmpty(world, history: "z", keys: 3);
        world.RunUntil(() => world.Count("+master-lost-data") == 6, "it is held down again");
        Pause(world, reason: null);
        world.RunUntil(() => world.Count("+switch-master") == 3, "a switch");
        Assert.Equal(whole.Address, world.Sentinels[0].View.Address);
    }

    [Fact]
    public void A_copy_of_an_emptied_master_does_not_become_the_groups_data_when_that_one_comes_back_as_a_replica()
    {
        World world = EmptiedAndCopied(out FakeNode copy, out FakeNode whole);
        FakeNode master = world.MasterNode;
        master.Kill();
        world.Run(seconds: 0.3);
        (master.History, master.Keys) = ("z", 0);
        master.Restart(asReplicaOf: copy.Address);
        world.RunUntil(() => world.Count("-role-change") >= 3, "it says that it is a replica");
        Pause(world, reason: null);
        world.RunUntil(() => world.Count("+switch-master") == 3, "a switch", atMostSeconds: 60);
        Assert.Equal(whole.Address, world.Sentinels[0].View.Address);
    }

    [Fact]
    public void A_master_that_was_emptied_and_comes_back_as_a_replica_is_not_made_the_master_again_while_a_stray_one_has_the_data()
    {
        World world = EmptiedThatReturnsAsReplica(out FakeNode whole);
        Pause(world, reason: null);
        world.RunUntil(() => world.Count("+switch-master") == 3, "a switch", atMostSeconds: 60);
        Assert.Equal(whole.Address, world.Sentinels[0].View.Address);
    }

    [Fact]
    public void An_emptied_former_master_does_not_take_the_place_of_one_that_has_the_data_and_came_back_as_its_replica()
    {
        World world = WithData(replicas: 1);
        (FakeNode emptied, FakeNode whole) = (world.MasterNode, world.Nodes[1]);
        RestartEmpty(world, history: "y", keys: 3);
        world.RunUntil(() => world.Sentinels.TrueForAll(s => s.View.Address == whole.Address) && emptied.Master == whole.Address, "a switch");
        whole.Kill();
        world.Run(seconds: 0.3);
        whole.Restart(asReplicaOf: emptied.Address);
        world.RunUntil(() => whole.Master is null, "it is told to be the master again", atMostSeconds: 60);
        world.Run(seconds: 20);
        Assert.NotNull(emptied.Master);
        Assert.All(world.Sentinels, sentinel => Assert.Equal(whole.Address, sentinel.View.Address));
    }

    [Fact]
    public void A_master_that_was_emptied_and_comes_back_as_a_replica_is_not_made_the_master_again_while_who_has_the_data_is_about_to_say_so()
    {
        World world = EmptiedThatReturnsAsReplica(out FakeNode whole);
        world.RunUntil(() => world.Sentinels.TrueForAll(s => s.View.IsObjectivelyDown), "it is held down, for it says that it is a replica", atMostSeconds: 60);
        whole.Refused["INFO"] = "ERR not now";
        whole.Kill();
        world.Run(seconds: 0.05);
        whole.Restart();
        Pause(world, reason: null);
        world.RunUntil(() => world.Count("-failover-abort-no-good-slave") > 0, "nobody is fit");
        world.Run(seconds: 1);
        Assert.NotNull(world.MasterNode.Master);
        whole.Refused.Clear();
        world.RunUntil(() => world.Count("+switch-master") == 3, "a switch", atMostSeconds: 60);
        Assert.Equal(whole.Address, world.Sentinels[0].View.Address);
    }

    [Fact]
    public void That_an_epoch_is_used_up_does_not_make_the_data_of_an_emptied_master_the_groups()
    {
        World world = EmptiedThatReturnsAsReplica(out _);
        FakeSentinel sentinel = world.Sentinels[0];
        int doubts = sentinel.Events.Count(e => e.Name == "+master-lost-data");
        sentinel.Input(new HelloReceived(new HelloMessage(world.Sentinels[1].Address, world.Sentinels[1].Id, new Epoch(5), World.Master, world.MasterNode.Address, new Epoch(5)).ToString()));
        Assert.Equal(new Epoch(5), sentinel.View.ConfigEpoch);
        world.MasterNode.Promote();
        world.RunUntil(() => sentinel.Events.Count(e => e.Name == "+master-lost-data") > doubts, "it is doubted");
    }

    [Fact]
    public void A_master_that_loads_is_not_judged_before_it_has_its_data()
    {
        World world = WithData();
        world.MasterNode.IsLoading = true;
        RestartEmpty(world, history: "z");
        world.Run(seconds: 5);
        (world.MasterNode.IsLoading, world.MasterNode.Keys, world.MasterNode.FormerHistory, world.MasterNode.HasLoadedNothing) = (false, 10, "a", false);
        world.Run(seconds: 20);
        Assert.Equal(0, world.Count("+sdown"));
    }

    [Fact]
    public void An_emptied_master_is_believed_when_nobody_has_the_data_any_more()
    {
        World world = WithData();
        foreach (FakeNode replica in world.Nodes.Skip(1))
            replica.Keys = 0;
        RestartEmpty(world);
        world.Run(seconds: 20);
        Assert.Equal(0, world.Count("+sdown"));
        Assert.Contains(world.Sentinels[0].Log, line => line.Contains("is believed, although it restarted without its data", StringComparison.Ordinal));
    }

    [Fact]
    public void Nobody_is_promoted_for_an_emptied_master_once_the_last_one_who_has_the_data_is_down()
    {
        World world = WithData(quorum: 1);
        FakeNode holder = world.Nodes[1], copier = world.Nodes[2];
        FakeSentinel sentinel = world.Sentinels[0];
        foreach (FakeSentinel other in world.Sentinels.Skip(1))
            other.Freeze();
        RestartEmpty(world, history: "z", keys: 3);
        (copier.History, copier.Keys) = ("z", 3);
        world.RunUntil(() => sentinel.View.IsObjectivelyDown, "the emptied master is held down");
        world.Run(seconds: 12);
        holder.Freeze();
        // It is chosen among who is left, in the moment in which the one with the data is waited for no more.
        world.Run(seconds: 9.95);
        Assert.DoesNotContain(sentinel.Events, e => e.Name == "+sdown" && e.InstanceAddress == holder.Address);
        foreach (FakeSentinel other in world.Sentinels.Skip(1))
            other.Thaw();
        world.RunUntil(() => sentinel.Events.Exists(e => e.Name == "+sdown" && e.InstanceAddress == holder.Address), "the last one with the data is down");
        world.Run(seconds: 5);
        Assert.Contains(sentinel.Log, line => line.Contains("is believed, although it restarted without its data", StringComparison.Ordinal));
        Assert.Contains(sentinel.Events, e => e.Name == "+elected-leader");
        Assert.Empty(copier.Told);
        Assert.Equal(world.MasterNode.Address, sentinel.View.Address);
    }

    [Fact]
    public void A_master_that_begins_a_history_with_its_keys_from_an_AOF_is_believed()
    {
        World world = WithData();
        RestartEmpty(world, history: "z", keys: 10, loadedNothing: false);
        world.Run(seconds: 20);
        Assert.Equal(0, world.Count("+sdown"));
    }

    [Fact]
    public void What_the_group_had_is_known_after_a_restart_of_all_Sentinels_too()
    {
        World world = WithData();
        foreach (FakeSentinel sentinel in world.Sentinels)
            sentinel.Kill();
        RestartEmpty(world);
        foreach (FakeSentinel sentinel in world.Sentinels)
            sentinel.Restart();
        world.RunUntil(() => world.Sentinels.TrueForAll(s => s.View.Address != world.Nodes[0].Address), "another master");
    }

    [Fact]
    public void What_an_operator_adopts_is_the_groups_data()
    {
        World world = WithData(quorum: 3);
        foreach (FakeSentinel sentinel in world.Sentinels.Skip(1))
            sentinel.Kill();
        RestartEmpty(world);
        FakeSentinel alone = world.Sentinels[0];
        world.RunUntil(() => alone.View.IsSubjectivelyDown, "+sdown");
        Assert.IsType<Answer.Ok>(alone.Ask(id => new AdoptRequested(id, World.Master)));
        world.RunUntil(() => !alone.View.IsSubjectivelyDown, "-sdown");
        world.Run(seconds: 20);
        Assert.False(alone.View.IsSubjectivelyDown);
    }

    [Fact]
    public void A_master_with_the_data_of_an_unknown_group_counts_as_down_and_is_left_alone()
    {
        World world = WithData();
        Succeed(world, world.MasterNode, master: null, history: "z");
        (world.MasterNode.FormerHistory, world.MasterNode.Keys) = ("y", 5);
        world.RunUntil(() => world.Sentinels.TrueForAll(s => s.View.Address != world.Nodes[0].Address), "another master");
        Assert.Equal(3, world.Count("+master-foreign-data"));
        world.Run(seconds: 30);
        Assert.Empty(world.MasterNode.Told);
    }

    /// <remarks>So it is with a master that was started twice, each time from its file, while no Sentinel could see it.</remarks>
    [Fact]
    public void A_master_whose_data_go_on_from_as_much_as_the_group_had_is_believed_though_its_histories_are_not_known()
    {
        World world = WithData();
        Succeed(world, world.MasterNode, master: null, history: "z");
        (world.MasterNode.FormerHistory, world.MasterNode.FormerHistoryEnd, world.MasterNode.Keys) = ("y", 1_000_000, 12);
        world.Run(seconds: 30);
        Assert.Equal(0, world.Count("+master-foreign-data"));
        Assert.All(world.Sentinels, s => Assert.Equal(world.Nodes[0].Address, s.View.Address));
    }

    [Fact]
    public void An_emptied_master_that_was_believed_is_doubted_when_the_data_come_back_also_by_who_was_started_since()
    {
        World world = WithData();
        foreach (FakeNode replica in world.Nodes.Skip(1))
            replica.Kill();
        world.Run(seconds: 12);
        RestartEmpty(world);
        world.RunUntil(() => world.Sentinels.TrueForAll(s => s.Log.Exists(line => line.Contains("is believed, although it restarted without its data", StringComparison.Ordinal))), "believed");
        foreach (FakeSentinel sentinel in world.Sentinels)
        {
            sentinel.Kill();
            sentinel.Restart();
        }
        world.Run(seconds: 5);
        Assert.All(world.Sentinels, s => Assert.False(s.View.IsSubjectivelyDown));
        world.Nodes[1].Restart(asReplicaOf: world.Nodes[0].Address);
        world.RunUntil(() => world.Sentinels.TrueForAll(s => s.View.Address == world.Nodes[1].Address), "the data are the master's again");
    }

    [Fact]
    public void Who_is_alone_with_a_doubt_comes_to_believe_what_the_others_believe()
    {
        World world = WithData(quorum: 3);
        foreach (FakeSentinel sentinel in world.Sentinels.Skip(1))
            sentinel.Kill();
        RestartEmpty(world, keys: 3);
        FakeSentinel alone = world.Sentinels[0];
        world.RunUntil(() => alone.View.IsSubjectivelyDown, "+sdown");
        foreach (FakeSentinel sentinel in world.Sentinels.Skip(1))
            sentinel.LoseIdentity(SentinelId.Draw(new Random(world.Sentinels.IndexOf(sentinel))));
        world.RunUntil(() => !alone.View.IsSubjectivelyDown, "-sdown", atMostSeconds: 90);
        world.Run(seconds: 60);
        Assert.False(alone.View.IsSubjectivelyDown);
        Assert.Contains(alone.Log, line => line.Contains("the others of the quorum hear it, and do not doubt it", StringComparison.Ordinal));
    }

    [Theory, InlineData(2), InlineData(1)]
    public void Who_was_away_for_two_restarts_of_the_master_believes_before_long_what_the_others_believe_whatever_the_quorum(int quorum)
    {
        World world = World.Settled(quorum: quorum, downAfterMs: 10_000, failoverTimeoutMs: 180_000);
        foreach (FakeNode node in world.Nodes)
            (node.History, node.Keys, node.Offset) = ("a", 10, 5000);
        world.Run(seconds: 21);
        FakeSentinel away = world.Sentinels[0];
        away.Kill();
        StartAgain("b", former: "a", at: 6000);
        StartAgain("c", former: "b", at: 300);    // from an old RDB file
        world.Nodes[1].History = "c";
        away.Restart();
        world.RunUntil(() => away.Events.Exists(e => e.Name == "+master-foreign-data"), "a doubt");
        world.RunUntil(() => away.Log.Exists(line => line.Contains("the others of the quorum hear it, and do not doubt it", StringComparison.Ordinal)), "believed", atMostSeconds: 20);
        Assert.Equal(0, world.Count("+try-failover"));

        void StartAgain(string history, string former, ulong at)
        {
            world.MasterNode.Kill();
            world.Run(seconds: 0.3);
            (world.MasterNode.History, world.MasterNode.FormerHistory, world.MasterNode.FormerHistoryEnd) = (history, former, at);
            world.MasterNode.Restart();
            world.Run(seconds: 12);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_master_that_others_made_and_that_was_started_anew_before_we_saw_it_is_not_taken_for_another_groups(bool isRestarted)
    {
        World world = World.Settled(downAfterMs: 5000);
        foreach (FakeNode node in world.Nodes)
            (node.History, node.Keys) = ("a", 10);
        world.Run(seconds: 11);
        FakeSentinel late = world.Sentinels[2];
        late.CutOff(world.Nodes[1].Address);
        world.Nodes[1].Priority = 1;
        world.Run(seconds: 11);
        world.MasterNode.Kill();
        world.RunUntil(() => world.Sentinels.TrueForAll(s => s.View.Address == world.Nodes[1].Address), "all switch");
        if (isRestarted)
            late.Restart();
        Assert.False(late.Lineage.HasSeenMaster);
        // It went on from ours, and was started anew since: neither history was seen.
        world.Nodes[1].Kill();
        world.Nodes[1].Restart();
        (world.Nodes[1].History, world.Nodes[1].FormerHistory, world.Nodes[1].Offset) = ("c", "b", 2000);
        late.Heal();
        world.RunUntil(() => late.View.RunId is not null && late.View.ReportsMaster, "it is seen");
        world.Run(seconds: 2);
        Assert.DoesNotContain(late.Events, e => e.Name == "+master-foreign-data");
        Assert.True(late.Lineage.HasSeenMaster);
    }

    [Fact]
    public void Who_has_not_seen_a_master_before_it_was_emptied_does_not_believe_in_what_it_goes_on_from_after_another_restart()
    {
        World world = WithData();
        (FakeSentinel late, FakeNode master) = (world.Sentinels[2], world.Nodes[1]);
        late.CutOff(master.Address);
        master.Priority = 1;
        world.Run(seconds: 11);
        world.MasterNode.Kill();
        world.RunUntil(() => world.Sentinels.TrueForAll(s => s.View.Address == master.Address), "all switch");
        Assert.False(late.Lineage.HasSeenMaster);
        Pause(world, "new kernel");
        RestartEmpty(world, master, history: "y", keys: 3);
        late.Heal();
        world.RunUntil(() => Doubts() == 1, "the emptied master is held down");
        master.Kill();
        world.Run(seconds: 0.3);
        (master.History, master.FormerHistory, master.FormerHistoryEnd, master.HasLoadedNothing) = ("z", "y", 300, false);
        master.Restart();
        world.RunUntil(() => Doubts() == 2, "it is held down again");

        int Doubts() => late.Events.Count(e => e.Name == "+master-lost-data");
    }

    /// <summary>A replica's address of the first group, at which is now a node with nothing that follows another one: a dead one of the second group, whose address the first has used, too.</summary>
    private static FakeNode FollowerOfOneThatWasUsedByBoth(World world, out FakeNode followed)
    {
        FakeNode used = followed = world.Nodes[^1];
        Succeed(world, used, master: world.MasterNode.Address, history: "a");
        world.RunUntil(() => world.Sentinels.TrueForAll(s => s.View.Replicas.Any(replica => replica.Address == used.Address)), "both groups know it");
        used.Kill();
        Succeed(world, world.Nodes[1], master: used.Address, history: "z");
        return world.Nodes[1];
    }

    /// <summary>A replica's address of the first group, which a node of the second had for a while; now there is one with nothing.</summary>
    private static FakeNode EmptyMasterWhereBothGroupsHadOne(World world, FakeNode otherMaster)
    {
        FakeNode node = world.Nodes[1];
        Succeed(world, node, master: otherMaster.Address, history: "b");
        world.RunUntil(() => world.Sentinels.TrueForAll(s => s.Whole.Masters["other"].Replicas.Any(replica => replica.Address == node.Address)), "both groups know it");
        Succeed(world, node, master: null, history: "z");
        return node;
    }

    /// <summary>A group whose data are of history <c>a</c>, and known to be.</summary>
    private static World WithData(int quorum = 2, int replicas = 2)
    {
        World world = World.Settled(replicas: replicas, quorum: quorum, downAfterMs: 10_000);
        foreach (FakeNode node in world.Nodes)
            (node.History, node.Keys) = ("a", 10);
        world.Run(seconds: 21);
        return world;
    }

    /// <summary>A paused master that was emptied, one replica that has copied it, and one that has the data still, and less of its own stream.</summary>
    private static World EmptiedAndCopied(out FakeNode copy, out FakeNode whole)
    {
        World world = WithData();
        (copy, whole) = (world.Nodes[1], world.Nodes[2]);
        Pause(world, "new kernel");
        RestartEmpty(world, history: "y", keys: 3);
        world.RunUntil(() => world.Count("+master-lost-data") == 3, "the emptied master is held down");
        (copy.History, copy.Offset, whole.Offset) = ("y", 5000, 1000);
        world.Run(seconds: 2);
        return world;
    }

    /// <summary>A paused master that was emptied and came back as a replica of a dead one, with what was written since, and one that says it is a master and has the group's data.</summary>
    private static World EmptiedThatReturnsAsReplica(out FakeNode whole)
    {
        World world = EmptiedAndCopied(out FakeNode copy, out whole);
        FakeNode master = world.MasterNode;
        copy.Kill();
        whole.Kill();
        master.Kill();
        world.Run(seconds: 0.3);
        (whole.History, whole.FormerHistory, whole.FormerHistoryEnd) = ("b", "a", whole.Offset);
        whole.Restart();
        master.HasLoadedNothing = false;
        master.Restart(asReplicaOf: copy.Address);
        world.RunUntil(() => world.Sentinels.TrueForAll(s => !s.View.ReportsMaster && s.View.Replicas.Any(replica => replica.ReportsMaster)), "they say what they are");
        return world;
    }

    private static void Pause(World world, string? reason)
    {
        foreach (FakeSentinel sentinel in world.Sentinels)
            Assert.IsType<Answer.Ok>(sentinel.Ask(id => new PauseRequested(id, World.Master, reason)));
    }

    private static void RestartEmpty(World world, string history = "z", int keys = 0, bool loadedNothing = true) =>
        RestartEmpty(world, world.MasterNode, history, keys, loadedNothing);

    private static void RestartEmpty(World world, FakeNode master, string history = "z", int keys = 0, bool loadedNothing = true)
    {
        master.Kill();
        world.Run(seconds: 0.3);
        (master.History, master.FormerHistory, master.Keys, master.HasLoadedNothing) = (history, null, keys, loadedNothing);
        master.Restart();
    }

    /// <summary>Two groups, the data of the first of history <c>a</c>, those of the second of <c>b</c>.</summary>
    private static World TwoGroups(out FakeNode otherMaster)
    {
        World world = World.Settled();
        otherMaster = world.AddGroup("other", 7100);
        foreach (FakeNode node in world.Nodes)
            node.History = node.Address.Port < 7100 ? "a" : "b";
        world.Run(seconds: 21);
        return world;
    }

    /// <summary>Another process gets a node's address.</summary>
    private static void Succeed(World world, FakeNode node, Address? master, string history)
    {
        node.Kill();
        world.Run(seconds: 0.3);
        node.History = history;
        node.Restart(asReplicaOf: master);
    }
}
