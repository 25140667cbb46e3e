namespace Sentinel.Core;

/// <summary>Tells in the log that saves fail: at once with the cure, then ever more rarely, for the log may be on the very disk that is full; and that they no longer do.</summary>
internal sealed class SaveLog(LocalSentinel local)
{
    /// <summary>From one line to the next; the last one again and again.</summary>
    private static readonly TimeSpan[] Pauses = [TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(10), TimeSpan.FromHours(1)];

    /// <summary>How many different errors are told at once; more wait for their turn like those that were told.</summary>
    private const int ToldMax = 8;

    private readonly HashSet<string> _told = new(StringComparer.Ordinal);
    private Instant _since;
    private Instant _nextAt;
    private int _repeats;
    private long _failures;

    /// <summary>A save failed.</summary>
    /// <param name="error">Why, in the system's words.</param>
    public void NotSaved(string error)
    {
        if (_failures++ == 0)
            (_since, _nextAt, _repeats) = (local.Now, local.Now + Pauses[0], 0);
        if (_told.Count < ToldMax && _told.Add(error))
        {
            Warn($"{error}. The folder of the file must be writable and have space left, and must not hold the file as a mount of its own. "
                + "Until it can be saved this Sentinel watches and answers, but gives no vote and leads no failover; it goes on trying");
        }
        else if (local.Now >= _nextAt)
        {
            _nextAt = local.Now + Pauses[Math.Min(++_repeats, Pauses.Length - 1)];
            Warn($"{error} (for {Seconds} s now, {_failures} times in a row)");
        }
    }

    /// <summary>A save succeeded.</summary>
    public void Saved()
    {
        if (_failures > 0)
            local.Log(EventLevel.Warning, $"Sentinel is able to save its configuration again: it was not for {Seconds} s, {_failures} times in a row");
        _failures = 0;
        _told.Clear();
    }

    private long Seconds => (long)(local.Now - _since).TotalSeconds;

    private void Warn(string what) => local.Log(EventLevel.Warning, $"WARNING: Sentinel was not able to save the new configuration on disk!!!: {what}");
}
