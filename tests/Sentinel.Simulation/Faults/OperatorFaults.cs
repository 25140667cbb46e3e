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

/// <summary>An operator orders a switch that is to lose nothing.</summary>
/// <param name="To">Who is to become the master; null: the best replica.</param>
/// <param name="Timeout">Null: as long as usual.</param>
internal sealed record OrderPlannedSwitch(TimeSpan At, SentinelTarget Target, int Group, FailoverMode Mode, NodeTarget? To, TimeSpan? Timeout) : Fault(At)
{
    public override bool Strike(World world)
    {
        SimSentinel sentinel = Target.Find(world);
        Address? to = To?.Find(world)?.Address;
        if (!sentinel.IsRunning || (To is not null && to is null))
            return false;
        string name = world.Groups[Group].Name;
        world.Note(sentinel.Name, $"is ordered to fail over {name}, {Mode}{(to is { } address ? $", to {address}" : "")}");
        var order = new FailoverOptions { Mode = Mode, Target = to, Timeout = Timeout };
        // Who asks first what would happen changes nothing by that.
        sentinel.Order(id => new FailoverRequested(id, name) { Options = order with { IsDryRun = true } });
        sentinel.Order(id => new FailoverRequested(id, name) { Options = order });
        return true;
    }
}

/// <summary>What operators do who know what they do: they look first whether all is well. Others do not (<see cref="Gives"/>).</summary>
/// <remarks>Who lets a Sentinel forget the replicas of a master that is not there has to tell it of them again; that is so with Redis, too.</remarks>
internal static class Operator
{
    private static readonly TimeSpan s_lookAgainAfter = TimeSpan.FromSeconds(2);

    /// <summary>After this time without a master a Sentinel is needed more than a master is by it: the others may be no quorum without it.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    /// <summary>Whether a Sentinel sees a group as it is: its master is there, and all its replicas are attached to it.</summary>
    public static bool FindsWell(SimSentinel sentinel, Group group) =>
        sentinel.IsWorking && sentinel.FailoverOf(group.Name) is FailoverStep.None && !sentinel.HoldsDown(group.Name)
        && sentinel.MasterOf(group.Name) is { } master && IsWell(group, master);

    /// <summary>Whether an operator gives his order: a Sentinel monitors the group, and all is well with it, or he does not look.</summary>
    public static bool Gives(SimSentinel sentinel, Group group, bool looks) =>
        looks ? FindsWell(sentinel, group) : sentinel.IsWorking && sentinel.MasterOf(group.Name) is not null;

    /// <summary>Gives an order as soon as a Sentinel sees a group as it is.</summary>
    public static void OrderWhenWell(World world, SimSentinel sentinel, Group group, Func<RequestId, Input> order)
    {
        if (FindsWell(sentinel, group))
            sentinel.Order(order);
        else
            world.Agenda.After(s_lookAgainAfter, () => OrderWhenWell(world, sentinel, group, order));
    }

    /// <summary>Lets a Sentinel monitor a master again as soon as the others have one that is there, and again until it says that this is saved.</summary>
    public static void MonitorWhenWell(World world, SimSentinel sentinel, Group group) => MonitorWhenWell(world, sentinel, group, world.Agenda.Now + s_patience);

    private static void MonitorWhenWell(World world, SimSentinel sentinel, Group group, Instant latest)
    {
        bool isMonitored = sentinel.MasterOf(group.Name) is not null;
        if (isMonitored && sentinel.HasSaved(group.Name))
            return;
        if (isMonitored || !sentinel.IsWorking || WhereToMonitor(world, group, isLate: world.Agenda.Now >= latest) is not { } address)
        {
            world.Agenda.After(s_lookAgainAfter, () => MonitorWhenWell(world, sentinel, group, latest));
            return;
        }
        world.Note(sentinel.Name, $"is ordered to monitor {group.Name} at {address}");
        sentinel.Order(id => new MonitorRequested(id, group.Original.Options, address));
        world.Agenda.After(s_lookAgainAfter, () => MonitorWhenWell(world, sentinel, group, latest));
    }

    /// <summary>Where others have a master that is there, or at last where they have one; where nobody has one, for it was taken off them all, where the one is with the most data.</summary>
    private static Address? WhereToMonitor(World world, Group group, bool isLate) =>
        world.Sentinels.Find(other => other.IsWorking && (IsMasterThere(other, group) || (isLate && other.MasterOf(group.Name) is not null)))?.MasterOf(group.Name)
        ?? (isLate && world.Sentinels.TrueForAll(other => other.MasterOf(group.Name) is null)
            ? group.Nodes.Where(node => node is { IsWorking: true, IsMaster: true }).MaxBy(node => node.Data.Writes)?.Address
            : null);

    private static bool IsMasterThere(SimSentinel sentinel, Group group) =>
        sentinel.MasterOf(group.Name) is { } master && group.Nodes.Exists(node => node.Address == master && node is { IsWorking: true, IsMaster: true });

    private static bool IsWell(Group group, Address master)
    {
        foreach (RedisNode node in group.Nodes)
        {
            if (!node.IsWorking || (node.Address == master ? !node.IsMaster : node.Master != master || !node.IsInSync))
                return false;
        }
        return group.Nodes.Exists(node => node.Address == master);
    }
}

/// <summary>An operator lets a Sentinel forget what it found out.</summary>
/// <param name="Looks">Whether he looks first whether all is well.</param>
internal sealed record OrderReset(TimeSpan At, SentinelTarget Target, int Group, bool Looks) : Fault(At)
{
    public override string Kind => $"OrderReset{(Looks ? "" : ", without a look")}";

    public override bool Strike(World world)
    {
        SimSentinel sentinel = Target.Find(world);
        Group group = world.Groups[Group];
        if (!Operator.Gives(sentinel, group, Looks))
            return false;
        if (!Looks)
            sentinel.ForgetBlindly(group.Name);
        world.Note(sentinel.Name, $"is ordered to reset {group.Name}");
        sentinel.Order(id => new ResetRequested(id, [group.Name]));
        return true;
    }
}

/// <summary>An operator lets a Sentinel forget one replica or peer; who lives is found again.</summary>
/// <param name="Which">Counts the replicas and peers that the Sentinel knows, again from the first after the last.</param>
internal sealed record OrderForget(TimeSpan At, SentinelTarget Target, int Group, int Which) : Fault(At)
{
    public override bool Strike(World world)
    {
        string name = world.Groups[Group].Name;
        if (Target.Find(world) is not SentinelProcess { IsWorking: true } sentinel || !sentinel.View.Masters.TryGetValue(name, out MasterView? master))
            return false;
        Address[] known = [.. master.Replicas.Select(replica => replica.Address), .. master.Peers.Select(peer => peer.Address)];
        if (known.Length == 0)
            return false;
        Address chosen = known[Which % known.Length];
        world.Note(sentinel.Name, $"is ordered to forget {chosen} of {name}");
        sentinel.Order(id => new ForgetRequested(id, name, Identity: null, chosen));
        return true;
    }
}

/// <summary>An operator who finds the master well says that what it has now is the data of the group.</summary>
/// <param name="At">When.</param>
/// <param name="Target">To whom; null: to all Sentinels, as he should.</param>
/// <param name="Group">Of which group.</param>
/// <param name="Looks">Whether he looks first whether all is well.</param>
internal sealed record OrderAdopt(TimeSpan At, SentinelTarget? Target, int Group, bool Looks) : Fault(At)
{
    public override string Kind => $"OrderAdopt{(Looks ? "" : ", without a look")}";

    public override bool Strike(World world)
    {
        string name = world.Groups[Group].Name;
        SimSentinel[] told = Target is { } one ? [one.Find(world)] : [.. world.Sentinels];
        bool hasStruck = false;
        foreach (SimSentinel sentinel in told)
        {
            if (sentinel is not SentinelProcess || !Operator.Gives(sentinel, world.Groups[Group], Looks))
                continue;
            world.Note(sentinel.Name, $"is told that what the master of {name} has is right");
            sentinel.Order(id => new AdoptRequested(id, name));
            hasStruck = true;
        }
        return hasStruck;
    }
}

/// <summary>An operator lets all Sentinels forget who has been down for some time.</summary>
internal sealed record SetAutoForget(TimeSpan At, int Group, TimeSpan After) : Fault(At)
{
    public override bool Strike(World world)
    {
        string name = world.Groups[Group].Name;
        foreach (SimSentinel sentinel in world.Sentinels)
            sentinel.Order(id => new SetRequested(id, name, [new MasterChange("auto-forget-after-seconds", $"{After.TotalSeconds:F0}", options => options with { AutoForgetAfter = After })]));
        return true;
    }
}

/// <summary>An operator takes a master off a Sentinel, and some time later puts it on again where the others have it then.</summary>
/// <param name="Looks">Whether he looks first whether all is well.</param>
internal sealed record OrderRemoveAndMonitor(TimeSpan At, SentinelTarget Target, int Group, TimeSpan For, bool Looks) : Fault(At)
{
    public override string Kind => $"OrderRemoveAndMonitor{(Looks ? "" : ", without a look")}";

    public override bool Strike(World world)
    {
        SimSentinel sentinel = Target.Find(world);
        Group group = world.Groups[Group];
        if (!Operator.Gives(sentinel, group, Looks))
            return false;
        if (!Looks)
            sentinel.ForgetBlindly(group.Name);
        world.Note(sentinel.Name, $"is ordered to remove {group.Name} for {For.TotalSeconds:F1} s");
        sentinel.Order(id => new RemoveRequested(id, group.Name));
        world.Agenda.After(For, () => Operator.MonitorWhenWell(world, sentinel, group));
        return true;
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
        world.Groups[Group].Set(world.Agenda.Now, DownAfter, FailoverTimeout);
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
