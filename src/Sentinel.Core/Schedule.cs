using System.Diagnostics;

namespace Sentinel.Core;

/// <summary>Who has to decide in this step, and who wants to be woken when.</summary>
/// <remarks>
/// Deadlines move mostly away: a healthy link puts its one off with every reply. So an entry is queued only for an
/// earlier deadline, and one that turns out to be early when its time comes is queued again.
/// </remarks>
internal sealed class Schedule
{
    /// <summary>Decisions in one step beyond which something runs in circles.</summary>
    private const int DecisionsMax = 1_000_000;

    private readonly PriorityQueue<IScheduled, long> _deadlines = new();
    private readonly Queue<IScheduled> _touched = new();

    /// <summary>The earliest deadline of all; may be earlier than anybody still needs.</summary>
    public Instant WakeAt => _deadlines.TryPeek(out _, out long ticks) ? new Instant(ticks) : Instant.Never;

    /// <summary>Lets something decide before this step is over.</summary>
    public void Touch(IScheduled item)
    {
        if (item.IsTouched)
            return;
        item.IsTouched = true;
        _touched.Enqueue(item);
    }

    /// <summary>Touches all whose deadline has come.</summary>
    public void TouchDue(Instant now)
    {
        while (_deadlines.TryPeek(out IScheduled? item, out long ticks) && ticks <= now.Ticks)
        {
            _deadlines.Dequeue();
            if (ticks != item.ScheduledAt.Ticks)
                continue;
            item.ScheduledAt = Instant.Never;
            if (item.WakeAt <= now)
                Touch(item);
            else
                Enqueue(item);
        }
    }

    /// <summary>Lets all touched decide, and those whom they touch.</summary>
    public void DecideTouched(Action<IScheduled> decided)
    {
        for (int decisions = 0; _touched.TryDequeue(out IScheduled? item); decisions++)
        {
            if (decisions == DecisionsMax)
                throw new UnreachableException("decisions run in circles");
            item.IsTouched = false;
            item.Decide();
            Enqueue(item);
            decided(item);
        }
    }

    private void Enqueue(IScheduled item)
    {
        if (item.WakeAt >= item.ScheduledAt)
            return;
        item.ScheduledAt = item.WakeAt;
        _deadlines.Enqueue(item, item.WakeAt.Ticks);
    }
}
