namespace Sentinel.Daemon.Commands;

/// <summary>Characters that no name, address or password that reaches the configuration file may have.</summary>
/// <remarks>
/// We would write them so that every version reads them back, but older versions that take over the file would write them
/// raw with their next save, and a line break is then a line of configuration of the sender's choice. Source: Redis and Valkey
/// refuse them since 2026.
/// </remarks>
internal static class ControlCharacters
{
    /// <summary>Whether a text has none of U+0000 to U+001F and U+007F.</summary>
    public static bool AreAbsent(string text) => !text.AsSpan().ContainsAnyInRange('\0', '\x1f') && !text.Contains('\x7f');
}
