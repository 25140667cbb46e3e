using System.Net;
using Microsoft.AspNetCore.Connections;
using Sentinel.Core;
using Sentinel.Daemon.Logging;

namespace Sentinel.Daemon.Tls;

/// <summary>Tells who could not connect with TLS, and why; at most once a second, for anybody can make it happen.</summary>
internal sealed class HandshakeFailureLog(RedisLog log, TimeProvider time)
{
    private readonly SharedLineThrottle _lines = new(TimeSpan.FromSeconds(1), time);

    /// <summary>Tells of one connection, or counts it for the next time.</summary>
    public void Tell(ConnectionContext connection, string reason)
    {
        if (!_lines.Lets(out long untold))
            return;
        string more = untold == 0 ? "" : $"; the same or the like befell {untold} before it, of whom nothing was said";
        log.Write(EventLevel.Notice, $"Error accepting a client connection: {reason} (addr={Text(connection.RemoteEndPoint)} laddr={Text(connection.LocalEndPoint)}){more}");
    }

    private static string? Text(EndPoint? end) => end is IPEndPoint { Address.IsIPv4MappedToIPv6: true } ip ? $"{ip.Address.MapToIPv4()}:{ip.Port}" : end?.ToString();
}
