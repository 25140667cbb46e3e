using System.Collections.Immutable;

namespace Sentinel.Daemon.Configuration;

/// <summary>One line of the old text, and what is to become of it.</summary>
internal sealed class RewritableLine
{
    private RewritableLine(string text)
    {
        Text = text;
        string trimmed = ConfigurationLexer.Trim(text);
        IsBlank = trimmed.Length == 0;
        if (IsBlank || trimmed[0] == '#' || !ConfigurationLexer.TrySplit(trimmed, out ImmutableArray<string> words))
            return;
        Words = words;
        Statement = Statement.Read(words);
        OverrideKey = GenericDirectives.OverrideKey(words);
    }

    /// <summary>The line with its end, as it will be written.</summary>
    public string Text { get; private set; }

    /// <summary>Nothing but white space.</summary>
    public bool IsBlank { get; }

    /// <summary>Its words; none when it is blank, a comment or cannot be split.</summary>
    public ImmutableArray<string> Words { get; } = [];

    /// <summary>What it says, when it is this Sentinel's to change; otherwise null.</summary>
    public Statement? Statement { get; }

    /// <summary>See <see cref="GenericDirectives.OverrideKey"/>.</summary>
    public string? OverrideKey { get; }

    /// <summary>Whether it stays. A line that is this Sentinel's to change stays when something wants it; all others do.</summary>
    public bool IsKept => Statement is null || IsWanted;

    /// <summary>Set when a statement has its place here.</summary>
    public bool IsWanted { get; set; }

    /// <summary>Splits a text into lines that, put together, are the text.</summary>
    public static List<RewritableLine> Split(string text)
    {
        List<RewritableLine> lines = [];
        for (int start = 0; start < text.Length;)
        {
            int newline = text.IndexOf('\n', start);
            int end = newline < 0 ? text.Length : newline + 1;
            lines.Add(new RewritableLine(text[start..end]));
            start = end;
        }
        return lines;
    }

    /// <summary>Takes other words; the indentation and the end of the line stay.</summary>
    public void ReplaceBy(string words)
    {
        string content = ConfigurationLexer.Trim(Text);
        string indentation = Text[..Text.IndexOf(content, StringComparison.Ordinal)];
        string end = Text.EndsWith("\r\n", StringComparison.Ordinal) ? "\r\n" : Text.EndsWith('\n') ? "\n" : "";
        Text = indentation + words + end;
    }
}
