using System.Threading.Tasks.Sources;

namespace Sentinel.Daemon.Transport;

/// <summary>The one who waits for a connection to become readable or writable, again and again, without an object for each time unless it may lose its patience.</summary>
/// <remarks>Unless said otherwise its members are used under the connection's gate.</remarks>
/// <typeparam name="T">What is waited for.</typeparam>
/// <param name="gate">The connection's.</param>
/// <param name="take">Gives what has come, under the gate, once the wait is over; may throw.</param>
internal sealed class Waiter<T>(Lock gate, Func<T> take) : IValueTaskSource<T>
{
    private ManualResetValueTaskSourceCore<bool> _source;
    private CancellationToken _impatient;
    private bool _isCanceled;

    /// <summary>Whether somebody waits.</summary>
    public bool IsWaiting { get; private set; }

    /// <summary>Whether who waits is to be told now, although nothing has come.</summary>
    public bool IsInterrupted => _isCanceled || _impatient.IsCancellationRequested;

    /// <summary>Begins to wait.</summary>
    public ValueTask<T> Begin()
    {
        _source.Reset();
        IsWaiting = true;
        return new ValueTask<T>(this, _source.Version);
    }

    /// <summary>Ends the wait of who waits; whoever calls this calls <see cref="Tell"/> next.</summary>
    public void End() => IsWaiting = false;

    /// <summary>Lets who waited go on, here and now. Without the gate.</summary>
    public void Tell() => _source.SetResult(true);

    /// <summary>Lets who waits go on, if anybody does, on a thread that is in the middle of nothing.</summary>
    public void TellElsewhere()
    {
        if (!IsWaiting)
            return;
        IsWaiting = false;
        ThreadPool.UnsafeQueueUserWorkItem(static waiter => waiter.Tell(), this, preferLocal: false);
    }

    /// <summary>Lets who waits, or else who waits next, go on with nothing.</summary>
    public void Cancel()
    {
        _isCanceled = true;
        TellElsewhere();
    }

    /// <summary>Whether the wait was canceled; it counts once.</summary>
    public bool TakeCancel()
    {
        bool wasCanceled = _isCanceled;
        _isCanceled = false;
        return wasCanceled;
    }

    /// <exception cref="OperationCanceledException">Who waits has lost its patience.</exception>
    public void ThrowIfImpatient() => _impatient.ThrowIfCancellationRequested();

    /// <summary>Waits no longer than somebody has patience. Without the gate.</summary>
    /// <param name="begin">Gives what is there already, or begins to wait.</param>
    /// <param name="impatient">Its patience.</param>
    public async ValueTask<T> WaitAsync(Func<ValueTask<T>> begin, CancellationToken impatient)
    {
        impatient.ThrowIfCancellationRequested();
        _impatient = impatient;
        try
        {
            using (impatient.UnsafeRegister(static waiter => ((Waiter<T>)waiter!).TellOfImpatience(), this))
                return await begin();
        }
        finally
        {
            _impatient = CancellationToken.None;
        }
    }

    T IValueTaskSource<T>.GetResult(short token)
    {
        _source.GetResult(token);
        lock (gate)
            return take();
    }

    ValueTaskSourceStatus IValueTaskSource<T>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<T>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    private void TellOfImpatience()
    {
        lock (gate)
            TellElsewhere();
    }
}
