using System.Collections.Concurrent;
using Sentinel.Core;
using Sentinel.Daemon.Configuration;

namespace Sentinel.Daemon.Logging;

/// <summary>The log. Lines have the format of Redis: <c>pid:X dd Mon yyyy HH:MM:SS.mmm # message</c>, local time.</summary>
/// <remarks>
/// Writers never wait: a thread of the log's own writes. When it cannot keep up, or the disk is full, lines are lost, and
/// their number is logged as soon as that is possible; as in Redis, a log that cannot be written does not stop the Sentinel.
/// </remarks>
internal sealed class RedisLog : IDisposable
{
    /// <summary>Lines that may wait to be written. Beyond it lines are lost rather than decisions delayed.</summary>
    private const int LinesMax = 8192;

    /// <summary>How long the last lines may take when the process ends.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly BlockingCollection<LogLine> _lines = new(LinesMax);
    private readonly ILogSink[] _sinks;
    private readonly int[] _lost;
    private readonly TimeProvider _time;
    private readonly Thread _writer;
    private volatile LogThreshold _threshold;
    private int _dropped;

    /// <summary>A log in the usual format.</summary>
    /// <param name="threshold">The least grave level that is written.</param>
    /// <param name="file">Path of the log; null: standard output.</param>
    /// <param name="time">Wall clock and time zone.</param>
    public RedisLog(LogThreshold threshold, string? file, TimeProvider time)
        : this(new LogOptions { Threshold = threshold, File = file }, time)
    {
    }

    /// <param name="options">What is logged, how, and where to.</param>
    /// <param name="time">Wall clock and time zone.</param>
    public RedisLog(LogOptions options, TimeProvider time)
        : this(options.Threshold, time, [.. Sinks(options, time)])
    {
    }

    /// <param name="threshold">The least grave level that is written at first.</param>
    /// <param name="time">Wall clock and time zone.</param>
    /// <param name="sinks">Where lines end up; each gets all of them. They are closed with the log.</param>
    public RedisLog(LogThreshold threshold, TimeProvider time, params ILogSink[] sinks)
    {
        (_threshold, _time, _sinks, _lost) = (threshold, time, sinks, new int[sinks.Length]);
        _writer = new Thread(WriteLines) { Name = "log", IsBackground = true };
        _writer.Start();
    }

    /// <summary>The least grave level that is written. May be changed at any time, from any thread.</summary>
    public LogThreshold Threshold
    {
        get => _threshold;
        set => _threshold = value;
    }

    /// <summary>Whether lines of a level are written.</summary>
    public bool IsWritten(EventLevel level) => (int)level >= (int)_threshold;

    /// <summary>Writes a line, if its level is to be written. Never waits.</summary>
    public void Write(EventLevel level, string text) => Write(level, text, LogLineForm.Message);

    /// <summary>Writes a line about a signal, or a bare one.</summary>
    public void Write(EventLevel level, string text, LogLineForm form)
    {
        if (!IsWritten(level) || _lines.IsAddingCompleted)
            return;
        try
        {
            if (!_lines.TryAdd(new LogLine(_time.GetLocalNow(), level, text.ReplaceLineEndings(" "), form)))
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
        _writer.Join(Patience);
    }

    private static IEnumerable<ILogSink> Sinks(LogOptions options, TimeProvider time)
    {
        yield return options.File is { } file
            ? new FileSink(file, options.Format, options.Timestamp)
            : new StandardOutputSink(options.Format, options.Timestamp);
        if (options.SyslogEnabled)
            yield return new SyslogSink(SyslogSink.DefaultPath, options.SyslogIdent, options.SyslogFacility, time);
    }

    private void WriteLines()
    {
        foreach (LogLine line in _lines.GetConsumingEnumerable())
        {
            int dropped = Interlocked.Exchange(ref _dropped, 0);
            for (int i = 0; i < _sinks.Length; i++)
            {
                _lost[i] += dropped;
                if (_lost[i] > 0 && _sinks[i].TryWrite(Missing(_lost[i])))
                    _lost[i] = 0;
                if (!_sinks[i].TryWrite(line))
                    _lost[i]++;
                if (_lines.Count == 0)
                    _sinks[i].Rest();
            }
        }
        foreach (ILogSink sink in _sinks)
            sink.Dispose();
    }

    private LogLine Missing(int lines) =>
        new(_time.GetLocalNow(), EventLevel.Warning, $"{lines} log lines were lost here: the log could not be written, or not fast enough");
}
