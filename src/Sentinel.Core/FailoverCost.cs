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
        (ulong Offset, Instant? At)? seen = master.Lineage.LastSeenIn(promoted.FormerHistory);
        Instant? downSince = former.IsSubjectivelyDown ? former.DownSince : null;
        Instant? withoutSince = downSince is { } down ? Instant.Min(former.Link.SilentSince ?? down, down) : failover.Handover?.HeldSince;
        return new FailoverReport
        {
            Cause = !failover.IsForced ? FailoverCause.Fault : failover.Handover is null ? FailoverCause.Forced : FailoverCause.Planned,
            From = former.Told,
            To = promoted.Told,
            MasterOffset = seen is { Offset: var offset } ? Others(master, promoted).Append(offset).Max() : null,
            MasterOffsetAge = now - seen?.At,
            // Where its own history began: what it has taken since is not the former master's.
            PromotedOffset = promoted is { FormerHistory: not null, FormerHistoryEnd: > 0 and { } end } ? end - 1 : promoted.Offset,
            WithoutMaster = now - withoutSince ?? TimeSpan.Zero,
            Phases = downSince is { } found && withoutSince is { } since && failover.ElectedAt >= found
                ? new FailoverPhases(found - since, failover.ElectedAt - found, now - failover.ElectedAt)
                : null,
        };
    }

    /// <summary>How far the other replicas are in the former master's stream: they have that of nobody else.</summary>
    private static IEnumerable<ulong> Others(MasterMonitor master, Replica promoted) =>
        master.Replicas
            .Where(replica => replica is { ReportsMaster: false, IsLoading: false } && replica != promoted && replica.History == promoted.FormerHistory && !master.IsMaster(replica))
            .Select(replica => replica.Offset);
}
