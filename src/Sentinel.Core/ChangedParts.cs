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
    private Replica? _found;

    /// <summary>The replica that is the master by what both say, and have said for long enough; null: there is none.</summary>
    public Replica? Successor(Wakeup wake)
    {
        Replica? said = Said;
        // Once it is found, a connection that breaks, as when it is told to be the master, does not bring the former one back.
        if (said is null || said != _found)
            _found = said is not null && IsFound(said, wake) ? said : null;
        return _found;
    }

    /// <summary>The replica that is the master by what both said last.</summary>
    private Replica? Said =>
        master is { Failover: null or { IsForced: false }, Node: { ReportsMaster: false, IsMasterLinkUp: true, IsLoading: false, ReportedMaster: { } followed } }
            ? master.Replicas.Find(replica => replica is { ReportsMaster: true, IsSubjectivelyDown: false } && local.Names.AreSame(replica.Address, followed))
            : null;

    private bool IsFound(Replica replica, Wakeup wake)
    {
        MasterNode node = master.Node;
        Instant due = Instant.Max(Instant.Max(node.RoleSince, node.ReportedMasterSince), replica.RoleSince) + local.Timing.ChangedPartsPatience;
        if (master.BestReplica() != replica || !wake.IsDue(Instant.Max(due, local.JudgeAfter)))
            return false;
        bool isOld = false;
        foreach (DataNode one in (DataNode[])[node, replica])
        {
            if (one.ReportAskedAt >= due)
                continue;
            isOld = true;
            one.RequestInfo();
        }
        return !isOld && !master.Election.IsLeaderAtWork(wake);
    }
}
