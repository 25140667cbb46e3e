namespace Sentinel.Daemon.Logging;

/// <summary>What stands around the text of a log line.</summary>
internal enum LogLineForm
{
    /// <summary>Process, time and level.</summary>
    Message,

    /// <summary>A signal's, with process and seconds only; tools know this form from Redis.</summary>
    Signal,

    /// <summary>Nothing: the logo.</summary>
    Bare,
}
