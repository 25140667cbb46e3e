using System.Globalization;

namespace Sentinel.Core;

/// <summary>The version of a data node. Only those of one kind can be compared.</summary>
/// <param name="IsValkey">Whether it is Valkey; else Redis, or something that says it is.</param>
/// <param name="Major">First number.</param>
/// <param name="Minor">Second number.</param>
/// <param name="Patch">Third number.</param>
public readonly record struct NodeVersion(bool IsValkey, int Major, int Minor, int Patch)
{
    /// <summary>Reads <c>7.0.15</c> and the like.</summary>
    public static NodeVersion? Parse(ReadOnlySpan<char> text, bool isValkey)
    {
        string[] parts = text.ToString().Split('.');
        return parts.Length >= 2 && Number(parts[0], out int major) && Number(parts[1], out int minor)
            ? new NodeVersion(isValkey, major, minor, parts.Length > 2 && Number(parts[2], out int patch) ? patch : 0)
            : null;
    }

    /// <summary>Whether what it writes may be more than the other one can read. Patches change nothing of that.</summary>
    public bool IsNewerThan(NodeVersion other) => IsValkey == other.IsValkey && (Major, Minor).CompareTo((other.Major, other.Minor)) > 0;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(IsValkey ? "Valkey" : "Redis")} {Major}.{Minor}.{Patch}");

    private static bool Number(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
