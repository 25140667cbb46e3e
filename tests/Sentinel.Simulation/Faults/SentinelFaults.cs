using Sentinel.Core;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Sentinels;

namespace Sentinel.Simulation.Faults;

/// <summary>A Sentinel is killed, and started again some time later.</summary>
internal sealed record KillSentinel(TimeSpan At, SentinelTarget Target, TimeSpan For) : Fault(At)
{
    public override bool Strike(World world)
    {
        SimSentinel sentinel = Target.Find(world);
        if (!sentinel.IsRunning)
            return false;
        world.Note(sentinel.Name, $"is killed for {For.TotalSeconds:F1} s");
        sentinel.Kill();
        Later(world, For, sentinel.Start);
        return true;
    }
}

/// <summary>A Sentinel comes back at another address, as containers do, and is still the one that it was.</summary>
internal sealed record MoveSentinel(TimeSpan At, SentinelTarget Target, TimeSpan For) : Fault(At)
{
    public override bool Strike(World world)
    {
        SimSentinel sentinel = Target.Find(world);
        // One that shares its machine would take the others along, and those who are away and come home.
        if (!sentinel.IsRunning || world.Topology.IsColocated)
            return false;
        string ip = world.Network.UnusedIp();
        world.Note(sentinel.Name, $"ends, and comes back at {ip} in {For.TotalSeconds:F1} s");
        sentinel.Kill();
        world.Network.Readdress(sentinel.Machine, ip);
        Later(world, For, sentinel.Start);
        return true;
    }
}

/// <summary>A Sentinel's machine loses power, with all that runs on it.</summary>
internal sealed record CutPowerOfSentinel(TimeSpan At, SentinelTarget Target, TimeSpan For) : Fault(At)
{
    public override bool Strike(World world) => Target.Find(world) is { Machine.IsUp: true } sentinel && Power.Cut(world, sentinel.Machine, For, Later);
}

/// <summary>A Sentinel is stopped (SIGSTOP, swap, a suspended machine), and goes on some time later.</summary>
internal sealed record FreezeSentinel(TimeSpan At, SentinelTarget Target, TimeSpan For) : Fault(At)
{
    public override bool Strike(World world)
    {
        SimSentinel sentinel = Target.Find(world);
        if (!sentinel.IsWorking)
            return false;
        world.Note(sentinel.Name, $"is frozen for {For.TotalSeconds:F1} s");
        sentinel.Freeze();
        Later(world, For, sentinel.Thaw);
        return true;
    }
}

/// <summary>A Sentinel crashes the next time that a save of its state has come to a stage.</summary>
/// <param name="WithMachine">Whether its machine goes down with it, so that what was not synced may be lost.</param>
internal sealed record CrashInSave(TimeSpan At, SentinelTarget Target, SaveStage Stage, bool WithMachine, TimeSpan For) : Fault(At)
{
    public override string Kind => $"CrashInSave {Stage}{(WithMachine ? ", with the machine" : "")}";

    public override bool Strike(World world)
    {
        if (Target.Find(world) is not SentinelProcess { IsRunning: true } sentinel)
            return false;
        sentinel.Disk.Crash = new PlannedCrash(Stage, WithMachine, () =>
        {
            if (WithMachine)
                Later(world, For, () => Power.Restore(world, sentinel.Machine));
            else
                Later(world, For, sentinel.Start);
        });
        Later(world, TimeSpan.FromMinutes(1), () => sentinel.Disk.Crash = null);
        return true;
    }
}

/// <summary>A Sentinel's disk is full.</summary>
internal sealed record FillDisk(TimeSpan At, SentinelTarget Target, TimeSpan For) : Fault(At)
{
    public override bool Strike(World world)
    {
        if (Target.Find(world) is not SentinelProcess sentinel)
            return false;
        world.Note(sentinel.Name, $"has a full disk for {For.TotalSeconds:F1} s");
        sentinel.Disk.Error = "No space left on device";
        Later(world, For, () => sentinel.Disk.Error = null);
        return true;
    }
}

/// <summary>A Sentinel's disk is slow.</summary>
internal sealed record SlowDisk(TimeSpan At, SentinelTarget Target, TimeSpan SaveTime, TimeSpan For) : Fault(At)
{
    public override bool Strike(World world)
    {
        if (Target.Find(world) is not SentinelProcess sentinel)
            return false;
        world.Note(sentinel.Name, $"has a disk that takes {SaveTime.TotalSeconds:F1} s for {For.TotalSeconds:F1} s");
        sentinel.Disk.SaveTime = SaveTime;
        Later(world, For, () => sentinel.Disk.SaveTime = world.Topology.SaveTime);
        return true;
    }
}

/// <summary>A Sentinel's state file is torn. It does not start on that; an operator gives it its first configuration, and so a new identity.</summary>
internal sealed record TearStateFile(TimeSpan At, SentinelTarget Target, TimeSpan For) : Fault(At)
{
    public override bool Strike(World world)
    {
        SimSentinel sentinel = Target.Find(world);
        if (!sentinel.IsRunning)
            return false;
        world.Note(sentinel.Name, $"crashes, its file is torn, and in {For.TotalSeconds:F1} s it gets its first one");
        sentinel.Kill();
        sentinel.LoseFile();
        Later(world, For, sentinel.Start);
        return true;
    }
}

/// <summary>The clocks of a machine run too fast or too slow.</summary>
internal sealed record DriftClock(TimeSpan At, SentinelTarget Target, double Drift, TimeSpan For) : Fault(At)
{
    public override bool Strike(World world)
    {
        Machine machine = Target.Find(world).Machine;
        world.Note(machine.Name, $"has clocks that drift by {Drift:P1} for {For.TotalSeconds:F1} s");
        machine.Clock.DriftBy(Drift);
        Later(world, For, () => machine.Clock.DriftBy(0));
        return true;
    }
}

/// <summary>The wall clock of a machine is set.</summary>
internal sealed record JumpClock(TimeSpan At, SentinelTarget Target, TimeSpan Jump) : Fault(At)
{
    public override bool Strike(World world)
    {
        Machine machine = Target.Find(world).Machine;
        world.Note(machine.Name, $"has its wall clock moved by {Jump.TotalSeconds:F1} s");
        machine.Clock.JumpBy(Jump);
        return true;
    }
}

/// <summary>What can befall the leader of a failover.</summary>
internal enum LeaderFate
{
    /// <summary>It is killed.</summary>
    Killed,

    /// <summary>It is stopped.</summary>
    Frozen,

    /// <summary>It is cut off from all others.</summary>
    CutOff,
}

/// <summary>The next Sentinel that comes to a state of a failover is struck there.</summary>
/// <param name="Step">The state.</param>
/// <param name="Delay">How long it is left in it.</param>
internal sealed record StrikeLeader(TimeSpan At, FailoverStep Step, LeaderFate Fate, TimeSpan Delay, TimeSpan For) : Fault(At)
{
    public override string Kind => $"StrikeLeader in {Step.Word()}: {Fate}";

    public override bool Strike(World world)
    {
        FailoverMoment.Await(world, FailoverMoment.EventOf(Step), (sentinel, _) =>
        {
            FailoverMoment.Count(world, sentinel, Kind);
            // At once means in the middle of a step: what it had ordered before is done, and no more.
            if (Delay == TimeSpan.Zero)
                Befall(world, sentinel);
            else
                sentinel.After(Delay, () => Befall(world, sentinel));
        });
        return true;
    }

    private void Befall(World world, SimSentinel sentinel)
    {
        if (world.IsHealed || !sentinel.IsWorking)
            return;
        world.Note(sentinel.Name, $"is {Fate} for {For.TotalSeconds:F1} s while it leads, in {Step.Word()}");
        switch (Fate)
        {
            case LeaderFate.Killed:
                sentinel.Kill();
                Later(world, For, sentinel.Start);
                break;
            case LeaderFate.Frozen:
                sentinel.Freeze();
                Later(world, For, sentinel.Thaw);
                break;
            case LeaderFate.CutOff:
                Cut.Between(world, [sentinel.Machine], [.. world.Network.Machines.Where(machine => machine != sentinel.Machine)], CutDirection.Both, For, Later);
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }
}
