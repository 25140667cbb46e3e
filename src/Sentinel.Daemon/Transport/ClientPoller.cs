using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Sentinel.Daemon.Links;

namespace Sentinel.Daemon.Transport;

/// <summary>The thread that reads what clients send, and runs there and then what serves them, as Redis does.</summary>
/// <remarks>
/// To wake another thread for a request costs more than to answer it. So nothing that runs here may block; what has to wait is awaited,
/// and goes on wherever that ends: each connection is still served by one thread at a time. When several asked at the same time it breathes
/// before it looks again, so that more come together: otherwise it would be awake before the next one has asked, fall asleep, and let each
/// client pay for waking it.
/// </remarks>
internal sealed class ClientPoller : IDisposable
{
    /// <summary>How long <see cref="TellLater"/> is.</summary>
    private const int LaterMs = 100;

    /// <summary>Connections with something to say at the same time from which on more are let gather. Fewer wait for each answer before they ask again.</summary>
    private const int CrowdMin = 4;

    /// <summary>How long more are let gather, in µs. Linux adds up to 50. Measured, 50 clients that ask without a pause: a twentieth to a tenth more answers, for less CPU time each.</summary>
    private const uint BreathMicroseconds = 20;

    private readonly Epoll _epoll = new();
    private readonly ConcurrentDictionary<long, IPolled> _watched = new();
    private readonly ConcurrentQueue<(IPolled Polled, long At)> _later = new();    // in the order of their time
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
    public void Unwatch(SafeHandle socket) => _epoll.Remove(socket);

    /// <summary>Tells somebody a tenth of a second later that there may be something to do, and not what. A timer of .NET's could not start when no more files can be opened.</summary>
    public void TellLater(IPolled polled)
    {
        _later.Enqueue((polled, Environment.TickCount64 + LaterMs));
        _epoll.Wake();
    }

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
        {
            int count = _epoll.Wait(WaitMs, ready);
            TellNow();
            if (count >= CrowdMin)
                StreamCalls.Pause(BreathMicroseconds);
        }
        _epoll.Dispose();
    }

    /// <summary>How long nothing needs to be done unless something comes.</summary>
    private int WaitMs => _later.TryPeek(out (IPolled Polled, long At) next) ? (int)Math.Clamp(next.At - Environment.TickCount64, 0, LaterMs) : -1;

    private void TellNow()
    {
        while (_later.TryPeek(out (IPolled Polled, long At) next) && next.At <= Environment.TickCount64 && _later.TryDequeue(out next))
            Tell(next.Polled, 0);
    }

    private void OnReady(long token, uint events)
    {
        // Closed meanwhile, by another thread or by what came before it in the same round.
        if (_watched.TryGetValue(token, out IPolled? polled))
            Tell(polled, events);
    }

    private static void Tell(IPolled polled, uint events)
    {
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
