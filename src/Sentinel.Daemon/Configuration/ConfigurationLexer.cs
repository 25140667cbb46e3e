using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Sentinel.Daemon.Configuration;

/// <summary>How a line of the configuration file is made of words.</summary>
/// <remarks>
/// Source: Redis' rules, kept to the letter because both read and write the same file (redis sds.c, sdssplitargs and
/// sdscatrepr). A quote may begin in the middle of a word; a closing quote must end it.
/// </remarks>
internal static class ConfigurationLexer
{
    private static readonly char[] Blanks = [' ', '\t', '\r', '\n'];
    private static readonly SearchValues<char> WordEnds = SearchValues.Create([.. Blanks, '"', '\'']);

    /// <summary>The line without the blanks around it.</summary>
    public static string Trim(string line) => line.Trim(Blanks);

    /// <summary>Splits a line into words, quotes and escapes resolved.</summary>
    /// <returns>False when a quote is not closed, or closed in the middle of a word.</returns>
    public static bool TrySplit(string line, out ImmutableArray<string> words)
    {
        ImmutableArray<string>.Builder found = ImmutableArray.CreateBuilder<string>();
        ReadOnlySpan<char> rest = line;
        while (!(rest = TrimStart(rest)).IsEmpty)
        {
            if (!TryTakeWord(ref rest, out string word))
            {
                words = [];
                return false;
            }
            found.Add(word);
        }
        words = found.ToImmutable();
        return true;
    }

    /// <summary>The word as it stands in a file: plain when that reads back as the same word, quoted otherwise.</summary>
    /// <remarks>
    /// Redis itself writes some words raw that it cannot read back, and so ruins its own file for a password with a
    /// blank; every version can read the quoted form.
    /// </remarks>
    public static string Write(string word) => NeedsQuotes(word) ? Quote(word) : word;

    /// <summary>The word in double quotes, with everything escaped that is not printable ASCII or a letter of another script.</summary>
    public static string Quote(string word)
    {
        var quoted = new StringBuilder(word.Length + 2).Append('"');
        foreach (char c in word)
        {
            _ = c switch
            {
                '\\' or '"' => quoted.Append('\\').Append(c),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                '\a' => quoted.Append("\\a"),
                '\b' => quoted.Append("\\b"),
                < ' ' or '\x7f' => quoted.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}"),
                _ => quoted.Append(c),
            };
        }
        return quoted.Append('"').ToString();
    }

    private static bool NeedsQuotes(string word) =>
        word.Length == 0 || word.AsSpan().IndexOfAnyInRange('\0', ' ') >= 0 || word.AsSpan().IndexOfAny('"', '\'', '\x7f') >= 0;

    private static ReadOnlySpan<char> TrimStart(ReadOnlySpan<char> text) => text.TrimStart(" \t\r\n\v\f");

    /// <summary>Takes the word at the start of <paramref name="rest"/>, which is no blank.</summary>
    private static bool TryTakeWord(ref ReadOnlySpan<char> rest, out string word)
    {
        int end = rest.IndexOfAny(WordEnds);
        if (end < 0 || rest[end] is not ('"' or '\''))
        {
            word = (end < 0 ? rest : rest[..end]).ToString();
            rest = rest[word.Length..];
            return true;
        }

        var text = new StringBuilder();
        word = "";
        int at = 0;
        while (at < rest.Length && !Blanks.Contains(rest[at]))
        {
            if (rest[at] is not ('"' or '\''))
            {
                text.Append(rest[at++]);
                continue;
            }
            if (!TryTakeQuoted(rest, ref at, text))
                return false;
            if (at < rest.Length && !TrimStart(rest.Slice(at, 1)).IsEmpty)
                return false;
            break;
        }
        word = FileText.Joined(text.ToString());
        rest = rest[at..];
        return true;
    }

    /// <summary>Reads the quoted text that begins at <paramref name="at"/>, and moves behind its closing quote.</summary>
    private static bool TryTakeQuoted(ReadOnlySpan<char> rest, ref int at, StringBuilder text)
    {
        char quote = rest[at++];
        while (at < rest.Length && rest[at] != quote)
        {
            if (rest[at] != '\\' || at + 1 == rest.Length || (quote == '\'' && rest[at + 1] != '\''))
                text.Append(rest[at++]);
            else if (rest[at + 1] == 'x' && at + 3 < rest.Length && char.IsAsciiHexDigit(rest[at + 2]) && char.IsAsciiHexDigit(rest[at + 3]))
            {
                text.Append(FileText.OfByte(byte.Parse(rest.Slice(at + 2, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)));
                at += 4;
            }
            else
            {
                text.Append(Unescaped(rest[at + 1]));
                at += 2;
            }
        }
        return at++ < rest.Length;
    }

    private static char Unescaped(char c) => c switch
    {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'b' => '\b',
        'a' => '\a',
        _ => c,
    };
}
