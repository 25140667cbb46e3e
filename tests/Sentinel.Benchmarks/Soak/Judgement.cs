namespace Sentinel.Benchmarks.Soak;

/// <summary>What went wrong, of all that was seen.</summary>
internal sealed class Judgement
{
    /// <summary>How long after a fault sentinels may still tell of it.</summary>
    private static readonly TimeSpan Aftermath = TimeSpan.FromSeconds(15);

    /// <summary>A log may be written a moment before the fault's own time was taken, by another processor.</summary>
    private static readonly TimeSpan ClockGrain = TimeSpan.FromMilliseconds(5);

    private readonly IReadOnlyList<Fault> _faults;
    private readonly IReadOnlyList<Silence> _silences;
    private readonly TimeSpan _downAfter;

    /// <param name="faults">All that was done.</param>
    /// <param name="moves">All masters that became others.</param>
    /// <param name="silences">When the applications had no acknowledged write.</param>
    /// <param name="warnings">The lines of the highest level in all logs.</param>
    /// <param name="groupsOf">By the port of each node its group.</param>
    /// <param name="sentinels">The ports of all sentinels.</param>
    /// <param name="downAfter">As configured.</param>
    public Judgement(
        IReadOnlyList<Fault> faults, IReadOnlyList<Move> moves, IReadOnlyList<Silence> silences, IReadOnlyList<LogEntry> warnings,
        IReadOnlyDictionary<string, string> groupsOf, IReadOnlyCollection<string> sentinels, TimeSpan downAfter)
    {
        (_faults, _silences, _downAfter) = (faults, silences, downAfter);
        HashSet<Fault> used = [];
        foreach (Move move in moves)
        {
            // One fault explains one move.
            Fault? cause = faults.FirstOrDefault(fault => fault.MayMoveMaster && fault.Group == move.Group && fault.Covers(move.At + ClockGrain, TimeSpan.Zero) && !used.Contains(fault));
            if (cause is not null)
                used.Add(cause);
            else if (IsSilent(move))
                Unreachable.Add(move);
            else
                Needless.Add(move);
        }
        Unexplained = [.. warnings.Where(line => !IsExplained(line, groupsOf, sentinels))];
    }

    /// <summary>Masters that were replaced although they were there for their application, and nobody had ordered it.</summary>
    public List<Move> Needless { get; } = [];

    /// <summary>Masters that no fault of ours took away, but that did not answer their application either: the machine was too busy.</summary>
    public List<Move> Unreachable { get; } = [];

    /// <summary>Warnings that no fault explains.</summary>
    public IReadOnlyList<LogEntry> Unexplained { get; }

    /// <summary>Whether the application had no answer for a good part of the time for which the sentinels must have had none.</summary>
    private bool IsSilent(Move move) =>
        _silences.Any(silence => silence.Group == move.Group && silence.To > move.At - _downAfter * 2 && silence.From < move.At && silence.To - silence.From >= _downAfter / 2);

    private bool IsExplained(LogEntry line, IReadOnlyDictionary<string, string> groupsOf, IReadOnlyCollection<string> sentinels)
    {
        string[] words = line.Message.Split(' ', ',', ':', '\'', '"', '.', '(', ')');
        string[] groups = [.. words.Select(word => groupsOf.GetValueOrDefault(word) ?? (groupsOf.Values.Contains(word) ? word : null)).OfType<string>().Distinct()];
        bool isAboutSentinels = words.Any(word => sentinels.Contains(word)) || groups.Length == 0;
        return _faults.Any(fault => fault.Covers(line.At + ClockGrain, Aftermath) && (fault.Group is null ? isAboutSentinels : groups.Contains(fault.Group)))
            || _silences.Any(silence => groups.Contains(silence.Group) && silence.To - silence.From >= _downAfter / 2 && line.At >= silence.From && line.At <= silence.To + Aftermath);
    }
}
