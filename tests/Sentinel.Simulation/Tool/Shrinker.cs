using System.Collections.Immutable;
using Sentinel.Simulation.Kernel;

namespace Sentinel.Simulation.Tool;

/// <summary>Makes a case that breaks a rule small: fewer faults, then less time, then fewer faults again.</summary>
/// <remarks>
/// Delta debugging (Zeller and Hildebrandt, 2002): parts of the faults are left out, in halves first and at last one by one. What
/// is found is small, and need not be the smallest. It never needs to know why a case fails; it only tries.
/// </remarks>
/// <param name="failure">Runs a case. Null: the rule holds in it, whatever other rule may break.</param>
/// <param name="faultsOf">How many faults a case has before any is left out. In a shorter time it is fewer, of which those that come in time have the same numbers.</param>
/// <param name="runsMax">Runs after which the smallest case found so far is good enough.</param>
/// <param name="stopping">Ends it early, in the same way.</param>
internal sealed class Shrinker(Func<Case, Violation?> failure, Func<Case, int> faultsOf, int runsMax, CancellationToken stopping)
{
    /// <summary>To a fiftieth of the time or so.</summary>
    private const int CutsMax = 6;

    private (Case Case, Violation Violation) _smallest;

    /// <summary>Runs that it took so far.</summary>
    public int Runs { get; private set; }

    /// <summary>Makes a case small that is known to fail.</summary>
    public (Case Case, Violation Violation) Shrink(Case failing, Violation violation)
    {
        _smallest = (failing with { Kept = failing.Kept ?? [.. Enumerable.Range(0, faultsOf(failing))] }, violation);
        DropFaults();
        if (CutTime())
            DropFaults();
        return _smallest;
    }

    private ImmutableArray<int> Kept => _smallest.Case.Kept!.Value;

    private void DropFaults()
    {
        int parts = 1;    // all of them at first: a rule that breaks without any fault is the plainest story
        while (!Kept.IsEmpty && !IsOver)
        {
            if (DropOneOf(Math.Min(parts, Kept.Length)))
                parts = Math.Max(parts - 1, 2);
            else if (parts >= Kept.Length)
                return;
            else
                parts *= 2;
        }
    }

    private bool DropOneOf(int parts)
    {
        ImmutableArray<int> kept = Kept;
        // The later ones first: what comes after the violation plays no part in it.
        for (int part = parts - 1; part >= 0; part--)
        {
            int from = kept.Length * part / parts, below = kept.Length * (part + 1) / parts;
            if (Fails(_smallest.Case with { Kept = kept.RemoveRange(from, below - from) }))
                return true;
        }
        return false;
    }

    /// <summary>Ends the faults just after the violation; where it came only in the end, when all had their time, the bound is searched for.</summary>
    private bool CutTime()
    {
        TimeSpan before = _smallest.Case.Duration;
        TimeSpan enough = RoundUp(_smallest.Violation.At);
        if (enough < before && Fails(Shortened(enough)))
            return true;
        TimeSpan tooShort = TimeSpan.Zero;
        for (int i = 0; i < CutsMax; i++)
        {
            TimeSpan middle = RoundUp((tooShort + _smallest.Case.Duration) / 2);
            if (middle >= _smallest.Case.Duration)
                break;
            if (!Fails(Shortened(middle)))
                tooShort = middle;
        }
        return _smallest.Case.Duration < before;
    }

    private Case Shortened(TimeSpan duration)
    {
        Case shorter = _smallest.Case with { Duration = duration };
        int faults = faultsOf(shorter);
        return shorter with { Kept = Kept.RemoveAll(fault => fault >= faults) };
    }

    /// <summary>To tenths of a minute, so that it reads well on a command line.</summary>
    private static TimeSpan RoundUp(TimeSpan time)
    {
        const long unit = TimeSpan.TicksPerMinute / 10;
        return TimeSpan.FromTicks((time.Ticks / unit + 1) * unit);
    }

    private bool IsOver => Runs >= runsMax || stopping.IsCancellationRequested;

    private bool Fails(Case smaller)
    {
        if (IsOver)
            return false;
        Runs++;
        if (failure(smaller) is not { } violation)
            return false;
        _smallest = (smaller, violation);
        return true;
    }
}
