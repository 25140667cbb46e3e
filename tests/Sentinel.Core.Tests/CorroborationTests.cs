using Sentinel.Core.Tests.Cluster;

namespace Sentinel.Core.Tests;

/// <summary>A silent master that a replica hears is left in its place: <c>corroborate</c>.</summary>
public class CorroborationTests
{
    [Fact]
    public void A_master_that_only_the_Sentinels_have_lost_stays_and_each_says_once_why()
    {
        World world = Settled();
        CutOff(world);
        world.Run(seconds: 120);
        Assert.Equal(3, world.Count("+odown"));
        Assert.Equal(0, world.Count("+try-failover"));
        Assert.All(world.Sentinels, sentinel => Assert.Equal(
            ["No failover of mymaster is tried: the master is silent, but its replica 10.0.0.1:7001 hears it"], sentinel.Log.Where(line => line.StartsWith("No failover", StringComparison.Ordinal))));
    }

    [Fact]
    public void When_it_dies_behind_the_partition_it_is_replaced_once()
    {
        World world = Settled();
        CutOff(world);
        world.Run(seconds: 30);
        world.MasterNode.Kill();
        TimeSpan took = world.RunUntil(() => world.Count("+switch-master") == 3, "+switch-master");
        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(1.2));    // replicas are asked each second
        Assert.InRange(world.Count("+try-failover"), 1, 2);
    }

    [Fact]
    public void A_master_that_hangs_is_replaced_when_no_replica_can_have_heard_it_any_more()
    {
        World world = Settled();
        world.MasterNode.Freeze();
        TimeSpan took = world.RunUntil(() => world.Count("+switch-master") == 3, "+switch-master");
        Assert.InRange(took, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(12));
    }

    [Fact]
    public void Where_it_is_not_wanted_nobody_asks()
    {
        World world = World.Settled();
        CutOff(world);
        world.RunUntil(() => world.Count("+switch-master") == 3, "+switch-master", atMostSeconds: 2);
    }

    [Fact]
    public void A_master_that_was_killed_is_replaced_as_soon_as_the_replicas_have_said_that_they_lost_it()
    {
        World world = Settled();
        world.MasterNode.Kill();
        TimeSpan took = world.RunUntil(() => world.Count("+switch-master") == 3, "+switch-master");
        Assert.InRange(took, TimeSpan.FromSeconds(0.8), TimeSpan.FromSeconds(1.1));
    }

    [Fact]
    public void Replicas_that_cannot_be_reached_hold_nothing_back()
    {
        World world = Settled(replicas: 1);
        world.Nodes[1].Priority = 0;
        var third = new FakeNode(world, new Address("10.0.0.1", 7002), world.MasterNode.Address);
        world.Nodes.Add(third);
        world.Run(seconds: 12);
        CutOff(world);
        foreach (FakeSentinel sentinel in world.Sentinels)
            sentinel.CutOff(world.Nodes[1].Address);
        third.Refused["INFO"] = "NOPERM this user has no permissions to run the 'info' command";
        world.RunUntil(() => world.Count("+try-failover") > 0, "+try-failover", atMostSeconds: 4);
    }

    [Fact]
    public void A_master_that_answers_with_errors_has_spoken_for_itself()
    {
        World world = Settled();
        world.MasterNode.Refused["PING"] = "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk";
        TimeSpan took = world.RunUntil(() => world.Count("+switch-master") == 3, "+switch-master");
        Assert.True(took < TimeSpan.FromSeconds(2), $"{took}");
    }

    [Fact]
    public void An_ordered_failover_asks_nobody()
    {
        World world = Settled();
        CutOff(world);
        world.Run(seconds: 5);
        Assert.IsType<Answer.Ok>(world.Sentinels[0].Ask(id => new FailoverRequested(id, World.Master)));
        world.RunUntil(() => world.Count("+switch-master") == 3, "+switch-master", atMostSeconds: 2);
    }

    [Fact]
    public void A_crashed_master_is_not_asked_after()
    {
        World world = Settled();
        Set(world, options => options with { CrashDownAfter = TimeSpan.FromMilliseconds(100) });
        world.MasterNode.Kill();
        TimeSpan took = world.RunUntil(() => world.Count("+switch-master") == 3, "+switch-master");
        Assert.True(took < TimeSpan.FromMilliseconds(250), $"{took}");
    }

    private static World Settled(int replicas = 2)
    {
        World world = World.Settled(replicas: replicas);
        Set(world, options => options with { Corroborate = true });
        return world;
    }

    private static void CutOff(World world)
    {
        foreach (FakeSentinel sentinel in world.Sentinels)
            sentinel.CutOff(world.MasterNode.Address);
    }

    private static void Set(World world, Func<MasterOptions, MasterOptions> change)
    {
        foreach (FakeSentinel sentinel in world.Sentinels)
            Assert.IsType<Answer.Ok>(sentinel.Ask(id => new SetRequested(id, World.Master, [new MasterChange("corroborate", "yes", change)])));
    }
}
