using Sentinel.Core;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Nodes;
using Sentinel.Simulation.Sentinels;

namespace Sentinel.Simulation.Faults;

/// <summary>A node is killed, and started again some time later.</summary>
/// <param name="Restart">With which configuration.</param>
internal sealed record KillNode(TimeSpan At, NodeTarget Target, TimeSpan For, RestartConfiguration Restart) : Fault(At)
{
    public override string Kind => Restart == RestartConfiguration.Rewritten ? "KillNode" : "KillNode, original configuration";

    public override bool Strike(World world)
    {
        if (Target.Find(world) is not { IsRunning: true } node)
            return false;
        world.Note(node.Name, $"is killed for {For.TotalSeconds:F1} s");
        node.Kill();
        Later(world, For, () => node.Restart(Restart));
        return true;
    }
}

/// <summary>A node is killed, and comes back without its data.</summary>
internal sealed record EmptyNode(TimeSpan At, NodeTarget Target, TimeSpan For) : Fault(At)
{
    public override bool Strike(World world)
    {
        if (Target.Find(world) is not { IsRunning: true } node)
            return false;
        world.Note(node.Name, $"is killed for {For.TotalSeconds:F1} s and loses its data");
        node.Kill();
        node.LoseData();
        Later(world, For, () => node.Restart(RestartConfiguration.Rewritten));
        return true;
    }
}

/// <summary>A node's machine loses power, with all that runs on it.</summary>
internal sealed record CutPowerOfNode(TimeSpan At, NodeTarget Target, TimeSpan For) : Fault(At)
{
    public override bool Strike(World world) => Target.Find(world) is { Machine.IsUp: true } node && Power.Cut(world, node.Machine, For, Later);
}

/// <summary>A node is stopped (SIGSTOP), and goes on some time later.</summary>
internal sealed record FreezeNode(TimeSpan At, NodeTarget Target, TimeSpan For) : Fault(At)
{
    public override bool Strike(World world)
    {
        if (Target.Find(world) is not { IsWorking: true } node)
            return false;
        world.Note(node.Name, $"is frozen for {For.TotalSeconds:F1} s");
        node.Freeze();
        Later(world, For, node.Thaw);
        return true;
    }
}

/// <summary>A node falls ill: it runs, and does not do all that it should.</summary>
internal sealed record SickenNode(TimeSpan At, NodeTarget Target, Illness Illness, TimeSpan For) : Fault(At)
{
    public override string Kind => $"SickenNode {Illness}";

    public override bool Strike(World world)
    {
        if (Target.Find(world) is not { IsRunning: true } node)
            return false;
        world.Note(node.Name, $"{Illness} for {For.TotalSeconds:F1} s");
        node.FallIll(Illness);
        Later(world, For, () => node.Recover(Illness));
        return true;
    }
}

/// <summary>An operator changes the priority of a node.</summary>
internal sealed record ChangePriority(TimeSpan At, NodeTarget Target, int Priority) : Fault(At)
{
    public override bool Strike(World world)
    {
        if (Target.Find(world) is not { IsRunning: true } node)
            return false;
        world.Note(node.Name, $"gets priority {Priority}");
        node.SetPriority(Priority);
        return true;
    }
}

/// <summary>An operator gives a node an order behind the Sentinels' backs: to follow another node of its group, or to be a master.</summary>
internal sealed record OrderNode(TimeSpan At, NodeTarget Target, NodeTarget? Master) : Fault(At)
{
    public override string Kind => Master is null ? "OrderNode to be a master" : "OrderNode to follow";

    public override bool Strike(World world)
    {
        RedisNode? master = Master?.Find(world);
        if (Target.Find(world) is not { IsWorking: true } node || master == node)
            return false;
        world.Note(node.Name, $"is told by an operator to {(master is null ? "be a master" : $"follow {master.Name}")}");
        node.Obey(master?.Address);
        return true;
    }
}

/// <summary>An operator lets a master hold writes back for some time (CLIENT PAUSE WRITE).</summary>
internal sealed record PauseWrites(TimeSpan At, NodeTarget Target, TimeSpan For) : Fault(At)
{
    public override bool Strike(World world)
    {
        if (Target.Find(world) is not { IsWorking: true } node)
            return false;
        world.Note(node.Name, $"holds writes back for {For.TotalSeconds:F1} s");
        node.PauseWrites(For);
        return true;
    }
}

/// <summary>An operator hands the master's part over with the nodes' own FAILOVER.</summary>
internal sealed record HandOver(TimeSpan At, NodeTarget From, NodeTarget To) : Fault(At)
{
    public override bool Strike(World world)
    {
        if (From.Find(world) is not { IsWorking: true } from || To.Find(world) is not { IsWorking: true } to || from == to)
            return false;
        world.Note(from.Name, $"is told by an operator to hand over to {to.Name}");
        from.FailOverTo(to.Address);
        return true;
    }
}

/// <summary>A node of one group comes up at the address of a dead node of another, as containers do.</summary>
internal sealed record ReuseAddress(TimeSpan At, NodeTarget Dead, NodeTarget Newcomer, TimeSpan For) : Fault(At)
{
    /// <summary>
    /// Whether the newcomer may be promoted, by its own group and, for all that its priority says, by the other one; and the dead one comes back
    /// when it has gone home, perhaps to an address that is another group's master's now.
    /// </summary>
    public bool MayLead { get; init; }

    public override string Kind => MayLead ? $"ReuseAddress of a {Dead.Part}, by one that may lead" : "ReuseAddress";

    public override bool Strike(World world)
    {
        if (Dead.Find(world) is not { } dead || Newcomer.Find(world) is not { } newcomer || dead.Group == newcomer.Group)
            return false;
        world.Note(newcomer.Name, $"comes up at the address of {dead.Name} for {For.TotalSeconds:F1} s");
        dead.Kill();
        newcomer.Kill();
        Machine home = newcomer.Machine;
        newcomer.MoveTo(dead.Machine);
        // Its own group finds it there and may promote it; when it goes home, a master's address is another group's.
        newcomer.SetPriority(MayLead ? 100 : 0);
        newcomer.Restart(RestartConfiguration.Rewritten);
        Later(world, For, () =>
        {
            GoHome(world, newcomer, home);
            if (MayLead)
                dead.Restart(RestartConfiguration.Rewritten);
        });
        world.WhenHealed(() =>
        {
            GoHome(world, newcomer, home);
            foreach (RedisNode node in world.Nodes)
                Cleanse(node);
        });
        return true;
    }

    /// <summary>A node that copied another group's data, for it followed an address, is emptied by its operator: Sentinels leave it alone.</summary>
    private static void Cleanse(RedisNode node)
    {
        if (node.Data.Branch.Opening.By.Group == node.Group)
            return;
        node.World.Note(node.Name, $"has another group's data, and is emptied");
        node.Kill();
        node.LoseData();
        node.Restart(RestartConfiguration.Original);
        PutInLine(node);
    }

    /// <summary>An operator lets a node follow its group's master. After all this the Sentinels may not know it at this address.</summary>
    private static void PutInLine(RedisNode node) => node.World.Agenda.After(TimeSpan.FromSeconds(2), () =>
    {
        RedisNode? master = NodeTarget.MasterOf(node.World, node.Group);
        if (master == node || (master is not null && node.IsWorking && node.Master == master.Address))
            return;
        if (master is { IsWorking: true, IsMaster: true } && node.IsWorking && !node.IsLoading)
            node.Obey(master.Address);
        PutInLine(node);
    });

    /// <summary>It goes where it belongs. Its group's Sentinels have met it elsewhere meanwhile, and are told to forget that.</summary>
    private static void GoHome(World world, RedisNode newcomer, Machine home)
    {
        if (newcomer.Machine == home)
            return;
        newcomer.Kill();
        newcomer.MoveTo(home);
        newcomer.SetPriority(newcomer.Settings.Priority);
        newcomer.Restart(RestartConfiguration.Original);
        PutInLine(newcomer);
        string group = newcomer.Group.Name;
        foreach (SimSentinel sentinel in world.Sentinels)
            Operator.OrderWhenWell(world, sentinel, newcomer.Group, id => new ResetRequested(id, [group]));
    }
}

/// <summary>Losses of power.</summary>
internal static class Power
{
    public static bool Cut(World world, Machine machine, TimeSpan time, Action<World, TimeSpan, Action> later)
    {
        world.Note(machine.Name, $"has no power for {time.TotalSeconds:F1} s");
        machine.LosePower();
        later(world, time, () => Restore(world, machine));
        return true;
    }

    /// <summary>Power is back, and everything is started that runs there.</summary>
    public static void Restore(World world, Machine machine)
    {
        if (machine.IsUp)
            return;
        machine.RegainPower();
        world.Network.ResumeStalled();
        foreach (Process process in machine.Processes)
            process.Start();
    }
}
