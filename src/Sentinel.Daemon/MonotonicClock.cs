using Sentinel.Core;

namespace Sentinel.Daemon;

/// <summary>The clock of the process: monotonic for decisions, wall time for people.</summary>
internal sealed class MonotonicClock(TimeProvider time)
{
    /// <summary>Longest single wait: the core's heartbeat is shorter anyway.</summary>
    private const int WaitMaxMs = 60_000;

    // The origin lies an hour back, so that nothing that is "never done before" looks as if it were done just now.
    private readonly long _origin = time.GetTimestamp() - (3600 * time.TimestampFrequency);

    /// <summary>The time for decisions.</summary>
    public Instant Now => Instant.At(time.GetElapsedTime(_origin));

    /// <summary>The time for people, UTC.</summary>
    public DateTimeOffset WallNow => time.GetUtcNow();

    /// <summary>How long to wait for a moment, in ms, rounded up: who wakes early would only wake again.</summary>
    public int MillisecondsUntil(Instant deadline)
    {
        TimeSpan wait = deadline - Now;
        return wait <= TimeSpan.Zero ? 0 : (int)Math.Min(Math.Ceiling(wait.TotalMilliseconds), WaitMaxMs);
    }
}
