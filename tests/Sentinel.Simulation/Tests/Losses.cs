using Sentinel.Simulation.Clients;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Nodes;

namespace Sentinel.Simulation.Tests;

/// <summary>Writes by hand, and what became of them.</summary>
internal static class Losses
{
    /// <summary>Writes to a node, which acknowledges it.</summary>
    public static WriteAccepted Write(World world, RedisNode node)
    {
        var caller = new NodeCaller(world, node);
        var write = (WriteAccepted)caller.Ask(new WriteOrder(world.Writes.NextValue()));
        world.Writes.Acknowledged(node.Group, write);
        caller.Kill();
        return write;
    }

    public static void AssertAllBy(LossCause cause, World world)
    {
        Assert.Empty(world.Violations);
        LossReport report = world.Writes.Report(world);
        Assert.True(report.Lost > 0 && report.LostBy(cause) == report.Lost, report.ToString());
    }
}
