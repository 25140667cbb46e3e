namespace Sentinel.Core;

/// <summary>A moment on the monotonic clock of this process: the time since an origin that means nothing.</summary>
/// <remarks>Wall clocks step; no decision looks at one. The shell reads the clock and hands the instant in.</remarks>
/// <param name="Ticks">Units of 100 ns since the origin.</param>
public readonly record struct Instant(long Ticks) : IComparable<Instant>
{
    /// <summary>The origin.</summary>
    public static readonly Instant Zero = new(0);

    /// <summary>Later than every moment that comes: the deadline of something that is not awaited.</summary>
    public static readonly Instant Never = new(long.MaxValue);

    /// <summary>The moment <paramref name="since"/> the origin.</summary>
    public static Instant At(TimeSpan since) => new(since.Ticks);

    /// <summary>The earlier of two moments.</summary>
    public static Instant Min(Instant a, Instant b) => a.Ticks <= b.Ticks ? a : b;

    /// <summary>The later of two moments.</summary>
    public static Instant Max(Instant a, Instant b) => a.Ticks >= b.Ticks ? a : b;

    /// <inheritdoc/>
    public int CompareTo(Instant other) => Ticks.CompareTo(other.Ticks);

    /// <summary>A later moment; <see cref="Never"/> stays never.</summary>
    public static Instant operator +(Instant at, TimeSpan span) => at == Never ? Never : new(at.Ticks + span.Ticks);

    /// <summary>An earlier moment.</summary>
    public static Instant operator -(Instant at, TimeSpan span) => at == Never ? Never : new(at.Ticks - span.Ticks);

    /// <summary>The time from <paramref name="earlier"/> to <paramref name="later"/>.</summary>
    public static TimeSpan operator -(Instant later, Instant earlier) => new(later.Ticks - earlier.Ticks);

    /// <summary>Whether one moment is before another.</summary>
    public static bool operator <(Instant a, Instant b) => a.Ticks < b.Ticks;

    /// <summary>Whether one moment is after another.</summary>
    public static bool operator >(Instant a, Instant b) => a.Ticks > b.Ticks;

    /// <summary>Whether one moment is not after another.</summary>
    public static bool operator <=(Instant a, Instant b) => a.Ticks <= b.Ticks;

    /// <summary>Whether one moment is not before another.</summary>
    public static bool operator >=(Instant a, Instant b) => a.Ticks >= b.Ticks;
}
