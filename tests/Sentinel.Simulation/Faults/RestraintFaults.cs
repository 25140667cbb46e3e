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
