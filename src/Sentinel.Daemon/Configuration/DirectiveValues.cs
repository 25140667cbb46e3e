using System.Collections.Immutable;
using System.Globalization;

namespace Sentinel.Daemon.Configuration;

/// <summary>How the values of generic directives are read, and what is said of those that cannot be.</summary>
/// <remarks>Rules and messages: redis config.c. Stricter than the numbers of <c>sentinel</c> lines, which are C's (<see cref="CNumber"/>).</remarks>
internal static class DirectiveValues
{
    /// <summary>Sizes are 64 bits; larger ones come out as this.</summary>
    private const ulong SizeMax = long.MaxValue;

    private static readonly (string Suffix, ulong Factor)[] Units =
    [
        ("kb", 1UL << 10), ("mb", 1UL << 20), ("gb", 1UL << 30), ("k", 1_000), ("m", 1_000_000), ("g", 1_000_000_000), ("b", 1),
    ];

    /// <summary>A whole number, with nothing around its digits (redis util.c, string2ll).</summary>
    public static long Integer(ConfigurationLine line, long min, long max)
    {
        string text = line.Words[1];
        bool isNumber = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            && number.ToString(CultureInfo.InvariantCulture) == text;
        if (!isNumber)
            throw line.Error("argument couldn't be parsed into an integer", $"'{text}' is no number; '{line.Name}' takes one from {min} to {max}");
        return Within(line, number, min, max);
    }

    /// <summary>A number of bytes, plain or with a unit such as <c>10k</c> (thousands) or <c>1mb</c> (of 1024 KiB).</summary>
    public static long Memory(ConfigurationLine line, long min, long max) =>
        TryReadMemory(line.Words[1], out ulong bytes)
            ? Within(line, (long)bytes, min, max)
            : throw line.Error("argument must be a memory value", $"'{line.Words[1]}' is no size; write one such as 100mb, or a number of bytes");

    /// <summary>A number of bytes, or a percentage.</summary>
    /// <returns>A percentage as a negative number.</returns>
    public static long MemoryOrPercent(ConfigurationLine line)
    {
        string text = line.Words[1];
        if (TryReadMemory(text, out ulong bytes))
            return (long)bytes;
        if (!text.EndsWith('%') || !int.TryParse(text.AsSpan()[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out int percent))
            throw line.Error("argument must be a memory or percent value", $"'{text}' is neither; write a size such as 100mb, or a share such as 5%");
        return percent <= 100
            ? -percent
            : throw line.Error("percentage argument must be less or equal to 100", $"'{line.Name}' is {text}; write at most 100%");
    }

    /// <summary><c>yes</c> or <c>no</c>, case aside.</summary>
    public static bool YesNo(ConfigurationLine line) => line.Words[1].ToLowerInvariant() switch
    {
        "yes" => true,
        "no" => false,
        _ => throw line.Error("argument must be 'yes' or 'no'", $"'{line.Name}' is '{line.Words[1]}'; write yes or no"),
    };

    /// <summary>One of the words of an enumeration, case aside.</summary>
    public static T OneOf<T>(ConfigurationLine line) where T : struct, Enum => Enum.GetValues<T>()[OneOf(line, line.Words[1], Enum.GetNames<T>())];

    /// <summary>One of some words, case aside.</summary>
    /// <returns>Which of them.</returns>
    public static int OneOf(ConfigurationLine line, string word, params ReadOnlySpan<string> choices)
    {
        for (int i = 0; i < choices.Length; i++)
        {
            if (choices[i].Equals(word, StringComparison.OrdinalIgnoreCase))
                return i;
        }
        string all = string.Join(", ", choices).ToLowerInvariant();
        throw line.Error($"argument(s) must be one of the following: {all}", $"'{line.Name}' is '{word}'; choose one of: {all}");
    }

    /// <summary>Permissions of a file, in octal digits; null when 0, which leaves them as they are.</summary>
    public static UnixFileMode? Mode(ConfigurationLine line)
    {
        string text = line.Words[1].TrimStart();
        bool isNegative = text.StartsWith('-');
        string digits = (isNegative || text.StartsWith('+') ? text[1..] : text).TrimStart('0');
        if (digits.AsSpan().ContainsAnyExceptInRange('0', '7'))
            throw line.Error("argument couldn't be parsed as an octal number", $"'{line.Name}' is '{text}'; write a mode such as 700");
        if (digits.Length > 3 || (isNegative && digits.Length > 0))
            throw line.Error("argument must be between 0 and 777 inclusive", $"'{line.Name}' is {text}; write a mode such as 700");
        return digits.Length == 0 ? null : (UnixFileMode)Convert.ToInt32(digits, 8);
    }

    /// <summary>The text, or null when it is empty.</summary>
    public static string? TextOrNull(ConfigurationLine line) => line.Words[1].Length == 0 ? null : ForSystem(line, line.Words[1]);

    /// <summary>The absolute path that a path of a line means.</summary>
    public static string FullPath(ConfigurationLine line, string path, string directory) => Path.GetFullPath(ForSystem(line, path), directory);

    /// <summary>A text that the system can be given; to it a text ends at a NUL, so that something else would be meant.</summary>
    private static string ForSystem(ConfigurationLine line, string text) =>
        text.Contains('\0') ? throw line.Error("Bad directive or wrong number of arguments", $"a value of '{line.Name}' holds a NUL character; remove it") : text;

    /// <summary>What a directive with several values was given: one word in quotes stands for the words in it.</summary>
    /// <remarks>Which is how <c>--bind "127.0.0.1 ::1"</c> and <c>save "900 1"</c> come to mean what they say.</remarks>
    public static ImmutableArray<string> Several(ConfigurationLine line) =>
        line.Arguments is [var all] ? [.. all.Split(' ')] : line.Arguments;

    /// <summary>Reads a size, however long its digits.</summary>
    /// <returns>False when it is none.</returns>
    public static bool TryReadMemory(string text, out ulong bytes)
    {
        int unit = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        string digits = unit < 0 ? text : text[..unit];
        ulong factor = unit < 0 ? 1 : Units.FirstOrDefault(known => known.Suffix.Equals(text[unit..], StringComparison.OrdinalIgnoreCase)).Factor;
        ulong number = digits.Length == 0 ? 0 : ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out ulong read) ? read : SizeMax;
        bytes = factor > 0 && number > SizeMax / factor ? SizeMax : number * factor;
        return factor > 0;
    }

    private static long Within(ConfigurationLine line, long number, long min, long max) =>
        number >= min && number <= max
            ? number
            : throw line.Error($"argument must be between {min} and {max} inclusive", $"'{line.Name}' is {number}; it must be {min} to {max}");
}
