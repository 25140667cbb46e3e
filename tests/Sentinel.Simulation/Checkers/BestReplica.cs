using Sentinel.Core;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Nodes;
using Sentinel.Simulation.Sentinels;

namespace Sentinel.Simulation.Checkers;

/// <summary>
/// A replica is chosen while a quorum holds the master down, and of the fit ones the best: smallest priority, then most data. One that is known to
/// refuse is chosen only where nobody else is fit.
/// </summary>
/// <remarks>Judged by what the Sentinel that chooses knows at that moment, and only against those that are fit without any doubt.</remarks>
internal sealed class BestReplica(World world) : Checker(world)
{
    private readonly HashSet<(SimSentinel Sentinel, string Master, Address Replica)> _failed = [];

    /// <summary>Where those data began that a Sentinel has told are not the group's, and has not come to believe in, or in what came after them.</summary>
    private readonly Dictionary<(SimSentinel Sentinel, string Master), HashSet<Branch>> _doubted = [];

    public override string Name => "best-replica";

    public override void Restored(SimSentinel sentinel, SentinelState state)
    {
        _failed.RemoveWhere(failed => failed.Sentinel == sentinel);
        foreach (Group group in World.Groups)
            _doubted.Remove((sentinel, group.Name));
    }

    public override void Happened(SimSentinel sentinel, SentinelEvent happened)
    {
        if (sentinel is not SentinelProcess ours || happened is not { MasterName: { } name, InstanceAddress: { } address })
            return;
        switch (happened.Name)
        {
            case "+selected-slave":
                // One that is a master already is confirmed in the same step, of which the view shows only the end.
                if (ours.View.Masters[name] is var view && view.Address == happened.MasterAddress)
                    Check(ours, view, address);
                break;
            case "+master-lost-data" when World.NodeAt(address) is { } master:
                if (!_doubted.TryGetValue((sentinel, name), out HashSet<Branch>? beginnings))
                    _doubted[(sentinel, name)] = beginnings = [];
                beginnings.Add(master.Data.Root);
                break;
            // Who is heard again may be the next process, of which nothing is known yet.
            case "-sdown" when happened.Kind is InstanceKind.Master && World.NodeAt(address) is { } master && !IsDoubted(sentinel, name, master):
                break;
            case "-sdown" when happened.Kind is InstanceKind.Master:
            case "+switch-master" or "+reset-master" or "-monitor":
                _doubted.Remove((sentinel, name));
                break;
            case "-promotion-failed":
                _failed.Add((sentinel, name, address));
                break;
            case "+try-failover" or "+failover-end" or "-failover-abort-no-good-slave" or "-failover-abort-slave-timeout" or "-failover-abort-not-elected":
                _failed.RemoveWhere(failed => failed.Sentinel == sentinel && failed.Master == name);
                break;
            default:
                break;
        }
    }

    private void Check(SentinelProcess by, MasterView master, Address address)
    {
        if (!master.IsObjectivelyDown && World.Ordered.Of(by, master.Name) is null)
            Violated($"{by.Name} promotes {address} for {master.Name}, which it does not hold down together with a quorum");
        if (master.Replicas.FirstOrDefault(replica => replica.Address == address) is not { } chosen)
            return;
        if (chosen is { MasterLinkDownTime.Ticks: < 0, Offset: <= 1, ReportsMaster: false } && World.NodeAt(address) is { HasData: false, IsLoading: false })
            Violated($"{by.Name} promotes {address} for {master.Name}, which never had its data");
        // Whom the operator named is not compared with others.
        if (World.Ordered.Of(by, master.Name) is { Target: not null })
            return;
        // One that was made a master while the master was down is what another leader chose.
        if (chosen.ReportsMaster)
            return;
        foreach (ReplicaView other in master.Replicas)
        {
            // What comes from a master that restarted empty does not take the place of what was there before.
            if (World.NodeAt(address) is { HasData: true, Data.Root.Opening.LostItsData: true } copy && IsDoubted(by, master.Name, copy) && other.Address != address && IsThere(other, master, by)
                && World.NodeAt(other.Address) is { Data.Root.Opening.LostItsData: false } rival && rival.Group == copy.Group && rival.Data.Root.Opening.By.Group == rival.Group && IsKnownToHaveData(rival)
                && !_failed.Contains((by, master.Name, other.Address)) && !HasCopiedSince(copy, chosen, by))
                Violated($"{by.Name} promotes {address}, which has copied the emptied {copy.Data.Root.Opening.By.Name}, although {other.Address} has what was there before");
            // Whoever has a replica's address, but is of another group, is no choice; nor is one that has no keys, or was not seen with any, where others have.
            if (other.Address == address || World.NodeAt(other.Address) is not { } node || node.Group.Name != master.Name || !IsKnownToHaveData(node)
                || _failed.Contains((by, master.Name, other.Address)) || !IsFit(other, master, by))
                continue;
            // One that restarted empty began another history; where it is known which one is the group's is judged above.
            if (World.NodeAt(address) is { } promoted && (promoted.Data.Root != node.Data.Root || !IsNextTo(node.Data.Branch, promoted.Data.Branch) || HasCopiedSince(promoted, chosen, by)))
                continue;
            if (master.Options.PreflightPeriod > TimeSpan.Zero && node.HadIllness(Illness.RefusesOrders, Instant.Zero, World.Agenda.Now))
                continue;
            if (IsKnownToRefuse(chosen, master) && World.NodeAt(address)?.HadIllness(Illness.RefusesOrders, World.Agenda.Now - s_findingAge, World.Agenda.Now) is not false)
                Violated($"{by.Name} promotes {address}, of which it knows that it refuses, although {other.Address} is fit");
            if (other.Priority < chosen.Priority || (other.Priority == chosen.Priority && other.Offset > chosen.Offset))
                Violated($"{by.Name} promotes {address} (priority {chosen.Priority}, offset {chosen.Offset}) although {other.Address} (priority {other.Priority}, offset {other.Offset}) is fit");
        }
    }

    private bool IsDoubted(SimSentinel sentinel, string master, RedisNode node) =>
        _doubted.TryGetValue((sentinel, master), out HashSet<Branch>? beginnings) && beginnings.Contains(node.Data.Root);

    /// <summary>Whether a node has other data now than it told of last.</summary>
    private static bool HasCopiedSince(RedisNode node, ReplicaView seen, SentinelProcess by) =>
        seen.InfoAt is not { } infoAt || by.Machine.Clock.TrueTimeOf(infoAt) - s_flight is var saidAt && (node.LoadedAt > saidAt || node.Losses.Any(loss => loss.At > saidAt));

    /// <summary>So long an INFO may have been under way: what a node copied since then it did not tell of.</summary>
    private static readonly TimeSpan s_flight = TimeSpan.FromMilliseconds(100);

    /// <summary>How long a finding stands at most that is not true any more: the node may have obeyed since.</summary>
    private static readonly TimeSpan s_findingAge = TimeSpan.FromMinutes(1);

    private static bool IsKnownToRefuse(ReplicaView replica, MasterView master) =>
        master.Findings.Any(finding => finding.Kind is FindingKind.Rights && finding.About == $"replica {replica.Address}");

    /// <summary>Whether a history is another's or went on from it: where two masters came between that were not seen, nobody knows whether it is the group's.</summary>
    private static bool IsNextTo(Branch branch, Branch other) => branch == other || branch.Origin?.Branch == other || other.Origin?.Branch == branch;

    private static bool IsFit(ReplicaView replica, MasterView master, SentinelProcess by) =>
        IsThere(replica, master, by) && replica.Offset > 1 && (replica.IsMasterLinkUp || replica.MasterLinkDownTime > TimeSpan.Zero) && replica.MasterLinkDownTime <= 10 * master.DownAfter;

    /// <summary>Whether a replica can be promoted as far as it answers, and says what it has.</summary>
    private static bool IsThere(ReplicaView replica, MasterView master, SentinelProcess by)
    {
        Instant now = by.Machine.Clock.Now;
        TimeSpan freshness = by.World.Topology.Timing.SelectionFreshness;
        // What it said on an earlier connection it may have said before it was started anew.
        return replica is { IsSubjectivelyDown: false, ReportsMaster: false, Priority: > 0, InfoAt: { } infoAt }
            && by.ConnectedSince(replica.Address) <= infoAt
            && now - infoAt <= freshness && now - replica.Link.LastValidReplyAt <= freshness
            && replica.RunId != master.RunId;
    }
}
