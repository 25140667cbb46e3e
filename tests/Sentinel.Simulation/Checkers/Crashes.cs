using Sentinel.Core;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Nodes;
using Sentinel.Simulation.Sentinels;

namespace Sentinel.Simulation.Checkers;

/// <summary>Who is held down for refusing connections was dead, on a machine that ran, for the whole period.</summary>
internal sealed class OnlyCrashesAreCrashes(World world) : Checker(world)
{
    public override string Name => "only-crashes-are-crashes";

    public override void Happened(SimSentinel sentinel, SentinelEvent happened)
    {
        if (happened is not { Name: "+sdown", Reason: "it refuses connections", MasterName: { } name, InstanceAddress: { } address } || World.NodeAt(address) is not { } node)
            return;
        TimeSpan period = World.Group(name).Topology.Options.CrashDownAfter;
        if (DeadFor(node, period) is not { } time)
            Violated($"{sentinel.Name} says that {node.Name} refuses connections, and it never died");
        else if (time < 0.9 * period)
            Violated($"{sentinel.Name} holds {node.Name} down for refusing connections, and it was dead for {time.TotalSeconds:F3} s only, not {period.TotalSeconds:F3} s");
    }

    /// <summary>For how long a node is dead, or was before it was started last; null: it never was.</summary>
    private TimeSpan? DeadFor(RedisNode node, TimeSpan period)
    {
        Instant end = node.IsRunning ? node.StartedAt : World.Agenda.Now;
        Instant? since = null;
        foreach (Instant failed in node.Failures.Reverse().SkipWhile(failed => failed > end))
        {
            // It may have lived between two deaths so briefly that nobody tried to connect then: who waits for the end of a period tries four times in it.
            if (since is { } later && later - failed > period && !(later == node.Failures[^1] && later - node.StartedAt < period / 4))
                break;
            since = failed;
        }
        return end - since;
    }
}
