using Sentinel.Core.Tests.Cluster;

namespace Sentinel.Core.Tests;

/// <summary>A master and a replica that have changed parts while nobody tells of it are believed soon, and not before.</summary>
public class ChangedPartsTests
{
    private const string Reason = "it has changed parts with a replica";

    [Fact]
    public void When_the_leader_of_a_planned_switch_dies_after_the_master_handed_over_the_others_tell_clients_within_four_seconds()
    {
        World world = World.Settled();
        FakeNode successor = HandOverAndKillTheLeader(world);
        TimeSpan took = world.RunUntil(() => world.Sentinels.Skip(1).All(s => s.View.Address == successor.Address), "the others switch");
        Assert.InRange(took, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4));
        world.Run(seconds: 20);
        Assert.Equal(2, world.Count("+switch-master"));
        Assert.DoesNotContain(world.Sentinels.SelectMany(s => s.Events), e => e is { Name: "-sdown", Kind: InstanceKind.Master });
        Assert.Contains(world.Sentinels[1].Log, line => line == $"master mymaster 10.0.0.1 7000 follows {successor.Address}, which says that it is a master, and nobody tells of a switch: it is held down, so that the group agrees on that");
    }

    [Fact]
    public void An_operator_who_makes_them_change_parts_is_believed_when_both_have_said_so_for_two_seconds()
    {
        World world = World.Settled();
        ChangeParts(world);
        world.RunUntil(() => world.Sentinels.TrueForAll(s => !s.View.ReportsMaster && s.View.Replicas.Any(replica => replica.ReportsMaster)), "all see it");
        TimeSpan took = world.RunUntil(() => world.Sentinels.TrueForAll(s => s.View.Address == world.Nodes[1].Address), "all believe it");
        Assert.InRange(took, TimeSpan.FromSeconds(1.5), TimeSpan.FromSeconds(3));
        Assert.Null(world.Nodes[1].Master);
        world.RunUntil(() => world.Nodes[2].Master == world.Nodes[1].Address, "the other replica follows");
    }

    [Fact]
    public void Who_takes_the_change_back_in_time_is_not_held_down()
    {
        World world = World.Settled();
        ChangeParts(world);
        world.RunUntil(() => world.Sentinels.Exists(s => !s.View.ReportsMaster), "it is seen");
        world.Run(seconds: 1);
        Tell(world, world.Nodes[1], world.MasterNode.Address);
        Tell(world, world.MasterNode, null);
        world.Run(seconds: 30);
        Assert.Equal(0, world.Count("+sdown") + world.Count("+switch-master"));
    }

    [Fact]
    public void While_the_leader_is_at_work_nobody_acts_in_its_place()
    {
        World world = World.Settled(downAfterMs: 10_000);
        Order(world);
        world.RunUntil(() => world.MasterNode.HandedOver == 1, "handed over");
        FakeNode successor = world.Nodes.Single(node => node.Master is null);
        world.Sentinels[0].CutOff(successor.Address);
        world.Run(seconds: 4);
        Assert.NotEqual(FailoverStep.None, world.Sentinels[0].View.Failover);
        Assert.DoesNotContain(world.Sentinels.SelectMany(s => s.Events), e => e.Reason == Reason);
        world.RunUntil(() => world.Sentinels.Skip(1).All(s => s.View.Address == successor.Address), "the others switch");
    }

    [Fact]
    public void What_they_said_while_the_leader_was_at_work_does_not_count_when_the_master_is_not_heard_any_more()
    {
        World world = World.Settled(downAfterMs: 10_000);
        Order(world);
        world.RunUntil(() => world.MasterNode.HandedOver == 1, "handed over");
        world.Sentinels[0].CutOff(world.Nodes.Single(node => node.Master is null).Address);
        world.Run(seconds: 4);
        world.MasterNode.Kill();
        world.Run(seconds: 1.5);
        world.Sentinels[0].Kill();
        world.Run(seconds: 7);
        Assert.DoesNotContain(world.Sentinels.SelectMany(s => s.Events), e => e.Reason == Reason);
    }

    [Fact]
    public void A_master_whose_link_to_its_successor_is_down_waits_as_in_Redis()
    {
        World world = World.Settled();
        ChangeParts(world);
        world.MasterNode.NeverSynchronised = true;
        AssertWaitsAsInRedis(world);
    }

    [Fact]
    public void A_master_that_follows_one_that_says_that_it_is_a_replica_waits_as_in_Redis()
    {
        World world = World.Settled();
        Tell(world, world.MasterNode, world.Nodes[1].Address);
        AssertWaitsAsInRedis(world);
    }

    [Fact]
    public void A_master_that_follows_one_that_was_started_anew_as_a_master_waits_as_in_Redis()
    {
        World world = World.Settled();
        Tell(world, world.MasterNode, world.Nodes[1].Address);
        world.Nodes[1].Kill();
        world.Nodes[1].Restart();
        AssertWaitsAsInRedis(world);
    }

    [Fact]
    public void A_master_that_handed_over_to_one_that_is_gone_is_the_master_again_before_a_stray_with_less_takes_its_place()
    {
        World world = World.Settled();
        FakeNode stray = world.Nodes[1], gone = world.Nodes[2];
        foreach (FakeNode node in world.Nodes)
            node.Keys = 10;
        world.Run(seconds: 15);
        gone.Kill();
        Tell(world, world.MasterNode, gone.Address);
        stray.Kill();
        stray.Restart();
        world.RunUntil(() => world.MasterNode.Master is null, "it is the master again", atMostSeconds: 60);
        world.RunUntil(() => stray.Master == world.MasterNode.Address, "the stray follows");
        Assert.Equal(0, world.Count("+switch-master"));
    }

    [Fact]
    public void Who_cannot_reach_the_one_to_whom_the_master_handed_over_leaves_the_choice_to_those_who_can()
    {
        World world = World.Settled(failoverTimeoutMs: 60_000);
        FakeNode stray = world.Nodes[1], successor = world.Nodes[2];
        foreach (FakeSentinel sentinel in world.Sentinels)
            sentinel.CutOff(successor.Address);
        Tell(world, successor, null);
        Tell(world, world.MasterNode, successor.Address);
        stray.Kill();
        stray.Restart();
        world.Run(seconds: 40);
        Assert.Equal(0, world.Count("+promoted-slave"));
        foreach (FakeSentinel sentinel in world.Sentinels)
            sentinel.Heal();
        world.RunUntil(() => world.Sentinels.TrueForAll(s => s.View.Address == successor.Address), "all believe it");
    }

    private static void AssertWaitsAsInRedis(World world)
    {
        world.RunUntil(() => world.Sentinels.TrueForAll(s => !s.View.ReportsMaster), "it is seen");
        TimeSpan took = world.RunUntil(() => world.Count("+sdown") > 0, "it is held down");
        Assert.InRange(took, TimeSpan.FromSeconds(11), TimeSpan.FromSeconds(21.1));
        Assert.DoesNotContain(world.Sentinels.SelectMany(s => s.Events), e => e.Reason == Reason);
    }

    private static FakeNode HandOverAndKillTheLeader(World world)
    {
        Order(world);
        world.RunUntil(() => world.MasterNode.HandedOver == 1, "handed over");
        world.Sentinels[0].Kill();
        return world.Nodes.Single(node => node.Master is null);
    }

    private static void Order(World world) =>
        Assert.IsType<Answer.Ok>(world.Sentinels[0].Ask(id => new FailoverRequested(id, World.Master) { Options = new FailoverOptions { Mode = FailoverMode.CoordinatedOnly } }));

    private static void ChangeParts(World world)
    {
        Tell(world, world.Nodes[1], null);
        Tell(world, world.MasterNode, world.Nodes[1].Address);
    }

    private static void Tell(World world, FakeNode node, Address? master) => node.Serve(new Request.Reconfigure("REPLICAOF", master), world.Sentinels[0]);
}
