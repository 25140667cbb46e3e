using System.Globalization;
using System.Text;
using Sentinel.Core;

namespace Sentinel.Simulation.Kernel;

/// <summary>How often each thing happened that a run can come across.</summary>
internal sealed class Coverage
{
    /// <summary>What Redis' kind does is counted apart: it closes no hole of ours.</summary>
    public const string OfLegacy = "of Redis' kind: ";

    private readonly SortedDictionary<string, long> _counts = new(StringComparer.Ordinal);

    private readonly SortedDictionary<string, long> _longest = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, long> Counts => _counts;

    /// <summary>Counts something under its kind, such as <c>fault kill</c>.</summary>
    public void Count(string what, long times = 1) => _counts[what] = _counts.GetValueOrDefault(what) + times;

    /// <summary>Remembers the largest of some measure.</summary>
    public void Longest(string what, long value) => _longest[what] = Math.Max(value, _longest.GetValueOrDefault(what));

    /// <summary>The largest values of measures.</summary>
    public IReadOnlyDictionary<string, long> Largest => _longest;

    public void Count(SentinelEvent happened, bool isOfLegacy = false)
    {
        string of = isOfLegacy ? OfLegacy : "";
        Count($"{of}event {happened.Name}");
        if (happened.Reason is { } reason)
            Count($"{of}reason {happened.Name} {Shape(reason)}");
    }

    /// <summary>How often it was told, by either kind, that a master was replaced.</summary>
    public long SwitchesTold => _counts.GetValueOrDefault("event +switch-master") + _counts.GetValueOrDefault(OfLegacy + "event +switch-master");

    /// <summary>Counts a log line by its form.</summary>
    public void CountLine(string text) => Count("line " + Shape(text));

    public void Add(Coverage other)
    {
        foreach ((string what, long times) in other.Counts)
            Count(what, times);
        foreach ((string what, long value) in other.Largest)
            Longest(what, value);
    }

    /// <summary>A sentence without what differs from case to case: addresses, ids and numbers.</summary>
    private static string Shape(string text)
    {
        var shape = new StringBuilder(text.Length);
        foreach (string word in text.Split(' '))
        {
            if (shape.Length > 0)
                shape.Append(' ');
            bool varies = word.Any(char.IsAsciiDigit) || (word.Length >= 40 && word.All(char.IsAsciiHexDigit));
            shape.Append(varies ? "#" : word);
        }
        return string.Create(CultureInfo.InvariantCulture, $"{shape}");
    }
}
