using Sentinel.Core;

namespace Sentinel.Simulation.Sentinels.Legacy;

/// <summary>Leads failovers, one state a tick.</summary>
internal sealed class Failovers(LegacySentinel sentinel, Votes votes)
{
    /// <summary>Begins one when a quorum holds the master down and the last attempt, or vote, is long enough ago.</summary>
    public bool StartIfDue(Master master)
    {
        if (!master.IsObjectivelyDown || master.Step is not FailoverStep.None)
            return false;
        if (master.FailoverStartedAt is { } last && sentinel.Now - last < 2 * master.Options.FailoverTimeout)
            return false;
        Start(master);
        return true;
    }

    public void Start(Master master)
    {
        // Not saved here: the vote for ourselves a moment later saves both.
        master.Begin(sentinel.NextEpoch(master));
        sentinel.Publish("+try-failover", EventLevel.Warning, master, epoch: master.FailoverEpoch);
    }

    public void Advance(Master master)
    {
        switch (master.Step)
        {
            case FailoverStep.WaitStart:
                AwaitVotes(master);
                break;
            case FailoverStep.SelectReplica:
                Select(master);
                break;
            case FailoverStep.SendReplicaOfNoOne:
                Promote(master);
                break;
            case FailoverStep.WaitPromotion:
                if (IsTimeUp(master))
                    Abort(master, "-failover-abort-slave-timeout");
                break;
            case FailoverStep.ReconfReplicas when !master.IsSwitchDue:
                Reconfigure(master);
                DetectEnd(master);
                break;
            default:
                break;
        }
    }

    /// <summary>The promoted replica said that it is a master: clients and peers are sent there from now on, and there is no way back.</summary>
    public void Confirm(Master master)
    {
        master.ConfigEpoch = master.FailoverEpoch;
        master.Enter(FailoverStep.ReconfReplicas);
        sentinel.Save();
        sentinel.Publish("+promoted-slave", EventLevel.Warning, master.Promoted!, epoch: master.FailoverEpoch);
        sentinel.Publish("+failover-state-reconf-slaves", EventLevel.Warning, master, epoch: master.FailoverEpoch);
        master.HelloTakenAt = Periods.LongAgo;
        foreach (Replica replica in master.Replicas)
            replica.HelloTakenAt = Periods.LongAgo;
        foreach (Peer peer in master.Peers)
            peer.HelloTakenAt = Periods.LongAgo;
    }

    /// <summary>The replica to promote. Its reported role is not looked at, and a link that never was up passes.</summary>
    /// <returns>Null when none is fit.</returns>
    public Replica? Best(Master master)
    {
        Instant now = sentinel.Now;
        TimeSpan infoAgeMax = master.IsDown ? Periods.Fresh : 3 * Periods.Info;
        TimeSpan linkDownMax = (master.IsDown ? now - master.DownSince : TimeSpan.Zero) + 10 * master.DownAfter;
        Replica? best = null;
        foreach (Replica replica in master.Replicas)
        {
            if (replica.IsDown || !replica.Link.IsComplete || replica.Priority == 0
                || now - replica.Link.AvailableAt > Periods.Fresh
                || replica.InfoAt is not { } infoAt || now - infoAt > infoAgeMax
                || replica.MasterLinkDownTime > linkDownMax)
                continue;
            if (best is null || IsBetter(replica, best))
                best = replica;
        }
        return best;
    }

    /// <summary>Takes over the promoted address here too; all others have done so long ago.</summary>
    public void Switch(Master master)
    {
        Address promoted = master.Promoted!.Address;
        sentinel.PublishSwitch(master, promoted);
        master.SwitchTo(promoted);
    }

    private void AwaitVotes(Master master)
    {
        // An order needs no election, but our vote is given all the same.
        bool isElected = votes.Winner(master) == sentinel.Id;
        if (!isElected && !master.IsForced)
        {
            TimeSpan patience = master.Options.FailoverTimeout < Periods.Election ? master.Options.FailoverTimeout : Periods.Election;
            if (sentinel.Now - master.FailoverStartedAt > patience)
                Abort(master, "-failover-abort-not-elected");
            return;
        }
        sentinel.Publish("+elected-leader", EventLevel.Warning, master, epoch: master.FailoverEpoch);
        master.Enter(FailoverStep.SelectReplica);
        sentinel.Publish("+failover-state-select-slave", EventLevel.Warning, master, epoch: master.FailoverEpoch);
    }

    private void Select(Master master)
    {
        if (Best(master) is not { } best)
        {
            Abort(master, "-failover-abort-no-good-slave");
            return;
        }
        sentinel.Publish("+selected-slave", EventLevel.Warning, best, epoch: master.FailoverEpoch);
        master.Promoted = best;
        master.Enter(FailoverStep.SendReplicaOfNoOne);
        sentinel.Publish("+failover-state-send-slaveof-noone", EventLevel.Notice, best, epoch: master.FailoverEpoch);
    }

    private void Promote(Master master)
    {
        Replica promoted = master.Promoted!;
        if (!promoted.Link.IsComplete)
        {
            if (IsTimeUp(master))
                Abort(master, "-failover-abort-slave-timeout");
            return;
        }
        promoted.SlaveOf(null);
        sentinel.Publish("+failover-state-wait-promotion", EventLevel.Notice, promoted, epoch: master.FailoverEpoch);
        master.Enter(FailoverStep.WaitPromotion);
    }

    private void Reconfigure(Master master)
    {
        int underWay = 0;
        foreach (Replica replica in master.Replicas)
        {
            if (replica.IsUnderWay)
                underWay++;
        }
        // While no place is free nobody looks whether the one who has it is stuck.
        for (int i = 0; i < master.Replicas.Count && underWay < master.Options.ParallelSyncs; i++)
        {
            Replica replica = master.Replicas[i];
            if (replica == master.Promoted || replica.Reconf.HasFlag(ReconfFlags.Done))
                continue;
            if (replica.Reconf.HasFlag(ReconfFlags.Sent) && sentinel.Now - replica.ReconfSentAt > Periods.Reconf)
            {
                sentinel.Publish("-slave-reconf-sent-timeout", EventLevel.Notice, replica, epoch: master.FailoverEpoch);
                replica.Reconf = replica.Reconf & ~ReconfFlags.Sent | ReconfFlags.Done;
            }
            if (replica.IsUnderWay || !replica.Link.IsComplete)
                continue;
            Tell(master, replica, "+slave-reconf-sent");
            underWay++;
        }
    }

    private void DetectEnd(Master master)
    {
        // Not even the timeout counts while the new master is down.
        if (master.Promoted!.IsDown)
            return;
        bool isTimeUp = IsTimeUp(master);
        if (isTimeUp)
            sentinel.Publish("+failover-end-for-timeout", EventLevel.Warning, master, epoch: master.FailoverEpoch);
        else if (IsAnyLeft(master))
            return;
        sentinel.Publish("+failover-end", EventLevel.Warning, master, epoch: master.FailoverEpoch);
        master.IsSwitchDue = true;
        if (!isTimeUp)
            return;
        foreach (Replica replica in master.Replicas)
        {
            if (replica != master.Promoted && (replica.Reconf & (ReconfFlags.Done | ReconfFlags.Sent)) == ReconfFlags.None && replica.Link.IsComplete)
                Tell(master, replica, "+slave-reconf-sent-be");
        }
    }

    private static bool IsAnyLeft(Master master)
    {
        foreach (Replica replica in master.Replicas)
        {
            if (replica != master.Promoted && !replica.Reconf.HasFlag(ReconfFlags.Done) && !replica.IsDown)
                return true;
        }
        return false;
    }

    private void Tell(Master master, Replica replica, string eventName)
    {
        replica.SlaveOf(master.Promoted!.Address);
        replica.Reconf |= ReconfFlags.Sent;
        replica.ReconfSentAt = sentinel.Now;
        sentinel.Publish(eventName, EventLevel.Notice, replica, epoch: master.FailoverEpoch);
    }

    private void Abort(Master master, string eventName)
    {
        sentinel.Publish(eventName, EventLevel.Warning, master, epoch: master.FailoverEpoch);
        master.Abort();
    }

    private bool IsTimeUp(Master master) => sentinel.Now - master.StepSince > master.Options.FailoverTimeout;

    private static bool IsBetter(Replica one, Replica other)
    {
        if (one.Priority != other.Priority)
            return one.Priority < other.Priority;
        if (one.Offset != other.Offset)
            return one.Offset > other.Offset;
        return one.RunId is not null && (other.RunId is null || string.Compare(one.RunId, other.RunId, StringComparison.OrdinalIgnoreCase) < 0);
    }
}
