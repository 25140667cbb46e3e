namespace Sentinel.Daemon.Telemetry;

/// <summary>What telemetry logs. Ids 3100 to 3199.</summary>
internal static partial class TelemetryLog
{
    [LoggerMessage(EventId = 3100, Level = LogLevel.Warning, Message = "Telemetry is not exported: {Problem}")]
    public static partial void NotExported(this ILogger logger, string problem);

    [LoggerMessage(EventId = 3101, Level = LogLevel.Warning, Message = "The last telemetry was not exported within {FlushSeconds} s")]
    public static partial void NotFlushed(this ILogger logger, double flushSeconds);
}
