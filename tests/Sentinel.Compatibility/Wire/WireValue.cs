using System.Collections.Immutable;
using System.Text;

namespace Sentinel.Compatibility.Wire;

/// <summary>A reply, or a part of one, with everything that its bytes said: its type byte, its text, its parts. A character is a byte.</summary>
/// <param name="Type">The byte it begins with, such as <c>$</c>.</param>
/// <param name="Text">What it says; null for what has parts, and for the nulls of RESP2.</param>
/// <param name="Items">Its parts, of a map keys and values in turn; null for what has none, and for the nulls of RESP2.</param>
internal sealed record WireValue(char Type, string? Text, ImmutableArray<WireValue>? Items)
{
    /// <summary>What stands where the other side closed the connection.</summary>
    public static WireValue Closed { get; } = new('(', "closed)", null);

    /// <summary>A line for each part and for each line of its text, so that two replies can be told apart line by line.</summary>
    public IEnumerable<string> Lines()
    {
        if (Items is { } items)
            return [$"{Type}{(Type == '%' ? items.Length / 2 : items.Length)}", .. items.SelectMany(item => item.Lines()).Select(line => $"  {line}")];
        if (Text is null)
            return [$"{Type}-1"];
        string[] texts = [.. Pieces(Text)];
        return texts.Length == 1 ? [$"{Type}{texts[0]}"] : [$"{Type}", .. texts.Select(text => $"  {text}")];
    }

    /// <summary>The same with each text in it, its own included, changed.</summary>
    public WireValue MapTexts(Func<string, string> change) =>
        Items is { } items ? this with { Items = [.. items.Select(item => item.MapTexts(change))] }
        : Text is not null ? this with { Text = change(Text) }
        : this;

    /// <summary>The same with each aggregate in it, its own included, changed; the innermost first.</summary>
    public WireValue MapItems(Func<ImmutableArray<WireValue>, ImmutableArray<WireValue>> change) =>
        Items is { } items ? this with { Items = change([.. items.Select(item => item.MapItems(change))]) } : this;

    public override string ToString() => string.Join('\n', Lines());

    /// <summary>A text cut behind its line ends; a mark for what would not be seen.</summary>
    private static IEnumerable<string> Pieces(string text)
    {
        int start = 0;
        for (int end; start < text.Length && (end = text.IndexOf('\n', start)) >= 0; start = end + 1)
            yield return Shown(text[start..(end + 1)]);
        if (start < text.Length || text.Length == 0)
            yield return Shown(text[start..]);
    }

    private static string Shown(string text)
    {
        var shown = new StringBuilder();
        foreach (char c in text)
        {
            shown.Append(c switch
            {
                '\r' => "\\r",
                '\n' => "\\n",
                < ' ' or > '~' => $"\\x{(int)c:x2}",
                _ => $"{c}",
            });
        }
        return shown.ToString();
    }
}
