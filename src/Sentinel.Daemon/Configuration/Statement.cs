using System.Collections.Immutable;

namespace Sentinel.Daemon.Configuration;

/// <summary>One <c>sentinel</c> line that this Sentinel writes itself: what it is about and what it says.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Words">The words after the kind's name.</param>
internal sealed record Statement(StatementKind Kind, ImmutableArray<string> Words)
{
    private readonly ImmutableArray<string> _meaning = [.. Words.Select((word, i) => Meaning(Kind.Words[i], word))];

    /// <summary>Whether it says what holds without it: it is not added to a file, but kept, and kept right, where it stands.</summary>
    public bool IsDefault { get; init; }

    /// <summary>What it is about. Of a file's lines with the same key only one counts.</summary>
    public string Key => string.Join('\0', [Kind.Name, .. Kind.Key.Select(i => i < _meaning.Length ? _meaning[i] : "")]);

    /// <summary>What it belongs to: all replicas of a master, for example, are one family.</summary>
    public string Family => Kind.IsAboutMaster ? $"{Kind.Name}\0{Words[0]}" : Kind.Name;

    /// <summary>Reads a line of a file.</summary>
    /// <param name="words">The words of the whole line.</param>
    /// <returns>Null when it is not for this Sentinel to change: another directive, one of our own that only the user writes, or one without effect.</returns>
    public static Statement? Read(ImmutableArray<string> words)
    {
        if (StatementKind.Of(words) is not { } kind || kind == StatementKind.Webhook || kind == StatementKind.WebhookEvents)
            return null;
        return words[2].Length == 0 && kind.Words[0] is (WordKind.TextIfAny or WordKind.QuotedIfAny) ? null : new Statement(kind, words[2..]);
    }

    /// <summary>Whether another one says the same of the same thing, be it written differently.</summary>
    public bool Says(Statement other) => Kind == other.Kind && _meaning.AsSpan().SequenceEqual(other._meaning.AsSpan());

    /// <summary>The line, without its end.</summary>
    /// <param name="name">The name to use of those that the kind has.</param>
    public string Write(string name) =>
        string.Join(' ', ["sentinel", name, .. Words.Select((word, i) =>
            Kind.Words[i] == WordKind.QuotedIfAny ? ConfigurationLexer.Quote(word) : ConfigurationLexer.Write(word))]);

    /// <summary>The one spelling of all that mean the same.</summary>
    private static string Meaning(WordKind kind, string word) => kind switch
    {
        WordKind.Number => CNumber.ToInt(word).ToString(),
        WordKind.Epoch => CNumber.ToUInt64(word).ToString(),
        WordKind.YesNo => word.ToLowerInvariant(),
        WordKind.Command => word.ToUpperInvariant(),
        WordKind.Host => (Host.TryReadLiteral(word, out string canonical) ? canonical : word).ToLowerInvariant(),
        _ => word,
    };
}
