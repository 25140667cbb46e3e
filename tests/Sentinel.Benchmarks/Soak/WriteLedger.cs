using System.Diagnostics;
using Sentinel.Benchmarks.Servers;

namespace Sentinel.Benchmarks.Soak;

/// <summary>What the application of one group was promised, and how long it had to wait for it. Safe to use from any thread.</summary>
internal sealed class WriteLedger(string group)
{
    /// <summary>From which on a pause is kept, to be compared with what sentinels say.</summary>
    private static readonly TimeSpan Noticed = TimeSpan.FromMilliseconds(200);

    /// <summary>Silences that are kept: those of days. Beyond it the oldest are forgotten.</summary>
    private const int SilencesMax = 100_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<string>> _acknowledged = [];
    private readonly Queue<Silence> _silences = [];
    private long _lastAt = Stopwatch.GetTimestamp();
    private long _struckAt;
    private TimeSpan _longest;

    /// <summary>Writes that were ever acknowledged.</summary>
    public long Total { get; private set; }

    /// <summary>The times without an acknowledged write, the one that goes on now among them.</summary>
    public IReadOnlyList<Silence> Silences
    {
        get
        {
            lock (_gate)
                return [.. _silences, SilenceUntil(Stopwatch.GetTimestamp())];
        }
    }

    public void Note(Acknowledged write)
    {
        lock (_gate)
        {
            Total++;
            if (Stopwatch.GetElapsedTime(_lastAt, write.At) >= Noticed)
            {
                _silences.Enqueue(SilenceUntil(write.At));
                if (_silences.Count > SilencesMax)
                    _silences.Dequeue();
            }
            if (_struckAt != 0 && write.At > _struckAt)
            {
                TimeSpan pause = Stopwatch.GetElapsedTime(Math.Max(_lastAt, _struckAt), write.At);
                _longest = pause > _longest ? pause : _longest;
            }
            _lastAt = write.At;
            if (!_acknowledged.TryGetValue(write.Key, out List<string>? values))
                _acknowledged[write.Key] = values = [];
            values.Add(write.Value);
        }
    }

    /// <summary>A fault strikes now: from here on pauses are its own.</summary>
    public void Strike()
    {
        lock (_gate)
            (_struckAt, _longest) = (Stopwatch.GetTimestamp(), TimeSpan.Zero);
    }

    /// <summary>The longest time since the fault without an acknowledged write.</summary>
    public TimeSpan Outage
    {
        get
        {
            lock (_gate)
                return _longest;
        }
    }

    /// <summary>What was acknowledged of a list, which is forgotten here.</summary>
    public IReadOnlyList<string> Take(string key)
    {
        lock (_gate)
            return _acknowledged.Remove(key, out List<string>? values) ? values : [];
    }

    private Silence SilenceUntil(long at)
    {
        DateTimeOffset to = DateTimeOffset.Now - Stopwatch.GetElapsedTime(at);
        return new Silence(group, to - Stopwatch.GetElapsedTime(_lastAt, at), to);
    }
}
