using Sentinel.Daemon.Configuration;

namespace Sentinel.Daemon.Logging;

/// <summary>What is logged, how, and where to. Immutable: changed with <c>with</c>.</summary>
internal sealed record LogOptions
{
    /// <summary>The least grave level that is written at first. Default notice, as in Redis.</summary>
    public LogThreshold Threshold { get; init; } = LogThreshold.Notice;

    /// <summary>Absolute path of the log; null: standard output.</summary>
    public string? File { get; init; }

    /// <summary>How a line is put together.</summary>
    public LogFormat Format { get; init; } = LogFormat.Legacy;

    /// <summary>How its time is written.</summary>
    public LogTimestampFormat Timestamp { get; init; } = LogTimestampFormat.Legacy;

    /// <summary>Whether lines go to syslog too. Default false, as in Redis.</summary>
    public bool SyslogEnabled { get; init; }

    /// <summary>Our name in syslog. Default <c>redis</c>, as in Redis.</summary>
    public string SyslogIdent { get; init; } = "redis";

    /// <summary>As whom we speak to syslog. Default local0, as in Redis.</summary>
    public SyslogFacility SyslogFacility { get; init; } = SyslogFacility.Local0;
}
