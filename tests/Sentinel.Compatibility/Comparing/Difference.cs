namespace Sentinel.Compatibility.Comparing;

/// <summary>A difference that is meant.</summary>
/// <param name="Places">Where it is: a request, or in a conversation its title, a colon and the request.</param>
/// <param name="Reason">Why we do not answer as Redis 7.0.15 does.</param>
/// <param name="Lines">Of the two replies, written as <see cref="Wire.WireValue.Lines"/>: what only the original says, after <c>- </c>, then what only we say, after <c>+ </c>; the spaces before the line count for nothing.</param>
internal sealed record Difference(string[] Places, string Reason, string Lines)
{
    /// <summary>Whether this is all that differs.</summary>
    public bool Explains(LineDifference found) => Stripped(found.ToString()).SequenceEqual(Stripped(Lines));

    private static IEnumerable<string> Stripped(string lines) => lines.Split('\n').Select(line => line.Length < 2 ? line : $"{line[0]} {line[2..].TrimStart(' ')}");
}
