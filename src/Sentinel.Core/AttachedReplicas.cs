namespace Sentinel.Core;

/// <summary>Finds out, quickly and from the master itself, whether all known replicas are attached to it.</summary>
/// <remarks>
/// <para>
/// A replica that is attached cannot have been promoted. <c>WAIT</c> has those asked at once that did not acknowledge all that was
/// written, and tells how many did; which of them, INFO tells, whose clock counts seconds. While writes are held nobody is asked, but
/// replicas acknowledge each second by themselves, and the question asked before left something in the stream that one which is cut
/// off did not get: so what <c>WAIT</c> counts then is never of before that question.
/// </para>
/// <para>One that is known and gone for good counts as not attached, until it is forgotten: nobody can tell where it is.</para>
/// </remarks>
internal sealed class AttachedReplicas(MasterMonitor master, LocalSentinel local)
{
    private RequestSlot _question;
    private Instant _nextAt;
    private Instant? _since;
    private Count? _count;

    /// <summary>Goes on asking, until <see cref="Stop"/>.</summary>
    public void Ask(Wakeup wake)
    {
        MasterNode node = master.Node;
        _since ??= local.Now;
        if (_question.IsPending(node.Link) || !wake.IsDue(_nextAt))
            return;
        // Before the other question, which may take its time.
        node.RequestInfo();
        int known = Known.Count();
        _nextAt = local.Now + local.Timing.FencePeriod;
        if (known == 0 || node.Link.TakesWait == false || !node.Link.Send(new Request.CountAttached(known, local.Timing.AcknowledgementWait)))
            return;
        _question.Sent(node.Link);
    }

    /// <summary>The master told how many acknowledged.</summary>
    public void Answered(Request.CountAttached question, Reply reply)
    {
        bool isOld = _question.IsForsaken;
        _question.Done();
        if (reply is Reply.Error { Message: var error } && (error.StartsWith("NOPERM", StringComparison.Ordinal) || error.Contains("unknown command", StringComparison.OrdinalIgnoreCase)))
            master.Node.Link.TakesWait = false;
        else if (reply is Reply.Integer { Value: var attached } && !isOld && _since is not null)
            _count = new Count(local.Now, question.Enough, attached);
    }

    /// <summary>What was found out says nothing of what comes.</summary>
    public void Stop()
    {
        (_since, _count) = (null, null);
        _question.Forsake();
    }

    /// <summary>Another master is to be asked.</summary>
    public void Switched()
    {
        (_since, _count) = (null, null);
        _question.Done();
    }

    /// <summary>Whether some are missing: what the master told last says so. False too when it has not told yet.</summary>
    public bool AreMissing => (_count is { } count && IsFresh(count.At) && count.Attached < count.Known) || (IsInfoFresh && Absent.Any());

    /// <summary>Whether all are attached: all that the master told last says so. False too when it has not told yet.</summary>
    public bool AreComplete =>
        !Known.Any()
        || (IsInfoFresh && !Absent.Any()
            && (master.Node.Link.TakesWait == false || (_count is { } count && IsFresh(count.At) && count.Known == Known.Count() && count.Attached >= count.Known)));

    /// <summary>How many there are, and how many acknowledged, for people.</summary>
    public string Words =>
        _count is { } count ? $"{Math.Min(count.Attached, count.Known)} of {count.Known} replicas attached" : $"{Known.Count() - Absent.Count()} of {Known.Count()} replicas attached";

    private IEnumerable<Replica> Known =>
        master.Replicas.Where(replica => replica.TwinSince is null && !master.IsMaster(replica) && master.Lineage.StrangerIn(replica) is null);

    private IEnumerable<Replica> Absent =>
        Known.Where(replica => replica.IsAnnounced && !master.Node.Attached.Any(attached => local.Names.AreSame(attached, replica.Address)));

    private bool IsInfoFresh => _since is { } since && master.Node.InfoAt is { } infoAt && infoAt >= since && IsFresh(infoAt);

    private bool IsFresh(Instant at) => local.Now - at <= 3 * local.Timing.FencePeriod;

    private sealed record Count(Instant At, int Known, long Attached);
}
