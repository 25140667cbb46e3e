using Sentinel.Core;

namespace Sentinel.Simulation.Nodes;

/// <summary>One replication history: what a master wrote in one life as a master, on top of what it had before.</summary>
/// <remarks>
/// Only its opener adds to it, so a point of it (<see cref="Dataset"/>) says all that a node has. Its identity is what Redis calls a
/// replication id.
/// </remarks>
internal sealed class Branch
{
    private readonly List<Entry> _entries = [];

    public Branch(string name, Dataset? origin, long start, Opening opening)
    {
        (Name, Origin, Start, End, Opening) = (name, origin, start, start, opening);
        WritesBefore = origin is { } before ? before.Writes : 0;
    }

    /// <summary>What transcripts call it.</summary>
    public string Name { get; }

    /// <summary>What it builds on; null: on nothing.</summary>
    public Dataset? Origin { get; }

    /// <summary>Offset of its first byte.</summary>
    public long Start { get; }

    /// <summary>Offset after its last byte.</summary>
    public long End { get; private set; }

    /// <summary>How it came to be.</summary>
    public Opening Opening { get; }

    /// <summary>How its opener came to be the master that it was then: one that goes on as such became it when it began.</summary>
    public Opening Accession => Opening.Reason is RoleReason.Resumed && Origin is { Branch: var before } ? before.Accession : Opening;

    /// <summary>Writes of what it builds on.</summary>
    private int WritesBefore { get; }

    /// <summary>Adds a write.</summary>
    /// <param name="value">What was written; never zero.</param>
    /// <param name="bytes">Its length in the stream.</param>
    public void AddWrite(int value, int bytes) => _entries.Add(new Entry(End += bytes, value, _entries.Count == 0 ? WritesBefore + 1 : _entries[^1].Writes + 1, Hello: null));

    /// <summary>Adds a message of a channel, which replicas pass on to their subscribers.</summary>
    public void AddHello(string payload, int bytes) => _entries.Add(new Entry(End += bytes, Value: 0, _entries.Count == 0 ? WritesBefore : _entries[^1].Writes, payload));

    /// <summary>Adds what changes nothing, such as a PING.</summary>
    public void AddBytes(int bytes) => End += bytes;

    /// <summary>Writes up to an offset, those before it included.</summary>
    public int WritesUpTo(long offset)
    {
        int first = FirstAfter(offset);
        return first == 0 ? WritesBefore : _entries[first - 1].Writes;
    }

    /// <summary>Values written in it up to an offset, the oldest first.</summary>
    public IEnumerable<int> ValuesUpTo(long offset)
    {
        int end = FirstAfter(offset);
        for (int i = 0; i < end; i++)
        {
            if (_entries[i].Value != 0)
                yield return _entries[i].Value;
        }
    }

    /// <summary>Calls with every hello after one offset and up to another.</summary>
    public void Hellos(long after, long upTo, Action<string> deliver)
    {
        for (int i = FirstAfter(after); i < _entries.Count && _entries[i].End <= upTo; i++)
        {
            if (_entries[i].Hello is { } hello)
                deliver(hello);
        }
    }

    public override string ToString() => Name;

    /// <summary>Place of the first entry that ends after an offset. Mostly it is asked for one near the end.</summary>
    private int FirstAfter(long offset)
    {
        int low = 0, high = _entries.Count;
        for (int step = 1; low < high && step <= high; step *= 2)
        {
            if (_entries[high - step].End <= offset)
            {
                low = high - step + 1;
                break;
            }
            high -= step;
        }
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_entries[middle].End <= offset)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    /// <param name="End">Offset after it.</param>
    /// <param name="Value">What was written; 0: nothing.</param>
    /// <param name="Writes">Writes up to it.</param>
    /// <param name="Hello">A message of a channel; null: it is none.</param>
    private readonly record struct Entry(long End, int Value, int Writes, string? Hello);
}

/// <summary>How a branch came to be.</summary>
/// <param name="By">Who opened it.</param>
/// <param name="At">When.</param>
/// <param name="Reason">Why.</param>
/// <param name="Before">After a start: what it had had when it ended.</param>
internal sealed record Opening(RedisNode By, Instant At, RoleReason Reason, Dataset? Before)
{
    /// <summary>Whether it began empty, and had something before that, or before it was emptied time and again.</summary>
    public bool LostItsData => Reason is RoleReason.EmptyStart && Before is { } before && (before.Writes > 0 || before.Root.Opening.LostItsData);
}
