using Sentinel.Core;

namespace Sentinel.Simulation.Sentinels.Legacy;

/// <summary>What follows from INFO.</summary>
internal sealed class Reports(LegacySentinel sentinel, Failovers failovers)
{
    public void Absorb(DataNode node, InfoReport report)
    {
        Instant now = sentinel.Now;
        node.InfoAt = now;
        AbsorbRunId(node, report.RunId);
        if (node is Master master)
            Discover(master, report);
        bool reportsMaster = report.IsMaster ?? false;
        if (node is Replica changed)
            AbsorbReplica(changed, report);
        if (reportsMaster != node.ReportsMaster)
            ChangeRole(node, reportsMaster);
        if (sentinel.IsInTilt || node is not Replica replica)
            return;
        if (reportsMaster)
            ReportedMaster(replica);
        else
            ReportedReplica(replica);
    }

    private void AbsorbRunId(DataNode node, string? runId)
    {
        if (runId is null || runId == node.RunId)
            return;
        if (node.RunId is not null)
        {
            sentinel.Publish("+reboot", EventLevel.Notice, node);
            if (node is Master { Options.RebootDownAfter.Ticks: > 0 } master)
                master.RebootedAt = sentinel.Now;
        }
        node.RunId = runId;
    }

    private void Discover(Master master, InfoReport report)
    {
        foreach (Address address in report.Replicas)
        {
            if (master.ReplicaAt(address) is not null)
                continue;
            sentinel.AddReplica(master, address);
            sentinel.Save();
        }
    }

    private void AbsorbReplica(Replica replica, InfoReport report)
    {
        replica.MasterLinkDownTime = report.MasterLinkDownTime;
        if (report is { MasterHost: { } host, MasterPort: { } port } && new Address(host, port) is var reported && reported != replica.ReportedMaster)
            (replica.ReportedMaster, replica.ReportedMasterSince) = (reported, sentinel.Now);
        replica.IsMasterLinkUp = report.IsMasterLinkUp ?? replica.IsMasterLinkUp;
        replica.Priority = report.Priority ?? replica.Priority;
        replica.Offset = report.Offset ?? replica.Offset;
    }

    private void ChangeRole(DataNode node, bool reportsMaster)
    {
        (node.ReportsMaster, node.RoleSince) = (reportsMaster, sentinel.Now);
        if (!reportsMaster && node is Replica replica)
            replica.ReportedMasterSince = sentinel.Now;
        string name = reportsMaster == node is Master ? "+role-change" : "-role-change";
        sentinel.Publish(name, EventLevel.Verbose, node, $" new reported role is {(reportsMaster ? "master" : "slave")}");
    }

    private void ReportedMaster(Replica replica)
    {
        Master master = replica.Owner;
        if (master.Promoted == replica)
        {
            if (master.Step is FailoverStep.WaitPromotion)
                failovers.Confirm(master);
        }
        else if (master.LooksSane && WasNotDownFor(replica, Periods.StrayWait) && sentinel.Now - replica.RoleSince > Periods.StrayWait && replica.SlaveOf(master.Address))
        {
            sentinel.Publish("+convert-to-slave", EventLevel.Notice, replica);
        }
    }

    private void ReportedReplica(Replica replica)
    {
        Master master = replica.Owner;
        TimeSpan wait = master.Options.FailoverTimeout;
        if (replica.ReportedMaster != master.Address && master.LooksSane && WasNotDownFor(replica, wait)
            && sentinel.Now - replica.ReportedMasterSince > wait && replica.SlaveOf(master.Address))
            sentinel.Publish("+fix-slave-config", EventLevel.Notice, replica);
        if (replica.Reconf.HasFlag(ReconfFlags.Sent) && master.Promoted is { } promoted && replica.ReportedMaster == promoted.Address)
        {
            replica.Reconf = replica.Reconf & ~ReconfFlags.Sent | ReconfFlags.InProgress;
            sentinel.Publish("+slave-reconf-inprog", EventLevel.Notice, replica, epoch: master.FailoverEpoch);
        }
        if (replica.Reconf.HasFlag(ReconfFlags.InProgress) && replica.IsMasterLinkUp)
        {
            replica.Reconf = replica.Reconf & ~ReconfFlags.InProgress | ReconfFlags.Done;
            sentinel.Publish("+slave-reconf-done", EventLevel.Notice, replica, epoch: master.FailoverEpoch);
        }
    }

    /// <summary>Measured from the beginning of the last time it was down, not from the end.</summary>
    private bool WasNotDownFor(Replica replica, TimeSpan time) => sentinel.Now - replica.DownSince > time;
}
