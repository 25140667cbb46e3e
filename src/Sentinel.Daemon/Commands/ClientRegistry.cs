using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Sentinel.Daemon.Commands;

/// <summary>The clients that are connected, and what they and those before them have done in all.</summary>
/// <param name="options">How many there may be.</param>
internal sealed class ClientRegistry(RespServerOptions options)
{
    private readonly ConcurrentDictionary<long, ClientConnection> _clients = new();
    private readonly Lock _gate = new();
    private ClientTotals _past;
    private int _count;
    private long _lastId;
    private long _rejected;

    /// <summary>Clients connected now.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Connections that were refused because there were too many.</summary>
    public long Rejected => Volatile.Read(ref _rejected);

    /// <summary>Connections so far, refused ones included.</summary>
    public long Connections => Volatile.Read(ref _lastId) + Rejected;

    /// <summary>The clients connected now, the oldest first.</summary>
    public IEnumerable<ClientConnection> All => _clients.Values.OrderBy(client => client.Id);

    /// <summary>The client of this number; null: it is not connected.</summary>
    public ClientConnection? Find(long id) => _clients.GetValueOrDefault(id);

    /// <summary>What all clients have done, those that left included.</summary>
    public ClientTotals Totals
    {
        get
        {
            lock (_gate)
                return _clients.Values.Aggregate(_past, (sum, client) => sum + ClientTotals.Of(client));
        }
    }

    /// <summary>Takes in a client, if there is room for one more.</summary>
    /// <param name="create">Makes it, given its number.</param>
    /// <param name="client">The client; null when there is no room.</param>
    public bool TryAdmit(Func<long, ClientConnection> create, [NotNullWhen(true)] out ClientConnection? client)
    {
        client = null;
        if (Interlocked.Increment(ref _count) > options.MaxClients)
        {
            Interlocked.Decrement(ref _count);
            Interlocked.Increment(ref _rejected);
            return false;
        }
        client = create(Interlocked.Increment(ref _lastId));
        _clients[client.Id] = client;
        return true;
    }

    /// <summary>Lets a client go.</summary>
    public void Remove(ClientConnection client)
    {
        lock (_gate)
        {
            _past += ClientTotals.Of(client);
            _clients.TryRemove(client.Id, out _);
        }
        Interlocked.Decrement(ref _count);
    }
}
