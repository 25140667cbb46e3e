using Sentinel.Core.Tests.Cluster;

namespace Sentinel.Core.Tests;

/// <summary>A master that an operator has paused is watched, and failed over by order alone.</summary>
public class PauseTests
{
    [Fact]
    public void A_master_that_is_paused_everywhere_is_found_down_and_left_where_it_is_until_it_is_resumed()
    {
        World world = World.Settled();
        Tell(world.Sentinels, "new kernel");
        world.MasterNode.Kill();
        world.Run(seconds: 60);
        Assert.Equal(3, world.Count("+odown"));
        Assert.Equal(0, world.Count("+try-failover"));
        Assert.All(world.Sentinels, sentinel => Assert.Single(
            sentinel.Log, line => line == "No failover of mymaster is tried: an operator has paused it on this Sentinel (new kernel); 'SENTINEL RESUME mymaster' ends that"));
        Tell(world.Sentinels, reason: null);
        world.RunUntil(() => world.Count("+switch-master") == 3, "+switch-master", atMostSeconds: 1);
    }

    [Fact]
    public void Who_has_paused_it_votes_for_those_who_have_not()
    {
        World world = World.Settled();
        Tell(world.Sentinels.Take(2), "");
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("+switch-master") == 3, "+switch-master", atMostSeconds: 3);
        Assert.Equal(1, world.Sentinels[2].Events.Count(e => e.Name == "+elected-leader"));
    }

    [Fact]
    public void It_is_shown_and_told_with_its_reason()
    {
        World world = World.Settled(sentinels: 1, quorum: 1);
        FakeSentinel sentinel = world.Sentinels[0];
        Tell(world.Sentinels, "new kernel");
        Assert.True(sentinel.View.Flags.HasFlag(InstanceFlags.Paused));
        Assert.Equal("master mymaster 10.0.0.1 7000 #new kernel", sentinel.Events.Single(e => e.Name == "+pause").Payload);
        Tell(world.Sentinels, "new kernel");
        Tell(world.Sentinels, "new disks");
        Assert.Equal(2, world.Count("+pause"));
        Tell(world.Sentinels, reason: null);
        Tell(world.Sentinels, reason: null);
        Assert.False(sentinel.View.Flags.HasFlag(InstanceFlags.Paused));
        Assert.Equal("master mymaster 10.0.0.1 7000 #new disks", sentinel.Events.Single(e => e.Name == "-pause").Payload);
        Assert.IsType<Answer.Refused>(sentinel.Ask(id => new PauseRequested(id, "nosuch", "")));
    }

    [Fact]
    public void It_holds_after_a_restart()
    {
        World world = World.Settled(sentinels: 1, quorum: 1);
        Tell(world.Sentinels, "new kernel");
        world.Sentinels[0].Kill();
        world.Sentinels[0].Restart();
        Assert.Equal("new kernel", world.Sentinels[0].View.Options.PauseReason);
        world.MasterNode.Kill();
        world.Run(seconds: 20);
        Assert.Equal(0, world.Count("+try-failover"));
    }

    [Fact]
    public void It_is_not_answered_before_it_is_on_disk()
    {
        World world = World.Settled(sentinels: 1, quorum: 1);
        world.Sentinels[0].DiskError = "No space left on device";
        Assert.IsType<Answer.Refused>(world.Sentinels[0].Ask(id => new PauseRequested(id, World.Master, "")));
    }

    [Fact]
    public void An_ordered_failover_is_done()
    {
        World world = World.Settled();
        Tell(world.Sentinels, "");
        Assert.IsType<Answer.Ok>(world.Sentinels[0].Ask(id => new FailoverRequested(id, World.Master)));
        world.RunUntil(() => world.Count("+switch-master") == 3, "+switch-master", atMostSeconds: 1);
        Assert.True(world.Sentinels[0].View.Flags.HasFlag(InstanceFlags.Paused));
    }

    [Fact]
    public void A_candidate_that_is_paused_gives_way()
    {
        World world = World.Settled(sentinels: 3, quorum: 2);
        world.MasterNode.Kill();
        world.RunUntil(() => world.Sentinels.Exists(sentinel => sentinel.View.Failover is FailoverStep.WaitStart), "a candidate");
        foreach (FakeSentinel sentinel in world.Sentinels)
            sentinel.AskThen(id => new PauseRequested(id, World.Master, ""), _ => { });
        world.Run(seconds: 20);
        Assert.Equal(0, world.Count("+switch-master"));
        Assert.Contains(world.Sentinels, sentinel => sentinel.Events.Exists(e => e is { Name: "-failover-abort-not-elected", Reason: "an operator has paused the master" }));
    }

    private static void Tell(IEnumerable<FakeSentinel> sentinels, string? reason)
    {
        foreach (FakeSentinel sentinel in sentinels)
            Assert.IsType<Answer.Ok>(sentinel.Ask(id => new PauseRequested(id, World.Master, reason)));
    }
}
