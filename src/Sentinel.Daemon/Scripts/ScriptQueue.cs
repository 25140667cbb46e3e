using System.Collections.Immutable;
using Sentinel.Core;

namespace Sentinel.Daemon.Scripts;

/// <summary>Which script runs when, and what follows from its end. Only decides; the time is handed in.</summary>
/// <remarks>Source of the numbers: Redis Sentinel. Jobs keep their place from the event to the last try, so the oldest is first.</remarks>
internal sealed class ScriptQueue
{
    /// <summary>Most jobs, running or waiting. Beyond it the oldest that does not run is dropped: what is newer matters more.</summary>
    public const int JobsMax = 256;

    /// <summary>Most scripts that run at a time.</summary>
    public const int RunningMax = 16;

    /// <summary>Most runs of one job.</summary>
    public const int TriesMax = 10;

    /// <summary>The least exit code that means that another run would not help.</summary>
    private const int FinalExitCode = 2;

    private static readonly TimeSpan StartPauseMin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StartPauseMax = TimeSpan.FromSeconds(30);

    private readonly List<ScriptJob> _jobs = new(JobsMax);
    private TimeSpan _startPause = StartPauseMin;
    private Instant _startsFrom;

    /// <summary>Jobs, running or waiting.</summary>
    public int Count => _jobs.Count;

    /// <summary>Jobs that run.</summary>
    public int Running { get; private set; }

    /// <summary>Takes in a job.</summary>
    /// <returns>The job that was dropped for it; null: none.</returns>
    public ScriptJob? Add(ScriptJob job)
    {
        ScriptJob? dropped = _jobs.Count >= JobsMax ? _jobs.Find(old => !old.IsRunning) : null;
        if (dropped is not null)
            _jobs.Remove(dropped);
        _jobs.Add(job);
        return dropped;
    }

    /// <summary>The oldest job that may run now, which counts as running from here on; null: none.</summary>
    public ScriptJob? Start(Instant now)
    {
        if (Running >= RunningMax || now < _startsFrom || _jobs.Find(job => !job.IsRunning && job.StartAt <= now) is not { } next)
            return null;
        (next.IsRunning, next.StartedAt, next.IsKilled) = (true, now, false);
        next.Tries++;
        Running++;
        return next;
    }

    /// <summary>A started job has a process.</summary>
    public void Started(ScriptJob job, int processId)
    {
        job.ProcessId = processId;
        _startPause = StartPauseMin;
    }

    /// <summary>No process could be had for a started job. It waits again, and so do all, for none would have more luck.</summary>
    public void CouldNotStart(ScriptJob job, Instant now)
    {
        Rest(job);
        job.Tries--;    // it did not run
        _startsFrom = now + _startPause;
        _startPause = 2 * _startPause < StartPauseMax ? 2 * _startPause : StartPauseMax;
    }

    /// <summary>A run is over. After 1, or a signal, it is run again; after more than 1 that would not help.</summary>
    /// <param name="job">The job.</param>
    /// <param name="exitCode">What it returned.</param>
    /// <param name="signal">What killed it; 0: nothing.</param>
    /// <param name="retryDelay">The pause after the first failure.</param>
    /// <param name="now">The time.</param>
    /// <returns>Whether it failed for good.</returns>
    public bool Ended(ScriptJob job, int exitCode, int signal, TimeSpan retryDelay, Instant now)
    {
        Rest(job);
        bool hasFailed = exitCode != 0 || signal != 0;
        if (hasFailed && (signal != 0 || exitCode < FinalExitCode) && job.Tries < TriesMax)
        {
            job.StartAt = now + retryDelay * (1 << (job.Tries - 1));
            return false;
        }
        _jobs.Remove(job);
        return hasFailed;
    }

    /// <summary>The next job that has run for too long; it is to be killed now, and is given once per run. Null: none.</summary>
    public ScriptJob? Overdue(TimeSpan maxRuntime, Instant now)
    {
        ScriptJob? late = _jobs.Find(job => job is { ProcessId: not 0, IsKilled: false } && now - job.StartedAt > maxRuntime);
        late?.IsKilled = true;
        return late;
    }

    /// <summary>When to look again, if nothing happens before.</summary>
    public Instant WakeAt(TimeSpan maxRuntime)
    {
        Instant wake = Instant.Never;
        foreach (ScriptJob job in _jobs)
        {
            if (job is { IsRunning: true, IsKilled: false })
                wake = Instant.Min(wake, job.StartedAt + maxRuntime + TimeSpan.FromTicks(1));
            else if (!job.IsRunning && Running < RunningMax)
                wake = Instant.Min(wake, Instant.Max(job.StartAt, _startsFrom));
        }
        return wake;
    }

    /// <summary>All jobs, oldest first.</summary>
    public ImmutableArray<ScriptView> View(Instant now) => [.. _jobs.Select(job => new ScriptView(
        [job.Path, .. job.Arguments],
        job.IsRunning,
        job.ProcessId,
        Math.Max(0, (long)(job.IsRunning ? now - job.StartedAt : job.StartAt - now).TotalMilliseconds),
        job.Tries))];

    private void Rest(ScriptJob job)
    {
        (job.IsRunning, job.ProcessId) = (false, 0);
        Running--;
    }
}
