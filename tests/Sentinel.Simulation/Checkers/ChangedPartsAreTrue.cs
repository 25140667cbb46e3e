using Sentinel.Core;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Nodes;
using Sentinel.Simulation.Sentinels;

namespace Sentinel.Simulation.Checkers;

/// <summary>A master that is held down for having changed parts with a replica follows it, and that one has been a master for as long as both are waited for.</summary>
internal sealed class ChangedPartsAreTrue(World world) : Checker(world)
{
    /// <summary>How old an answer may be when it is read: it was on its way.</summary>
    private static readonly TimeSpan s_newsAge = TimeSpan.FromSeconds(1);

    /// <summary>A little less than the core's patience: the Sentinel's clock may be fast.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1.8);

    public override string Name => "changed-parts-are-true";

    public override void Happened(SimSentinel sentinel, SentinelEvent happened)
    {
        if (happened is not { Name: "+sdown", Reason: "it has changed parts with a replica", InstanceAddress: { } address } || World.NodeAt(address) is not { } node)
            return;
        Instant now = World.Agenda.Now, then = now - s_newsAge - sentinel.LastFrozenFor;
        if (node.IsMaster)
        {
            if (node.LastBecameMasterAt < then)
                Violated($"{sentinel.Name} says that {node.Name} has changed parts with a replica, and it is a master");
            return;
        }
        if (World.NodeAt(node.Master!.Value) is not { } successor || !successor.WasMasterSince(then))
            Violated($"{sentinel.Name} says that {node.Name} has changed parts with {node.Master}, and no master is there");
        else if (now - successor.LastBecameMasterAt < s_patience)
            Violated($"{sentinel.Name} says that {node.Name} has changed parts with {successor.Name}, which became a master only {(now - successor.LastBecameMasterAt)!.Value.TotalSeconds:F3} s ago");
    }
}
