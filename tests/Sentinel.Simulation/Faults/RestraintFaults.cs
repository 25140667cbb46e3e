using Sentinel.Core;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Sentinels;

namespace Sentinel.Simulation.Faults;

/// <summary>An operator tells a Sentinel that the last switch was seen (ACKNOWLEDGE).</summary>
internal sealed record OrderAcknowledge(TimeSpan At, SentinelTarget Target, int Group) : Fault(At)
{
    public override bool Strike(World world)
    {
        if (Target.Find(world) is not SentinelProcess { IsRunning: true } sentinel)
            return false;
        string name = world.Groups[Group].Name;
        world.Note(sentinel.Name, $"is told that the last switch of {name} was seen");
        world.Acknowledged(sentinel, name);
        sentinel.Order(id => new AcknowledgeRequested(id, name));
        return true;
    }
}

/// <summary>An operator pauses a master on one Sentinel, or on all, and ends that some time later.</summary>
/// <param name="Target">Null: all.</param>
internal sealed record OrderPause(TimeSpan At, SentinelTarget? Target, int Group, TimeSpan For) : Fault(At)
{
    public override string Kind => $"OrderPause on {(Target is null ? "all" : "one")}";

    public override bool Strike(World world)
    {
        SentinelProcess[] told = [.. world.Sentinels.Where(sentinel => Target is null || sentinel == Target.Find(world)).OfType<SentinelProcess>().Where(sentinel => sentinel.IsWorking)];
        string name = world.Groups[Group].Name;
        foreach (SentinelProcess sentinel in told)
            Tell(world, sentinel, name, "work");
        Later(world, For, ResumeAll);
        world.WhenHealed(() => world.Agenda.After(TimeSpan.FromSeconds(1), ResumeAll));    // those that do not run do by then
        return told.Length > 0;

        void ResumeAll()
        {
            foreach (SentinelProcess sentinel in told)
                Tell(world, sentinel, name, reason: null);
        }
    }

    private static void Tell(World world, SentinelProcess sentinel, string name, string? reason)
    {
        world.Note(sentinel.Name, $"is told to {(reason is null ? "resume" : "pause")} {name}");
        sentinel.Order(id => new PauseRequested(id, name, reason));
    }
}
