using Sentinel.Core;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Sentinels;

namespace Sentinel.Simulation.Checkers;

/// <summary>
/// What a Sentinel believes goes to disk with the next save: when none is waiting any more, the disk knows its epochs and its masters.
/// A promotion that it has confirmed is there before it is believed.
/// </summary>
internal sealed class SavesAreWhole(World world) : Checker(world)
{
    public override string Name => "saves-are-whole";

    public override void Saved(SimSentinel sentinel, SentinelState state)
    {
        if (sentinel is not SentinelProcess { Disk.HasWaiting: false } ours)
            return;
        if (state.CurrentEpoch != ours.View.CurrentEpoch)
            Violated($"{sentinel.Name} is in epoch {ours.View.CurrentEpoch}, and its disk in {state.CurrentEpoch}");
        foreach (MasterState master in state.Masters)
        {
            if (ours.View.Masters.TryGetValue(master.Options.Name, out MasterView? view) && (view.Address != master.Address || view.ConfigEpoch != master.ConfigEpoch)
                && !(view.Failover is FailoverStep.WaitPromotion && view.ConfigEpoch < master.ConfigEpoch))
                Violated($"{sentinel.Name} has {view.Name} at {view.Address} in epoch {view.ConfigEpoch}, its disk at {master.Address} in epoch {master.ConfigEpoch}");
        }
    }
}
