using Sentinel.Core;

namespace Sentinel.Simulation.Kernel;

/// <summary>What happens when, in virtual time. Of two things at one moment the one that was planned first comes first.</summary>
internal sealed class Agenda
{
    private readonly PriorityQueue<Action, (long Ticks, long Order)> _planned = new(Earlier.Instance);
    private long _order;

    /// <summary>The true time; clocks of machines may differ from it.</summary>
    public Instant Now { get; private set; } = Instant.At(TimeSpan.FromHours(1));

    /// <summary>Things that happened so far.</summary>
    public long Happened { get; private set; }

    /// <summary>Plans something.</summary>
    public void After(TimeSpan delay, Action action) => At(Now + delay, action);

    /// <summary>Plans something for a moment; one that is over means now.</summary>
    public void At(Instant at, Action action) => _planned.Enqueue(action, (Math.Max(at.Ticks, Now.Ticks), _order++));

    /// <summary>Lets happen what comes next, unless it comes after <paramref name="end"/>.</summary>
    /// <returns>False when nothing is left before the end; it is the end then.</returns>
    public bool Step(Instant end)
    {
        if (!_planned.TryPeek(out _, out (long Ticks, long Order) key) || key.Ticks > end.Ticks)
        {
            Now = Instant.Max(Now, end);
            return false;
        }
        Now = new Instant(key.Ticks);
        Happened++;
        _planned.Dequeue()();
        return true;
    }

    private sealed class Earlier : IComparer<(long Ticks, long Order)>
    {
        public static readonly Earlier Instance = new();

        public int Compare((long Ticks, long Order) x, (long Ticks, long Order) y) => x.Ticks != y.Ticks ? x.Ticks.CompareTo(y.Ticks) : x.Order.CompareTo(y.Order);
    }
}
