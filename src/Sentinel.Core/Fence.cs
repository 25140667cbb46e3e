namespace Sentinel.Core;

/// <summary>Holds the writes of nodes that may not be the master any more, or are not, so that they are not taken in vain.</summary>
/// <remarks>
/// <para>
/// The configured master: when no majority of Sentinels was heard for <see cref="MasterOptions.FenceAfter"/> the others may replace it
/// without our knowing, if a replica can be promoted, which one that is attached here cannot. So its writes are held while both
/// last: silence, and a replica that is missing. When a majority is heard again they are held until it confirms the master.
/// </para>
/// <para>
/// A former master that returned: while the others are asked whether it is to be demoted (<see cref="Strays"/>), as long as they are
/// heard and do not disagree. Not a replica that became a master before our eyes: a leader may just have promoted it.
/// </para>
/// <para>
/// A <c>PUBLISH</c> is held with the writes, and all that follows on its connection with it, PINGs too (redis-server 7.0: it is answered 1.0 s after an order of
/// 1 s, and not before the end of orders that are renewed). So we publish nothing where we hold, or may be held, writes (<see cref="PublishAfter"/>).
/// A Sentinel that hears the majority does publish, and may so lose sight of a node that is held beside it. That does no harm: when a
/// partition heals, the hold ends as soon as a majority confirms the master, an answer later, or after <c>2 * <see cref="Timing.PublishPeriod"/></c> when none tells. Where it does
/// not end, because we go on to be cut off from the others while they hear the master, they replace it after down-after, which ends it too: a master that
/// takes no writes is not worth keeping.
/// </para>
/// <para>Nothing lasting is set on a node: should we die or lose the connection, the last order runs out (<see cref="Timing.FenceLease"/>).</para>
/// </remarks>
internal sealed class Fence(MasterMonitor master, LocalSentinel local)
{
    private readonly AttachedReplicas _attached = new(master, local);
    private readonly List<WriteLease> _leases = [];
    private readonly HashSet<SentinelId> _confirmed = [];
    private Instant? _contactSince;
    private Instant _nextPollAt;
    private Instant _notBefore;

    /// <summary>How long a stray is held while the others do not say what they believe.</summary>
    private TimeSpan UnconfirmedMax => 4 * local.Timing.StrayPollPeriod;

    private bool IsOn => master.Options.FenceAfter > TimeSpan.Zero;

    /// <summary>Whether any writes are held.</summary>
    public bool IsHolding => _leases.Count > 0;

    /// <summary>Whether a node's writes are held by us.</summary>
    public bool Holds(DataNode node) => LeaseOf(node.Link) is { IsInForce: true };

    /// <summary>Why a node's writes are held by us, in words; null: they are not.</summary>
    public string? WhyHeld(DataNode node) => LeaseOf(node.Link) is { IsInForce: true } lease ? lease.Reason : null;

    /// <summary>When something may be published on an instance: while its writes are held it waits, and all that follows on the connection behind it.</summary>
    public Instant PublishAfter(Instance instance)
    {
        if (LeaseOf(instance.Link) is { } lease)
            return lease.Until;
        return IsOn && instance is DataNode node && MayBeHeldByOthers(node) ? local.Now + local.Timing.FencePeriod : Instant.Zero;
    }

    /// <summary>Begins, renews and ends what is called for.</summary>
    public void Decide(Wakeup wake)
    {
        if (!IsOn && !IsHolding)
            return;
        if (IsOn)
        {
            DecideMaster(wake);
            foreach (Replica replica in master.Replicas)
                DecideStray(replica);
        }
        foreach (WriteLease lease in _leases.ToArray())
        {
            if (master.Nodes.FirstOrDefault(node => node.Link == lease.Link) is not { } node)
                _leases.Remove(lease);
            else if (!IsOn)
                End(node, lease, "it was turned off");
            else
                KeepUp(node, lease, wake);
        }
    }

    /// <summary>A connection to a data node stands: whether it lets us is known before it matters.</summary>
    public void Connected(DataNode node)
    {
        if (IsOn)
            node.Link.Send(Request.ProbePause.Instance);
    }

    /// <summary>A data node answered whether it lets us hold its writes.</summary>
    public void ProbeAnswered(DataNode node, Reply reply)
    {
        if (Request.ProbePause.IsTaken(reply))
            Takes(node);
        else if (reply is Reply.Error { Message: var error })
            Refuses(node, error);
    }

    /// <summary>A data node answered an order to hold its writes.</summary>
    public void HoldAnswered(DataNode node, Reply reply)
    {
        if (reply is Reply.Error { Message: var error })
            Refuses(node, error);
        if (LeaseOf(node.Link) is not { } lease)
            return;
        if (reply is Reply.Error)
        {
            _leases.Remove(lease);
            _notBefore = local.Now + local.Timing.FencePeriod;
            if (lease.IsInForce)
                Tell("-fence", node, "it is refused");
            return;
        }
        Takes(node);
        if (!lease.IsInForce)
            Tell("+fence", node, lease.Reason);
        lease.Taken(local.Timing, local.Now);
    }

    /// <summary>The master answered how many replicas are attached.</summary>
    public void AttachedCounted(Request.CountAttached question, Reply reply) => _attached.Answered(question, reply);

    /// <summary>Takes in what a peer believes; null: it does not tell.</summary>
    public void PeerSaid(SentinelId peer, PeerBelief? belief, Instant askedAt)
    {
        if (_contactSince is null || belief is null || askedAt < _contactSince)
            return;
        bool isOurs = local.Names.AreSame(belief.Address, master.Address);
        if (belief.Failover is not FailoverStep.None || belief.ConfigEpoch > master.ConfigEpoch || (belief.ConfigEpoch == master.ConfigEpoch && !isOurs))
            ForgetContact();    // what it knows reaches us with its hello, or its failover comes to an end
        else if (isOurs)
            _confirmed.Add(peer);
    }

    /// <summary>Another node is the master: what was found out was about the former one.</summary>
    public void Switched()
    {
        _attached.Switched();
        ForgetContact();
    }

    /// <summary>We did not run for some time: what was found out is old.</summary>
    public void Resume()
    {
        _attached.Stop();
        ForgetContact();
    }

    /// <summary>The group is forgotten, or monitored no more.</summary>
    public void Abandon()
    {
        foreach (WriteLease lease in _leases.ToArray())
        {
            if (master.Nodes.FirstOrDefault(node => node.Link == lease.Link) is { } node)
                End(node, lease, "it was turned off");
        }
        _leases.Clear();
        _attached.Stop();
        ForgetContact();
    }

    private void KeepUp(DataNode node, WriteLease lease, Wakeup wake)
    {
        lease.KeepUp(local.Timing, local.Now, wake);
        if (wake.IsDue(lease.Until))
            End(node, lease, "it cannot be reached");
    }

    private void DecideMaster(Wakeup wake)
    {
        MasterNode node = master.Node;
        if (master.Failover is { Handover: not null, Step: not FailoverStep.ReconfReplicas })
        {
            // A planned switch holds them itself, and to let them go now would let go what it counts on.
            if (LeaseOf(node.Link) is { } left)
                Leave(node, left, "a planned switch holds them");
            return;
        }
        Instant heardAt = MajorityHeardAt;
        bool isCutOff = wake.IsDue(heardAt + master.Options.FenceAfter + TimeSpan.FromTicks(1)) && wake.IsDue(local.JudgeAfter);
        if (LeaseOf(node.Link) is { } lease)
        {
            Reconsider(node, lease, isCutOff, wake);
            return;
        }
        ForgetContact();
        // Half of the time is enough to know about the replicas when the other half is over.
        if (local.IsInTilt || node is not { ReportsMaster: true, Link.IsUsable: true } || !wake.IsDue(heardAt + master.Options.FenceAfter / 2))
        {
            _attached.Stop();
            return;
        }
        if (node.Link.TakesPause == false)
        {
            AskAgain(node, wake);
            return;
        }
        _attached.Ask(wake);
        if (isCutOff && _attached.AreMissing && wake.IsDue(_notBefore))
            Begin(node, $"no majority of Sentinels heard for {master.Options.FenceAfter.TotalMilliseconds} ms, {_attached.Words}");
    }

    /// <summary>Rights may have been given since.</summary>
    private void AskAgain(MasterNode node, Wakeup wake)
    {
        if (!wake.IsDue(_notBefore))
            return;
        _notBefore = local.Now + local.Timing.InfoPeriodInTrouble;
        wake.IsDue(_notBefore);
        node.Link.Send(Request.ProbePause.Instance);
    }

    private void Reconsider(MasterNode node, WriteLease lease, bool isCutOff, Wakeup wake)
    {
        _attached.Ask(wake);
        if (!node.ReportsMaster)
            End(node, lease, "it is no master");
        else if (_attached.AreComplete)
            End(node, lease, "all its replicas are attached");
        else if (isCutOff)
            ForgetContact();
        else
            AskForConfirmation(node, lease, wake);
    }

    /// <summary>A majority is heard again. It may have replaced the master meanwhile, and let us know any moment.</summary>
    private void AskForConfirmation(MasterNode node, WriteLease lease, Wakeup wake)
    {
        _contactSince ??= local.Now;
        if (wake.IsDue(_nextPollAt))
        {
            _nextPollAt = local.Now + local.Timing.StrayPollPeriod;
            wake.IsDue(_nextPollAt);
            foreach (Peer peer in master.Peers)
                peer.RequestMasterBelief(local.Now);
        }
        if (1 + _confirmed.Count(id => master.Peers.Exists(peer => peer.Id == id)) >= Majority)
            End(node, lease, "a majority of Sentinels confirms the master");
        else if (wake.IsDue(_contactSince.Value + 2 * local.Timing.PublishPeriod))
            End(node, lease, "a majority of Sentinels is heard, and none told of another master");
    }

    private void DecideStray(Replica replica)
    {
        WriteLease? lease = LeaseOf(replica.Link);
        if (lease is null)
        {
            if (!local.IsInTilt && local.Now >= _notBefore && replica.Link is { IsUsable: true, TakesPause: not false } && IsReturned(replica) && IsMajorityHeard)
                Begin(replica, "it says that it is a master");
        }
        else if (!replica.ReportsMaster)
        {
            End(replica, lease, "it is no master");
        }
        else if (!IsMajorityHeard && (!lease.IsOfMaster || HasFollowers(replica)))
        {
            End(replica, lease, "no majority of Sentinels is heard");
        }
        else if (!lease.IsOfMaster && !IsReturned(replica))
        {
            End(replica, lease, "it is told what to be, or is left alone");
        }
        else if (!lease.IsOfMaster && local.Now - lease.Since > UnconfirmedMax)
        {
            replica.Stray = replica.Stray! with { IsDisputed = true };
            End(replica, lease, "the others do not say what it is");
        }
    }

    /// <summary>Whether it is a master against the configuration, as far as we know, and was no replica a moment ago.</summary>
    private bool IsReturned(Replica replica) =>
        replica is { Stray: { SaysMaster: true, IsDisputed: false }, IsLoading: false, RunId: not null, HasBecomeMaster: false }
        && !master.IsMaster(replica) && master.Failover is null && master.Strays.MasterIsSane;

    /// <summary>Whether a node of the group follows it: those whom we do not hear may have made it the master again.</summary>
    private bool HasFollowers(Replica replica) =>
        master.Nodes.Any(node => node != replica && replica.Attached.Any(attached => local.Names.AreSame(attached, node.Address)));

    /// <summary>Whether another Sentinel that sees what we see may hold a node's writes; for a short time also a node of which we do not know yet what it is.</summary>
    private bool MayBeHeldByOthers(DataNode node) =>
        node is Replica replica
            ? replica.ReportsMaster || (!(replica.InfoAt >= replica.Link.ConnectedSince) && local.Now - replica.Link.ConnectedSince < local.Timing.FenceLease)
            : local.Now - MajorityHeardAt > master.Options.FenceAfter / 2 && !_attached.AreComplete;

    private void Begin(DataNode node, string reason) => _leases.Add(new WriteLease(node, reason, local.Now));

    private void End(DataNode node, WriteLease lease, string reason)
    {
        node.Link.Send(Request.ReleaseWrites.Instance);
        Leave(node, lease, reason);
    }

    private void Leave(DataNode node, WriteLease lease, string reason)
    {
        _leases.Remove(lease);
        if (lease.IsInForce)
            Tell("-fence", node, reason);
    }

    private void Tell(string name, DataNode node, string reason) =>
        local.Publish(master.About(name, EventLevel.Warning, node) with { Reason = reason });

    private void Takes(DataNode node)
    {
        node.Link.TakesPause = true;
        local.ForgetSaid(Refusal(node));
    }

    private void Refuses(DataNode node, string error)
    {
        // Any other error is of now: it is busy, or has no master.
        bool isForGood = error.StartsWith("NOPERM", StringComparison.Ordinal) || error.StartsWith("ERR", StringComparison.Ordinal);
        if (!isForGood)
            return;
        node.Link.TakesPause = false;
        local.LogOnce(Refusal(node), $"The writes of {node.Told}, of {master.Name}, cannot be held when it is to be fenced: CLIENT PAUSE says: {error}. It must know CLIENT PAUSE WRITE and, with ACLs, grant +client|pause +client|unpause");
    }

    private string Refusal(DataNode node) => $"fence {node.Address} {master.Name}";

    private void ForgetContact()
    {
        _contactSince = null;
        _confirmed.Clear();
    }

    private WriteLease? LeaseOf(InstanceLink link) => _leases.Find(lease => lease.Link == link);

    private bool IsMajorityHeard => local.Now - MajorityHeardAt <= master.Options.FenceAfter;

    /// <summary>When a majority of all Sentinels, us among them, was last heard.</summary>
    private Instant MajorityHeardAt => Majority == 1
        ? local.Now
        : master.Peers.Select(peer => peer.Link.HeardAt).OrderDescending().ElementAt(Majority - 2);

    private int Majority => VoteCount.Needed(master.Peers.Count + 1, quorum: 1);
}
