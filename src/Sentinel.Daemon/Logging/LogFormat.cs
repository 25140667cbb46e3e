namespace Sentinel.Daemon.Logging;

/// <summary>How a log line is put together, in the words of Valkey's <c>log-format</c>.</summary>
internal enum LogFormat
{
    /// <summary><c>pid:X time mark message</c>, as Redis always had it.</summary>
    Legacy,

    /// <summary><c>name=value</c> pairs, for programs that read logs.</summary>
    Logfmt,
}
