using System.Collections.Concurrent;
using System.Net;
using Sentinel.Core;

namespace Sentinel.Daemon.Names;

/// <summary>Finds out where host names lead, and tells the core.</summary>
/// <remarks>
/// The system's resolver blocks whoever calls it, for many seconds when no name server answers; .NET's asynchronous calls only let a
/// thread of the pool wait instead. A few such threads would hold up every connection, and we would take our own standstill for the
/// silence of others. So it has threads of its own, as few as the names that wait need, and none at all where there are no names.
/// </remarks>
internal sealed class NameResolver(Action<Input> facts, Func<string, IPAddress[]>? addressesOf = null) : IDisposable
{
    /// <summary>Resolutions under way at a time; the others wait their turn.</summary>
    private const int ThreadsMax = 8;

    // Bounded by the core, which does not ask for a name again before the outcome.
    private readonly BlockingCollection<string> _waiting = [];
    private readonly Lock _starting = new();
    private int _threads;
    private int _open;

    /// <summary>Begins to resolve a name. The outcome is a fact; it may come at once.</summary>
    public void Resolve(string host)
    {
        int open = Interlocked.Increment(ref _open);
        _waiting.Add(host);
        lock (_starting)
        {
            if (open <= _threads || _threads == ThreadsMax)
                return;
            _threads++;
        }
        try
        {
            new Thread(Run) { Name = "name resolver", IsBackground = true }.Start();
        }
        catch (OutOfMemoryException)
        {
            // What .NET says when the system gives no more threads. That must not end who decides: the next name tries again.
            lock (_starting)
                _threads--;
            ThreadPool.QueueUserWorkItem(_ => GiveUpUnserved());
        }
    }

    /// <summary>Lets the threads end once the system lets go of them. Nothing waits for that.</summary>
    public void Dispose() => _waiting.CompleteAdding();

    /// <summary>Says of all that waits that it could not be found out, unless a thread is there that will.</summary>
    private void GiveUpUnserved()
    {
        lock (_starting)
        {
            if (_threads > 0)
                return;
        }
        while (_waiting.TryTake(out string? host))
        {
            Interlocked.Decrement(ref _open);
            facts(new NameNotResolved(host, "the system gives no more threads", IsPassing: true));
        }
    }

    private void Run()
    {
        foreach (string host in _waiting.GetConsumingEnumerable())
        {
            NameLookup found = NameLookup.Of(host, addressesOf ?? Dns.GetHostAddresses);
            Interlocked.Decrement(ref _open);
            facts(found.Ips.IsEmpty ? new NameNotResolved(host, found.Error, found.IsPassing) : new NameResolved(host, found.Ips));
        }
    }
}
