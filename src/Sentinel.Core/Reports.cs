namespace Sentinel.Core;

/// <summary>What the data nodes of a group say of themselves in INFO: asking for it as often as things stand, and seeing what follows from it.</summary>
internal sealed class Reports(MasterMonitor master, LocalSentinel local, ReplicaDiscovery discovery, Twins twins, Strays strays)
{
    /// <summary>A data node answered INFO.</summary>
    public void Answered(DataNode node, Reply reply)
    {
        (bool isOld, Instant askedAt) = (node.Info.IsForsaken, node.Info.SentAt);
        node.Info.Done();
        if (isOld)
        {
            node.RequestInfo();
        }
        else if (reply is Reply.Text { Value: var text })
        {
            node.ReportAskedAt = askedAt;
            Absorb(node, text, askedAt);
        }
        else
        {
            node.NextInfoAt = local.Now + local.Timing.InfoPeriodInTrouble;
            node.InfoRoundAt = Instant.Min(node.InfoRoundAt, node.NextInfoAt);    // whatever it was asked for is still wanted
        }
        local.Touch(master);
    }

    /// <summary>Takes in a report, whatever it is the answer to.</summary>
    /// <param name="node">Who said it.</param>
    /// <param name="text">The report.</param>
    /// <param name="askedAt">When it was asked for nothing else; null: it came with something else.</param>
    public void Absorb(DataNode node, string text, Instant? askedAt = null)
    {
        InfoReport report = InfoReport.Parse(text);
        string? formerRunId = node.RunId;
        DataNode.Change change = node.Absorb(report, text, local.Now);
        node.InfoRoundAt = node.Link.WithPing(local.Now + local.Timing.InfoPeriod);
        node.Checkup.Absorb(report, local.Now, askedAt);
        if (node.RunId != formerRunId)
            twins.LookAgain();
        if (change.Rebooted)
        {
            // Until it has answered, what was found out before it rebooted is the best guess.
            node.Link.Send(Request.ProbeReplicaOf.Instance);
            if (node is MasterNode rebooted && master.Options.RebootDownAfter > TimeSpan.Zero)
                rebooted.RebootedAt = local.Now;
            local.Publish(master.About("+reboot", EventLevel.Notice, node));
        }
        if (change.RoleChanged)
        {
            bool asConfigured = node.ReportsMaster == node is MasterNode;
            string role = node.ReportsMaster ? "master" : "slave";
            local.Publish(master.About(asConfigured ? "+role-change" : "-role-change", EventLevel.Verbose, $"{node.Prefix} new reported role is {role}")
                with { Kind = node.Kind, InstanceAddress = node.Told });
        }
        if (!(node is MasterNode && node.ReportsMaster))
            master.Lineage.LearnKin(node);
        if (node is MasterNode configured)
        {
            // The replicas of another group's node are none of ours.
            if (master.Distrust.Believes(configured))
            {
                master.Lineage.Learn(configured);
                foreach (Address replica in report.Replicas)
                    discovery.Listed(replica);
            }
        }
        else if (node is Replica replica && !local.IsInTilt)
        {
            JudgeRole(replica);
        }
    }

    /// <summary>Asks those whose last report is old.</summary>
    public void Decide(Wakeup wake)
    {
        bool isSwitchDue = master.Election.IsSwitchDue(wake);
        AskIfDue(master.Node, isSwitchDue, wake);
        foreach (Replica replica in master.Replicas)
            AskIfDue(replica, isSwitchDue, wake);
    }

    private void AskIfDue(DataNode node, bool isSwitchDue, Wakeup wake)
    {
        if (!node.Link.IsUsable || node.Info.IsPending(node.Link))
            return;
        Instant due = Instant.Min(node.InfoRoundAt, (node.InfoAt ?? Instant.Zero) + Period(node, isSwitchDue));
        if (wake.IsDue(Instant.Max(node.NextInfoAt, due)))
            node.RequestInfo();
    }

    private void JudgeRole(Replica replica)
    {
        if (replica.ReportsMaster)
        {
            master.Failover?.ReportedMaster(replica);
        }
        else
        {
            replica.SeenAsReplica(local.Now);
            master.Failover?.ReportedReplica(replica);
        }
        // It may have become the master just now.
        if (master.Replicas.Contains(replica))
            strays.Reported(replica);
    }

    private TimeSpan Period(DataNode node, bool isSwitchDue)
    {
        if (master.Failover?.HandsOver(node) is true)
            return Shorter(local.Timing.InfoPeriodOfHandover);
        // A master that says that it is a replica may be told by anybody to be the master again, and those who do not see that go on with its replacement.
        if (node is not Replica replica)
            return master.Node.ReportsMaster && !master.Node.IsLoading && !master.Distrust.IsDoubted && !isSwitchDue ? local.Timing.InfoPeriod : Shorter(local.Timing.InfoPeriodInTrouble);
        if (replica == master.Failover?.Promoted || replica.Reconf is ReconfStep.Sent or ReconfStep.InProgress)
            return Shorter(local.Timing.InfoPeriodOfChange);
        if (replica.ReportsMaster)
            return Shorter(local.Timing.ProbePeriodAmong(local.Links));
        bool isAsConfigured = !replica.ReportsMaster && replica.IsMasterLinkUp && replica.MasterLinkDownTime == TimeSpan.Zero;
        return isSwitchDue || IsInTrouble || !isAsConfigured ? Shorter(local.Timing.InfoPeriodInTrouble) : local.Timing.InfoPeriod;

        TimeSpan Shorter(TimeSpan period) => period < local.Timing.InfoPeriod ? period : local.Timing.InfoPeriod;
    }

    private bool IsInTrouble => master.Node.IsSubjectivelyDown || master.IsObjectivelyDown || master.Failover is not null;
}
