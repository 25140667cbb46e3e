using System.Diagnostics;
using System.Globalization;
using Sentinel.Core;

namespace Sentinel.Daemon.Logging;

/// <summary>One line of the log.</summary>
/// <param name="At">When, local time.</param>
/// <param name="Level">How grave.</param>
/// <param name="Text">What is said; without line ends, so that nobody can forge a line.</param>
/// <param name="Form">What stands around it.</param>
internal readonly record struct LogLine(DateTimeOffset At, EventLevel Level, string Text, LogLineForm Form = LogLineForm.Message)
{
    private char Mark => Level switch
    {
        EventLevel.Debug => '.',
        EventLevel.Verbose => '-',
        EventLevel.Notice => '*',
        EventLevel.Warning => '#',
        _ => throw new UnreachableException(),
    };

    private string Word => Level switch
    {
        EventLevel.Debug => "debug",
        EventLevel.Verbose => "info",
        EventLevel.Notice => "notice",
        EventLevel.Warning => "warning",
        _ => throw new UnreachableException(),
    };

    /// <summary>The line as it is written, without a line end.</summary>
    public string Write(LogFormat format, LogTimestampFormat timestamp)
    {
        int process = Environment.ProcessId;
        return Form switch
        {
            LogLineForm.Bare => Text,
            LogLineForm.Signal => string.Create(CultureInfo.InvariantCulture, $"{process}:signal-handler ({At.ToUnixTimeSeconds()}) {Text}"),
            // a quote within would end the message for the program that reads it; Valkey replaces it too
            _ when format is LogFormat.Logfmt => string.Create(
                CultureInfo.InvariantCulture,
                $"pid={process} role=sentinel timestamp=\"{Time(timestamp)}\" level={Word} message=\"{Text.Replace('"', '\'')}\""),
            _ => string.Create(CultureInfo.InvariantCulture, $"{process}:X {Time(timestamp)} {Mark} {Text}"),
        };
    }

    private string Time(LogTimestampFormat timestamp) => timestamp switch
    {
        LogTimestampFormat.Legacy => At.ToString("dd MMM yyyy HH:mm:ss.fff", CultureInfo.InvariantCulture),
        LogTimestampFormat.Iso8601 => At.ToString("yyyy-MM-ddTHH:mm:ss.fffzzz", CultureInfo.InvariantCulture),
        LogTimestampFormat.Milliseconds => At.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
        _ => throw new UnreachableException(),
    };
}
