namespace Sentinel.Core;

/// <summary>Who is down: each instance as this Sentinel alone judges it, and the master as the quorum does.</summary>
internal sealed class Judgement(MasterMonitor master, LocalSentinel local)
{
    private readonly ChangedParts _changedParts = new(master, local);
    private bool _isCounted;

    /// <summary>Whether a quorum holds the master down.</summary>
    public bool IsObjectivelyDown { get; private set; }

    /// <summary>When a quorum last agreed on it; null: never.</summary>
    public Instant? ObjectivelyDownSince { get; private set; }

    /// <summary>Sentinels that hold the master down, us among them.</summary>
    public int Votes => (master.Node.IsSubjectivelyDown ? 1 : 0) + master.Peers.Count(peer => peer.SaysMasterDown);

    /// <summary>Why this Sentinel holds the master down, in words; null: it does not.</summary>
    public string? WhyDown()
    {
        MasterNode node = master.Node;
        var wake = new Wakeup(local);
        return !node.IsSubjectivelyDown ? null
            : master.Distrust.IsConfirmed ? master.Distrust.Words
            : node.CrashedAt is not null ? "it refuses connections"
            : IsReplicaForLong(node, wake) || (!node.ReportsMaster && node.Link.SilentSince is null) ? "it says that it is a replica"
            : LoadsForLong(node, wake) ? "it restarted, and is loading its data"
            : node.Link is { SilentSince: { } invalidSince, Refusal: { } refusal } ? $"it has given no valid answer for {(long)(local.Now - invalidSince).TotalMilliseconds} ms, and said last: {refusal}"
            : node.Link.SilentSince is { } since ? $"it has not answered for {(long)(local.Now - since).TotalMilliseconds} ms"
            : "it did not answer in time";
    }

    /// <summary>Judges all, each alone, then the master together with the peers.</summary>
    public void Decide(Wakeup wake)
    {
        Judge(master.Node, wake);
        foreach (Replica replica in master.Replicas)
            Judge(replica, wake);
        foreach (Peer peer in master.Peers)
            Judge(peer, wake);
        Count(master.Node.IsSubjectivelyDown);
        JudgeTogether(wake);
        AskPeers(wake);
    }

    /// <summary>Counts the master among those that are down, or no more.</summary>
    public void Count(bool isDown)
    {
        if (isDown == _isCounted)
            return;
        _isCounted = isDown;
        local.MastersDown += isDown ? 1 : -1;
    }

    /// <summary>The master changed: what peers said of the former one says nothing about this one.</summary>
    public void Reset()
    {
        IsObjectivelyDown = false;
        foreach (Peer peer in master.Peers)
        {
            (peer.SaysMasterDown, peer.SaidAt, peer.AskNow) = (false, null, false);
            peer.DownQuestion.Done();
        }
    }

    /// <summary>After a pause of our own: what peers said before it is old, and so is what they answer to questions from before it.</summary>
    public void Resume()
    {
        foreach (Peer peer in master.Peers)
        {
            (peer.SaysMasterDown, peer.SaidAt, peer.AskNow) = (false, null, true);
            peer.DownQuestion.Forsake();
        }
    }

    /// <summary>Somebody asked about the master, which we hold down: it may have come to hold it down too.</summary>
    /// <remarks>A peer asks only about a master that it holds down itself. Which peer it is, the question does not say.</remarks>
    public void AskBack()
    {
        foreach (Peer peer in master.Peers.Where(peer => !peer.SaysMasterDown))
            peer.AskNow = true;
    }

    /// <summary>Asks those who can tell whether they hold the master down too.</summary>
    public void AskPeers(Wakeup wake)
    {
        if (!master.Node.IsSubjectivelyDown)
            return;
        foreach (Peer peer in master.Peers)
        {
            bool isEarly = master.Node.DownSince is { } since && local.Now - since < local.Timing.AskOftenFor;
            TimeSpan period = isEarly && !peer.SaysMasterDown
                ? local.Crowded(local.Timing.AskPeriodAtFirst, local.Timing.AskPeriod)
                : local.Timing.AskPeriod;
            bool isTime = peer.AskNow || peer.AskedAt is null || wake.IsDue(peer.AskedAt.Value + period);
            // A question that is open is not asked twice; its answer lets us decide anew whether to ask again.
            if (!isTime || !peer.Link.IsUsable || peer.DownQuestion.IsPending(peer.Link))
                continue;
            if (!peer.Link.Send(new Request.AskIfDown(master.Name, master.Node.Told, local.CurrentEpoch, Candidate: null)))
                continue;
            peer.DownQuestion.Sent(peer.Link);
            (peer.AskedAt, peer.AskNow) = (local.Now, false);
            wake.IsDue(local.Now + period);
        }
    }

    /// <summary>Subjectively down: this Sentinel alone believes it.</summary>
    private void Judge(Instance instance, Wakeup wake)
    {
        bool isDown = IsSilent(instance, wake), isCrashed = false;
        Replica? successor = null;
        if (instance is DataNode dataNode)
        {
            isCrashed = HasCrashed(dataNode);
            isDown |= isCrashed;
            dataNode.HeardSince = isDown ? null : dataNode.HeardSince ?? local.Now;
        }
        if (instance is MasterNode node)
        {
            successor = node.ReportsMaster ? null : _changedParts.Successor(wake);
            isDown |= successor is not null | IsReplicaForLong(node, wake) | master.Distrust.IsConfirmed | LoadsForLong(node, wake);
        }
        if (isDown == instance.IsSubjectivelyDown)
            return;
        instance.IsSubjectivelyDown = isDown;
        if (isDown)
            instance.DownSince = local.Now;
        else
            (instance.BackSince, instance.IsScriptKillSent) = (local.Now, false);
        if (isDown && successor is not null)
            local.Log(EventLevel.Notice, $"{instance.Prefix} follows {successor.Told}, which says that it is a master, and nobody tells of a switch: it is held down, so that the group agrees on that");
        if (isDown && isCrashed)
            local.Log(EventLevel.Notice, $"{instance.Prefix} has refused connections for {(long)master.Options.CrashDownAfter.TotalMilliseconds} ms, and so is held down");
        local.Publish(master.About(isDown ? "+sdown" : "-sdown", EventLevel.Warning, instance) with
        {
            Reason = !isDown ? null : isCrashed ? "it refuses connections" : successor is not null ? "it has changed parts with a replica" : null,
        });
        if (instance is MasterNode && isDown)
            AskAllNow();
        if (instance is Replica && isDown)
            master.LookForTwins();
        if (instance is DataNode back && !isDown)
            back.RequestInfo();
    }

    private bool IsSilent(Instance instance, Wakeup wake)
    {
        InstanceLink link = instance.Link;
        Instant deadline = (link.SilentSince ?? link.Health.LastValidReplyAt) + master.Options.DownAfter + TimeSpan.FromTicks(1);
        if (link.SilentSince is not null)
            return wake.IsDue(deadline) && (instance.IsSubjectivelyDown || wake.IsDue(local.JudgeAfter));
        // Nothing is owed, and will not be before the next PING.
        wake.IsDue(Instant.Max(deadline, local.Now + local.Timing.PingPeriodMin));
        return false;
    }

    private bool IsReplicaForLong(MasterNode node, Wakeup wake) =>
        !node.ReportsMaster && wake.IsDue(node.RoleSince + master.Options.DownAfter + 2 * local.Timing.InfoPeriod);

    private bool LoadsForLong(MasterNode node, Wakeup wake) =>
        node.RebootedAt is { } rebootedAt && master.Options.RebootDownAfter > TimeSpan.Zero && wake.IsDue(rebootedAt + master.Options.RebootDownAfter);

    /// <summary>
    /// Whether a node's process is gone: its host refuses connections, and did so for the whole period. That holds until it answers, for
    /// what accepts a connection may be a process that comes no further.
    /// </summary>
    private bool HasCrashed(DataNode node)
    {
        TimeSpan period = master.Options.CrashDownAfter;
        if (period > TimeSpan.Zero && node.Link.HasRefusedFor(period))
            node.CrashedAt ??= local.Now;
        else if (period == TimeSpan.Zero || node.Link.Health.LastValidReplyAt >= node.CrashedAt)
            node.CrashedAt = null;
        return node.CrashedAt is not null;
    }

    private void AskAllNow()
    {
        foreach (Peer peer in master.Peers)
            peer.AskNow = true;
        foreach (Replica replica in master.Replicas)
            replica.RequestInfo();
    }

    /// <summary>Objectively down: a quorum believes it.</summary>
    private void JudgeTogether(Wakeup wake)
    {
        foreach (Peer peer in master.Peers)
        {
            if (peer.SaidAt is null)
                continue;
            // One that is gone, or was and came back, no longer vouches for what it said.
            if (peer.SaysMasterDown && (peer.IsSubjectivelyDown || !peer.Link.IsUsable || peer.SaidIn != peer.Link.Attempt))
                (peer.SaysMasterDown, peer.AskNow) = (false, !peer.IsSubjectivelyDown);
            if (wake.IsDue(peer.SaidAt.Value + 5 * local.Timing.AskPeriod))
                (peer.SaidAt, peer.SaysMasterDown, peer.VotedLeader) = (null, false, null);
        }
        int votes = Votes;
        int needed = master.Distrust.IsUnsure && master.Peers.Exists(peer => peer.IsAvailable) ? Math.Max(2, master.Options.Quorum) : master.Options.Quorum;
        bool isDown = master.Node.IsSubjectivelyDown && votes >= needed;
        if (isDown == IsObjectivelyDown)
            return;
        IsObjectivelyDown = isDown;
        if (isDown)
            ObjectivelyDownSince = local.Now;
        local.Publish(isDown
            ? master.About("+odown", EventLevel.Warning, $"{master.Node.Prefix} #quorum {votes}/{master.Options.Quorum}") with { Kind = InstanceKind.Master, InstanceAddress = master.Node.Told }
            : master.About("-odown", EventLevel.Warning, master.Node));
    }
}
