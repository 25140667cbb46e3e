using Sentinel.Core.Tests.Cluster;

namespace Sentinel.Core.Tests;

/// <summary>A failover that an operator orders of a healthy master loses no write: the master takes part.</summary>
public class PlannedSwitchTests
{
    private static readonly FailoverOptions Coordinated = new() { Mode = FailoverMode.CoordinatedOnly };

    [Fact]
    public void A_healthy_master_hands_over_by_itself_and_nobody_else_is_told_to_be_the_master()
    {
        World world = World.Settled();
        Order(world, Coordinated);
        world.RunUntil(() => world.Count("+switch-master") == 3, "all switch");
        Assert.Equal(1, world.MasterNode.HandedOver);
        Assert.DoesNotContain(world.Nodes.SelectMany(node => node.Told), told => told.EndsWith("NO ONE", StringComparison.Ordinal));
        world.RunUntil(() => world.Count("+failover-end") == 1, "the end");
        Assert.Contains(world.MasterNode.Told, told => told == $"REPLICAOF {world.Sentinels[0].View.Address}");
        Assert.Equal(["CONFIG REWRITE"], world.Node(world.Sentinels[0].View.Address).Told);    // that it is the master after a restart, too
        Assert.Single(world.Nodes, node => node.Master is null);
        Assert.Equal(
            ["+try-failover", "+elected-leader", "+failover-state-select-slave", "+selected-slave", "+failover-state-send-slaveof-noone", "+failover-state-wait-promotion", "+promoted-slave", "+failover-state-reconf-slaves", "+switch-master", "+failover-end"],
            world.Sentinels[0].Events.Select(e => e.Name).Where(name => name is "+try-failover" or "+elected-leader" or "+selected-slave" or "+promoted-slave" or "+switch-master" or "+failover-end" || name.StartsWith("+failover-state", StringComparison.Ordinal)));
    }

    [Fact]
    public void Writes_wait_for_milliseconds()
    {
        World world = World.Settled(downAfterMs: 5000);
        Order(world, Coordinated);
        world.RunUntil(() => world.MasterNode.WritesHeldUntil > world.Now, "writes wait");
        TimeSpan took = world.RunUntil(() => world.Sentinels.TrueForAll(s => s.View.Address != world.MasterNode.Address), "all name the new master");
        Assert.True(took < TimeSpan.FromMilliseconds(20), $"{took}");
    }

    [Theory]
    [InlineData("ERR unknown command 'FAILOVER'")]
    [InlineData("NOPERM this user has no permissions to run the 'failover' command")]
    public void A_master_that_cannot_hand_over_is_told_to_hold_writes_back_until_the_replica_has_every_byte(string error)
    {
        World world = World.Settled(downAfterMs: 5000);
        Refuse(world, "FAILOVER", error);
        FakeNode first = world.Nodes[1], second = world.Nodes[2];
        (world.MasterNode.Offset, first.Offset, second.Offset) = (5000, 4000, 4000);
        Order(world, Coordinated);
        world.RunUntil(() => world.MasterNode.Holds > 0, "writes wait");
        world.Run(seconds: 1);
        Assert.All(world.Nodes, node => Assert.Empty(node.Told));
        Assert.True(world.MasterNode.Holds > 1);    // the lease is renewed
        (first.Offset, second.Offset) = (5000, 5000);
        world.RunUntil(() => world.Count("+switch-master") == 3, "all switch");
        Assert.Equal([true], world.Nodes.SelectMany(node => node.PromotedBeside));
        world.RunUntil(() => world.MasterNode is { Master: not null } former && former.WritesHeldUntil <= world.Now, "the former master is a replica, and refuses writes", atMostSeconds: 1);
    }

    [Fact]
    public void A_master_that_holds_writes_back_is_not_sent_a_hello_which_would_wait_too()
    {
        World world = World.Settled(sentinels: 1, quorum: 1, downAfterMs: 10_000);
        Refuse(world, "FAILOVER", "ERR unknown command 'FAILOVER'");
        (world.MasterNode.Offset, world.Nodes[1].Offset, world.Nodes[2].Offset) = (5000, 4000, 4000);
        Order(world, Coordinated);
        world.RunUntil(() => world.MasterNode.Holds > 0, "writes wait");
        int hellos = world.MasterNode.Hellos.Count;
        world.Run(seconds: 3);
        Assert.Equal(hellos, world.MasterNode.Hellos.Count);
        world.RunUntil(() => world.Count("-failover-abort-slave-timeout") == 1, "given up");
        world.RunUntil(() => world.MasterNode.Hellos.Count > hellos, "a hello", atMostSeconds: 0.1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void When_no_replica_gets_every_byte_writes_go_on_at_the_master_after_half_of_down_after(bool knowsFailover)
    {
        World world = World.Settled(replicas: 1, downAfterMs: 1000);
        if (!knowsFailover)
            Refuse(world, "FAILOVER", "ERR unknown command 'FAILOVER'");
        world.Nodes[1].Offset = 900;
        Order(world, Coordinated);
        world.RunUntil(() => world.MasterNode.WritesHeldUntil > world.Now, "writes wait");
        TimeSpan took = world.RunUntil(() => world.MasterNode.WritesHeldUntil <= world.Now, "writes go on");
        Assert.InRange(took, TimeSpan.FromMilliseconds(450), TimeSpan.FromMilliseconds(550));
        world.RunUntil(() => world.Count("-failover-abort-slave-timeout") == 1, "the end");
        world.Run(seconds: 30);
        Assert.Equal(0, world.Count("+switch-master") + world.Count("+sdown"));
        Assert.Contains(world.Sentinels[0].Events, e => e is { Name: "-failover-abort-slave-timeout", Reason: var reason } && reason!.Contains("did not get every byte", StringComparison.Ordinal));
    }

    [Fact]
    public void A_replica_that_is_made_the_master_by_others_before_it_has_every_byte_has_not_been_handed_the_role()
    {
        World world = World.Settled(replicas: 1, downAfterMs: 10_000);
        foreach (FakeNode node in world.Nodes)
            (node.History, node.Keys, node.BeginsHistories) = ("a", 10, true);
        world.Run(seconds: 11);
        FakeNode master = world.MasterNode, replica = world.Nodes[1];
        (master.Offset, replica.Offset) = (5000, 4000);
        Order(world, Coordinated);
        world.RunUntil(() => master.WritesHeldUntil > world.Now, "writes wait");
        replica.Promote();
        world.RunUntil(() => world.Count("-promotion-failed") == 1, "it is seen");
        Assert.Contains(world.Sentinels[0].Events, e => e is { Name: "-promotion-failed", Reason: var reason } && reason!.Contains("lacks 1000 bytes of the master", StringComparison.Ordinal));
        world.Run(seconds: 5);
        Assert.Equal(0, world.Count("+switch-master"));
        Assert.True(master.WritesHeldUntil <= world.Now);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_replica_that_is_started_anew_as_a_master_in_the_middle_has_not_been_handed_the_role(bool handsOver)
    {
        World world = World.Settled(replicas: 2, downAfterMs: 10_000);
        FakeNode chosen = world.Nodes[1];
        chosen.Priority = 1;
        if (handsOver)
            chosen.Offset = 900;
        else
            Refuse(world, "FAILOVER", "ERR unknown command 'FAILOVER'");
        chosen.IgnoresOrders = true;
        world.Run(seconds: 11);
        Order(world, Coordinated);
        world.RunUntil(() => world.Sentinels[0].Events.Exists(e => e.Name == "+failover-state-wait-promotion"), "it is about to be the master");
        chosen.Kill();
        chosen.Restart();
        world.RunUntil(() => world.Count("-promotion-failed") == 1, "it is seen");
        Assert.Contains(world.Sentinels[0].Events, e => e is { Name: "-promotion-failed", Reason: var reason } && reason!.Contains("was started anew", StringComparison.Ordinal));
        world.RunUntil(() => world.Count("+switch-master") == 3, "the other one is promoted");
        Assert.Equal(world.Nodes[2].Address, world.Sentinels[0].View.Address);
    }

    [Fact]
    public void The_next_replica_is_tried_when_the_best_one_does_not_get_every_byte()
    {
        World world = World.Settled(replicas: 2);
        (world.Nodes[1].Priority, world.Nodes[1].Offset) = (10, 900);
        world.Run(seconds: 11);
        Order(world, Coordinated);
        world.RunUntil(() => world.Count("+switch-master") == 3, "all switch");
        Assert.Equal(world.Nodes[2].Address, world.Sentinels[0].View.Address);
        Assert.Equal(1, world.Count("-promotion-failed"));
    }

    [Fact]
    public void Without_the_option_a_failover_goes_on_as_a_forced_one_when_the_master_could_not_hand_over()
    {
        World world = World.Settled(replicas: 1);
        world.Nodes[1].Offset = 900;
        Order(world, new FailoverOptions());
        world.RunUntil(() => world.Count("+switch-master") == 3, "all switch");
        Assert.Equal(0, world.MasterNode.HandedOver);
        Assert.Contains(world.Transcript, line => line.Contains("goes on as a forced one", StringComparison.Ordinal));
    }

    [Fact]
    public void A_replica_that_is_started_anew_while_the_master_does_not_answer_is_not_forced_into_its_place()
    {
        World world = World.Settled(replicas: 2, downAfterMs: 10_000);
        FakeNode chosen = world.Nodes[1];
        chosen.Priority = 1;
        world.Run(seconds: 11);
        world.MasterNode.Freeze();
        Order(world, new FailoverOptions());
        world.RunUntil(() => world.Sentinels[0].Events.Exists(e => e.Name == "+selected-slave"), "it is chosen");
        chosen.Kill();
        chosen.Restart(asReplicaOf: world.MasterNode.Address);
        world.RunUntil(() => world.Count("+switch-master") == 3, "the other one is promoted");
        Assert.Equal(world.Nodes[2].Address, world.Sentinels[0].View.Address);
        Assert.DoesNotContain("REPLICAOF NO ONE", chosen.Told);
    }

    [Fact]
    public void A_master_that_takes_no_part_at_all_is_replaced_as_ever_unless_it_has_to_take_part()
    {
        World world = World.Settled();
        Refuse(world, "FAILOVER", "NOPERM no failover");
        Refuse(world, "CLIENT PAUSE", "NOPERM no pause");
        Order(world, Coordinated);
        world.RunUntil(() => world.Count("-failover-abort-slave-timeout") == 1, "given up");
        Assert.Contains(world.Sentinels[0].Events, e => e is { Name: "-failover-abort-slave-timeout", Reason: var reason } && reason!.Contains("NOPERM no pause", StringComparison.Ordinal));
        world.Run(seconds: 1);
        Assert.Equal(0, world.Count("+switch-master"));
        Order(world, new FailoverOptions());
        world.RunUntil(() => world.Count("+switch-master") == 3, "all switch", atMostSeconds: 1);
    }

    [Fact]
    public void With_force_the_master_is_not_asked()
    {
        World world = World.Settled();
        Order(world, new FailoverOptions { Mode = FailoverMode.Forced });
        world.RunUntil(() => world.Count("+switch-master") == 3, "all switch");
        Assert.Equal(0, world.MasterNode.HandedOver + world.MasterNode.Holds);
    }

    [Fact]
    public void The_named_replica_becomes_the_master_and_one_that_is_not_fit_is_refused_with_the_reason()
    {
        World world = World.Settled();
        (world.Nodes[1].Priority, world.Nodes[2].Priority) = (10, 100);
        world.Run(seconds: 11);
        Order(world, Coordinated with { Target = world.Nodes[2].Address });
        world.RunUntil(() => world.Count("+switch-master") == 3, "all switch");
        Assert.Equal(world.Nodes[2].Address, world.Sentinels[0].View.Address);
        world.RunUntil(() => world.Count("+failover-end") == 1, "the end");
        world.Nodes[1].Priority = 0;
        world.Run(seconds: 11);
        Assert.Equal(
            new Answer.Refused("NOGOODSLAVE 10.0.0.1:7001 cannot be promoted: its priority is 0"),
            world.Sentinels[0].Ask(id => new FailoverRequested(id, World.Master) { Options = Coordinated with { Target = world.Nodes[1].Address } }));
        Assert.Equal(
            new Answer.Refused("NOGOODSLAVE 10.0.0.9:1 is not a replica of 'mymaster': SENTINEL REPLICAS mymaster lists them"),
            world.Sentinels[0].Ask(id => new FailoverRequested(id, World.Master) { Options = new FailoverOptions { Target = new Address("10.0.0.9", 1) } }));
    }

    [Fact]
    public void A_coordinated_failover_of_a_master_that_is_down_is_refused_and_says_why()
    {
        World world = World.Settled(sentinels: 3, quorum: 3);
        world.Sentinels[1].Kill();
        world.MasterNode.Kill();
        world.Run(seconds: 3);
        Assert.Equal(
            new Answer.Refused("ERR A coordinated failover is not possible: the master is down"),
            world.Sentinels[0].Ask(id => new FailoverRequested(id, World.Master) { Options = Coordinated }));
        Order(world, new FailoverOptions());
        world.RunUntil(() => world.Count("+switch-master") == 2, "the others switch", atMostSeconds: 5);
    }

    [Fact]
    public void A_master_that_dies_while_it_holds_writes_back_is_replaced()
    {
        World world = World.Settled();
        Refuse(world, "FAILOVER", "ERR unknown command 'FAILOVER'");
        foreach (FakeNode replica in world.Nodes.Skip(1))
            replica.Offset = 900;
        Order(world, Coordinated);
        world.RunUntil(() => world.MasterNode.Holds > 0, "writes wait");
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("+switch-master") == 3, "all switch");
    }

    [Fact]
    public void An_order_that_may_be_on_its_way_still_is_taken_back_before_the_master_takes_writes_again()
    {
        World world = World.Settled(downAfterMs: 10_000);
        Refuse(world, "FAILOVER", "ERR unknown command 'FAILOVER'");
        FakeSentinel leader = world.Sentinels[0];
        Order(world, Coordinated);
        world.RunUntil(() => leader.Events.Exists(e => e.Name == "+failover-state-wait-promotion"), "the replica is told");
        foreach (FakeNode node in world.Nodes)
            leader.CutOff(node.Address);
        world.RunUntil(() => leader.Events.Exists(e => e.Name == "-promotion-failed"), "taken back");
        Assert.True(world.MasterNode.WritesHeldUntil > world.Now);
    }

    [Fact]
    public void A_leader_that_dies_in_the_middle_leaves_writes_to_the_master_or_to_its_successor()
    {
        World world = World.Settled();
        Refuse(world, "FAILOVER", "ERR unknown command 'FAILOVER'");
        foreach (FakeNode replica in world.Nodes.Skip(1))
            replica.Offset = 900;
        Order(world, Coordinated);
        world.RunUntil(() => world.MasterNode.Holds > 0, "writes wait");
        world.Sentinels[0].Kill();
        TimeSpan took = world.RunUntil(() => world.MasterNode.WritesHeldUntil <= world.Now, "writes go on");
        Assert.True(took <= TimeSpan.FromSeconds(1), $"{took}");
        world.Run(seconds: 30);
        Assert.Equal(0, world.Count("+switch-master"));
    }

    [Fact]
    public void A_dry_run_says_what_would_happen_and_changes_nothing()
    {
        World world = World.Settled(downAfterMs: 5000);
        world.Nodes[2].Priority = 0;
        world.Run(seconds: 11);
        int events = world.Sentinels[0].Events.Count;
        Answer? answer = world.Sentinels[0].Ask(id => new FailoverRequested(id, World.Master) { Options = new FailoverOptions { IsDryRun = true } });
        Assert.Equal(
            """
            master mymaster 10.0.0.1:7000: healthy
            replica 10.0.0.1:7001: would be promoted (priority 100, offset 1000)
            replica 10.0.0.1:7002: cannot be promoted: its priority is 0
            the failover would be coordinated: writes wait until 10.0.0.1:7001 has every byte, 2500 ms at most; then it is the master
            if that comes to nothing in 5000 ms: the failover goes on as a forced one
            """,
            string.Join('\n', Assert.IsType<Answer.Words>(answer).Items));
        world.Run(seconds: 1);
        Assert.Equal(events, world.Sentinels[0].Events.Count);
        world.Nodes[1].Priority = 0;
        world.Run(seconds: 11);
        answer = world.Sentinels[0].Ask(id => new FailoverRequested(id, World.Master) { Options = new FailoverOptions { IsDryRun = true } });
        Assert.Equal("the order would be refused: NOGOODSLAVE No suitable replica to promote", Assert.IsType<Answer.Words>(answer).Items[^1]);
    }

    [Fact]
    public void The_bound_of_an_order_ends_the_coordinated_part()
    {
        World world = World.Settled(replicas: 1, downAfterMs: 30_000);
        world.Nodes[1].Offset = 900;
        Order(world, Coordinated with { Timeout = TimeSpan.FromMilliseconds(300) });
        TimeSpan took = world.RunUntil(() => world.Count("-failover-abort-slave-timeout") == 1, "given up");
        Assert.InRange(took, TimeSpan.FromMilliseconds(290), TimeSpan.FromMilliseconds(500));
    }

    private static void Order(World world, FailoverOptions order) =>
        Assert.IsType<Answer.Ok>(world.Sentinels[0].Ask(id => new FailoverRequested(id, World.Master) { Options = order }));

    private static void Refuse(World world, string command, string error)
    {
        foreach (FakeNode node in world.Nodes)
            node.Refused[command] = error;
    }
}
