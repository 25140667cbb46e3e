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
        catch (IOException)
        {
            return false;    // a full disk behind it, or a terminal that is gone
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
