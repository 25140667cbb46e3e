namespace Sentinel.Daemon.Configuration;

/// <summary>What to do about a line whose first words, or whose number of words, nobody knows: how it is written, or which name may be meant.</summary>
internal static class UnknownNames
{
    /// <summary>Shorter beginnings fit too many names.</summary>
    private const int BeginningMin = 4;

    private const string Otherwise = "correct or remove the line";

    /// <summary>The cure of a <c>sentinel</c> line of no known kind.</summary>
    public static string OfStatement(ConfigurationLine line)
    {
        string name = line.Words[1];
        if (StatementKind.Named(name) is { } kind)
            return Miscounted(line, kind.Usage, ownWords: 2);
        string cure = GenericDirectives.MainName(name.ToLowerInvariant()) is not null ? $"'{name}' is a directive of its own; remove the word 'sentinel' before it"
            : Nearest(name, StatementKind.Names) is { } near ? $"perhaps '{StatementKind.Named(near)!.Usage}' is meant"
            : Otherwise;
        return $"there is no statement 'sentinel {name}'; {cure}";
    }

    /// <summary>The cure of a line whose directive nobody knows.</summary>
    public static string OfDirective(ConfigurationLine line)
    {
        string name = line.Words[0];
        string cure = StatementKind.Named(name) is { } kind ? $"it is written '{kind.Usage}'"
            : Nearest(name, GenericDirectives.AllNames) is { } near ? $"perhaps '{near}' is meant"
            : Otherwise;
        return $"there is no directive '{name}'; {cure}";
    }

    /// <summary>The cure of a line that has another number of words than it may have.</summary>
    /// <param name="line">The line.</param>
    /// <param name="form">How it is written.</param>
    /// <param name="ownWords">How many words are the name.</param>
    public static string Miscounted(ConfigurationLine line, string form, int ownWords = 1)
    {
        int count = line.Words.Length - ownWords;
        return $"it is written '{form}', and here {(count == 1 ? "1 word follows" : $"{count} words follow")} '{line.Words[ownWords - 1]}'; what holds blanks goes in quotes, a comment on a line of its own";
    }

    /// <summary>The known name that a word may be meant to be: one that it begins, or one that few changes of a letter lead to. Null: none.</summary>
    private static string? Nearest(string word, IEnumerable<string> known)
    {
        string wanted = word.ToLowerInvariant();
        int changesMax = Math.Max(1, wanted.Length / 4);
        return known
            .Where(name => Math.Abs(name.Length - wanted.Length) <= changesMax)
            .Select(name => (Name: name, Changes: Changes(wanted, name)))
            .Where(near => near.Changes <= changesMax)
            .OrderBy(near => near.Changes).ThenBy(near => near.Name, StringComparer.Ordinal)
            .Select(near => near.Name)
            .FirstOrDefault()
            ?? (wanted.Length < BeginningMin ? null : known.Where(name => name.StartsWith(wanted, StringComparison.Ordinal)).Order(StringComparer.Ordinal).FirstOrDefault());
    }

    /// <summary>Letters to add, leave out, exchange or swap with the next one, to make one word of the other.</summary>
    private static int Changes(string word, string other)
    {
        int[,] changes = new int[word.Length + 1, other.Length + 1];
        for (int i = 0; i <= word.Length; i++)
        {
            for (int j = 0; j <= other.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    changes[i, j] = i + j;
                    continue;
                }
                int least = Math.Min(changes[i - 1, j - 1] + (word[i - 1] == other[j - 1] ? 0 : 1), 1 + Math.Min(changes[i - 1, j], changes[i, j - 1]));
                bool isSwap = i > 1 && j > 1 && word[i - 1] == other[j - 2] && word[i - 2] == other[j - 1];
                changes[i, j] = isSwap ? Math.Min(least, changes[i - 2, j - 2] + 1) : least;
            }
        }
        return changes[word.Length, other.Length];
    }
}
