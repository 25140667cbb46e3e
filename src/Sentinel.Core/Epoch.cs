namespace Sentinel.Core;

/// <summary>The number of an election or of the configuration it brought. Grows only.</summary>
public readonly record struct Epoch(ulong Number) : IComparable<Epoch>
{
    /// <summary>Before any election.</summary>
    public static readonly Epoch Zero = new(0);

    /// <summary>The largest epoch that the wire, which carries it as a signed number, can speak of.</summary>
    public static readonly Epoch Limit = new(long.MaxValue);

    /// <summary>The farthest that an epoch is believed to be ahead: more elections than a century of one a second.</summary>
    public const ulong LeapMax = 1UL << 32;

    /// <summary>The epoch after this one.</summary>
    public Epoch Next => new(checked(Number + 1));

    /// <summary>How many epochs there are to one that is a given Sentinel's own.</summary>
    private const ulong OwnSpan = 1UL << 20;

    /// <summary>The next epoch that is a Sentinel's own: of a million in a row it takes one alone, and no other the same.</summary>
    /// <remarks>For failovers that no majority was asked about. Whoever counts up from where others are comes near it only by chance.</remarks>
    public Epoch NextOf(SentinelId id)
    {
        ulong own = StandingOrder.Hash(id) % OwnSpan, next = checked(Number - (Number % OwnSpan) + own);
        return new(next > Number ? next : checked(next + OwnSpan));
    }

    /// <inheritdoc/>
    public int CompareTo(Epoch other) => Number.CompareTo(other.Number);

    /// <summary>The larger of two epochs.</summary>
    public static Epoch Max(Epoch a, Epoch b) => a >= b ? a : b;

    /// <summary>Whether one epoch is older than another.</summary>
    public static bool operator <(Epoch a, Epoch b) => a.Number < b.Number;

    /// <summary>Whether one epoch is newer than another.</summary>
    public static bool operator >(Epoch a, Epoch b) => a.Number > b.Number;

    /// <summary>Whether one epoch is not newer than another.</summary>
    public static bool operator <=(Epoch a, Epoch b) => a.Number <= b.Number;

    /// <summary>Whether one epoch is not older than another.</summary>
    public static bool operator >=(Epoch a, Epoch b) => a.Number >= b.Number;

    /// <summary>The decimal number, as on the wire.</summary>
    public override string ToString() => Number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
