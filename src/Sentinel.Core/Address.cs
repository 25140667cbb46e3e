using System.Net;
using System.Net.Sockets;

namespace Sentinel.Core;

/// <summary>Where an instance listens. Two addresses are equal when port and host are, the host's case aside.</summary>
/// <param name="Host">An IP literal or, where host names are allowed, a name.</param>
/// <param name="Port">TCP port, 0 to 65535.</param>
public readonly record struct Address(string Host, int Port)
{
    /// <summary>Whether the host is an IP literal, as the configuration file takes it: no shorthand such as <c>127.1</c>.</summary>
    public bool IsLiteral =>
        IPAddress.TryParse(Host, out IPAddress? ip) && (ip.AddressFamily is AddressFamily.InterNetworkV6 || ip.ToString() == Host);

    /// <inheritdoc/>
    public bool Equals(Address other) => Port == other.Port && string.Equals(Host, other.Host, StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Port, StringComparer.OrdinalIgnoreCase.GetHashCode(Host ?? ""));

    /// <summary><c>host:port</c>, an IPv6 host in brackets: the name of a replica on the wire.</summary>
    public override string ToString() => Host.Contains(':') ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
