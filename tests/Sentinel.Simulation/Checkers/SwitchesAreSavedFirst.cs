using Sentinel.Core;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Sentinels;

namespace Sentinel.Simulation.Checkers;

/// <summary>A leader tells of a switch when its own disk has it. A disk that refuses, or is stuck, is not waited for.</summary>
internal sealed class SwitchesAreSavedFirst(World world) : Checker(world)
{
    /// <summary>How long a disk is waited for.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    /// <summary>When it was promoted: in true time, and by the clock of who waits.</summary>
    private readonly Dictionary<(SimSentinel Sentinel, string Master, Epoch Epoch), (Instant True, Instant Told)> _promotedAt = [];

    public override string Name => "switches-are-saved-first";

    /// <summary>A new process knows of no promotion but what its disk has, and learns the rest from the others, as anybody does.</summary>
    public override void Restored(SimSentinel sentinel, SentinelState state)
    {
        foreach ((SimSentinel Sentinel, string, Epoch) promotion in _promotedAt.Keys.Where(promotion => promotion.Sentinel == sentinel).ToArray())
            _promotedAt.Remove(promotion);
    }

    public override void Happened(SimSentinel sentinel, SentinelEvent happened)
    {
        if (sentinel is not SentinelProcess ours || happened is not { MasterName: { } master, Epoch: { } epoch })
            return;
        if (happened.Name == "+promoted-slave")
        {
            _promotedAt[(sentinel, master, epoch)] = (World.Agenda.Now, sentinel.Machine.Clock.Now);
        }
        else if (happened is { Name: "+switch-master", NewAddress: { } address } && _promotedAt.TryGetValue((sentinel, master, epoch), out var since))
        {
            MasterState? saved = ours.Disk.Durable.Masters.FirstOrDefault(state => state.Options.Name == master);
            bool isWaitedFor = !(ours.Disk.RefusedAt >= since.True) && sentinel.Machine.Clock.Now - since.Told < s_patience;
            if (isWaitedFor && saved is not null && (saved.ConfigEpoch < epoch || (saved.ConfigEpoch == epoch && saved.Address != address)))
                Violated($"{sentinel.Name} tells that {master} is at {address} in epoch {epoch}, its disk has {saved.Address} in epoch {saved.ConfigEpoch}");
        }
    }
}
