namespace Sentinel.Core;

/// <summary>How an operator wants a failover to be done.</summary>
public sealed record FailoverOptions
{
    /// <summary>Whether the master takes part. Default: it does where it can.</summary>
    public FailoverMode Mode { get; init; }

    /// <summary>Who is to become the master; null: the best replica.</summary>
    public Address? Target { get; init; }

    /// <summary>How long the coordinated part may take; null: <see cref="Timing.HandoverTimeout"/>.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Whether only to say what would happen.</summary>
    public bool IsDryRun { get; init; }
}

/// <summary>Whether the master takes part in a failover that an operator ordered.</summary>
public enum FailoverMode
{
    /// <summary>A healthy one does; without it, or where that comes to nothing, the failover goes on as a forced one.</summary>
    CoordinatedFirst,

    /// <summary>It has to: else nothing is changed.</summary>
    CoordinatedOnly,

    /// <summary>It is not asked, as in Redis. What it has not passed on yet is lost.</summary>
    Forced,
}
