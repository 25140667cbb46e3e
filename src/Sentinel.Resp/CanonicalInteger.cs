using System.Buffers.Text;

namespace Sentinel.Resp;

/// <summary>A 64 bit decimal number in the one form Redis accepts (<c>string2ll</c>).</summary>
internal static class CanonicalInteger
{
    /// <summary>Reads the whole text as a number.</summary>
    /// <returns>False for a plus sign, blanks, leading zeros, <c>-0</c>, no digits, or more than 64 bits.</returns>
    public static bool TryParse(ReadOnlySpan<byte> text, out long value)
    {
        if (!Utf8Parser.TryParse(text, out value, out int used) || used != text.Length || text[0] == '+')
            return false;
        ReadOnlySpan<byte> digits = text[0] == '-' ? text[1..] : text;
        return digits[0] != '0' || text.Length == 1;
    }
}
