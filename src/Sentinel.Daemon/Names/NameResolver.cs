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
        new Thread(Run) { Name = "name resolver", IsBackground = true }.Start();
    }

    /// <summary>Lets the threads end once the system lets go of them. Nothing waits for that.</summary>
    public void Dispose() => _waiting.CompleteAdding();

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
