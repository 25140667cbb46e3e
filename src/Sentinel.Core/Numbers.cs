namespace Sentinel.Core;

/// <summary>One link to an instance: to a data node, or to a peer for all masters together.</summary>
public readonly record struct LinkId(int Number);

/// <summary>A question somebody asked this Sentinel and waits on. Given by the shell, returned with the answer.</summary>
public readonly record struct RequestId(long Number);

/// <summary>A save of the state. Saves complete in order: number n on disk means that all before it are too.</summary>
public readonly record struct SaveNumber(long Number) : IComparable<SaveNumber>
{
    /// <inheritdoc/>
    public int CompareTo(SaveNumber other) => Number.CompareTo(other.Number);

    /// <summary>Whether one save comes before another.</summary>
    public static bool operator <(SaveNumber a, SaveNumber b) => a.Number < b.Number;

    /// <summary>Whether one save comes after another.</summary>
    public static bool operator >(SaveNumber a, SaveNumber b) => a.Number > b.Number;

    /// <summary>Whether one save does not come after another.</summary>
    public static bool operator <=(SaveNumber a, SaveNumber b) => a.Number <= b.Number;

    /// <summary>Whether one save does not come before another.</summary>
    public static bool operator >=(SaveNumber a, SaveNumber b) => a.Number >= b.Number;
}
