using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;
using Sentinel.Core;
using Sentinel.Daemon.Configuration;
using Sentinel.Daemon.Logging;

namespace Sentinel.Daemon.Scripts;

/// <summary>Runs the operator's scripts: starts them when they are due, logs what they write, sees how they end.</summary>
/// <remarks>
/// One thread waits for all of them, in one poll; it starts with the first script. Scripts that run when the process ends
/// are left to finish, as in Redis Sentinel; those that wait are not run.
/// </remarks>
/// <param name="facts">Where facts about scripts go; may wait.</param>
/// <param name="log">Where their output goes.</param>
/// <param name="clock">The time.</param>
/// <param name="timing">The bounds that hold now.</param>
internal sealed class ScriptRunner(Action<Input> facts, RedisLog log, MonotonicClock clock, Func<Timing> timing) : IHostedService, IDisposable
{
    /// <summary>Signal of <c>-script-error</c> when no process could be had. Source: Redis Sentinel.</summary>
    private const int NoProcess = 99;

    /// <summary>Exit code of a program that cannot be run. Source: Redis Sentinel.</summary>
    private const int NotRunnable = 2;

    /// <summary>How often to look at a process for which the system gives no descriptor to wait on.</summary>
    private const int LookAgainMs = 50;

    /// <summary>How often to look whether a running script is overdue: its bound may be changed while it runs.</summary>
    private const int BoundLookedAtMs = 1000;

    /// <summary>Outputs that are read after their script's end, for what it left running; beyond it the oldest is closed.</summary>
    private const int LeftOutputsMax = 16;

    private static readonly TimeSpan DropsLoggedEvery = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly ScriptQueue _queue = new();
    private readonly LineThrottle _drops = new(DropsLoggedEvery);
    private readonly SafeFileHandle _wakeup = ProcessCalls.Event();
    private readonly List<ScriptProcess> _processes = [];
    private readonly byte[] _buffer = new byte[16 * 1024];
    private Thread? _thread;
    private volatile bool _isStopping;

    /// <summary>Running scripts, and all there are.</summary>
    public (int Running, int All) Counts
    {
        get
        {
            lock (_gate)
                return (_queue.Running, _queue.Count);
        }
    }

    /// <summary>All scripts that run or wait, oldest first.</summary>
    public ImmutableArray<ScriptView> View()
    {
        lock (_gate)
            return _queue.View(clock.Now);
    }

    /// <summary>Lets a script be run as soon as there is room. Does not wait; called by the deciding thread.</summary>
    public void Run(RunScript order)
    {
        lock (_gate)
        {
            if (_isStopping)
                return;
            Instant now = clock.Now;
            if (_queue.Add(new ScriptJob(order.Path, order.Arguments, now)) is { } dropped && _drops.Lets(now, out long more))
                log.Write(EventLevel.Warning, $"{ScriptQueue.JobsMax} scripts wait already: {dropped.Path} {string.Join(' ', dropped.Arguments)} is not run{(more > 0 ? $", nor were {more} others" : "")}");
            if (_thread is null)
                StartThread();
        }
        ProcessCalls.Signal(_wakeup);
    }

    private void StartThread()
    {
        var thread = new Thread(Loop) { Name = "scripts", IsBackground = true };
        try
        {
            thread.Start();
            _thread = thread;
        }
        catch (OutOfMemoryException)
        {
            // What .NET says when the system gives no more threads. That must not end who decides.
            log.Write(EventLevel.Warning, "No script can run: the system gives no more threads. It is tried again with the next one.");
        }
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _isStopping = true;
            if (_queue.Count > 0)
                log.Write(EventLevel.Warning, $"{_queue.Running} scripts are left to finish, and {_queue.Count - _queue.Running} that wait are not run");
        }
        ProcessCalls.Signal(_wakeup);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_wakeup.IsClosed)
            return;    // the host knows it under two names
        _isStopping = true;
        ProcessCalls.Signal(_wakeup);
        _thread?.Join(TimeSpan.FromSeconds(5));
        foreach (ScriptProcess process in _processes)
            process.Dispose();
        _wakeup.Dispose();
    }

    private void Loop()
    {
        ProcessCalls.WatchChildren();
        while (!_isStopping)
        {
            try
            {
                StartDue();
                KillOverdue();
                Wait();
                LookAtAll();
            }
            catch (Exception bug)
            {
                log.Write(EventLevel.Warning, $"This is a bug, and a script may be lost to it: {bug}");
            }
        }
    }

    private void StartDue()
    {
        while (!_isStopping && Locked(now => _queue.Start(now)) is { } job)
        {
            // Not under the lock: the program may lie on a slow disk, and the deciding thread must not wait for it.
            ScriptProcess? process = ScriptProcess.Start(job, log, out int error);
            if (process is not null)
            {
                Locked(_ => _queue.Started(job, process.Id));
                _processes.Add(process);
                facts(new ScriptStarted(process.Id));
            }
            else if (ProcessCalls.IsPassing(error))
            {
                Locked(now => _queue.CouldNotStart(job, now));
                log.Write(EventLevel.Warning, $"{job.Path} cannot be started now, and will be tried again: {ProcessCalls.Words(error)}");
                facts(new ScriptFailed(job.Path, NoProcess, 0));
            }
            else
            {
                Locked(now => _queue.Ended(job, NotRunnable, 0, TimeSpan.Zero, now));
                log.Write(EventLevel.Warning, $"{job.Path} cannot be run: {ProcessCalls.Words(error)}");
                facts(new ScriptFailed(job.Path, 0, NotRunnable));
            }
        }
    }

    private void KillOverdue()
    {
        while (Locked(now => _queue.Overdue(timing().ScriptMaxRuntime, now)) is { } late)
        {
            ProcessCalls.KillGroup(late.ProcessId);
            facts(new ScriptTimedOut(late.Path, late.ProcessId));
        }
    }

    /// <summary>Waits until there is something to do, and reads what was written meanwhile.</summary>
    private void Wait()
    {
        Instant wake = Locked(_ => _queue.WakeAt(timing().ScriptMaxRuntime));
        int timeoutMs = wake == Instant.Never ? int.MaxValue : clock.MillisecondsUntil(wake);
        if (_processes.Exists(process => process.Job is not null))
            timeoutMs = Math.Min(timeoutMs, BoundLookedAtMs);
        if (_processes.Exists(process => process is { Job: not null, End.IsInvalid: true }))
            timeoutMs = Math.Min(timeoutMs, LookAgainMs);
        SafeFileHandle[] awaited = [_wakeup, .. _processes.Select(process => process.Output), .. _processes.Select(process => process.End)];
        bool[] isReady = ProcessCalls.Poll(awaited, timeoutMs);
        if (isReady[0])
            ProcessCalls.Reset(_wakeup);
        for (int i = 0; i < _processes.Count; i++)
        {
            if (isReady[1 + i])
                _processes[i].Read(_buffer);
        }
    }

    private void LookAtAll()
    {
        foreach (ScriptProcess process in _processes)
        {
            if (process.Job is not { } job || !ProcessCalls.HasEnded(process.Id, out int exitCode, out int signal))
                continue;
            process.Ended(_buffer);
            facts(new ScriptEnded(process.Id, exitCode, signal));
            if (Locked(now => _queue.Ended(job, exitCode, signal, timing().ScriptRetryDelay, now)))
                facts(new ScriptFailed(job.Path, signal, exitCode));
        }
        int surplus = _processes.Count(process => process.Job is null) - LeftOutputsMax;
        foreach (ScriptProcess process in _processes.Where(process => process.Job is null && (process.IsSilent || surplus-- > 0)).ToArray())
        {
            _processes.Remove(process);
            process.Dispose();
        }
    }

    private T Locked<T>(Func<Instant, T> act)
    {
        lock (_gate)
            return act(clock.Now);
    }

    private void Locked(Action<Instant> act)
    {
        lock (_gate)
            act(clock.Now);
    }
}
