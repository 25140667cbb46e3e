using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Sentinel.Compatibility.Wire;

/// <summary>Requests as they are written in the conversations: the way one types them into redis-cli.</summary>
internal static partial class RequestText
{
    private const string Together = " && ";

    /// <summary>The requests that are sent in one packet.</summary>
    public static string[] Split(string line) => line.Split(Together);

    /// <summary>The words of one request.</summary>
    public static string[] Words(string request) =>
        [.. Word().Matches(request).Select(match => match.Groups["quoted"].Success ? Unescaped(match.Groups["quoted"].Value) : match.Value)];

    /// <summary>As libraries send it: an array of bulk strings.</summary>
    public static string AsArray(string request)
    {
        string[] words = Words(request);
        var bytes = new StringBuilder($"*{words.Length}\r\n");
        foreach (string word in words)
            bytes.Append(CultureInfo.InvariantCulture, $"${word.Length}\r\n{word}\r\n");
        return bytes.ToString();
    }

    /// <summary>As people send it: a line.</summary>
    public static string AsLine(string request) => $"{request}\r\n";

    /// <summary><c>\r</c>, <c>\n</c>, <c>\xHH</c>, and any other character as itself.</summary>
    public static string Unescaped(string text) => Escape().Replace(text, escape => escape.Groups["hex"].Success
        ? $"{(char)int.Parse(escape.Groups["hex"].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture)}"
        : escape.Value[1] switch { 'r' => "\r", 'n' => "\n", var other => $"{other}" });

    [GeneratedRegex(@"""(?<quoted>(\\.|[^""\\])*)""|[^\s""]+", RegexOptions.ExplicitCapture)]
    private static partial Regex Word();

    [GeneratedRegex(@"\\(x(?<hex>[0-9a-fA-F]{2})|.)", RegexOptions.ExplicitCapture | RegexOptions.Singleline)]
    private static partial Regex Escape();
}
