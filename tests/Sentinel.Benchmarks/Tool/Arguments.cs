using System.Globalization;

namespace Sentinel.Benchmarks.Tool;

/// <summary>The words after what is to be run, read one by one; each that was not asked for is a mistake.</summary>
internal sealed class Arguments
{
    private readonly Dictionary<string, string> _given = new(StringComparer.Ordinal);

    /// <param name="words">The words.</param>
    /// <param name="valued">Options that have a value after them.</param>
    /// <param name="plain">Those that have none.</param>
    /// <exception cref="UsageException">They make no sense.</exception>
    public Arguments(IEnumerable<string> words, IReadOnlyCollection<string> valued, IReadOnlyCollection<string> plain)
    {
        var left = new Queue<string>(words);
        while (left.TryDequeue(out string? name))
        {
            if (!valued.Contains(name) && !plain.Contains(name))
                throw new UsageException($"{name} is not known here: see --help");
            string? value = plain.Contains(name) ? "" : left.TryDequeue(out string? next) ? next : throw new UsageException($"{name} needs a value after it: see --help");
            if (!_given.TryAdd(name, value))
                throw new UsageException($"{name} is given twice: keep one of them");
        }
    }

    /// <summary>Whether an option is there.</summary>
    public bool Has(string name) => _given.ContainsKey(name);

    /// <summary>A text; null: the option is not there.</summary>
    public string? Text(string name) => _given.GetValueOrDefault(name);

    /// <summary>A whole number from a range.</summary>
    public int Number(string name, int otherwise, int min, int max) =>
        Text(name) is not { } text ? otherwise
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= min && number <= max ? number
        : throw new UsageException($"{name} {text}: it must be a whole number from {min} to {max}");

    /// <summary>Some of the words there are, joined by commas; all, where the option is not there.</summary>
    public string[] Some(string name, IEnumerable<string> all)
    {
        string[] known = [.. all];
        string[] wanted = Text(name)?.Split(',') ?? known;
        return Array.Find(wanted, word => !known.Contains(word)) is { } unknown
            ? throw new UsageException($"{name} {unknown}: there is {string.Join(", ", known)}")
            : wanted;
    }
}
