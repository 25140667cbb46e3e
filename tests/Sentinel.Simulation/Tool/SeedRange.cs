using System.Globalization;

namespace Sentinel.Simulation.Tool;

/// <summary>Seeds from one to another, both included.</summary>
internal sealed record SeedRange(ulong First, ulong Last)
{
    public static SeedRange One(ulong seed) => new(seed, seed);

    /// <summary>How many there are.</summary>
    public ulong Count => Last - First + 1;

    /// <summary>Reads <c>A..B</c>.</summary>
    public static bool TryParse(string text, out SeedRange? range)
    {
        range = null;
        int dots = text.IndexOf("..", StringComparison.Ordinal);
        if (dots < 0 || !TryParseSeed(text[..dots], out ulong first) || !TryParseSeed(text[(dots + 2)..], out ulong last))
            return false;
        range = new SeedRange(first, last);
        return true;
    }

    public static bool TryParseSeed(string text, out ulong seed) => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out seed);

    public override string ToString() => First == Last ? $"{First}" : $"{First}..{Last}";
}
