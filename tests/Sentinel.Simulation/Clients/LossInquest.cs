using Sentinel.Core;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Nodes;

namespace Sentinel.Simulation.Clients;

/// <summary>Finds out why a group lacks a write: who threw it away, in favour of whom, and how that one had come to be the master.</summary>
internal sealed class LossInquest(World world, Group group, Dataset present)
{
    /// <summary>Longest time in which a write comes to the replicas when nothing is wrong but the network slow.</summary>
    private static readonly TimeSpan s_lagMax = TimeSpan.FromSeconds(2);

    /// <summary>Longest time for which one is held down still that can be reached again: until the next connection is tried, and answered.</summary>
    private static readonly TimeSpan s_silenceMax = TimeSpan.FromSeconds(2);

    /// <summary>Longest time in which a master that began with nothing may be taken for one with the group's data: until its INFO was read, and a quorum agreed.</summary>
    private static readonly TimeSpan s_doubtMax = TimeSpan.FromSeconds(20);

    /// <summary>Why the present data lack a write.</summary>
    public LossCause CauseOf(WriteAccepted write)
    {
        // Who wrote it gave way to another one; or those did who had copied it.
        DataLoss[] losses = [.. group.Nodes.Prepend(write.Node).Select(node => FirstCopying(node, write)).OfType<DataLoss>()];
        if (losses.Length == 0)
            return group.Nodes.Exists(node => HasForgotten(node, write)) ? LossCause.Emptied : CauseInMaster(write, present.Branch);
        LossCause cause = CauseInMaster(write, losses[0].After!.Value.Branch);
        return cause != LossCause.Unexplained ? cause
            : group.Nodes.Prepend(write.Node).Any(node => node.ForgotItsRoleSince(write.At) || HasForgottenItsRole(node, write)) || WasRestoredUnseen(write) ? LossCause.RoleForgotten
            : Array.Exists(losses, loss => loss.Follows is RoleReason.Operator && loss.FollowsSince >= write.At) ? LossCause.Operator
            // Sentinels take whom an operator has had the master follow for the master.
            : group.Nodes.Exists(node => node.WasToldToFollow(losses[0].After!.Value.Branch.Opening.By, since: write.At)) ? LossCause.Operator
            : IsOfAnOrderThatNobodyHeardOf(write, losses[0]) ? LossCause.Operator
            : Array.Exists(losses, loss => loss.Follows is RoleReason.Sentinel && WasForgottenBySentinels(write.Branch.Opening, loss)) ? LossCause.Amnesia
            : HasForgotten(write.Node, write) && Array.TrueForAll(losses, loss => loss.WasNeverToLead) ? LossCause.Emptied
            : group.WasElsewhere(write.At, write.Node) || WasPromotedBehindAPartition(write) || WasReplacedBehindAPartition(write, losses) ? LossCause.Partition
            : WasOutOfReach(write) ? LossCause.Emptied
            : WasGivenUp(write, losses) ? LossCause.Detached
            : (WasTakenByAnEmptyMaster(write) || WasTakenWhileTheBetterIsMute(write, losses[0].After!.Value.Branch)) && Array.TrueForAll(losses, loss => loss.Follows is RoleReason.Sentinel && loss.After?.Root.Opening.At < RootOf(write).At) ? LossCause.Emptied
            : cause;
    }

    /// <summary>Whether a master had, when it took a write, as many replicas as its configuration asks for (<c>min-replicas-to-write</c>): that is what bounds a loss.</summary>
    public bool WasTakenAsPromised(WriteAccepted write)
    {
        RedisNode master = write.Node;
        // An acknowledgement may have been sent a second after the one before it, and have waited on the way, for the end of a partition too, or for a process that did not run.
        Instant since = write.At - master.Settings.MinReplicasMaxLag - TimeSpan.FromSeconds(2) - 2 * Network.RetransmitMax;
        foreach ((Instant frozen, Instant thawed) in master.FrozenSpells.Reverse())
        {
            if (thawed >= since && frozen <= write.At)
                since -= thawed - frozen;
        }
        return world.Nodes.Count(node => node != master && node.Link.WasWith(write.Address, world.Network.BlockedBefore(node.Machine, master.Machine, since, write.At), write.At))
            >= master.Settings.MinReplicasToWrite;
    }

    /// <summary>Why who opened a branch lacks a write, and was a master all the same.</summary>
    private LossCause CauseInMaster(WriteAccepted write, Branch branch)
    {
        // Of several masters since, the first one counts: the others built on what it had. Who came back as the master that it was once
        // had no say, if somebody had to make it one again, or another one that had begun to follow it: unless it was still the one that most believed in,
        // or had come back with less, and Redis' kind was there to replace its successor, which had all, by who had copied that.
        while (branch.Origin is { Branch: var earlier } && earlier.Opening.At > write.Branch.Opening.At && !HasForgotten(branch.Opening.By, write)
            && !(earlier.Opening.Reason is RoleReason.Restart or RoleReason.EmptyStart && earlier.Opening.By == branch.Opening.By)
            && !(earlier.Opening.Reason is RoleReason.Restart && branch.Opening.Reason is RoleReason.Sentinel or RoleReason.OrderedFailover && group.WasElsewhere(earlier.Opening.At, earlier.Opening.By)
                && !(world.Topology.LegacySentinels > 0 && HasForgotten(earlier.Opening.By, write))))
            branch = earlier;
        Opening opening = branch.Accession;
        return IsOfAnotherGroup(branch) && !IsOfAnotherGroup(write.Branch) ? WasMingledByOperator() ? LossCause.Operator : LossCause.OtherGroup
            : HasForgotten(opening.By, write) ? LossCause.Emptied
            : branch == write.Branch ? LossCause.Unexplained
            : IsOperators(write, opening) ? LossCause.Operator
            // All that there is comes from one that was started with nothing since.
            : opening.Reason == RoleReason.EmptyStart && opening.At > write.At ? LossCause.Emptied
            : write.At >= opening.At ? IsOfLegitimateMaster(write, since: opening.At) ? LossCause.Unexplained : LossCause.Partition
            : opening.Reason is RoleReason.Sentinel or RoleReason.OrderedFailover ? CauseInReplica(write, branch)
            // Who was started with less than it had had, had not had the write before either: as the replica that it was, or for what it had followed.
            : opening.Before is { } before ? before.Branch == write.Branch || WasChosenAsReplica(opening) ? CauseInReplica(write, branch) : CauseInMaster(write, before.Branch)
            : LossCause.Unexplained;
    }

    /// <summary>Whether what is in a branch goes on from another group's data.</summary>
    private bool IsOfAnotherGroup(Branch? branch)
    {
        while (branch is not null && branch.Opening.By.Group == group)
            branch = branch.Origin?.Branch;
        return branch is not null;
    }

    /// <summary>Whether an operator had a node of the group follow another group's, or gave one of those the address that it followed.</summary>
    private bool WasMingledByOperator() => group.Nodes.Exists(node => node.Losses.Any(loss =>
        (loss.CopiedNewcomer || loss is { Follows: RoleReason.Operator, IsRestart: false }) && loss.After?.Branch is { } copied && IsOfAnotherGroup(copied) && !IsOfAnotherGroup(loss.Before.Branch)));

    /// <summary>Whether a write was one to a master that was made one later than another, and that most still believed in. Redis' kind promotes strays, and so passes over such a one.</summary>
    private bool IsOfLegitimateMaster(WriteAccepted write, Instant since) =>
        write.Branch.Accession is { Reason: not (RoleReason.Restart or RoleReason.EmptyStart) } opening && opening.At > since
        && !group.WasElsewhere(write.At, write.Node) && world.Topology.LegacySentinels == 0;

    /// <summary>
    /// Whether an operator, by hand, made a master that lacks a write; or the one that took it, and Sentinels, who had another one, did not let it be.
    /// </summary>
    private bool IsOperators(WriteAccepted write, Opening opening) => write.Branch.Accession is var former && opening.At >= former.At
        ? opening.Reason is RoleReason.Operator
        : former.Reason is RoleReason.Operator && group.WasElsewhere(write.At, write.Node);

    /// <summary>Whether who was started as a master had been a replica when it ended, and was made the master of those who had another one: it was chosen as a replica.</summary>
    private bool WasChosenAsReplica(Opening opening)
    {
        Instant died = opening.By.Deaths.Where(death => death <= opening.At).DefaultIfEmpty().Max();
        return !opening.By.MasterSpells.Any(spell => spell.From < died && spell.Until >= died) && group.WasElsewhere(opening.At, opening.By);
    }

    /// <summary>Why who opened a branch, and was a replica before, had not got a write.</summary>
    private LossCause CauseInReplica(WriteAccepted write, Branch branch)
    {
        Opening promotion = branch.Accession;
        // What it had got it gave up for what another one had.
        if (FirstCopying(promotion.By, write) is { } loss && loss.At <= promotion.At)
            return CauseInMaster(write, loss.After!.Value.Branch);
        if (MustHaveGot(write, promotion.By, promotion.At))
            return LossCause.Unexplained;
        if (promotion.Reason is RoleReason.OrderedFailover)
            return LossCause.Operator;
        if (WasCutOff(write.Node, promotion.By, write.At - Network.RetransmitMax, promotion.At))
            return LossCause.Partition;
        TimeSpan lagMax = LagMax(write, promotion.By, promotion.At);
        bool hasFailedSoon = write.Node.Failures.Any(failure => failure >= write.At && failure - write.At <= lagMax);
        return promotion.At - write.At <= lagMax || hasFailedSoon ? LossCause.Lag : LossCause.Detached;
    }

    /// <summary>Whether a replica was in sync for so long with who took a write, nothing being between them, that it had it at some time until then.</summary>
    private bool MustHaveGot(WriteAccepted write, RedisNode replica, Instant until)
    {
        RedisNode master = write.Node;
        TimeSpan enough = LagMax(write, replica, until);
        Instant end = master.Deaths.Where(death => death >= write.At).Append(until).Min();
        (Instant From, Instant Until)[] waits = [.. world.Network.Waits(replica.Machine, master.Machine).Concat(master.FrozenSpells).Concat(replica.FrozenSpells).OrderBy(wait => wait.From)];
        foreach ((Instant up, Instant down) in replica.Link.UpSpells(write.Address))
        {
            // One that does not know yet that its master began another history gets nothing of it.
            if (up < write.Branch.Opening.At)
                continue;
            Instant quietSince = Instant.Max(up, write.At), quietUntil = Instant.Min(down, end);
            foreach (var wait in waits)
            {
                if (Instant.Min(wait.From, quietUntil) - quietSince >= enough)
                    return true;
                quietSince = Instant.Max(quietSince, wait.Until);
            }
            if (quietUntil - quietSince >= enough)
                return true;
        }
        return false;
    }

    /// <summary>Longest time in which a write comes to a replica that is in sync.</summary>
    private TimeSpan LagMax(WriteAccepted write, RedisNode replica, Instant until) =>
        s_lagMax + replica.DelayBetween(write.At, until) + world.Network.ExtraDelay(write.Node.Machine, replica.Machine, write.At, until);

    /// <summary>Whether one of those whom Sentinels made the master since could not be reached from where a write was taken.</summary>
    private bool WasPromotedBehindAPartition(WriteAccepted write)
    {
        for (Branch? branch = present.Branch; branch is not null; branch = branch.Origin?.Branch)
        {
            if (branch.Opening is { Reason: RoleReason.Sentinel } promotion && promotion.At > write.At && WasReplacedUnheard(write, promotion.By, promotion.At))
                return true;
        }
        return false;
    }

    /// <summary>
    /// Whether one who had a write forgot it, and whoever else had it still could not take the place of the one for whom it was thrown away, in the moment in which that one
    /// was made the master, or again: from those who could decide, it was gone, or loaded its data still, or did not say what it has.
    /// </summary>
    private bool WasOutOfReach(WriteAccepted write) =>
        group.Nodes.Exists(node => HasForgotten(node, write)) && group.Nodes.TrueForAll(node => FirstCopying(node, write) is not { } loss
            || loss.WasNeverToLead || loss.After!.Value.Root.Opening.LostItsData || (group.NewestSince(loss.At) is var madeAt && (WasDead(loss, madeAt) || node.WasLoading(madeAt) || node.HadIllness(Illness.HidesInfo, madeAt - s_silenceMax, madeAt) || WasUnheard(node, loss.After!.Value.Branch.Opening.By, madeAt))));

    /// <summary>Whether who took a write did not run for the failover timeout, others who had it did not run or were not heard either, and somebody had to be the master.</summary>
    private bool WasGivenUp(WriteAccepted write, DataLoss[] losses)
    {
        Instant madeAt = group.NewestSince(losses[0].At), since = madeAt - group.FailoverTimeoutBefore(madeAt);
        return since >= write.At && Array.TrueForAll(losses, loss => loss.By == write.Node
            ? WasDead(loss, since) && WasDead(loss, madeAt)
            : WasDead(loss, madeAt) || WasUnheard(loss.By, loss.After!.Value.Branch.Opening.By, madeAt));
    }

    /// <summary>Whether a node did not run in a moment before it threw something away: it was dead, or frozen.</summary>
    private static bool WasDead(DataLoss loss, Instant at) =>
        (loss.AliveSince > at && loss.By.Failures.Any(failure => failure <= at && !loss.By.Failures.Any(later => later > failure && later < loss.AliveSince)))
        || loss.By.FrozenSpells.Any(spell => spell.From <= at && spell.Until >= at);

    /// <summary>Whether a node was cut off from another in a moment, or had been until a moment before for so long that it was held down.</summary>
    private bool WasUnheard(RedisNode node, RedisNode by, Instant at) =>
        WasCutOff(node, by, at, at) || world.Network.WasBlockedFor(group.DownAfterBefore(at), node.Machine, by.Machine, at - s_silenceMax, at);

    /// <summary>Whether nobody but who took a write ever had it, and that one was cut off from who was first made the master in its place, whatever became of that one.</summary>
    private bool WasReplacedBehindAPartition(WriteAccepted write, DataLoss[] losses) =>
        Array.TrueForAll(losses, loss => loss.By == write.Node) && group.Nodes.TrueForAll(node => node == write.Node || !HasForgotten(node, write))
        && group.FirstElsewhere(write.At, write.Node) is (var at, { } successor) && WasReplacedUnheard(write, successor, at);

    /// <summary>Whether who took a write was cut off, from then on or for a while, from who was made the master in its place, and that one was not in sync with it without that.</summary>
    private bool WasReplacedUnheard(WriteAccepted write, RedisNode successor, Instant at) =>
        WasCutOff(write.Node, successor, write.At - Network.RetransmitMax, at) && !MustHaveGot(write, successor, at);

    private bool WasCutOff(RedisNode one, RedisNode other, Instant from, Instant to) =>
        world.Network.WasBlocked(one.Machine, other.Machine, from, to) || world.Network.WasBlocked(other.Machine, one.Machine, from, to);

    /// <summary>Whether a master, or who was to be one later, was started as a replica of whom it once followed, and gave a write up for what that one had.</summary>
    private bool HasForgottenItsRole(RedisNode node, WriteAccepted write)
    {
        foreach (DataLoss loss in node.Losses)
        {
            if (loss.Follows is RoleReason.Restart && loss.Took(write.Branch, write.Offset) && (loss.Before.Branch.Opening.By == node || HasLedTo(present.Branch, node)))
                return true;
        }
        return false;
    }

    /// <summary>Whether who took a write was made the master again that it had forgotten to be, while those who had not ordered that could not see what it is.</summary>
    private static bool WasRestoredUnseen(WriteAccepted write) =>
        write.Branch.Opening is { Reason: RoleReason.Sentinel } opening && opening.By == write.Node && write.Node.ForgotItsRoleSince(default)
        && write.Node.HadIllness(Illness.HidesInfo, opening.At, write.At);

    /// <summary>
    /// Whether a write was taken by a master that had begun with nothing, before all could know that: it is lost when those who have the group's data take its place. Nobody doubts it
    /// before it is told of as the master.
    /// </summary>
    private bool WasTakenByAnEmptyMaster(WriteAccepted write) => write.At - Instant.Max(RootOf(write).At, group.NewestMaster(write.At) == write.Node ? group.NewestSince(write.At) : default) <= s_doubtMax;

    /// <summary>Whether a write was taken by a master that has what began with nothing, and was made that while who has the group's data did not say what it has, nor has since.</summary>
    private bool WasTakenWhileTheBetterIsMute(WriteAccepted write, Branch successor) => group.Nodes.Exists(node =>
        HasLedTo(successor, node) && node.HadIllness(Illness.HidesInfo, write.Branch.Opening.At, write.Branch.Opening.At) && node.HadIllness(Illness.HidesInfo, write.At - s_silenceMax, write.At));

    private static Opening RootOf(WriteAccepted write) => new Dataset(write.Branch, write.Offset).Root.Opening;

    /// <summary>
    /// Whether a master was made one by an operator's order to a Sentinel, and no other had heard of that when the write was lost: the others go on with what they know.
    /// </summary>
    private bool IsOfAnOrderThatNobodyHeardOf(WriteAccepted write, DataLoss loss) =>
        write.Branch.Accession is { Reason: RoleReason.OrderedFailover } && group.NewestMaster(write.At) == write.Node && group.WasKnownToOneOnly(write.At, loss.At);

    /// <summary>Whether a Sentinel lost its file, and with it all that it knew, between the promotion of a master and the moment in which it had to give way.</summary>
    private bool WasForgottenBySentinels(Opening promotion, DataLoss loss) =>
        world.Sentinels.Any(sentinel => sentinel.FilesLostAt.Any(lost => lost >= promotion.At && lost <= loss.At));

    private static bool HasLedTo(Branch? branch, RedisNode node)
    {
        while (branch is not null && branch.Opening.By != node)
            branch = branch.Origin?.Branch;
        return branch is not null;
    }

    private static bool HasForgotten(RedisNode node, WriteAccepted write)
    {
        foreach (DataLoss loss in node.Losses)
        {
            if (loss.IsRestart && loss.Took(write.Branch, write.Offset))
                return true;
        }
        return false;
    }

    /// <summary>When a node first threw a write away for what its master had; null: it did not.</summary>
    private static DataLoss? FirstCopying(RedisNode node, WriteAccepted write)
    {
        foreach (DataLoss loss in node.Losses)
        {
            if (!loss.IsRestart && loss.Took(write.Branch, write.Offset))
                return loss;
        }
        return null;
    }
}
