using Sentinel.Core;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Sentinels;

namespace Sentinel.Simulation.Checkers;

/// <summary>A Sentinel that runs, and has heard nothing valid of its master for down-after and a PING period, holds it down.</summary>
/// <remarks>
/// What was heard is what came to the process, not what the core made of it. The first connection that is made after a silence counts too, as with Redis: what
/// answers on it is owed from then on. Looked at now and then. What the Sentinel missed itself, because it did not run, was in TILT or was told to begin anew, is left out.
/// </remarks>
internal sealed class DeadMastersAreNoticed : Checker
{
    private static readonly TimeSpan s_period = TimeSpan.FromMilliseconds(500);

    /// <summary>The PING that is not answered leaves up to a second after the last one that was; and a moment for what delays the process.</summary>
    private static readonly TimeSpan s_slack = TimeSpan.FromSeconds(1.5);

    /// <summary>A clock may be slow.</summary>
    private const double DriftMax = 1.1;

    /// <summary>Since when a Sentinel has watched the master that it believes in, as one that runs and judges.</summary>
    private readonly Dictionary<(SimSentinel Sentinel, string Master), (Address Address, Instant Since)> _watched = [];

    public DeadMastersAreNoticed(World world)
        : base(world) => world.Agenda.After(s_period, Look);

    public override string Name => "dead-masters-are-noticed";

    public override void Believes(SimSentinel sentinel, string master, Address address, Epoch configEpoch)
    {
        if (!_watched.TryGetValue((sentinel, master), out var watched) || watched.Address != address)
            _watched[(sentinel, master)] = (address, World.Agenda.Now);
    }

    public override void Restored(SimSentinel sentinel, SentinelState state)
    {
        foreach (Group group in World.Groups)
            _watched.Remove((sentinel, group.Name));
    }

    public override void Happened(SimSentinel sentinel, SentinelEvent happened)
    {
        if (happened is { Name: "-monitor", MasterName: { } removed })
            _watched.Remove((sentinel, removed));
        else if (happened is { Name: "+reset-master", MasterName: { } reset })
            BeginAnew(sentinel, reset);
        else if (happened.Name == "-tilt")
            World.Groups.ForEach(group => BeginAnew(sentinel, group.Name));
    }

    private void BeginAnew(SimSentinel sentinel, string master)
    {
        if (_watched.TryGetValue((sentinel, master), out var watched))
            _watched[(sentinel, master)] = watched with { Since = World.Agenda.Now };
    }

    private void Look()
    {
        foreach (SentinelProcess sentinel in World.Sentinels.OfType<SentinelProcess>())
        {
            if (sentinel is not { IsWorking: true, View.TiltSince: null })
                continue;
            foreach (Group group in World.Groups)
            {
                if (sentinel.MasterOf(group.Name) is not { } address || sentinel.HoldsDown(group.Name))
                    continue;
                // What was believed when the world began was told to nobody.
                if (_watched.TryAdd((sentinel, group.Name), (address, World.Agenda.Now)))
                    continue;
                (Address watched, Instant since) = _watched[(sentinel, group.Name)];
                Judge(sentinel, group.Name, watched, since);
            }
        }
        World.Agenda.After(s_period, Look);
    }

    private void Judge(SentinelProcess sentinel, string master, Address address, Instant watchedSince)
    {
        Instant heard = sentinel.ReachedAt(address) ?? sentinel.LastHeard(address) ?? Instant.Zero;
        Instant since = Instant.Max(watchedSince, Instant.Max(heard, sentinel.ThawedAt ?? Instant.Zero));
        TimeSpan silence = World.Agenda.Now - since;
        if (silence > DriftMax * sentinel.DownAfterOf(master) + s_slack)
            Violated($"{sentinel.Name} has not heard {address} for {silence.TotalSeconds:F1} s, and does not hold {master} down after {sentinel.DownAfterOf(master).TotalSeconds:F1} s");
    }
}
