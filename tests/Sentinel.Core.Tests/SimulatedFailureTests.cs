using Sentinel.Core.Tests.Cluster;

namespace Sentinel.Core.Tests;

/// <summary>SENTINEL SIMULATE-FAILURE: a leader that dies at the worst moment, and what becomes of its failover.</summary>
public class SimulatedFailureTests
{
    [Theory]
    [InlineData(SimulatedFailures.CrashAfterElection, "+elected-leader")]
    [InlineData(SimulatedFailures.CrashAfterPromotion, "+promoted-slave")]
    public void The_leader_dies_right_after_the_event_and_the_others_bring_the_failover_to_its_end(SimulatedFailures failures, string lastWords)
    {
        World world = World.Settled(sentinels: 5, quorum: 2);
        foreach (FakeSentinel sentinel in world.Sentinels)
            Simulate(sentinel, failures);
        world.MasterNode.Kill();
        world.RunUntil(() => world.Sentinels.Exists(s => !s.IsRunning), "one dies");
        FakeSentinel leader = world.Sentinels.Single(s => !s.IsRunning);
        Assert.Equal(lastWords, leader.Events[^1].Name);
        foreach (FakeSentinel sentinel in world.Sentinels.Where(s => s.IsRunning))
            Simulate(sentinel, SimulatedFailures.None);
        world.RunUntil(() => world.Sentinels.TrueForAll(s => s == leader || s.View.Address != world.MasterNode.Address), "the others have a master", atMostSeconds: 60);
        world.Run(seconds: 20);
        Assert.Single(world.Nodes, node => node.IsAlive && node.Master is null);
        Assert.Equal(4, world.Sentinels.Count(s => s.IsRunning));
    }

    [Fact]
    public void A_simulation_that_was_taken_back_lets_the_leader_live()
    {
        World world = World.Settled();
        foreach (FakeSentinel sentinel in world.Sentinels)
        {
            Simulate(sentinel, SimulatedFailures.CrashAfterElection | SimulatedFailures.CrashAfterPromotion);
            Simulate(sentinel, SimulatedFailures.None);
        }
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("+switch-master") == 3, "+switch-master");
        Assert.All(world.Sentinels, sentinel => Assert.True(sentinel.IsRunning));
    }

    private static void Simulate(FakeSentinel sentinel, SimulatedFailures failures)
    {
        Assert.IsType<Answer.Ok>(sentinel.Ask(id => new FailureSimulationRequested(id, failures)));
        Assert.Equal(failures, sentinel.Whole.SimulatedFailures);
    }
}
