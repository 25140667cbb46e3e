namespace Sentinel.Core;

/// <summary>How long connections to an instance have been refused: its host answers and says that nobody listens, which silence never tells.</summary>
/// <remarks>
/// A refusal may come from something in between, or from a node that is being started anew. So it counts only when nothing else came
/// of any attempt for a whole period: not a connection, not a timeout, not another error. The period runs from when the first
/// refusal came to when the attempt was made that was refused last; how long messages are on their way lengthens it on neither side.
/// </remarks>
internal sealed class Refusals
{
    /// <summary>Shortest time between two attempts.</summary>
    private static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(20);

    private Instant? _since;
    private Instant _until;
    private bool _areExpected;

    /// <summary>An attempt was refused.</summary>
    /// <param name="triedAt">When it was made.</param>
    /// <param name="now">When its refusal came.</param>
    public void Came(Instant triedAt, Instant now)
    {
        _since ??= now;
        _until = triedAt;
    }

    /// <summary>A connection that stood was closed by the other side, as the system does for a process that ends.</summary>
    public void Expect() => _areExpected = true;

    /// <summary>Something else came of an attempt, or it leads elsewhere now.</summary>
    public void End() => (_since, _areExpected) = (null, false);

    /// <summary>We did not run for some time, in which we saw no refusal.</summary>
    /// <param name="time">How long.</param>
    /// <param name="period">The period that counts: after so long a pause it begins anew.</param>
    public void Miss(TimeSpan time, TimeSpan period) => _since = time < period ? _since + time : null;

    /// <summary>Whether they have lasted for a period.</summary>
    public bool HaveLasted(TimeSpan period) => _since is { } since && _until - since >= period;

    /// <summary>When to try again so that a period of refusals is seen as soon as it is over; null: there is no hurry.</summary>
    /// <param name="triedAt">When it was tried last.</param>
    /// <param name="period">The period that counts.</param>
    /// <param name="hurry">How long refusals are cause for hurry; then they are old.</param>
    public Instant? TryAgainAt(Instant triedAt, TimeSpan period, TimeSpan hurry)
    {
        if (_since is { } began ? triedAt - began > hurry : !_areExpected)
            return null;
        TimeSpan pause = period / 4 > PauseMin ? period / 4 : PauseMin;
        Instant next = triedAt + pause;
        // The one that decides is made when the period is over, and none shortly before it.
        return _since + period is { } over && over > triedAt && over < next + PauseMin ? Instant.Max(over, triedAt + PauseMin) : next;
    }
}
