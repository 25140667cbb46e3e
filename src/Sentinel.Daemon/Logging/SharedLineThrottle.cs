using Sentinel.Core;

namespace Sentinel.Daemon.Logging;

/// <summary>A <see cref="LineThrottle"/> for any thread, that reads the clock itself.</summary>
/// <param name="period">The least time between two lines.</param>
/// <param name="time">The clock.</param>
internal sealed class SharedLineThrottle(TimeSpan period, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly LineThrottle _throttle = new(period);
    private readonly MonotonicClock _clock = new(time);

    /// <summary>Whether to write a line now.</summary>
    /// <param name="keptBack">How many like it were not written since the last one.</param>
    public bool Lets(out long keptBack)
    {
        lock (_gate)
            return _throttle.Lets(_clock.Now, out keptBack);
    }
}
