using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Sentinel.Daemon.Links;

namespace Sentinel.Daemon.Transport;

/// <summary>The thread that reads what clients send, and runs there and then what serves them, as Redis does.</summary>
/// <remarks>
/// To wake another thread for a request costs more than to answer it. So nothing that runs here may block; what has to wait is awaited,
/// and goes on wherever that ends: each connection is still served by one thread at a time.
/// </remarks>
internal sealed class ClientPoller : IDisposable
{
    private readonly Epoll _epoll = new();
    private readonly ConcurrentDictionary<long, IPolled> _watched = new();
    private readonly Thread _thread;
    private long _lastToken;
    private volatile bool _isStopping;

    public ClientPoller()
    {
        _thread = new Thread(Run) { Name = "clients", IsBackground = true };
        _thread.Start();
    }

    /// <summary>A number that nobody else here has.</summary>
    public long NewToken() => Interlocked.Increment(ref _lastToken);

    /// <summary>Waits for a socket from now on. From any thread, as all that follows.</summary>
    /// <param name="polled">Who is told.</param>
    /// <param name="token">Its number.</param>
    /// <param name="socket">For what.</param>
    /// <param name="events">Which; never none.</param>
    /// <exception cref="IOException">The system cannot.</exception>
    public void Watch(IPolled polled, long token, SafeHandle socket, uint events)
    {
        _watched[token] = polled;
        _epoll.Add(socket, token, events);
    }

    /// <summary>Changes what is waited for.</summary>
    public void Change(long token, SafeHandle socket, uint events) => _epoll.Change(socket, token, events);

    /// <summary>Waits no more, of a socket that stays open.</summary>
    public void Rest(SafeHandle socket) => _epoll.Remove(socket);

    /// <summary>Forgets a socket that is about to be closed.</summary>
    public void Forget(long token) => _watched.TryRemove(token, out _);

    /// <summary>Ends the thread. What there was must have been closed. Called by one thread.</summary>
    public void Dispose()
    {
        if (_isStopping)
            return;
        _isStopping = true;
        _epoll.Wake();
        if (Thread.CurrentThread != _thread)
            _thread.Join();
    }

    private void Run()
    {
        Action<long, uint> ready = OnReady;
        while (!_isStopping)
            _epoll.Wait(-1, ready);
        _epoll.Dispose();
    }

    private void OnReady(long token, uint events)
    {
        // Closed meanwhile, by another thread or by what came before it in the same round.
        if (!_watched.TryGetValue(token, out IPolled? polled))
            return;
        try
        {
            polled.OnReady(events);
        }
        catch (Exception failure)
        {
            polled.Fail(failure);
        }
    }
}
