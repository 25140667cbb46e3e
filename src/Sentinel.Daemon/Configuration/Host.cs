using System.Net;
using System.Net.Sockets;

namespace Sentinel.Daemon.Configuration;

/// <summary>The host of an address in the configuration: an IP literal or a name.</summary>
internal static class Host
{
    /// <summary>Reads an IP literal.</summary>
    /// <param name="text">As C's <c>inet_pton</c> takes it: four decimal numbers, or IPv6 without brackets and zone.</param>
    /// <param name="canonical">The one way to write it, which is how other Sentinels and data nodes name it.</param>
    /// <returns>False when it is no such literal; <paramref name="canonical"/> is then the text.</returns>
    public static bool TryReadLiteral(string text, out string canonical)
    {
        canonical = text;
        if (text.AsSpan().IndexOfAny("[]%/") >= 0 || !IPAddress.TryParse(text, out IPAddress? address))
            return false;
        string written = address.ToString();
        // .NET also takes "127.1" and "0x7f.0.0.1"; an IPv4 address that is not its own canonical form is one of those
        if (address.AddressFamily == AddressFamily.InterNetwork && written != text)
            return false;
        canonical = written;
        return true;
    }
}
