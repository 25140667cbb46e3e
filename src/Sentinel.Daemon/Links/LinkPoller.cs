using System.Collections.Concurrent;
using System.Net.Sockets;
using Sentinel.Core;

namespace Sentinel.Daemon.Links;

/// <summary>The thread of all links: lets them begin, one after the other, and reads what comes on those in the clear.</summary>
/// <remarks>
/// One thread reads them all into one buffer, so thousands of links hold no memory for it. It looks again only after a breath
/// (<see cref="LinkPacing"/>) and hands what came to the deciding thread in one go.
/// </remarks>
internal sealed class LinkPoller : IDisposable
{
    /// <summary>What one read takes at most: more than any usual reply, and little enough that nobody else waits for long.</summary>
    private const int BufferBytes = 64 * 1024;

    /// <summary>
    /// Of many connections that are to begin, one part in so many begins in each millisecond, and <see cref="BeginMin"/> at least: a thousand handshakes
    /// do not meet, and all have begun long before the core gives up waiting for the first (<see cref="Timing.ConnectTimeoutMin"/>).
    /// </summary>
    private const int BeginParts = 64;

    private const int BeginMin = 4;

    private readonly LinkPacing _pacing;
    private readonly Action<IReadOnlyList<Input>> _facts;
    private readonly Thread _thread;
    private readonly Epoll _epoll = new();
    private readonly ConcurrentDictionary<long, PlainLink> _watched = new();
    private readonly ConcurrentQueue<LinkConnection> _toBegin = new();
    private readonly PriorityQueue<PlainLink, long> _resting = new();
    private readonly List<Input> _heard = [];
    private readonly AutoResetEvent _hurry = new(false);
    private readonly byte[] _buffer = new byte[BufferBytes];
    private long _lastToken;
    private volatile bool _isBreathing;
    private volatile bool _isStopping;

    /// <param name="pacing">How long it breathes.</param>
    /// <param name="facts">Where facts go, those that were found together; may wait. The list is used again.</param>
    public LinkPoller(LinkPacing pacing, Action<IReadOnlyList<Input>> facts)
    {
        (_pacing, _facts) = (pacing, facts);
        _thread = new Thread(Run) { Name = "links", IsBackground = true };
        _thread.Start();
    }

    /// <summary>A number that no other link has.</summary>
    public long NewToken() => Interlocked.Increment(ref _lastToken);

    /// <summary>Lets a connection begin when it is its turn. May be called from any thread.</summary>
    public void Begin(LinkConnection connection)
    {
        bool isFirst = _toBegin.IsEmpty;
        _toBegin.Enqueue(connection);
        if (isFirst)
            Rouse();
    }

    /// <summary>Something urgent was asked: answers are looked for at once, for some time.</summary>
    public void Hurry()
    {
        _pacing.Hurry();
        if (_isBreathing)
            _hurry.Set();
    }

    /// <summary>Waits for a socket from now on.</summary>
    public void Watch(PlainLink link, Socket socket, uint events)
    {
        _watched[link.Token] = link;
        _epoll.Add(socket.SafeHandle, link.Token, events);
    }

    /// <summary>Changes what is waited for.</summary>
    public void Change(PlainLink link, Socket socket, uint events) => _epoll.Change(socket.SafeHandle, link.Token, events);

    /// <summary>Waits no more for a socket that is about to be closed.</summary>
    public void Forget(PlainLink link) => _watched.TryRemove(link.Token, out _);

    /// <summary>Tells a link when the time is over in which it is not read. On the poller's thread.</summary>
    public void Rest(PlainLink link, TimeSpan time) => _resting.Enqueue(link, Environment.TickCount64 + (long)Math.Ceiling(time.TotalMilliseconds));

    /// <summary>Hands in a fact, with the others that were found now. On the poller's thread.</summary>
    public void Tell(Input fact) => _heard.Add(fact);

    /// <summary>Ends the thread. What links there are must have been closed. Called by one thread.</summary>
    public void Dispose()
    {
        if (_isStopping)
            return;
        _isStopping = true;
        Rouse();
        _thread.Join();
        _epoll.Dispose();
        _hurry.Dispose();
    }

    private void Run()
    {
        Action<long, uint> ready = OnReady;
        while (!_isStopping)
        {
            _epoll.Wait(WaitMs, ready);
            BeginSome();
            EndRests();
            if (_heard.Count > 0)
                _facts(_heard);
            _heard.Clear();
            Breathe();
        }
    }

    /// <summary>How long nothing needs to be done unless something comes.</summary>
    private int WaitMs =>
        !_toBegin.IsEmpty ? 1
        : _resting.TryPeek(out _, out long until) ? (int)Math.Clamp(until - Environment.TickCount64, 0, int.MaxValue)
        : -1;

    private void OnReady(long token, uint events)
    {
        // Closed meanwhile, by another thread or by what came before it in the same round.
        if (!_watched.TryGetValue(token, out PlainLink? link))
            return;
        try
        {
            link.OnReady(events, _buffer);
        }
        catch (ObjectDisposedException)
        {
            // Closed just now, on order.
        }
        catch (Exception bug)
        {
            link.Fail(bug);
        }
    }

    private void BeginSome()
    {
        for (int count = Math.Max(BeginMin, _toBegin.Count / BeginParts); count > 0 && _toBegin.TryDequeue(out LinkConnection? connection); count--)
            connection.Open();
    }

    private void EndRests()
    {
        while (_resting.TryPeek(out PlainLink? link, out long until) && until <= Environment.TickCount64)
        {
            _resting.Dequeue();
            link.EndRest();
        }
    }

    private void Breathe()
    {
        if (!_toBegin.IsEmpty || _pacing.BreathMs is not (> 0 and int breath))
            return;
        _isBreathing = true;
        // Whatever began to hurry before that, or to stop, did not rouse us.
        if (_pacing.BreathMs > 0 && !_isStopping)
            _hurry.WaitOne(breath);
        _isBreathing = false;
    }

    private void Rouse()
    {
        _epoll.Wake();
        if (_isBreathing)
            _hurry.Set();
    }
}
