using System.Text;
using Sentinel.Core;

namespace Sentinel.Daemon.Links;

/// <summary>What all connections of this process share.</summary>
internal sealed class LinkSite(SentinelId id, LinkTransport transport, LinkReports reports, LinkPoller poller)
{
    private readonly byte[] _id = Encoding.ASCII.GetBytes(id.Text);

    public LinkTransport Transport { get; } = transport;
    public LinkReports Reports { get; } = reports;
    public LinkPoller Poller { get; } = poller;

    /// <summary>What connections for requests call themselves.</summary>
    public string CommandName { get; } = $"sentinel-{id.Short}-cmd";

    /// <summary>What subscriptions call themselves.</summary>
    public string SubscriptionName { get; } = $"sentinel-{id.Short}-pubsub";

    /// <summary>Whether a hello is our own, coming back. The core goes by the same mark.</summary>
    public bool IsOwn(ReadOnlySpan<byte> hello) => hello.IndexOf(_id) >= 0;
}
