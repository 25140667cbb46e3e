using Sentinel.Core;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Nodes;
using Sentinel.Simulation.Sentinels;

namespace Sentinel.Simulation.Faults;

/// <summary>An operator orders a failover.</summary>
internal sealed record OrderFailover(TimeSpan At, SentinelTarget Target, int Group) : Fault(At)
{
    public override bool Strike(World world)
    {
        SimSentinel sentinel = Target.Find(world);
        if (!sentinel.IsRunning)
            return false;
        string name = world.Groups[Group].Name;
        world.Note(sentinel.Name, $"is ordered to fail over {name}");
        sentinel.Order(id => new FailoverRequested(id, name));
        return true;
    }
}

/// <summary>An operator lets a Sentinel forget what it found out.</summary>
internal sealed record OrderReset(TimeSpan At, SentinelTarget Target, int Group) : Fault(At)
{
    public override bool Strike(World world)
    {
        SimSentinel sentinel = Target.Find(world);
        if (!sentinel.IsRunning)
            return false;
        string name = world.Groups[Group].Name;
        world.Note(sentinel.Name, $"is ordered to reset {name}");
        sentinel.Order(id => new ResetRequested(id, [name]));
        return true;
    }
}

/// <summary>An operator takes a master off a Sentinel, and some time later puts it on again where the others have it then.</summary>
internal sealed record OrderRemoveAndMonitor(TimeSpan At, SentinelTarget Target, int Group, TimeSpan For) : Fault(At)
{
    public override bool Strike(World world)
    {
        SimSentinel sentinel = Target.Find(world);
        Group group = world.Groups[Group];
        if (!sentinel.IsRunning || sentinel.MasterOf(group.Name) is null)
            return false;
        world.Note(sentinel.Name, $"is ordered to remove {group.Name} for {For.TotalSeconds:F1} s");
        sentinel.Order(id => new RemoveRequested(id, group.Name));
        Later(world, For, () => MonitorAgain(world, sentinel, group));
        world.WhenHealed(() => MonitorAgain(world, sentinel, group));
        return true;
    }

    private static void MonitorAgain(World world, SimSentinel sentinel, Group group)
    {
        if (sentinel.MasterOf(group.Name) is not null)
            return;
        // Its own process may be away: the order is given again when it is there.
        if (!sentinel.IsRunning)
        {
            world.Agenda.After(TimeSpan.FromSeconds(1), () => MonitorAgain(world, sentinel, group));
            return;
        }
        Address address = world.Sentinels.Where(other => other.IsRunning && other != sentinel)
            .Select(other => other.MasterOf(group.Name)).OfType<Address>().GroupBy(believed => believed)
            .OrderByDescending(believers => believers.Count()).FirstOrDefault()?.Key ?? group.Nodes[0].Address;
        world.Note(sentinel.Name, $"is ordered to monitor {group.Name} at {address}");
        sentinel.Order(id => new MonitorRequested(id, group.Topology.Options, address));
    }
}

/// <summary>An operator changes options of a master, on one Sentinel or on all.</summary>
/// <param name="DownAfter">Null: stays.</param>
/// <param name="FailoverTimeout">Null: stays.</param>
/// <param name="ParallelSyncs">Null: stays.</param>
internal sealed record OrderSet(TimeSpan At, SentinelTarget? Target, int Group, TimeSpan? DownAfter, TimeSpan? FailoverTimeout, int? ParallelSyncs) : Fault(At)
{
    public override bool Strike(World world)
    {
        string name = world.Groups[Group].Name;
        List<MasterChange> changes = [];
        if (DownAfter is { } downAfter)
            changes.Add(new MasterChange("down-after-milliseconds", $"{downAfter.TotalMilliseconds}", options => options with { DownAfter = downAfter }));
        if (FailoverTimeout is { } timeout)
            changes.Add(new MasterChange("failover-timeout", $"{timeout.TotalMilliseconds}", options => options with { FailoverTimeout = timeout }));
        if (ParallelSyncs is { } syncs)
            changes.Add(new MasterChange("parallel-syncs", $"{syncs}", options => options with { ParallelSyncs = syncs }));
        foreach (SimSentinel sentinel in world.Sentinels)
        {
            if (Target is null || sentinel == Target.Find(world))
                sentinel.Order(id => new SetRequested(id, name, [.. changes]));
        }
        return true;
    }
}

/// <summary>An operator lets a Sentinel die at the worst moment of the next failover that it leads (SIMULATE-FAILURE).</summary>
internal sealed record OrderSimulatedFailure(TimeSpan At, SentinelTarget Target, SimulatedFailures Failures, TimeSpan For) : Fault(At)
{
    public override string Kind => $"OrderSimulatedFailure {Failures}";

    public override bool Strike(World world)
    {
        if (Target.Find(world) is not SentinelProcess { IsRunning: true } sentinel)
            return false;
        sentinel.Order(id => new FailureSimulationRequested(id, Failures));
        sentinel.WhenItCrashes = () => world.Agenda.After(For, sentinel.Start);
        return true;
    }
}
