namespace Sentinel.Core;

/// <summary>Collects, while something decides, when it next has to look again.</summary>
/// <remarks>
/// Every deadline is asked for with <see cref="IsDue"/> at every decision: either it has come, or it is a reason to be
/// woken. So no deadline can be forgotten, and none needs to be cancelled.
/// </remarks>
internal sealed class Wakeup(LocalSentinel local)
{
    /// <summary>The earliest deadline that was asked for and has not come.</summary>
    public Instant At { get; private set; } = Instant.Never;

    /// <summary>Begins a new decision.</summary>
    public void Reset() => At = Instant.Never;

    /// <summary>Whether a deadline has come; if not, it will be looked at when it comes.</summary>
    public bool IsDue(Instant deadline)
    {
        if (deadline <= local.Now)
            return true;
        At = Instant.Min(At, deadline);
        return false;
    }
}
