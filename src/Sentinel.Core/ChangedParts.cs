namespace Sentinel.Core;

/// <summary>Whether the master and a replica have changed parts, and nobody is left who would tell of it.</summary>
/// <remarks>
/// <para>
/// So it is when the leader of a planned switch dies after the master has handed over, and when an operator switches them by hand. Both nodes say it
/// themselves, and the former master is attached to the new one: there is nothing to be lost by believing them, and clients that are sent to the former one
/// are refused. So the master counts as down when both have said it for <see cref="Timing.ChangedPartsPatience"/>, time enough for a living leader to tell
/// of its switch, or for an operator to complete his; and not as long as the leader that we voted for is at work. The replica is the choice of the failover then
/// (<see cref="ReplicaSelection"/>); where another one would be chosen, or they contradict each other, the wait of Redis holds: down-after and two INFO periods.
/// </para>
/// <para>The quorum comes to that by its own looks, and a majority elects who confirms the new master, as always.</para>
/// </remarks>
internal sealed class ChangedParts(MasterMonitor master, LocalSentinel local)
{
    private Finding? _finding;

    /// <summary>The replica that is the master by what both say, and have said for long enough; null: there is none.</summary>
    public Replica? Successor(Wakeup wake)
    {
        MasterNode node = master.Node;
        if (Said is not { } replica)
        {
            _finding = null;
            return null;
        }
        if (_finding is not { } finding || (finding.Replica, finding.RunId, finding.ReplicaRunId) != (replica, node.RunId, replica.RunId))
            _finding = finding = new Finding(replica, node.RunId, replica.RunId, local.Now);
        // Once it is certain, a connection that breaks, as when it is told to be the master, does not bring the former one back.
        if (!finding.IsCertain && IsCertain(finding, wake))
            _finding = finding = finding with { IsCertain = true };
        return finding.IsCertain ? replica : null;
    }

    /// <summary>The replica that is the master by what both said last. Not one that was started anew as a master: what it has is its own.</summary>
    private Replica? Said =>
        master is { Failover: null or { IsForced: false }, Node: { ReportsMaster: false, IsMasterLinkUp: true, IsLoading: false, ReportedMaster: { } followed } }
            ? master.Replicas.Find(replica => replica is { HasBecomeMaster: true, IsSubjectivelyDown: false } && local.Names.AreSame(replica.Address, followed))
            : null;

    private bool IsCertain(Finding finding, Wakeup wake)
    {
        Instant due = finding.Since + local.Timing.ChangedPartsPatience;
        if (master.Succession.Best() != finding.Replica || !wake.IsDue(Instant.Max(due, local.JudgeAfter)))
            return false;
        bool isOld = false;
        foreach (DataNode node in (DataNode[])[master.Node, finding.Replica])
        {
            // What it said may have grown old meanwhile, where a leader was waited for.
            if (node.ReportAskedAt >= Instant.Max(due, local.Now - local.Timing.InfoPeriodInTrouble))
                continue;
            isOld = true;
            node.RequestInfo();
        }
        return !isOld && !master.Election.IsLeaderAtWork(wake);
    }

    /// <param name="Replica">Who says that it is a master.</param>
    /// <param name="RunId">The process of the configured master.</param>
    /// <param name="ReplicaRunId">That of the replica: one that was started anew has to say it for as long again.</param>
    /// <param name="Since">Since when both say it.</param>
    private sealed record Finding(Replica Replica, string? RunId, string? ReplicaRunId, Instant Since)
    {
        public bool IsCertain { get; init; }
    }
}
