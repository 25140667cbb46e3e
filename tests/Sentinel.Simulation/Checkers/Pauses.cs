using Sentinel.Core;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Sentinels;

namespace Sentinel.Simulation.Checkers;

/// <summary>A leader that did not run for long does not go on with what it had begun.</summary>
internal sealed class PausesEndFailovers(World world) : Checker(world)
{
    private readonly Dictionary<(SimSentinel Sentinel, string Master), Instant> _tried = [];

    public override string Name => "pauses-end-failovers";

    public override void Happened(SimSentinel sentinel, SentinelEvent happened)
    {
        if (happened.MasterName is not { } master || sentinel.IsLegacy)
            return;
        if (happened.Name == "+try-failover")
            _tried[(sentinel, master)] = World.Agenda.Now;
        bool isDone = happened.Name is "+elected-leader" or "+selected-slave" or "+promoted-slave" or "+slave-reconf-sent" or "+slave-reconf-sent-be";
        if (isDone && sentinel is { LastFrozenFor: var pause, ThawedAt: { } thawed } && pause > Long(sentinel, master) && _tried[(sentinel, master)] < thawed - pause)
            Violated($"{sentinel.Name} goes on with its failover of {master} ({happened.Name}) after a pause of {pause.TotalSeconds:F1} s");
    }

    /// <summary>Longer than what starts TILT, or than the silence after which the others hold it down; of either a little is not noticed.</summary>
    private static TimeSpan Long(SimSentinel sentinel, string master)
    {
        TimeSpan noticed = 1.1 * sentinel.DownAfterOf(master) + TimeSpan.FromSeconds(0.6), tilt = TimeSpan.FromSeconds(3);
        return noticed < tilt ? noticed : tilt;
    }
}

/// <summary>In TILT nobody is judged and nothing is started; what operators order may begin.</summary>
internal sealed class NothingInTilt(World world) : Checker(world)
{
    private readonly HashSet<SimSentinel> _tilted = [];

    public override string Name => "nothing-in-tilt";

    public override void Restored(SimSentinel sentinel, SentinelState state) => _tilted.Remove(sentinel);

    public override void Happened(SimSentinel sentinel, SentinelEvent happened)
    {
        if (sentinel.IsLegacy)
            return;
        switch (happened.Name)
        {
            case "+tilt":
                _tilted.Add(sentinel);
                break;
            case "-tilt":
                _tilted.Remove(sentinel);
                break;
            case "+sdown" or "-sdown" or "+odown" or "+elected-leader" or "+selected-slave" or "+promoted-slave" or "+slave-reconf-sent" or "+convert-to-slave" or "+fix-slave-config"
                when _tilted.Contains(sentinel):
                Violated($"{sentinel.Name} says {happened.Name} {happened.Payload} in TILT");
                break;
            default:
                break;
        }
    }
}

/// <summary>Time in which a Sentinel did not run is nobody's silence: a replica that was heard before a pause is not held down for it.</summary>
internal sealed class PausesAreNobodysSilence(World world) : Checker(world)
{
    /// <summary>Of a longer one nothing counts, of a shorter one what was before the next look at the clock does.</summary>
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(3);

    public override string Name => "pauses-are-nobodys-silence";

    public override void Happened(SimSentinel sentinel, SentinelEvent happened)
    {
        if (sentinel.IsLegacy || happened is not { Name: "+sdown", Kind: InstanceKind.Replica, Reason: null, MasterName: { } master, InstanceAddress: { } address })
            return;
        if (sentinel is not { LastFrozenFor: var pause, ThawedAt: { } thawed } || pause < s_long || sentinel.LastHeard(address) is not { } heard || heard > thawed - pause)
            return;
        // Its clock may be a little fast.
        TimeSpan silence = World.Agenda.Now - heard - pause;
        if (silence < 0.9 * sentinel.DownAfterOf(master))
            Violated($"{sentinel.Name} holds {address} down after a silence of {silence.TotalSeconds:F1} s besides its own pause");
    }
}
