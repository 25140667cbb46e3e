namespace Sentinel.Daemon.Tests.Lab;

/// <summary>What a server has written on its standard output and error, through all its restarts. Safe to use from any thread.</summary>
internal sealed class ProcessLog
{
    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];
    private int _mark;

    /// <summary>The lines since <see cref="Mark"/>.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_gate)
                return _lines[_mark..];
        }
    }

    public void Add(string line)
    {
        lock (_gate)
            _lines.Add(line);
    }

    /// <summary>Lets <see cref="Lines"/> begin anew here.</summary>
    public void Mark()
    {
        lock (_gate)
            _mark = _lines.Count;
    }

    /// <summary>The last lines, marked or not, for whoever looks into a failure.</summary>
    public string Tail(int count)
    {
        lock (_gate)
            return string.Join('\n', _lines.TakeLast(count));
    }
}
