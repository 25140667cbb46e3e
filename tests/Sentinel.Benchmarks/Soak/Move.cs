namespace Sentinel.Benchmarks.Soak;

/// <summary>A master became another one, as sentinels told it.</summary>
/// <param name="Group">The group.</param>
/// <param name="From">The port of the former master.</param>
/// <param name="To">The port of the new one.</param>
/// <param name="At">When the first of them told it.</param>
internal sealed record Move(string Group, string From, string To, DateTimeOffset At)
{
    private static readonly TimeSpan ToldWithin = TimeSpan.FromSeconds(60);

    private readonly HashSet<string> _tellers = [];

    /// <summary>Counts each move once, whoever tells it.</summary>
    /// <param name="entries">Lines of all logs, of each one in its order.</param>
    public static IReadOnlyList<Move> In(IEnumerable<LogEntry> entries)
    {
        List<Move> moves = [];
        foreach (LogEntry entry in entries.OrderBy(entry => entry.At))
        {
            if (entry.Message.Split(' ') is not ["+switch-master", var group, _, var from, _, var to, ..])
                continue;
            // Who tells the same again tells of another time; and a sentinel that was down hears of it later.
            Move? told = moves.FindLast(move => move.Group == group && move.From == from && move.To == to && entry.At - move.At < ToldWithin && !move._tellers.Contains(entry.Sentinel));
            if (told is null)
                moves.Add(told = new Move(group, from, to, entry.At));
            told._tellers.Add(entry.Sentinel);
        }
        return moves;
    }
}
