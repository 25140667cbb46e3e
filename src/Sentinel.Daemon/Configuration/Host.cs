using System.Net;

namespace Sentinel.Daemon.Configuration;

/// <summary>The host of an address in the configuration: an IP literal or a name.</summary>
internal static class Host
{
    /// <summary>Reads an IP literal.</summary>
    /// <param name="text">
    /// Without brackets. Old ways to write IPv4 (<c>127.1</c>, <c>0x7f.0.0.1</c>) are taken too; a zone (<c>%eth0</c>) is
    /// dropped: as in Redis.
    /// </param>
    /// <param name="canonical">
    /// The one way to write it, which is how other Sentinels and data nodes name it; the text itself when it is no literal.
    /// </param>
    /// <returns>False when it is no such literal.</returns>
    public static bool TryReadLiteral(string text, out string canonical)
    {
        // .NET's parser also takes brackets and a prefix length
        bool isLiteral = IPAddress.TryParse(text, out IPAddress? address) && text.AsSpan().IndexOfAny("[]/") < 0;
        canonical = isLiteral ? new IPAddress(address!.GetAddressBytes()).ToString() : text;
        return isLiteral;
    }
}
