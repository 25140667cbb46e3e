using System.Collections.Concurrent;
using System.Globalization;
using Sentinel.Core;
using Sentinel.Daemon.Configuration;

namespace Sentinel.Daemon.Logging;

/// <summary>The log, in the format of Redis: <c>pid:X dd Mon yyyy HH:MM:SS.mmm # message</c>, local time.</summary>
/// <remarks>
/// Writers never wait: a thread of the log's own writes to standard output or to the file, which it opens anew for each
/// batch of lines, so that a rotated file is let go. When it cannot keep up, lines are dropped, and their number is logged.
/// </remarks>
internal sealed class RedisLog : IDisposable
{
    /// <summary>Lines that may wait to be written. Beyond it lines are dropped rather than decisions delayed.</summary>
    private const int LinesMax = 8192;

    private readonly BlockingCollection<string> _lines = new(LinesMax);
    private volatile LogThreshold _threshold;
    private readonly string? _file;
    private readonly TimeProvider _time;
    private readonly Thread _writer;
    private int _dropped;

    /// <param name="threshold">The least grave level that is written.</param>
    /// <param name="file">Path of the log; null: standard output.</param>
    /// <param name="time">Wall clock and time zone.</param>
    public RedisLog(LogThreshold threshold, string? file, TimeProvider time)
    {
        (_threshold, _file, _time) = (threshold, file, time);
        _writer = new Thread(WriteLines) { Name = "log", IsBackground = true };
        _writer.Start();
    }

    /// <summary>The least grave level that is written. May be changed from any thread.</summary>
    public LogThreshold Threshold
    {
        get => _threshold;
        set => _threshold = value;
    }

    /// <summary>Whether lines of a level are written.</summary>
    public bool IsWritten(EventLevel level) => (int)level >= (int)_threshold;

    /// <summary>Writes a line, if its level is to be written. Never waits.</summary>
    public void Write(EventLevel level, string text)
    {
        if (!IsWritten(level) || _lines.IsAddingCompleted)
            return;
        DateTime now = _time.GetLocalNow().DateTime;
        string line = string.Create(
            CultureInfo.InvariantCulture,
            $"{Environment.ProcessId}:X {now:dd MMM yyyy HH:mm:ss.fff} {Mark(level)} {text.ReplaceLineEndings(" ")}");
        try
        {
            if (!_lines.TryAdd(line))
                Interlocked.Increment(ref _dropped);
        }
        catch (InvalidOperationException)
        {
            // Closed in between: the process is about to end.
        }
    }

    /// <summary>Writes what waits, then ends.</summary>
    public void Dispose()
    {
        _lines.CompleteAdding();
        _writer.Join(TimeSpan.FromSeconds(2));
    }

    private static char Mark(EventLevel level) => level switch
    {
        EventLevel.Debug => '.',
        EventLevel.Verbose => '-',
        EventLevel.Notice => '*',
        EventLevel.Warning => '#',
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private void WriteLines()
    {
        foreach (string first in _lines.GetConsumingEnumerable())
        {
            try
            {
                using TextWriter output = Open();
                output.Write(first + "\n");
                while (_lines.TryTake(out string? next))
                    output.Write(next + "\n");
                if (Interlocked.Exchange(ref _dropped, 0) is > 0 and var dropped)
                    output.Write($"{Environment.ProcessId}:X {dropped} log lines were lost: the log could not be written fast enough\n");
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // As in Redis, a log that cannot be written does not stop the Sentinel.
            }
        }
    }

    private StreamWriter Open() => new(_file is null
        ? Console.OpenStandardOutput()
        : new FileStream(_file, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete));
}
