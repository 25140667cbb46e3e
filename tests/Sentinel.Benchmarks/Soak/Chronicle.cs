namespace Sentinel.Benchmarks.Soak;

/// <summary>All faults of a run, and a time-line of them in a file. Safe to use from any thread.</summary>
internal sealed class Chronicle : IDisposable
{
    /// <summary>Lines of the time-line: those of days. What comes later is only counted.</summary>
    private const int LinesMax = 200_000;

    private readonly Lock _gate = new();
    private readonly List<Fault> _faults = [];
    private readonly List<string> _findings = [];
    private readonly StreamWriter _timeLine;
    private int _lines;

    /// <param name="file">Where the time-line goes.</param>
    public Chronicle(string file)
    {
        File = file;
        _timeLine = new StreamWriter(file) { AutoFlush = true };
    }

    public string File { get; }

    /// <summary>Faults so far.</summary>
    public IReadOnlyList<Fault> Faults
    {
        get
        {
            lock (_gate)
                return [.. _faults];
        }
    }

    /// <summary>What should not have been, in words.</summary>
    public IReadOnlyList<string> Findings
    {
        get
        {
            lock (_gate)
                return [.. _findings];
        }
    }

    /// <summary>A fault strikes now.</summary>
    /// <returns>By which <see cref="End"/> knows it.</returns>
    public int Begin(string? group, FaultKind kind, string target)
    {
        lock (_gate)
        {
            var fault = new Fault(group, kind, target, DateTimeOffset.Now);
            _faults.Add(fault);
            Tell($"#{_faults.Count - 1} {group ?? "sentinels"}: {kind} {target}");
            return _faults.Count - 1;
        }
    }

    /// <summary>All is well again.</summary>
    /// <param name="outcome">Gives the fault with what came of it.</param>
    public void End(int number, Func<Fault, Fault> outcome)
    {
        lock (_gate)
        {
            Fault fault = outcome(_faults[number]) with { OverAt = DateTimeOffset.Now };
            _faults[number] = fault;
            Tell($"#{number} is over: outage {fault.Outage?.TotalMilliseconds ?? 0:0} ms, lost {fault.Lost} of {fault.Acknowledged}{(fault.Remark.Length > 0 ? $"; {fault.Remark}" : "")}");
        }
    }

    /// <summary>Something is not as it should be.</summary>
    public void Find(string finding)
    {
        lock (_gate)
        {
            _findings.Add(finding);
            Tell($"!!! {finding}");
        }
    }

    /// <summary>A line for whoever looks into a finding.</summary>
    public void Note(string line)
    {
        lock (_gate)
            Tell(line);
    }

    public void Dispose() => _timeLine.Dispose();

    private void Tell(string line)
    {
        if (_lines++ < LinesMax)
            _timeLine.WriteLine($"{DateTimeOffset.Now:dd MMM HH:mm:ss.fff} {line}");
    }
}
