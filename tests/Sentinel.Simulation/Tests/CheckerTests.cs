using Sentinel.Core;
using Sentinel.Simulation.Checkers;
using Sentinel.Simulation.Faults;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Nodes;
using Sentinel.Simulation.Sentinels;

namespace Sentinel.Simulation.Tests;

/// <summary>What is guarded, and what is told of it.</summary>
public class CheckerTests
{
    [Fact]
    public void Every_checker_is_in_the_README_with_its_rule()
    {
        using var reader = new StreamReader(typeof(CheckerTests).Assembly.GetManifestResourceStream("README.md")!);
        string[] rules = [.. reader.ReadToEnd().Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Split('|')[1])];
        string[] names = [.. Enum.GetValues<Profile>().SelectMany(AllCheckers.NamesFor).Distinct()];
        Assert.Equal([], names.Where(name => !rules.Any(rule => rule.Contains($"`{name}`", StringComparison.Ordinal))));
    }

    [Fact]
    public void A_fault_is_told_with_its_chances_and_its_times_in_seconds()
    {
        var fault = new Flap(TimeSpan.FromSeconds(61.25), Node: null, new SentinelTarget(2), TimeSpan.FromSeconds(2.5), TimeSpan.FromSeconds(1), Times: 3);
        Assert.Equal("61.25 s  Flap of a Sentinel: Node = , Sentinel = Sentinel 2, Down = 2.5 s, Up = 1.0 s, Times = 3", fault.ToString());
    }

    [Theory]
    [InlineData("is dead")]
    [InlineData("is stopped")]
    [InlineData("cannot be reached")]
    public void A_master_that_nobody_hears_is_noticed_in_time(string what)
    {
        World world = Settled();
        RedisNode master = world.Groups[0].Nodes[0];
        Fail(world, master, what);
        world.Run(TimeSpan.FromSeconds(60));
        Assert.Empty(world.Violations);
        Assert.All(world.Sentinels, sentinel => Assert.NotEqual(master.Address, sentinel.MasterOf("mymaster")));
    }

    [Fact]
    public void Who_does_not_hold_down_what_it_has_not_heard_for_down_after_breaks_a_rule()
    {
        World world = Settled();
        var sentinel = (SentinelProcess)world.Sentinels[0];
        // To the judge it watches a master that nobody hears.
        world.Believes(sentinel, "mymaster", new Address("10.1.0.99", 6379), Epoch.Zero);
        world.Run(TimeSpan.FromSeconds(60));
        Assert.Equal("dead-masters-are-noticed", Assert.Single(world.Violations).Checker);
    }

    private static World Settled()
    {
        var world = new World(seed: 1, new Topology());
        Assert.True(world.RunUntil(() => Simulator.IsSettled(world), TimeSpan.FromSeconds(60)));
        return world;
    }

    private static void Fail(World world, RedisNode node, string what)
    {
        if (what == "is dead")
            node.Kill();
        else if (what == "is stopped")
            node.Freeze();
        foreach (SimSentinel sentinel in world.Sentinels.Where(_ => what == "cannot be reached"))
            world.Network.Block(sentinel.Machine, node.Machine);
    }
}
