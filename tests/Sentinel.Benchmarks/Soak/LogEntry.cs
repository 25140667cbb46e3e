using System.Globalization;
using System.Text.RegularExpressions;

namespace Sentinel.Benchmarks.Soak;

/// <summary>A line of a sentinel's log.</summary>
/// <param name="Sentinel">Whose.</param>
/// <param name="At">When it was said.</param>
/// <param name="IsWarning">Whether it has the highest level.</param>
/// <param name="Message">What was said; of a line that is none of Redis' form, such as a part of a stack trace, all of it.</param>
internal sealed partial record LogEntry(string Sentinel, DateTimeOffset At, bool IsWarning, string Message)
{
    /// <param name="sentinel">Whose log it stands in.</param>
    /// <param name="line">As it stands there.</param>
    /// <param name="before">When the line before it was said: what has no time of its own belongs to it.</param>
    public static LogEntry Parse(string sentinel, string line, DateTimeOffset before)
    {
        Match match = Form().Match(line);
        return match.Success && DateTimeOffset.TryParseExact(match.Groups["time"].Value, "dd MMM yyyy HH:mm:ss.fff", CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out DateTimeOffset at)
            ? new LogEntry(sentinel, at, match.Groups["level"].Value == "#", match.Groups["message"].Value)
            : new LogEntry(sentinel, before, IsWarning: true, line);
    }

    [GeneratedRegex(@"^\d+:X (?<time>\d\d \w{3} \d{4} [\d:.]+) (?<level>[.*#-]) (?<message>.*)$", RegexOptions.ExplicitCapture)]
    private static partial Regex Form();
}
