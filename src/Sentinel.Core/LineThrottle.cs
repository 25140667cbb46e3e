namespace Sentinel.Core;

/// <summary>Lets one log line of a kind through per period and counts the others, so that nobody outside can fill the log.</summary>
/// <param name="period">The least time between two lines.</param>
public sealed class LineThrottle(TimeSpan period)
{
    private Instant _nextAt = Instant.Zero;
    private long _keptBack;

    /// <summary>Whether to write a line now.</summary>
    /// <param name="now">The time.</param>
    /// <param name="keptBack">How many like it were not written since the last one.</param>
    public bool Lets(Instant now, out long keptBack)
    {
        keptBack = _keptBack;
        if (now < _nextAt)
        {
            _keptBack++;
            return false;
        }
        (_nextAt, _keptBack) = (now + period, 0);
        return true;
    }
}
