using System.Diagnostics;
using System.Globalization;

namespace Sentinel.Resp;

/// <summary>A floating point number as the protocol writes it.</summary>
internal static class DoubleText
{
    /// <summary>Bytes of the longest number <see cref="Format"/> writes, such as <c>-1.2345678901234567E-308</c>.</summary>
    public const int LengthMax = 32;

    /// <summary>
    /// Reads the whole text: a decimal number, <c>inf</c>, <c>-inf</c> or <c>nan</c> (old servers: <c>-nan</c>).
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out double value)
    {
        const NumberStyles Style =
            NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

        ReadOnlySpan<byte> unsigned = text is [(byte)'+' or (byte)'-', ..] ? text[1..] : text;
        if (unsigned.SequenceEqual("inf"u8))
        {
            value = text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
            return true;
        }
        if (unsigned.SequenceEqual("nan"u8))
        {
            value = double.NaN;
            return true;
        }
        value = 0;
        return unsigned is [(byte)'.' or (>= (byte)'0' and <= (byte)'9'), ..]    // .NET's own names of infinity are not ours
            && double.TryParse(text, Style, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>Writes the shortest text that reads back as the same number.</summary>
    /// <returns>The bytes written; <paramref name="destination"/> has room for <see cref="LengthMax"/>.</returns>
    public static int Format(double value, Span<byte> destination)
    {
        ReadOnlySpan<byte> name = value switch
        {
            double.PositiveInfinity => "inf"u8,
            double.NegativeInfinity => "-inf"u8,
            double.NaN => "nan"u8,
            _ => default,
        };
        name.CopyTo(destination);
        int written = name.Length;
        if (name.IsEmpty && !value.TryFormat(destination, out written, provider: CultureInfo.InvariantCulture))
            throw new UnreachableException();
        return written;
    }
}
