namespace Sentinel.Core;

/// <summary>How the other replicas come to follow the master that a failover of ours promoted: a few at a time, and within a bound.</summary>
internal sealed class Reconfiguration(MasterMonitor master, LocalSentinel local, Epoch epoch, Instant since)
{
    /// <summary>What it waits for, in words.</summary>
    public string Awaited => $"replicas that are to follow the new master: {string.Join(", ", master.Replicas.Where(replica => replica.Reconf is not ReconfStep.Done && !replica.IsSubjectivelyDown && MayBeTold(replica)).Select(replica => replica.Name))}";

    /// <summary>Tells those that are to be told now.</summary>
    /// <returns>Whether nothing is left to be done.</returns>
    public bool Decide(Wakeup wake)
    {
        foreach (Replica replica in master.Replicas)
            GiveUpIfStuck(replica, wake);
        foreach (Replica replica in master.Replicas.Where(CanBeTold))
        {
            // A former master that lives takes writes that will be lost: it is told at once, whatever the number of syncs.
            int underWay = master.Replicas.Count(other => other is { Reconf: ReconfStep.Sent or ReconfStep.InProgress });
            if (replica.ReportsMaster || underWay < Math.Max(1, master.Options.ParallelSyncs))
                Tell(replica, "+slave-reconf-sent");
        }
        bool isTimeUp = wake.IsDue(since + master.Options.FailoverTimeout);
        if (isTimeUp)
        {
            local.Publish(master.About("+failover-end-for-timeout", EventLevel.Warning, master.Node) with { Epoch = epoch });
            foreach (Replica replica in master.Replicas.Where(CanBeTold))
                Tell(replica, "+slave-reconf-sent-be");
        }
        return isTimeUp || master.Replicas.TrueForAll(replica => replica.Reconf is ReconfStep.Done || replica.IsSubjectivelyDown || !MayBeTold(replica));
    }

    /// <summary>Takes in what a replica says of whom it follows.</summary>
    public void Reported(Replica replica)
    {
        if (replica.Reconf is ReconfStep.Sent && replica.ReportedMaster is { } reported && local.Names.AreSame(reported, master.Address))
            Progress(replica, ReconfStep.InProgress, "+slave-reconf-inprog");
        if (replica.Reconf is ReconfStep.InProgress && replica.IsMasterLinkUp)
            Progress(replica, ReconfStep.Done, "+slave-reconf-done");
    }

    /// <summary>Takes in that a replica refused to follow the new master: the next one need not wait for it.</summary>
    public void Refused(Replica replica)
    {
        if (replica.Reconf is ReconfStep.Sent)
            Progress(replica, ReconfStep.Done, "-slave-reconf-refused");
    }

    /// <summary>Whether a replica is to be told: one that just connected, and may be another process than before, or another group's, is asked first.</summary>
    private bool CanBeTold(Replica replica) =>
        master.MayBeFollowed && replica is { Reconf: ReconfStep.None, IsSubjectivelyDown: false, Link.IsUsable: true, HasReported: true, IsHandingOver: false }
        && MayBeTold(replica);

    /// <summary>Not what is the master itself by another name, and not what is of another group.</summary>
    private bool MayBeTold(Replica replica) => !master.IsMaster(replica) && master.Lineage.StrangerIn(replica) is null;

    private void GiveUpIfStuck(Replica replica, Wakeup wake)
    {
        if (replica.Reconf is not ReconfStep.Sent || !wake.IsDue(replica.ReconfSince + local.Timing.ReplicaReconfTimeout))
            return;
        Progress(replica, ReconfStep.Done, "-slave-reconf-sent-timeout");
    }

    private void Tell(Replica replica, string eventName)
    {
        if (!replica.Link.Send(new Request.Reconfigure(replica.ReplicaOfVerb, master.Node.Told)))
            return;
        Progress(replica, ReconfStep.Sent, eventName);
    }

    private void Progress(Replica replica, ReconfStep step, string eventName)
    {
        (replica.Reconf, replica.ReconfSince) = (step, local.Now);
        local.Publish(master.About(eventName, EventLevel.Notice, replica) with { Epoch = epoch });
        local.Touch(master);
    }
}
