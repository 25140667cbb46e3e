using System.Globalization;

namespace Sentinel.Core;

/// <summary>What Sentinels tell each other through the data nodes: who and where I am, and what I believe about one master.</summary>
/// <param name="Sentinel">Where the sender listens.</param>
/// <param name="Id">The sender.</param>
/// <param name="CurrentEpoch">The sender's current epoch.</param>
/// <param name="MasterName">The group.</param>
/// <param name="Master">The group's master, as the sender believes.</param>
/// <param name="ConfigEpoch">The epoch of the failover that made it master; the larger wins.</param>
public sealed record HelloMessage(Address Sentinel, SentinelId Id, Epoch CurrentEpoch, string MasterName, Address Master, Epoch ConfigEpoch)
{
    /// <summary>The channel on data nodes, and the only one a Sentinel takes a PUBLISH on.</summary>
    public const string Channel = "__sentinel__:hello";

    /// <summary>Longest text that is looked at. Longer than any that Redis Sentinel sends (about 1070 bytes).</summary>
    private const int LengthMax = 2048;

    /// <summary>Reads a hello.</summary>
    /// <returns>False for anything but eight well-formed fields; such messages are ignored.</returns>
    public static bool TryParse(string text, out HelloMessage? hello)
    {
        hello = null;
        if (text.Length > LengthMax)
            return false;
        string[] fields = text.Split(',');
        if (fields.Length != 8
            || !IsHost(fields[0])
            || !TryParsePort(fields[1], out int port)
            || !SentinelId.TryParse(fields[2], out SentinelId id)
            || !TryParseEpoch(fields[3], out Epoch currentEpoch)
            || fields[4].Length == 0
            || !IsHost(fields[5])
            || !TryParsePort(fields[6], out int masterPort)
            || !TryParseEpoch(fields[7], out Epoch configEpoch))
            return false;
        hello = new HelloMessage(new Address(fields[0], port), id, currentEpoch, fields[4], new Address(fields[5], masterPort), configEpoch);
        return true;
    }

    /// <summary>The eight fields, separated by commas.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Sentinel.Host},{Sentinel.Port},{Id},{CurrentEpoch},{MasterName},{Master.Host},{Master.Port},{ConfigEpoch}");

    /// <summary>An address or a name; nothing that could break the configuration file it will be written to.</summary>
    public static bool IsHost(string text) => text.Length is > 0 and <= 255 && !text.AsSpan().ContainsAnyExceptInRange('!', '~') && !text.AsSpan().ContainsAny(",\"'");

    private static bool TryParsePort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= 65535;

    private static bool TryParseEpoch(string text, out Epoch epoch)
    {
        bool valid = ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number);
        epoch = new Epoch(number);
        return valid && epoch <= Epoch.Limit;
    }
}
