using Sentinel.Core;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Sentinels;

namespace Sentinel.Simulation.Checkers;

/// <summary>Under one configuration epoch there is one address, whoever believes in it.</summary>
/// <remarks>
/// Epoch 0 is what operators say, and belongs to nobody. Redis' kind takes epochs that are another's (see <see cref="OneLeader"/>), and tells of its own promotion under
/// an epoch that it only heard of: what it was the first to believe is excused, whoever believes it since.
/// </remarks>
internal sealed class OneAddress(World world) : Checker(world)
{
    private readonly Dictionary<(string Master, Epoch Epoch), HashSet<Address>> _addresses = [];

    public override string Name => "one-address-per-epoch";

    public override void Believes(SimSentinel sentinel, string master, Address address, Epoch configEpoch)
    {
        if (configEpoch == Epoch.Zero)
            return;
        if (!_addresses.TryGetValue((master, configEpoch), out HashSet<Address>? addresses))
            _addresses.Add((master, configEpoch), addresses = []);
        if (!addresses.Add(address) || addresses.Count == 1)
            return;
        Address[] ours = [.. addresses.Where(known => World.Group(master).FirstBeliever(configEpoch, known) is { IsLegacy: false })];
        if (HadTwoVotes(master, configEpoch))
            World.Coverage.Count("excused two addresses of one epoch, by a voter without memory");
        else if (ours.Length < 2)
            World.Coverage.Count("excused two addresses of one epoch, one of Redis' kind");
        else
            Violated($"{sentinel.Name} has {master} at {address} in epoch {configEpoch}, {World.Group(master).FirstBeliever(configEpoch, ours[0])!.Name} had it at {ours[0]}");
    }
}

/// <summary>Epochs never go back: not the one that a Sentinel has seen, not that of a configuration, not that of a vote; not in memory, not on disk.</summary>
internal sealed class EpochsGrow(World world) : Checker(world)
{
    private readonly Dictionary<(SentinelId Id, string Master), Epoch> _believed = [];
    private readonly Dictionary<SentinelId, SentinelState> _saved = [];

    public override string Name => "epochs-grow";

    public override void Happened(SimSentinel sentinel, SentinelEvent happened)
    {
        // Who takes a master off and puts it on again begins anew with its configuration.
        if (happened is { Name: "-monitor", MasterName: { } master })
            _believed.Remove((sentinel.Id, master));
    }

    public override void Believes(SimSentinel sentinel, string master, Address address, Epoch configEpoch)
    {
        if (_believed.TryGetValue((sentinel.Id, master), out Epoch before) && configEpoch < before)
            GoesBack(sentinel, $"the configuration epoch of {master} goes back from {before} to {configEpoch} on {sentinel.Name}");
        _believed[(sentinel.Id, master)] = configEpoch;
    }

    public override void Saved(SimSentinel sentinel, SentinelState state)
    {
        if (_saved.TryGetValue(sentinel.Id, out SentinelState? before))
            Compare(sentinel, before, state, "a save");
        _saved[sentinel.Id] = state;
    }

    public override void Restored(SimSentinel sentinel, SentinelState state)
    {
        // What was believed and not saved is forgotten by right.
        foreach (Group group in World.Groups)
            _believed.Remove((sentinel.Id, group.Name));
        if (_saved.TryGetValue(state.Id, out SentinelState? before))
            Compare(sentinel, before, state, "a restart");
    }

    /// <remarks>Redis' kind gives a confirmed promotion the epoch of its failover even where it has heard of a newer configuration meanwhile.</remarks>
    private void GoesBack(SimSentinel sentinel, string what)
    {
        if (sentinel.IsLegacy)
            World.Coverage.Count("excused a configuration that goes back, of Redis' kind");
        else
            Violated(what);
    }

    private void Compare(SimSentinel sentinel, SentinelState before, SentinelState after, string when)
    {
        if (after.CurrentEpoch < before.CurrentEpoch)
            Violated($"{when} of {sentinel.Name} takes its epoch back from {before.CurrentEpoch} to {after.CurrentEpoch}");
        foreach (MasterState master in after.Masters)
        {
            if (before.Masters.FirstOrDefault(other => other.Options.Name == master.Options.Name) is not { } former)
                continue;
            // Removed and monitored again it begins with no configuration, but not with no vote.
            if (master.ConfigEpoch < former.ConfigEpoch && master.ConfigEpoch != Epoch.Zero)
                GoesBack(sentinel, $"{when} of {sentinel.Name} takes the configuration of {master.Options.Name} back from epoch {former.ConfigEpoch} to {master.ConfigEpoch}");
            if (master.LeaderEpoch < former.LeaderEpoch)
                Violated($"{when} of {sentinel.Name} forgets its vote for {master.Options.Name} in epoch {former.LeaderEpoch}: {master.LeaderEpoch}");
        }
    }
}
