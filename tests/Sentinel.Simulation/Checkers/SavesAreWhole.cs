using Sentinel.Core;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Sentinels;

namespace Sentinel.Simulation.Checkers;

/// <summary>
/// What a Sentinel believes goes to disk with the next save: when none is waiting any more, the disk knows its epochs and its masters.
/// A promotion that it has confirmed is there before it is believed, and so is one that it has renounced.
/// </summary>
internal sealed class SavesAreWhole(World world) : Checker(world)
{
    /// <summary>Epochs of renounced promotions that are on disk, and are to be believed when that is heard.</summary>
    private readonly Dictionary<(SimSentinel Sentinel, string Master), Epoch> _renounced = [];

    public override string Name => "saves-are-whole";

    public override void Believes(SimSentinel sentinel, string master, Address address, Epoch configEpoch)
    {
        if (_renounced.TryGetValue((sentinel, master), out Epoch epoch) && configEpoch >= epoch)
            _renounced.Remove((sentinel, master));
    }

    public override void Restored(SimSentinel sentinel, SentinelState state) => Forget(key => key.Sentinel == sentinel);

    public override void Happened(SimSentinel sentinel, SentinelEvent happened)
    {
        if (happened is { Name: "-monitor", MasterName: { } master })
            _renounced.Remove((sentinel, master));
    }

    public override void Ended() => FindForgotten(_ => true);

    public override void Saved(SimSentinel sentinel, SentinelState state)
    {
        FindForgotten(known => known == sentinel);
        if (sentinel is not SentinelProcess { Disk.HasWaiting: false } ours)
            return;
        if (state.CurrentEpoch != ours.View.CurrentEpoch)
            Violated($"{sentinel.Name} is in epoch {ours.View.CurrentEpoch}, and its disk in {state.CurrentEpoch}");
        foreach (MasterState master in state.Masters)
        {
            if (ours.View.Masters.TryGetValue(master.Options.Name, out MasterView? view) && (view.Address != master.Address || view.ConfigEpoch != master.ConfigEpoch)
                && !(view.Failover is FailoverStep.WaitPromotion && view.ConfigEpoch < master.ConfigEpoch))
            {
                if (view.Address == master.Address && view.ConfigEpoch < master.ConfigEpoch)
                    _renounced[(sentinel, view.Name)] = master.ConfigEpoch;
                else
                    Violated($"{sentinel.Name} has {view.Name} at {view.Address} in epoch {view.ConfigEpoch}, its disk at {master.Address} in epoch {master.ConfigEpoch}");
            }
        }
    }

    private void FindForgotten(Func<SimSentinel, bool> isLookedAt)
    {
        foreach (((SimSentinel sentinel, string master), Epoch epoch) in _renounced.Where(known => isLookedAt(known.Key.Sentinel)).ToArray())
            Violated($"{sentinel.Name} has a configuration of {master} in epoch {epoch} on its disk, and does not believe it");
        Forget(key => isLookedAt(key.Sentinel));
    }

    private void Forget(Func<(SimSentinel Sentinel, string Master), bool> which)
    {
        foreach ((SimSentinel Sentinel, string Master) key in _renounced.Keys.Where(which).ToArray())
            _renounced.Remove(key);
    }
}
