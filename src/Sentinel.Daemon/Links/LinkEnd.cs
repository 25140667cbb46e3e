using System.Net.Sockets;
using Sentinel.Core;

namespace Sentinel.Daemon.Links;

/// <summary>Why a connection is over, or did not come to stand.</summary>
/// <param name="Reason">In words.</param>
/// <param name="Cause">What that tells of the other side.</param>
internal sealed record LinkEnd(string Reason, LinkLossCause Cause = LinkLossCause.Unknown)
{
    /// <summary>The host answers that nobody listens there.</summary>
    public static readonly LinkEnd Refused = new("Connection refused", LinkLossCause.Refused);

    /// <summary>The other side has closed.</summary>
    public static readonly LinkEnd Closed = new("Server closed the connection", LinkLossCause.ClosedByPeer);

    /// <summary>An attempt to connect failed.</summary>
    public static LinkEnd OfConnecting(SocketError error) =>
        error is SocketError.ConnectionRefused ? Refused : new LinkEnd(new SocketException((int)error).Message);

    /// <summary>A connection that stood failed.</summary>
    public static LinkEnd OfReading(SocketError error) =>
        new(new SocketException((int)error).Message, error is SocketError.ConnectionReset ? LinkLossCause.ClosedByPeer : LinkLossCause.Unknown);
}
