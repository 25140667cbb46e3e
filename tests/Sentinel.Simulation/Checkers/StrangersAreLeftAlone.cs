using Sentinel.Core;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Nodes;
using Sentinel.Simulation.Sentinels;

namespace Sentinel.Simulation.Checkers;

/// <summary>A node that got the address of another group's replica, and has long had its own group's data, is not told to follow that group's master.</summary>
/// <remarks>Where Sentinels are not started anew: those that are may not know any more which data are of which group.</remarks>
internal sealed class StrangersAreLeftAlone(World world) : Checker(world)
{
    public override string Name => "strangers-are-left-alone";

    public override void Reconfiguring(RedisNode node, SimSentinel by, Address? master)
    {
        if (by is not SentinelProcess || master is not { } address || World.NodeAt(address) is not { } followed || followed.Group == node.Group)
            return;
        // One that has copied this group's data, as the replica of a newcomer at its master's address, is as good as one of its own.
        if (followed.HasData && followed.Data.Root.Opening.By.Group == node.Group)
            return;
        // What it has, and whose it is, could be seen before it came there.
        if (node.HasData && node.Data.Root.Opening.By.Group == node.Group && World.Agenda.Now - node.Data.Branch.Opening.At >= NewsAge)
            Violated($"{by.Name} makes {node.Name}, which has the data of {node.Group.Name}, a replica of {followed.Name} of {followed.Group.Name}");
    }
}
