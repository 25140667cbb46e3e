using Microsoft.Win32.SafeHandles;
using Sentinel.Daemon.Configuration;

namespace Sentinel.Daemon.Logging;

/// <summary>The log file.</summary>
/// <remarks>
/// It is opened anew after each rest, and always written at its end, so both ways of rotating work without a signal: a file
/// that was moved away is let go, and one that was copied and cut short is gone on with.
/// </remarks>
internal sealed class FileSink(string path, LogFormat format, LogTimestampFormat timestamp) : ILogSink
{
    private const UnixFileMode AsFopenDoes = (UnixFileMode)0b110_110_110;    // the umask takes its part

    private SafeFileHandle? _file;
    private bool _isInLine;

    /// <inheritdoc/>
    public bool TryWrite(LogLine line)
    {
        _file ??= Posix.OpenToAppend(path, AsFopenDoes, out _);
        if (_file is null)
            return false;
        // What a full disk left of the line before is not to be taken for the beginning of this one.
        string text = $"{(_isInLine ? "\n" : "")}{line.Write(format, timestamp)}\n";
        _isInLine = Posix.WriteAll(_file, FileText.Encode(text)) is not null;
        return !_isInLine;
    }

    /// <inheritdoc/>
    public void Rest()
    {
        _file?.Dispose();
        _file = null;
    }

    /// <inheritdoc/>
    public void Dispose() => Rest();
}
