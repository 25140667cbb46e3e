using System.Net;
using Sentinel.Core;
using Sentinel.Daemon.Logging;

namespace Sentinel.Daemon.Links;

/// <summary>All outgoing connections. Used by the deciding thread alone.</summary>
internal sealed class InstanceLinks
{
    private readonly LinkPacing _pacing = new();
    private readonly LinkTransport _transport;
    private readonly LinkSite _site;
    private readonly Dictionary<(LinkId, LinkChannel), LinkConnection> _connections = [];
    private readonly List<LinkConnection> _written = [];

    /// <param name="id">Who we are.</param>
    /// <param name="facts">Where facts go, those that were found together; may wait, and must not keep the list.</param>
    /// <param name="log">Where complaints go.</param>
    /// <param name="transport">How connections are made; null: in the clear, from whichever address.</param>
    public InstanceLinks(SentinelId id, Action<IReadOnlyList<Input>> facts, RedisLog log, LinkTransport? transport = null)
    {
        _transport = transport ?? new LinkTransport(source: null, tls: null);
        _site = new LinkSite(id, _transport, new LinkReports(facts, log), new LinkPoller(_pacing, facts));
    }

    /// <summary>How long the deciding thread may let deadlines gather, in ms; 0: not at all.</summary>
    public int BreathMs => _pacing.BreathMs;

    /// <summary>Begins to connect.</summary>
    public void Connect(Connect order)
    {
        Close(order.Link, order.Channel);
        // An order names an IP address, unless its name could not be resolved; .NET tries that, too.
        LinkConnection connection = _transport.IsEncrypted || !IPAddress.TryParse(order.Address.Host, out _) ? new StreamLink(order, _site) : new PlainLink(order, _site);
        _connections[(order.Link, order.Channel)] = connection;
        _pacing.Count(_connections.Count);
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
        if (IsUrgent(order.Request))
            _site.Poller.Hurry();
    }

    /// <summary>Lets leave what was gathered, each connection's in one write.</summary>
    public void Flush()
    {
        foreach (LinkConnection connection in _written)
            connection.Flush();
        _written.Clear();
    }

    /// <summary>Closes all, for good.</summary>
    public void CloseAll()
    {
        foreach (LinkConnection connection in _connections.Values)
            connection.Dispose();
        _connections.Clear();
        _site.Poller.Dispose();
    }

    private void Close(LinkId link, LinkChannel channel)
    {
        if (!_connections.Remove((link, channel), out LinkConnection? connection))
            return;
        connection.Dispose();
        _pacing.Count(_connections.Count);
    }

    /// <summary>Whether an answer is waited for: anything but the daily round, and what is found out for later.</summary>
    private static bool IsUrgent(Request request) => request is not (
        Request.Ping or Request.Info or Request.PublishHello or Request.AskIdentity or Request.AskSettings
        or Request.ProbeReplicaOf or Request.ProbePause or Request.ProbeOrders or Request.ProbeTransaction or Request.ProbeRewrite);
}
