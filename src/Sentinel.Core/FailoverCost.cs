namespace Sentinel.Core;

/// <summary>Finds out what a failover costs at the moment in which a replica turns out to be the master.</summary>
internal static class FailoverCost
{
    /// <summary>What it costs.</summary>
    /// <param name="master">The group; its configured master is still the former one.</param>
    /// <param name="promoted">Who says that it is the master now.</param>
    /// <param name="failover">What led to it.</param>
    /// <param name="now">The time of that.</param>
    public static FailoverReport Of(MasterMonitor master, Replica promoted, Failover failover, Instant now)
    {
        MasterNode former = master.Node;
        (ulong Offset, Instant? At)? seen = LastSeen(master, promoted, promoted.FormerHistory);
        Instant? downSince = former.IsSubjectivelyDown ? former.DownSince : null;
        Instant? withoutSince = downSince is { } down ? Instant.Min(former.Link.SilentSince ?? down, down) : failover.Handover?.HeldSince;
        return new FailoverReport
        {
            Cause = !failover.IsForced ? FailoverCause.Fault : failover.Handover is null ? FailoverCause.Forced : FailoverCause.Planned,
            From = former.Told,
            To = promoted.Told,
            MasterOffset = seen?.Offset,
            MasterOffsetAge = now - seen?.At,
            // Where its own history began: what it has taken since is not the former master's.
            PromotedOffset = promoted is { FormerHistory: not null, FormerHistoryEnd: > 0 and { } end } ? end - 1 : promoted.Offset,
            WithoutMaster = now - withoutSince ?? TimeSpan.Zero,
            Phases = downSince is { } found && withoutSince is { } since && failover.ElectedAt >= found
                ? new FailoverPhases(found - since, failover.ElectedAt - found, now - failover.ElectedAt)
                : null,
        };
    }

    /// <summary>How far the master is known to have come in a history, by its own word or by what other replicas have of it; null: not known.</summary>
    /// <param name="master">The group.</param>
    /// <param name="promoted">The replica that takes its place, or would.</param>
    /// <param name="history">The master's, as that one has it.</param>
    /// <returns>The time is that of the master's own word; null: before this process began.</returns>
    public static (ulong Offset, Instant? At)? LastSeen(MasterMonitor master, Replica promoted, string? history)
    {
        if (master.Lineage.LastSeenIn(history) is not { } seen)
            return null;
        // Of a doubted one nothing is learnt, but it has said it.
        if (master.Node is { ReportsMaster: true, IsLoading: false, InfoAt: { } saidAt } node && node.History == history && node.StreamOffset > seen.Offset)
            seen = (node.StreamOffset, saidAt);
        // They have that of nobody else.
        IEnumerable<ulong> others = master.Replicas
            .Where(replica => replica is { ReportsMaster: false, IsLoading: false } && replica != promoted && replica.History == history && !master.IsMaster(replica))
            .Select(replica => replica.Offset);
        return (others.Append(seen.Offset).Max(), seen.At);
    }
}
