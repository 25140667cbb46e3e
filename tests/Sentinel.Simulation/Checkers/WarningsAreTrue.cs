using Sentinel.Core;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Nodes;
using Sentinel.Simulation.Sentinels;

namespace Sentinel.Simulation.Checkers;

/// <summary>Who is said to take no orders of role refused them at some time.</summary>
internal sealed class WarningsAreTrue(World world) : Checker(world)
{
    public override string Name => "warnings-are-true";

    public override void Happened(SimSentinel sentinel, SentinelEvent happened)
    {
        if (happened is { Name: "+preflight-warning", InstanceAddress: { } address } && happened.Payload.Contains("it would take no order", StringComparison.Ordinal)
            && World.NodeAt(address) is { } node && !node.HadIllness(Illness.RefusesOrders, Instant.Zero, World.Agenda.Now))
            Violated($"{sentinel.Name} says of {node.Name} what is not so: {happened.Payload}");
    }
}
