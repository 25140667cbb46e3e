using System.Buffers.Text;

namespace Sentinel.Daemon.Links;

/// <summary>A message of the hello channel, recognised by its bytes: it is most of what a subscription brings, and mostly our own.</summary>
internal static class HelloFrame
{
    /// <summary>Digits of a length that is looked at here. No hello is longer; what is goes the usual way.</summary>
    private const int DigitsMax = 4;

    private static ReadOnlySpan<byte> Begin => "*3\r\n$7\r\nmessage\r\n$18\r\n__sentinel__:hello\r\n$"u8;

    /// <summary>Takes a message that has come whole.</summary>
    /// <param name="input">What has come.</param>
    /// <param name="payload">What was published.</param>
    /// <returns>Bytes of the message; 0: it is something else, or not whole.</returns>
    public static int Take(ReadOnlySpan<byte> input, out ReadOnlySpan<byte> payload)
    {
        payload = default;
        if (!input.StartsWith(Begin))
            return 0;
        ReadOnlySpan<byte> rest = input[Begin.Length..];
        // Only the one way to write a length that servers use.
        if (!Utf8Parser.TryParse(rest[..Math.Min(rest.Length, DigitsMax)], out ushort length, out int digits) || rest[0] is (byte)'0' or (byte)'+')
            return 0;
        rest = rest[digits..];
        int taken = 2 + length + 2;
        if (rest.Length < taken || !rest.StartsWith("\r\n"u8) || !rest[(2 + length)..].StartsWith("\r\n"u8))
            return 0;
        payload = rest.Slice(2, length);
        return Begin.Length + digits + taken;
    }
}
