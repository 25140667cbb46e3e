namespace Sentinel.Daemon.Configuration;

/// <summary>Numbers as C reads them, which is how Redis reads those of <c>sentinel</c> lines: leading digits count, garbage is 0.</summary>
/// <remarks>Where C leaves the outcome undefined, for numbers out of range, the nearest number in range is taken.</remarks>
internal static class CNumber
{
    /// <summary>As <c>atoi</c>.</summary>
    public static int ToInt(string text)
    {
        (bool isNegative, ReadOnlySpan<char> digits) = Parts(text);
        ulong magnitude = Magnitude(digits);
        return isNegative ? (int)-(long)Math.Min(magnitude, 1UL + int.MaxValue) : (int)Math.Min(magnitude, int.MaxValue);
    }

    /// <summary>As <c>strtoull</c> in base 10, but a negative number is 0 and not a huge one.</summary>
    public static ulong ToUInt64(string text)
    {
        (bool isNegative, ReadOnlySpan<char> digits) = Parts(text);
        return isNegative ? 0 : Magnitude(digits);
    }

    private static (bool IsNegative, string Digits) Parts(string text)
    {
        ReadOnlySpan<char> rest = text.AsSpan().TrimStart(" \t\n\v\f\r");
        bool isNegative = rest.StartsWith('-');
        if (isNegative || rest.StartsWith('+'))
            rest = rest[1..];
        int end = rest.IndexOfAnyExceptInRange('0', '9');
        return (isNegative, (end < 0 ? rest : rest[..end]).ToString());
    }

    private static ulong Magnitude(ReadOnlySpan<char> digits) =>
        digits.IsEmpty ? 0 : ulong.TryParse(digits, out ulong number) ? number : ulong.MaxValue;
}
