namespace Sentinel.Daemon.Tests.Telemetry;

/// <summary>How a span ended, numbered as in <c>trace.proto</c>.</summary>
internal enum OtlpStatus
{
    Unset = 0,
    Ok = 1,
    Error = 2,
}
