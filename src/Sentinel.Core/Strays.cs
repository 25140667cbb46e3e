namespace Sentinel.Core;

/// <summary>A replica that says it is a master, or follows another one, against the configuration.</summary>
/// <param name="Since">When this was first seen.</param>
/// <param name="SaysMaster">Whether it says it is a master.</param>
/// <param name="DownSince">The node's last time of being down when this was seen, to tell a return.</param>
internal sealed record StrayCase(Instant Since, bool SaysMaster, Instant? DownSince)
{
    /// <summary>Whether another Sentinel disagreed, or none said what it is.</summary>
    public bool IsDisputed { get; init; }
}

/// <summary>Brings stray instances back in line: a former master that returned, a replica that follows somebody else.</summary>
/// <remarks>
/// Redis Sentinel waits 8 s (a stray master) or a failover timeout (a stray replica) for a configuration it may have missed.
/// Here the peers are asked whether they know a newer one, or lead a failover: when all that can be reached, and a majority of
/// all, know of none, the instance is told at once. When peers do not tell, or while it may be another group's, or was made a master by somebody
/// and not all Sentinels can be asked, the waits of Redis hold. Nobody who says that it is a master is told to follow ours while most peers cannot be reached: then it may be ours that was
/// replaced.
/// </remarks>
internal sealed class Strays(MasterMonitor master, LocalSentinel local)
{
    private readonly HashSet<SentinelId> _asked = [];
    private readonly HashSet<SentinelId> _confirmed = [];
    private readonly HashSet<SentinelId> _behind = [];
    private Instant? _pollStartedAt;
    private Instant _nextPollAt;
    private readonly HashSet<Replica> _undecided = [];
    private bool _isVetoed;
    private bool _isDisputed;
    private Instant _resumedAt;

    /// <summary>Since when the others can be asked, and there is a master to follow; null: they cannot, or there is none.</summary>
    private Instant? _judgesSince;

    /// <summary>Looks at what a replica just said of itself.</summary>
    public void Reported(Replica replica)
    {
        _undecided.Remove(replica);
        bool isStray = !master.IsMaster(replica) && !IsLeftAlone(replica) && (replica.ReportsMaster || replica.ReportedMaster is { } reported && FollowsAnother(replica, reported));
        if (!isStray)
        {
            replica.Stray = null;
            local.ForgetSaid(StandsAside(replica));
            return;
        }
        if (replica.Stray?.SaysMaster == replica.ReportsMaster && replica.Stray.DownSince == replica.DownSince)
            return;
        replica.Stray = new StrayCase(local.Now, replica.ReportsMaster, replica.DownSince);
        // What was confirmed before this was seen says nothing about it. The pause after telling one goes on.
        ForgetConfirmations();
    }

    /// <summary>Takes in what a peer believes; null: it does not tell. What it was asked before the poll confirms nothing of now; what speaks against us counts.</summary>
    public void PeerSaid(SentinelId peer, PeerBelief? belief, Instant askedAt)
    {
        if (_pollStartedAt is null || belief is null)
            return;
        bool speaksForAnother = belief.ConfigEpoch > master.ConfigEpoch
            || (belief.ConfigEpoch == master.ConfigEpoch && local.Names.AreDifferent(belief.Address, master.Address) && !master.IsCalled(belief.Address));
        // One that missed our configuration, as after a partition, knows of none that is newer: it confirms nothing, and need not be waited for.
        if (belief.ConfigEpoch < master.ConfigEpoch && belief.Failover is FailoverStep.None && askedAt >= _pollStartedAt)
            _behind.Add(peer);
        // A name that we cannot resolve, or another address of our master's name, neither confirms our master nor speaks against it.
        if (!speaksForAnother && !local.Names.AreSame(belief.Address, master.Address))
            return;
        if (speaksForAnother || belief.Failover is not FailoverStep.None)
        {
            _isVetoed = true;
            // A leader that has made our master the master sees to the others now, and does not dispute that the former one is none.
            _isDisputed |= speaksForAnother || belief.Failover is not FailoverStep.ReconfReplicas || belief.ConfigEpoch < master.ConfigEpoch;
        }
        else if (askedAt >= _pollStartedAt && belief is { AwaitsLeader: false, HoldsDown: false })
        {
            _confirmed.Add(peer);
        }
    }

    /// <summary>Forgets what was asked: the configuration changed.</summary>
    public void ForgetPoll()
    {
        ForgetConfirmations();
        _nextPollAt = local.Now;
    }

    /// <summary>After a pause of our own: whoever was astray before it is so no more until seen again, and so is the master's health.</summary>
    public void Resume()
    {
        ForgetPoll();
        _resumedAt = local.Now;
        foreach (Replica replica in master.Replicas)
            replica.Stray = null;
    }

    private void ForgetConfirmations()
    {
        (_pollStartedAt, _isVetoed, _isDisputed) = (null, false, false);
        _asked.Clear();
        _confirmed.Clear();
        _behind.Clear();
    }

    /// <summary>Asks, and tells those about whom all agree.</summary>
    public void Decide(Wakeup wake)
    {
        if (_undecided.Count > 0)
        {
            _undecided.IntersectWith(master.Replicas);
            foreach (Replica replica in _undecided.ToArray())
                Reported(replica);
        }
        if (master.Failover is not null || !MasterIsSane || !master.Replicas.Exists(IsCase))
        {
            ForgetConfirmations();
            _judgesSince = null;
            return;
        }
        _judgesSince = IsMajorityReachable ? _judgesSince ?? local.Now : null;
        if (_isVetoed)
        {
            bool isDisputed = _isDisputed;
            ForgetConfirmations();
            _nextPollAt = local.Now + local.Timing.StrayPollPeriod;
            foreach (Replica replica in master.Replicas.Where(IsCase))
                replica.Stray = replica.Stray! with { Since = local.Now, IsDisputed = replica.Stray.IsDisputed || isDisputed };
        }
        if (_pollStartedAt is null)
        {
            if (!wake.IsDue(_nextPollAt))
                return;
            _pollStartedAt = local.Now;
        }
        // Also those that come back meanwhile: once they are heard, they are waited for.
        foreach (Peer peer in master.Peers.Where(peer => peer.Link.IsUsable && _asked.Add(peer.Id)))
            peer.RequestMasterBelief(local.Now);
        foreach (Replica replica in master.Replicas.Where(IsCase).ToArray())
        {
            if (replica.Stray!.SaysMaster && !IsMajorityReachable)
            {
                local.LogOnce(StandsAside(replica), $"{replica.Name} says that it is a master, and is left one as long as most Sentinels of {master.Name} cannot be reached: they may know that it is the new one");
                replica.Stray = replica.Stray with { Since = local.Now };    // what they know is still to be asked
                continue;
            }
            // The master may have been started anew since it was looked at, and be this very process by another address.
            if (master.Node.InfoAt < replica.Stray.Since)
            {
                master.Node.RequestInfo();
                continue;
            }
            bool isKnown = IsAgreed && !master.Lineage.MayBeAStranger(replica) && (HaveAllSaid || !replica.HasBecomeMaster);
            if (!(isKnown ? IsOurTurn(replica, wake) : wake.IsDue(Instant.Max(replica.Stray.Since, _judgesSince ?? local.Now) + WaitWithoutAgreement(replica.Stray)) && MayBeTold(replica.Stray, wake)))
                continue;
            // Meanwhile the one that it follows may have said of which group it is.
            if (IsLeftAlone(replica))
                replica.Stray = null;
            else
                Tell(replica);
        }
        if (wake.IsDue(_pollStartedAt.Value + 2 * local.Timing.StrayPollPeriod))
            ForgetPoll();
    }

    /// <summary>Whether it is of another group: it got the address of a replica of ours, and is not to lose its data for that.</summary>
    private bool IsLeftAlone(Replica replica)
    {
        string subject = $"stranger {replica.Address} {master.Name}";
        if (master.Lineage.StrangerIn(replica) is not { } stranger)
        {
            local.ForgetSaid(subject);
            return false;
        }
        local.LogOnce(subject, $"{replica.Name} has the data of {stranger}, and is left alone although {master.Name} has a replica of that address. "
            + $"If it is to be one, tell it to follow {master.Node.Told}; if not, 'SENTINEL RESET {master.Name}' on each Sentinel forgets it");
        return true;
    }

    /// <summary>Whether a replica follows another than our master; not while the name that it knows its master by is not resolved.</summary>
    private bool FollowsAnother(Replica replica, Address reported)
    {
        NameTable names = local.Names;
        if (master.IsCalled(reported))
            return false;
        if (names.AreDifferent(reported, master.Address))
            return true;
        if (names.Awaits(reported, master) || names.Awaits(master.Address, master))
            _undecided.Add(replica);
        return names.LeadsNowhere(reported);
    }

    private bool IsCase(Replica replica) =>
        replica is { Stray: not null, IsLoading: false, IsSubjectivelyDown: false, Link: { IsUsable: true, TakesReplicaOf: not null } } && !master.IsMaster(replica);

    /// <summary>Whether there is a working master to follow.</summary>
    /// <remarks>Source: Redis Sentinel asks the same of it before it tells anybody to follow it.</remarks>
    public bool MasterIsSane =>
        master.Node is { IsSubjectivelyDown: false, ReportsMaster: true, Link.IsUsable: true, InfoAt: { } infoAt }
        && infoAt >= master.ConfiguredSince
        && infoAt >= _resumedAt
        && local.Now - infoAt < 2 * local.Timing.InfoPeriod
        && master.MayBeFollowed;

    /// <summary>
    /// Whether all who can be reached, and most of all, hear the master, and know of nothing newer. A leader that cannot be reached is known to those who voted for it: most
    /// did, so that one of any other majority is among them. What it has just promoted is no stray. Who knows fewer Sentinels than the quorum needs does not know all yet, as
    /// after its file was lost.
    /// </summary>
    private bool IsAgreed =>
        master.Election.LeaderToSwitch is null
        && 1 + master.Peers.Count >= master.Options.Quorum
        && master.Peers.TrueForAll(peer => peer.IsSubjectivelyDown || _confirmed.Contains(peer.Id) || _behind.Contains(peer.Id))
        && 1 + _confirmed.Count >= Majority;

    /// <summary>
    /// Whether every other Sentinel has said that it knows nothing newer. One alone may have made a replica the master, as an operator ordered it to, and be known for that
    /// to nobody who can be reached.
    /// </summary>
    private bool HaveAllSaid => master.Peers.TrueForAll(peer => _confirmed.Contains(peer.Id) || _behind.Contains(peer.Id));

    private bool IsMajorityReachable => 1 + master.Peers.Count(peer => !peer.IsSubjectivelyDown) >= Majority;

    /// <summary>
    /// Whether most have answered one of the last two PINGs, sent since a stray master was seen: who is cut off, or has just started, holds nobody down for
    /// <c>down-after-milliseconds</c>, which may be longer than the wait, and what the others know is what counts.
    /// </summary>
    private bool MayBeTold(StrayCase stray, Wakeup wake)
    {
        if (!stray.SaysMaster || 1 + master.Peers.Count(peer => peer.Link.HasAnsweredSince(Instant.Max(stray.Since, local.Now - 2 * peer.Link.PingPeriod))) >= Majority)
            return true;
        wake.IsDue(local.Now + local.Timing.StrayPollPeriod);
        return false;
    }

    private int Majority => VoteCount.Needed(master.Peers.Count + 1, quorum: 1);

    private string StandsAside(Replica replica) => $"stray {replica.Address} {master.Name}";

    /// <summary>All see the stray; the first in the order tells it, the others only if it stays astray.</summary>
    private bool IsOurTurn(Replica replica, Wakeup wake)
    {
        int rank = StandingOrder.Rank(master.Name, local.Id, _confirmed);
        if (rank == 0)
            return true;
        Instant turn = _pollStartedAt!.Value + rank * (2 * local.Timing.InfoPeriodOfChange);
        if (!wake.IsDue(turn))
            return false;
        if (replica.InfoAt >= turn)
            return true;
        replica.RequestInfo();
        return false;
    }

    private TimeSpan WaitWithoutAgreement(StrayCase stray) =>
        stray.SaysMaster ? 4 * local.Timing.PublishPeriod : master.Options.FailoverTimeout;

    private void Tell(Replica replica)
    {
        if (!replica.Link.Send(new Request.Reconfigure(replica.ReplicaOfVerb, master.Node.Told)))
            return;
        bool saysMaster = replica.Stray!.SaysMaster;
        // Told again only after another look at it, and then after another agreement.
        replica.Stray = null;
        _nextPollAt = local.Now + local.Timing.StrayPollPeriod;
        local.Publish(master.About(saysMaster ? "+convert-to-slave" : "+fix-slave-config", EventLevel.Notice, replica));
    }
}
