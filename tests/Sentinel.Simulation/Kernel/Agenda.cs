using Sentinel.Core;

namespace Sentinel.Simulation.Kernel;

/// <summary>What happens when, in virtual time. Of two things at one moment the one that was planned first comes first.</summary>
/// <remarks>A heap of its own, for it is what a run does most: the library's asks a comparer, a call that cannot be inlined, for every step down.</remarks>
internal sealed class Agenda
{
    private Planned[] _heap = new Planned[256];
    private int _count;
    private long _order;

    /// <summary>The true time; clocks of machines may differ from it.</summary>
    public Instant Now { get; private set; } = Instant.At(TimeSpan.FromHours(1));

    /// <summary>Things that happened so far.</summary>
    public long Happened { get; private set; }

    /// <summary>Plans something.</summary>
    public void After(TimeSpan delay, Action action) => At(Now + delay, action);

    /// <summary>Plans something for a moment; one that is over means now.</summary>
    public void At(Instant at, Action action)
    {
        if (_count == _heap.Length)
            Array.Resize(ref _heap, 2 * _count);
        var planned = new Planned(Math.Max(at.Ticks, Now.Ticks), _order++, action);
        int place = _count++;
        while (place > 0)
        {
            int parent = (place - 1) / 2;
            if (!planned.IsBefore(in _heap[parent]))
                break;
            _heap[place] = _heap[parent];
            place = parent;
        }
        _heap[place] = planned;
    }

    /// <summary>Lets happen what comes next, unless it comes after <paramref name="end"/>.</summary>
    /// <returns>False when nothing is left before the end; it is the end then.</returns>
    public bool Step(Instant end)
    {
        if (_count == 0 || _heap[0].Ticks > end.Ticks)
        {
            Now = Instant.Max(Now, end);
            return false;
        }
        Planned next = _heap[0];
        RemoveFirst();
        Now = new Instant(next.Ticks);
        Happened++;
        next.Action();
        return true;
    }

    private void RemoveFirst()
    {
        Planned last = _heap[--_count];
        _heap[_count] = default;
        if (_count == 0)
            return;
        int place = 0;
        for (int child = 1; child < _count; child = 2 * place + 1)
        {
            if (child + 1 < _count && _heap[child + 1].IsBefore(in _heap[child]))
                child++;
            if (!_heap[child].IsBefore(in last))
                break;
            _heap[place] = _heap[child];
            place = child;
        }
        _heap[place] = last;
    }

    private readonly record struct Planned(long Ticks, long Order, Action Action)
    {
        public bool IsBefore(in Planned other) => Ticks < other.Ticks || (Ticks == other.Ticks && Order < other.Order);
    }
}
