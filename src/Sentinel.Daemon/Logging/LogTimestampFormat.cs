namespace Sentinel.Daemon.Logging;

/// <summary>How the time of a log line is written, in the words of Valkey's <c>log-timestamp-format</c>.</summary>
internal enum LogTimestampFormat
{
    /// <summary><c>21 Nov 2026 02:08:43.470</c>, local time.</summary>
    Legacy,

    /// <summary><c>2026-11-21T02:08:43.470+01:00</c>, local time.</summary>
    Iso8601,

    /// <summary>Milliseconds since 1970.</summary>
    Milliseconds,
}
