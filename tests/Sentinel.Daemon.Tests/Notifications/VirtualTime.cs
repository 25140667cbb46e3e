using Sentinel.Daemon.Tests.Lab;

namespace Sentinel.Daemon.Tests.Notifications;

/// <summary>A clock that stands still until it is moved, for stories in which somebody sleeps, acts, and sleeps again.</summary>
/// <remarks>It moves only while a delay is awaited: else somebody still acts, on this or another thread. Deadlines do not count as sleep.</remarks>
internal sealed class VirtualTime : TimeProvider
{
    private static readonly DateTimeOffset Origin = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly Lock _gate = new();
    private readonly List<Waiter> _waiters = [];
    private TimeSpan _elapsed;
    private int _endless;

    /// <summary>How far it was moved.</summary>
    public TimeSpan Elapsed
    {
        get
        {
            lock (_gate)
                return _elapsed;
        }
    }

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override long GetTimestamp() => Elapsed.Ticks;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => Origin + Elapsed;

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Assert.Equal(Timeout.InfiniteTimeSpan, period);
        var waiter = new Waiter(this, () => callback(state), isSleeper: state is Task);    // of a deadline it is a CancellationTokenSource
        waiter.Change(dueTime, period);
        return waiter;
    }

    /// <summary>Moves on from one awaited moment to the next, until something is so.</summary>
    public void AdvanceUntil(Func<bool> isSo)
    {
        while (true)
        {
            Assert.True(SpinWait.SpinUntil(() => isSo() || SomebodySleeps(), Eventually.Patience), "nobody sleeps, and it is not so");
            if (isSo())
                return;
            Fire(TakeNext());
        }
    }

    /// <summary>Sleeps until woken.</summary>
    public async Task SleepAsync(CancellationToken woken)
    {
        var end = new TaskCompletionSource();
        woken.UnsafeRegister(_ => end.TrySetCanceled(woken), state: null);    // before it counts as sleep, so that whoever wakes it also ends it
        Interlocked.Increment(ref _endless);
        try
        {
            await end.Task.ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _endless);
        }
    }

    private bool SomebodySleeps()
    {
        lock (_gate)
            return Volatile.Read(ref _endless) > 0 || _waiters.Exists(waiter => waiter.IsSleeper);
    }

    private Waiter TakeNext()
    {
        lock (_gate)
        {
            Waiter next = _waiters.MinBy(waiter => waiter.DueAt)!;
            _waiters.Remove(next);
            _elapsed = next.DueAt > _elapsed ? next.DueAt : _elapsed;
            return next;
        }
    }

    private static void Fire(Waiter waiter)
    {
        // Who is woken gets up before this returns; but not where a context of the test runner would have to be asked.
        SynchronizationContext? context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        waiter.Fire();
        SynchronizationContext.SetSynchronizationContext(context);
    }

    private sealed class Waiter(VirtualTime time, Action fire, bool isSleeper) : ITimer
    {
        public bool IsSleeper => isSleeper;

        public TimeSpan DueAt { get; private set; }

        public void Fire() => fire();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._gate)
            {
                time._waiters.Remove(this);
                DueAt = time._elapsed + dueTime;
                if (dueTime != Timeout.InfiniteTimeSpan)
                    time._waiters.Add(this);
            }
            return true;
        }

        public void Dispose()
        {
            lock (time._gate)
                time._waiters.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
