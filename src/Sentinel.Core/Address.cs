using System.Net;
using System.Net.Sockets;

namespace Sentinel.Core;

/// <summary>Where an instance listens. Two addresses are equal when port and host are, the host's case aside.</summary>
/// <remarks>
/// Equal says how they are written. Whether two of them lead to the same instance, though one is a name, <see cref="NameTable"/> knows.
/// </remarks>
public readonly record struct Address
{
    /// <param name="host">An IP literal or, where host names are allowed, a name.</param>
    /// <param name="port">TCP port, 0 to 65535.</param>
    public Address(string host, int port) => (Host, IsLiteral, Port) = (Canonical(host, out bool isLiteral), isLiteral, port);

    /// <summary>An IP literal in the one way to write it, or a name as it was given.</summary>
    public string Host { get; }

    /// <summary>TCP port, 0 to 65535.</summary>
    public int Port { get; }

    /// <summary>Whether the host is an IP literal, as the configuration file takes it: no shorthand such as <c>127.1</c>.</summary>
    public bool IsLiteral { get; }

    /// <summary>Whether it is the machine itself, whichever that is.</summary>
    public bool IsLoopback => IPAddress.TryParse(Host, out IPAddress? ip) ? IPAddress.IsLoopback(ip) : string.Equals(Host, "localhost", StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public bool Equals(Address other) => Port == other.Port && string.Equals(Host, other.Host, StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Port, StringComparer.OrdinalIgnoreCase.GetHashCode(Host ?? ""));

    /// <summary><c>host:port</c>, an IPv6 host in brackets: the name of a replica on the wire.</summary>
    public override string ToString() => Host.Contains(':') ? $"[{Host}]:{Port}" : $"{Host}:{Port}";

    /// <summary>
    /// One IPv6 address can be written in many ways, and an IPv4 address as a mapped IPv6 one. Nodes and peers do: all ways are one here.
    /// </summary>
    private static string Canonical(string host, out bool isLiteral)
    {
        isLiteral = false;
        if (!IPAddress.TryParse(host, out IPAddress? ip))
            return host;
        if (ip.AddressFamily is AddressFamily.InterNetwork)
        {
            isLiteral = ip.ToString() == host;
            return host;
        }
        isLiteral = true;
        return (ip.IsIPv4MappedToIPv6 ? ip.MapToIPv4() : ip).ToString();
    }
}
