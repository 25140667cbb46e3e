using System.Text;

namespace Sentinel.Benchmarks.Soak;

/// <summary>Reads what comes at the end of a log, line by line, through restarts of who writes it.</summary>
internal sealed class LogTail(string sentinel, string file)
{
    /// <summary>Read at a time, so that a flood of lines does not fill our memory.</summary>
    private const int PieceBytes = 1 << 20;

    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private readonly StringBuilder _started = new();
    private DateTimeOffset _lastAt;
    private long _read;

    /// <summary>The whole lines that came since the last call.</summary>
    public IEnumerable<LogEntry> ReadNew()
    {
        if (!File.Exists(file))
            yield break;
        using var log = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        log.Position = _read;
        byte[] piece = new byte[PieceBytes];
        char[] letters = new char[PieceBytes + 1];
        for (int count; (count = log.Read(piece)) > 0;)
        {
            _read += count;
            _started.Append(letters, 0, _decoder.GetChars(piece, 0, count, letters, 0));
            string[] lines = _started.ToString().Split('\n');
            _started.Clear().Append(lines[^1]);
            foreach (string line in lines[..^1].Where(line => line.Length > 0))
            {
                LogEntry entry = LogEntry.Parse(sentinel, line, _lastAt);
                _lastAt = entry.At;
                yield return entry;
            }
        }
    }
}
