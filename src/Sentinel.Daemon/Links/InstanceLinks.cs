using Sentinel.Core;
using Sentinel.Daemon.Logging;

namespace Sentinel.Daemon.Links;

/// <summary>All outgoing connections. Used by the deciding thread alone.</summary>
internal sealed class InstanceLinks(SentinelId id, Action<Input> facts, RedisLog log, LinkTransport? transport = null)
{
    private readonly LinkTransport _transport = transport ?? new LinkTransport(source: null, tls: null);
    private readonly LinkReports _reports = new(facts, log);
    private readonly Dictionary<(LinkId, LinkChannel), LinkConnection> _connections = [];
    private readonly List<LinkConnection> _written = [];

    /// <summary>Begins to connect.</summary>
    public void Connect(Connect order)
    {
        Close(order.Link, order.Channel);
        var connection = new LinkConnection(order, id, _transport, _reports);
        _connections[(order.Link, order.Channel)] = connection;
        connection.Start();
    }

    /// <summary>Closes a connection; nothing more is reported of it.</summary>
    public void Disconnect(Disconnect order) => Close(order.Link, order.Channel);

    /// <summary>Gathers a request, to leave with the next <see cref="Flush"/>.</summary>
    public void Send(Send order)
    {
        if (!_connections.TryGetValue((order.Link, LinkChannel.Command), out LinkConnection? connection))
            return;    // its loss is being reported
        connection.Write(order.Request, order.RenamedCommands);
        _written.Add(connection);
    }

    /// <summary>Lets leave what was gathered, each connection's in one write.</summary>
    public void Flush()
    {
        foreach (LinkConnection connection in _written)
            connection.Flush();
        _written.Clear();
    }

    /// <summary>Closes all.</summary>
    public void CloseAll()
    {
        foreach (LinkConnection connection in _connections.Values)
            connection.Dispose();
        _connections.Clear();
    }

    private void Close(LinkId link, LinkChannel channel)
    {
        if (_connections.Remove((link, channel), out LinkConnection? connection))
            connection.Dispose();
    }
}
