namespace Sentinel.Benchmarks.Soak;

/// <summary>A fault, from the moment it struck until all was well again.</summary>
/// <param name="Group">The group; null: it struck a sentinel.</param>
/// <param name="Kind">What was done.</param>
/// <param name="Target">To whom.</param>
/// <param name="StruckAt">By the clock that logs use.</param>
internal sealed record Fault(string? Group, FaultKind Kind, string Target, DateTimeOffset StruckAt)
{
    /// <summary>When all was well again; null: it is not yet.</summary>
    public DateTimeOffset? OverAt { get; init; }

    /// <summary>How long the application had no acknowledged write; null: this says nothing about it.</summary>
    public TimeSpan? Outage { get; init; }

    /// <summary>Writes that were acknowledged between the last fault of the group and the end of this one.</summary>
    public int Acknowledged { get; init; }

    /// <summary>How many of them were lost.</summary>
    public int Lost { get; init; }

    /// <summary>What else is to be known; empty: nothing.</summary>
    public string Remark { get; init; } = "";

    /// <summary>Whether the master may be another one afterwards, once.</summary>
    public bool MayMoveMaster => Kind is FaultKind.MasterKilled or FaultKind.MasterFrozen or FaultKind.MasterRestarted or FaultKind.PlannedSwitch or FaultKind.ForcedSwitch;

    /// <summary>Whether it was going on at a moment.</summary>
    /// <param name="moment">The moment.</param>
    /// <param name="after">How long its consequences may be told after its end.</param>
    public bool Covers(DateTimeOffset moment, TimeSpan after) => moment >= StruckAt && (OverAt is not { } over || moment <= over + after);
}
