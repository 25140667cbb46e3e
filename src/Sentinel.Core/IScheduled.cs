namespace Sentinel.Core;

/// <summary>Something that decides when told to, and says when it next wants to.</summary>
internal interface IScheduled
{
    /// <summary>When it wants to decide, as of its last decision.</summary>
    Instant WakeAt { get; }

    /// <summary>The deadline it is queued under; <see cref="Instant.Never"/>: it is not.</summary>
    Instant ScheduledAt { get; set; }

    /// <summary>Whether it has to decide before this step is over.</summary>
    bool IsTouched { get; set; }

    /// <summary>Looks at all it knows and orders what follows.</summary>
    void Decide();
}
