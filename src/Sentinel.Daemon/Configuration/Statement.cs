using System.Collections.Immutable;

namespace Sentinel.Daemon.Configuration;

/// <summary>One <c>sentinel</c> line that this Sentinel writes itself: what it is about and what it says. Immutable.</summary>
/// <param name="kind">Its kind.</param>
/// <param name="words">The words after the kind's name.</param>
internal sealed class Statement(StatementKind kind, params ImmutableArray<string> words)
{
    private readonly Lazy<ImmutableArray<string>> _meaning = new(() => [.. words.Select((word, i) => Meaning(kind.Words[i], word))], isThreadSafe: false);
    private string? _key;
    private string? _text;

    /// <summary>Its kind.</summary>
    public StatementKind Kind => kind;

    /// <summary>Whether it says what holds without it: it is not added to a file, but kept, and kept right, where it stands.</summary>
    public bool IsDefault { get; init; }

    /// <summary>What it is about. Of a file's lines with the same key only one counts.</summary>
    public string Key => _key ??= string.Join('\0', [kind.Name, .. kind.Key.Select(i => i < words.Length ? _meaning.Value[i] : "")]);

    /// <summary>What it belongs to: all replicas of a master, for example, are one family.</summary>
    public string Family => kind.IsAboutMaster ? $"{kind.Name}\0{words[0]}" : kind.Name;

    /// <summary>The name of the master that it is about; null: it is about this Sentinel.</summary>
    public string? MasterName => kind.IsAboutMaster ? words[0] : null;

    /// <summary>The line, without its end.</summary>
    public string Text => _text ??= Write(kind.Name);

    /// <summary>Reads a line of a file.</summary>
    /// <param name="line">The words of the whole line.</param>
    /// <returns>
    /// Null when it is not for this Sentinel to change: another directive, one of our own that only the user writes, or
    /// one without effect.
    /// </returns>
    public static Statement? Read(ImmutableArray<string> line)
    {
        if (StatementKind.Of(line) is not { } kind || kind == StatementKind.Webhook || kind == StatementKind.WebhookEvents)
            return null;
        bool hasNoEffect = line[2].Length == 0 && kind.Words[0] is (WordKind.TextIfAny or WordKind.QuotedIfAny);
        return hasNoEffect ? null : new Statement(kind, line[2..]);
    }

    /// <summary>Whether another one says the same of the same thing, be it written differently.</summary>
    public bool Says(Statement other) => kind == other.Kind && _meaning.Value.AsSpan().SequenceEqual(other._meaning.Value.AsSpan());

    /// <summary>The line, without its end.</summary>
    /// <param name="name">The name to use of those that the kind has.</param>
    public string Write(string name) =>
        string.Join(' ', ["sentinel", name, .. words.Select((word, i) =>
            kind.Words[i] == WordKind.QuotedIfAny ? ConfigurationLexer.Quote(word) : ConfigurationLexer.Write(word))]);

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
