using System.Diagnostics;

namespace Sentinel.Core;

/// <summary>How scripts show among the events. None of them runs a script itself.</summary>
internal static class ScriptEvents
{
    /// <summary>The event that tells this fact.</summary>
    public static SentinelEvent Of(ScriptFact fact) => fact switch
    {
        ScriptStarted started => new("+script-child", EventLevel.Debug, $"{started.ProcessId}"),
        ScriptEnded ended => new("-script-child", EventLevel.Debug, $"{ended.ProcessId} {ended.ExitCode} {ended.Signal}"),
        ScriptTimedOut late => new("-script-timeout", EventLevel.Warning, $"{late.Path} {late.ProcessId}"),
        ScriptFailed failed => new("-script-error", EventLevel.Warning, $"{failed.Path} {failed.Signal} {failed.ExitCode}"),
        _ => throw new UnreachableException(),
    };
}
