using System.Net;
using Microsoft.AspNetCore.Connections;
using Sentinel.Core;
using Sentinel.Daemon.Logging;

namespace Sentinel.Daemon.Tls;

/// <summary>Tells who could not connect with TLS, and why; at most once a second, for anybody can make it happen.</summary>
internal sealed class HandshakeFailureLog(RedisLog log, TimeProvider time)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private long? _toldAt;
    private int _untold;

    /// <summary>Tells of one connection, or counts it for the next time.</summary>
    public void Tell(ConnectionContext connection, string reason)
    {
        int untold;
        lock (_gate)
        {
            if (_toldAt is { } at && time.GetElapsedTime(at) < Period)
            {
                _untold++;
                return;
            }
            _toldAt = time.GetTimestamp();
            (untold, _untold) = (_untold, 0);
        }
        string more = untold == 0 ? "" : $"; the same or the like befell {untold} before it, of whom nothing was said";
        log.Write(EventLevel.Notice, $"Error accepting a client connection: {reason} (addr={Text(connection.RemoteEndPoint)} laddr={Text(connection.LocalEndPoint)}){more}");
    }

    private static string? Text(EndPoint? end) => end is IPEndPoint { Address.IsIPv4MappedToIPv6: true } ip ? $"{ip.Address.MapToIPv4()}:{ip.Port}" : end?.ToString();
}
