using Sentinel.Daemon.Configuration;

namespace Sentinel.Daemon.Logging;

/// <summary>Standard output.</summary>
internal sealed class StandardOutputSink(LogFormat format, LogTimestampFormat timestamp) : ILogSink
{
    private readonly Stream _output = Console.OpenStandardOutput();

    /// <inheritdoc/>
    public bool TryWrite(LogLine line)
    {
        try
        {
            _output.Write(FileText.Encode($"{line.Write(format, timestamp)}\n"));
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
        {
            return false;    // a full disk behind it, a terminal that is gone; it was closed from the start; a file beyond ulimit -f
        }
    }

    /// <inheritdoc/>
    public void Rest()
    {
        // Nothing to let go: it was there before us.
    }

    /// <inheritdoc/>
    public void Dispose() => _output.Dispose();
}
