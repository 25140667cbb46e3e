namespace Sentinel.Daemon.Logging;

/// <summary>Where log lines end up. Used by the log's own thread only.</summary>
internal interface ILogSink : IDisposable
{
    /// <summary>Writes one line. May wait for as long as the system makes it wait.</summary>
    /// <returns>False when the line is lost.</returns>
    bool TryWrite(LogLine line);

    /// <summary>No more lines wait: what is open may be let go.</summary>
    void Rest();
}
