namespace Sentinel.Core;

/// <summary>One failover led, or wanted, by this Sentinel: from standing for election to the last replica that follows.</summary>
/// <remarks>
/// One attempt promotes one replica at a time, and the next best only after the one before it refused, failed or went down.
/// Clients and peers learn the new address when its promotion is confirmed and our disk has it; the other replicas are seen to afterwards.
/// </remarks>
internal sealed class Failover
{
    private readonly MasterMonitor _master;
    private readonly LocalSentinel _local;
    private readonly HashSet<Address> _failed = [];

    /// <summary>Those to whom the master could not hand over.</summary>
    private readonly HashSet<Address> _unready = [];

    /// <summary>How an operator wants it to be done; of what nobody ordered, as a forced one.</summary>
    private readonly FailoverOptions _order;

    /// <summary>When what the master takes part in has to be over; null: it has not begun.</summary>
    private Instant? _coordinateUntil;

    /// <summary>Whether this Sentinel did not run for a moment before the choice: nobody is promoted for what he said before that.</summary>
    private bool _hasMissed;

    /// <summary>When the nodes were last asked how far they are: what they said before is chosen by only if they do not answer soon.</summary>
    private Instant _askedAt;

    /// <summary>How often they were asked anew in this choice, because this Sentinel did not run for a moment.</summary>
    private int _askedAnew;

    private readonly Candidacy _candidacy;
    private Instant _stepSince;
    private string? _lastRefusal;

    /// <summary>The process that was chosen; null: it did not say which it is.</summary>
    private string? _chosenProcess;

    /// <summary>Who would be chosen, but has just come back from being down, and others may be about to; null: nobody.</summary>
    private Replica? _returning;

    /// <summary>The connection over which the replica was told; null: it is not to be told again.</summary>
    private int? _toldOver;

    /// <summary>Whether the replica that was chosen was told twice; a third time it is not.</summary>
    private bool _isToldAgain;

    /// <summary>How the replicas come to follow the new master; null: there is none yet.</summary>
    private Reconfiguration? _reconfiguration;

    /// <summary>How often, at most, a choice asks the nodes anew because this Sentinel did not run: one that is held up again and again must come to an end, too.</summary>
    private const int AskedAnewMax = 5;

    /// <summary>How long our disk is waited for before all others hear of a new master.</summary>
    private static readonly TimeSpan DiskPatience = TimeSpan.FromSeconds(2);

    /// <summary>The save that brings the confirmed promotion to disk, when it is told of at the latest, and what it cost; null: it is not confirmed yet.</summary>
    private (SaveNumber Save, Instant AnnounceBy, FailoverReport Cost)? _confirmed;

    /// <summary>We did not run before the promotion was told of: since when we do again, and what follows from it; null: we ran.</summary>
    private (Instant Since, string Reason)? _lapsed;

    public Failover(MasterMonitor master, LocalSentinel local, Epoch epoch, Claim claim, FailoverOptions? order)
    {
        (_master, _local, Epoch) = (master, local, epoch);
        _order = order ?? new FailoverOptions { Mode = FailoverMode.Forced };
        _candidacy = new Candidacy(master, local, this, _order) { Claim = claim };
        IsCoordinated = _order.Mode is not FailoverMode.Forced;
        Enter(FailoverStep.WaitStart);
        local.Publish(master.About("+try-failover", EventLevel.Warning, master.Node) with { Epoch = epoch });
        Ask();    // while the votes are under way
    }

    public Epoch Epoch { get; }
    public FailoverStep Step { get; private set; }

    /// <summary>Whether an operator ordered it: no votes are needed.</summary>
    public bool IsForced => _candidacy.Claim is not Claim.ByElection;

    /// <summary>Whether the master is to take part, or does: not, or not any more, in a forced one.</summary>
    public bool IsCoordinated { get; private set; }

    /// <summary>When the right to lead it was ours.</summary>
    public Instant ElectedAt { get; private set; }

    /// <summary>How the master lets go; null: it does not take part.</summary>
    public Handover? Handover { get; private set; }

    /// <summary>The replica being promoted; null before the choice.</summary>
    public Replica? Promoted { get; private set; }

    /// <summary>Whether writes wait for what a node says next.</summary>
    public bool HandsOver(DataNode node) =>
        Handover is not null && (Step is FailoverStep.ReconfReplicas ? node.IsHandingOver : node is MasterNode || node == Promoted);

    /// <summary>Whether the right to promote is ours, and the promotion not over: meanwhile we vote for nobody else.</summary>
    public bool IsAtWork => Step is not FailoverStep.ReconfReplicas && (IsForced ? !_candidacy.IsPutOff : Step is not FailoverStep.WaitStart);

    /// <summary>What it waits for, in words.</summary>
    public string Awaited => Step switch
    {
        FailoverStep.WaitStart => _candidacy.Awaited,
        FailoverStep.SelectReplica when _returning is { } first => $"the master and the other replicas, which may come back as {first.Name} has just done",
        FailoverStep.SelectReplica => "the replicas, which are asked how far they are",
        FailoverStep.SendReplicaOfNoOne => $"{Promoted!.Name}, which is to have every byte of the master before it takes its place",
        FailoverStep.WaitPromotion when _lapsed is not null => $"{Promoted!.Name}, which is to say once more that it is the master, for this Sentinel did not run meanwhile",
        FailoverStep.WaitPromotion when _confirmed is not null => $"the disk, which is to know that {Promoted!.Name} is the master before anybody else does",
        FailoverStep.WaitPromotion => $"{Promoted!.Name}, which is to say that it is the master",
        FailoverStep.ReconfReplicas => _reconfiguration!.Awaited,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>Goes on as far as it can.</summary>
    public void Decide(Wakeup wake)
    {
        // A master that answers again, or that a quorum no longer holds down, stays as long as nothing was done to its replicas.
        if (Step is FailoverStep.WaitStart or FailoverStep.SelectReplica && !IsForced && !_master.IsObjectivelyDown)
        {
            Abort("-failover-abort-not-elected", _master.Node.IsSubjectivelyDown ? "no quorum holds the master down any more" : "the master answers again");
            return;
        }
        if (Step is FailoverStep.WaitStart)
            _candidacy.Decide(wake);
        if (_master.Failover == this && Step is FailoverStep.SelectReplica)
            Select(wake);
        if (_master.Failover == this && Step is FailoverStep.SendReplicaOfNoOne)
            Prepare(wake);
        if (_master.Failover == this && Step is FailoverStep.WaitPromotion)
            AwaitPromotion(wake);
        else if (_master.Failover == this && Step is FailoverStep.ReconfReplicas)
            FinishReplicas(wake);    // not before the nodes are judged in their new parts
    }

    /// <summary>Gives up, as long as no promotion is confirmed.</summary>
    public void Abort(string eventName, string reason, SentinelId? winner = null)
    {
        _local.Publish(_master.About(eventName, EventLevel.Warning, _master.Node) with { Epoch = Epoch, Reason = reason });
        _local.Log(EventLevel.Notice, $"Failover of {_master.Name} in epoch {Epoch} aborted: {reason}");
        Handover?.Release();
        Promoted?.Link.TakeBackOrders();
        _master.EndFailover();
        _master.Election.Lost(winner, Epoch, wasElected: Step is not FailoverStep.WaitStart, reason);
    }

    /// <summary>Somebody else's claim is newer. A promotion that is confirmed stands, and its replicas are still seen to.</summary>
    public void GiveWay(string reason)
    {
        if (Step is not FailoverStep.ReconfReplicas)
            Abort("-failover-abort-not-elected", reason);
    }

    /// <summary>We did not run for a moment: what the nodes said before it, and what of that comes only now, is not to be chosen by.</summary>
    public void Miss()
    {
        if (Step is not (FailoverStep.WaitStart or FailoverStep.SelectReplica) || (Step is FailoverStep.SelectReplica && ++_askedAnew > AskedAnewMax))
            return;
        foreach (DataNode node in _master.Nodes)
            node.Info.Forsake();
        _hasMissed = true;
        Ask();
    }

    private void Ask()
    {
        _askedAt = _local.Now;
        foreach (Replica replica in _master.Replicas)
            replica.RequestInfo();
        if (IsCoordinated)
            _master.Node.RequestInfo();
    }

    /// <summary>We did not run for so long that the others may have taken us for dead and made another one leader.</summary>
    /// <remarks>
    /// Then acting on would be what a dead leader does that comes back: two masters, or a newer master told to follow an
    /// older one. What we were elected for is left, as if we had died: whoever is elected next (we may stand too, in a new
    /// epoch) finishes a promotion that was begun. Where the promotion is confirmed, what is left is replicas that do not
    /// follow yet, and they are seen to as all strays are: after the peers have said that they know nothing newer.
    /// </remarks>
    public void Lapse(TimeSpan missed)
    {
        string reason = $"this Sentinel did not run for {(long)missed.TotalMilliseconds} ms, and the others may have another leader by now";
        if (_confirmed is not null)
            _lapsed = (_local.Now, reason);    // it may be on disk already
        else if (Step is FailoverStep.ReconfReplicas)
            LeaveToOthers(reason);
        else
            Abort("-failover-abort-not-elected", reason);
    }

    private void LeaveToOthers(string reason)
    {
        _local.Log(EventLevel.Notice, $"What is left of the failover of {_master.Name} in epoch {Epoch} is left to others: {reason}");
        End();
    }

    /// <summary>Takes in the replies to the promotion.</summary>
    public void PromotionAnswered(Replica replica, Request.Reconfigure request, Reply reply)
    {
        if (Step is FailoverStep.WaitPromotion && _confirmed is null && replica == Promoted && TransactionReply.Refusal(request, reply) is { } refusal)
            TryNext($"{replica.Name} refused to become master: {refusal}");
    }

    /// <summary>Takes in that a replica says it is a master.</summary>
    public void ReportedMaster(Replica replica)
    {
        if (Step is FailoverStep.WaitPromotion && _confirmed is null && replica == Promoted)
            ConfirmOrRefuse(replica);
    }

    /// <summary>Takes in what a replica says of whom it follows.</summary>
    public void ReportedReplica(Replica replica) => _reconfiguration?.Reported(replica);

    /// <summary>Takes in that a replica refused to follow the new master.</summary>
    public void FollowRefused(Replica replica) => _reconfiguration?.Refused(replica);

    /// <summary>Ends a failover whose promotion is confirmed.</summary>
    public void End()
    {
        _local.Publish(_master.About("+failover-end", EventLevel.Warning, _master.Node) with { Epoch = Epoch });
        foreach (Replica replica in _master.Replicas)
            replica.Reconf = ReconfStep.None;
        _master.EndFailover();
    }

    private void Enter(FailoverStep step) => (Step, _stepSince) = (step, _local.Now);

    /// <summary>The right to lead it is ours.</summary>
    public void Lead()
    {
        _local.Publish(_master.About("+elected-leader", EventLevel.Warning, _master.Node) with { Epoch = Epoch });
        ElectedAt = _local.Now;
        _local.CrashIfWanted(SimulatedFailures.CrashAfterElection);
        Enter(FailoverStep.SelectReplica);
        _local.Publish(_master.About("+failover-state-select-slave", EventLevel.Warning, _master.Node) with { Epoch = Epoch });
    }

    /// <summary>Chooses on fresh offsets, or on what is there when they do not come soon: to wait for all would cost what a failover must not, when many masters are down at once.</summary>
    private void Select(Wakeup wake)
    {
        bool isFresh = _master.Replicas.TrueForAll(replica => replica.InfoAt >= _askedAt || _failed.Contains(replica.Address) || !MayBecomeMaster(replica));
        if (!isFresh && !wake.IsDue(Instant.Max(_stepSince, _askedAt) + _local.Timing.FreshOffsetsWait))
            return;
        _coordinateUntil ??= _local.Now + (_order.Timeout ?? _local.Timing.HandoverTimeout);
        Replica? best = _master.Succession.Best(IsCoordinated ? _failed.Union(_unready).ToHashSet() : _failed, _order.Target);
        if (IsCoordinated && _unready.Count > 0 && (best is null || wake.IsDue(_coordinateUntil.Value)))
        {
            if (_order.Mode is FailoverMode.CoordinatedOnly)
            {
                Abort("-failover-abort-slave-timeout", $"the master could not hand over, and remains the master: {_lastRefusal}");
                return;
            }
            GoOnAlone(_lastRefusal!);
            best = _master.Succession.Best(_failed, _order.Target);
        }
        _returning = null;
        if (best is null)
        {
            string reason = _master.Succession.WhyNobody(_failed);
            if (_master.Node is { ReportsMaster: false, ReportedMaster: { } followed } && !_master.Nodes.Any(node => _local.Names.AreSame(node.Address, followed)))
                reason += $"; the master says that it follows {_master.Told(followed)}: if that is the master, let this Sentinel monitor that one";
            if (_master.Succession.TryRestoreMaster())
                reason += "; the master, which says that it is a replica, is told to be the master again";
            else if (_master.Succession.WhyNotRestored() is { } whyNot)
                reason += $"; {whyNot}";
            if (_lastRefusal is null)
                Abort("-failover-abort-no-good-slave", reason);
            else
                Abort("-failover-abort-slave-timeout", $"{_lastRefusal}; {reason}");    // there were some, and none became master
            return;
        }
        // What it said before we did not run for a moment may be old.
        if (_hasMissed && !IsCoordinated && best.InfoAt < _askedAt)
        {
            if (!wake.IsDue(Instant.Max(_stepSince, _askedAt) + PromotionPatience))
                return;
            Promoted = best;
            TryNext($"{best.Name} did not say in time how far it is");
            return;
        }
        if (!IsForced && best.BackSince + _local.Timing.ReturnWait is { } settledAt && _askedAt < settledAt)
        {
            _returning = best;
            if (!wake.IsDue(settledAt))
                return;
            Ask();    // it may have become like another one that it follows
            _local.Touch(_master);
            return;
        }
        (Promoted, _chosenProcess, _isToldAgain) = (best, best.RunId, false);
        _local.Publish(_master.About("+selected-slave", EventLevel.Warning, best) with { Epoch = Epoch });
        Enter(FailoverStep.SendReplicaOfNoOne);
        _local.Publish(_master.About("+failover-state-send-slaveof-noone", EventLevel.Notice, best) with { Epoch = Epoch });
        if (IsCoordinated && !best.ReportsMaster)
            Handover = new Handover(_master, _local, best, freshSince: _askedAt, _coordinateUntil.Value);
    }

    /// <summary>Lets the master let go, where it takes part; then the replica is told.</summary>
    private void Prepare(Wakeup wake)
    {
        Replica replica = Promoted!;
        bool hasEveryByte = Handover?.Decide(wake) is true;
        if (Handover is { Failure: { } reason, IsHopeless: var isHopeless })
        {
            if (!isHopeless)
            {
                Unready(reason);
                return;
            }
            if (_order.Mode is FailoverMode.CoordinatedOnly)
            {
                Abort("-failover-abort-slave-timeout", $"the master could not hand over: {reason}");
                return;
            }
            GoOnAlone(reason);
            if (!replica.HasReported)
            {
                Return($"the connection to {replica.Name} was lost");    // it may be another process by now
                return;
            }
            if (IsUnfitSince(replica))
            {
                TryNext(WhatItLost(replica));
                return;
            }
        }
        if (Handover is { IsMastersOwn: false } && !hasEveryByte)
            return;
        if (Handover is { IsMastersOwn: false } handover)
            handover.Promoting();
        if (Handover is not { IsMastersOwn: true } && !replica.Link.Send(new Request.Reconfigure(replica.ReplicaOfVerb, Master: null)))
        {
            TryNext($"{replica.Name} takes no more requests");
            return;
        }
        _toldOver = _isToldAgain ? null : replica.Link.Attempt;
        Enter(FailoverStep.WaitPromotion);
        _local.Publish(_master.About("+failover-state-wait-promotion", EventLevel.Notice, replica) with { Epoch = Epoch });
    }

    /// <summary>The master takes no part any more.</summary>
    private void GoOnAlone(string reason)
    {
        (IsCoordinated, Handover) = (false, null);
        _local.Log(EventLevel.Warning, $"The ordered failover of {_master.Name} goes on as a forced one, and what the master has not passed on is lost: {reason}");
    }

    /// <summary>The master could not hand over to the replica: another one may be better off.</summary>
    private void Unready(string reason)
    {
        _unready.Add(Promoted!.Address);
        Return(reason);
    }

    /// <summary>Whether it is worth waiting for the offset of a replica.</summary>
    private static bool MayBecomeMaster(Replica replica) =>
        replica is { IsSubjectivelyDown: false, Link.IsUsable: true, Priority: not 0 } or { InfoAt: null, Link.IsUsable: true };

    private void AwaitPromotion(Wakeup wake)
    {
        Replica replica = Promoted!;
        // Its answer may have come in TILT, when nothing was to follow from it.
        if (_confirmed is null && replica.ReportsMaster && replica.InfoAt >= _stepSince)
        {
            ConfirmOrRefuse(replica);
            if (_confirmed is null)
                return;
        }
        if (_confirmed is { } confirmed)
        {
            Handover?.KeepHeld(wake);
            if (_lapsed is { } lapsed && !(replica.ReportsMaster && replica.ReportAskedAt >= lapsed.Since))
            {
                if (replica.ReportAskedAt >= lapsed.Since || wake.IsDue(lapsed.Since + PromotionPatience))
                    Renounce("-failover-abort-not-elected", lapsed.Reason);
                return;
            }
            // Nobody has been told of it yet.
            if (replica.HasReported && (!replica.ReportsMaster || WasStartedAnew(replica)))
            {
                Renounce("-failover-abort-slave-timeout", replica.ReportsMaster ? WhatItLost(replica) : $"{replica.Name} is the master no more");
                return;
            }
            if (_local.IsDurable(confirmed.Save) || _local.HasFailed(confirmed.Save) || wake.IsDue(confirmed.AnnounceBy))
                Announce(replica, confirmed.Cost);
            return;
        }
        if (Handover is { IsMastersOwn: true } own)
        {
            own.Decide(wake);
            if (own.Failure is { } failure)
                Unready(failure);
            return;
        }
        if (_toldOver is { } attempt && attempt != replica.Link.Attempt && replica is { HasReported: true, ReportsMaster: false })
        {
            if (IsUnfitSince(replica))
                TryNext(WhatItLost(replica));
            else
                TellAgain();
            return;
        }
        Handover?.KeepHeld(wake);
        if (replica.IsSubjectivelyDown)
            TryNext($"{replica.Name} went down");
        else if ((wake.IsDue(_stepSince + PromotionPatience) || Handover?.IsOver(wake) is true) && wake.IsDue(_local.JudgeAfter))
            TryNext($"{replica.Name} did not become master in time");
    }

    /// <summary>The order was lost with the connection over which it left, for the replica says over another one that it is a replica still.</summary>
    private void TellAgain()
    {
        _isToldAgain = true;
        Handover?.BeforePromoting();
        Enter(FailoverStep.SendReplicaOfNoOne);
        _local.Touch(_master);
    }

    private void TryNext(string reason)
    {
        _failed.Add(Promoted!.Address);
        Return(reason);
    }

    /// <summary>Goes back to the choice of a replica.</summary>
    private void Return(string reason)
    {
        Replica replica = Promoted!;
        Handover?.Release();
        Handover = null;
        _local.Log(EventLevel.Warning, $"Promotion failed: {reason}");
        _local.Publish(_master.About("-promotion-failed", EventLevel.Warning, replica) with { Epoch = Epoch, Reason = reason });
        replica.Link.TakeBackOrders();
        _lastRefusal = reason;
        (Promoted, _askedAnew) = (null, 0);
        Enter(FailoverStep.SelectReplica);
        Ask();    // they may have gone on since, or we may not have run
        _local.Touch(_master);
    }

    /// <summary>How long a promotion is waited for.</summary>
    private TimeSpan PromotionPatience
    {
        get
        {
            TimeSpan patience = TimeSpan.FromSeconds(2) > _master.Options.DownAfter ? TimeSpan.FromSeconds(2) : _master.Options.DownAfter;
            return patience < _master.Options.FailoverTimeout ? patience : _master.Options.FailoverTimeout;
        }
    }

    /// <summary>The replica says that it is the master. But it may have become one by other means than ours.</summary>
    private void ConfirmOrRefuse(Replica promoted)
    {
        FailoverReport cost = FailoverCost.Of(_master, promoted, this, _local.Now);
        // What an operator, or its configuration, made the master while the master was handing over to it cost what that one had not passed on yet.
        if (Handover is { IsMastersOwn: true } && cost.LostBytes is > 0 and { } lost)
            Unready($"{promoted.Name} became a master, but not by the master's own doing: it lacks {lost} bytes of the master");
        else if (WasStartedAnew(promoted))
            TryNext(WhatItLost(promoted));
        else
            Confirm(promoted, cost);
    }

    private bool IsAnotherProcess(Replica replica) => _chosenProcess is not null && replica.RunId != _chosenProcess;

    /// <summary>Whether it is not the process any more that was chosen, and another one can take its place, or the master can stay; or it has lost what others have.</summary>
    private bool WasStartedAnew(Replica replica) =>
        IsAnotherProcess(replica)
        && (Handover is not null || (!replica.HoldsKeys && _master.Replicas.Exists(other => other.HoldsKeys)) || _master.Succession.Best(_failed.Append(replica.Address).ToHashSet(), _order.Target) is not null);

    /// <summary>The same of one that is a replica still, and may be told: whether it is fit by what it says now.</summary>
    private bool IsUnfitSince(Replica replica) => WasStartedAnew(replica) || (IsAnotherProcess(replica) && _master.Succession.Objection(replica) is not null);

    private static string WhatItLost(Replica replica) =>
        $"{replica.Name} was started anew{(replica.ReportsMaster ? ", as a master" : "")}, and may have lost what it was chosen for";

    /// <summary>The replica is the master: first our disk knows of it, then all others.</summary>
    /// <remarks>
    /// If we died after the others know of it and before our disk does, we would come back with the former master; with a Sentinel that
    /// missed the switch we would be a majority for it. A disk that refuses, or is stuck for longer than <see cref="DiskPatience"/>, is not waited for: every moment in which
    /// clients do not know of the new master may cost writes too.
    /// </remarks>
    private void Confirm(Replica promoted, FailoverReport cost)
    {
        _local.Publish(_master.About("+promoted-slave", EventLevel.Warning, promoted) with { Epoch = Epoch });
        _local.CrashIfWanted(SimulatedFailures.CrashAfterPromotion);
        SaveNumber save = _master.Prepare(promoted.Address, Epoch);
        _confirmed = (save, _local.Now + DiskPatience, cost);
        _local.Touch(_master);
    }

    /// <summary>The node is the master no more, or cannot be asked, and nobody was told of the promotion: its epoch is used up.</summary>
    private void Renounce(string eventName, string reason)
    {
        _master.Renounce();
        Abort(eventName, reason);
    }

    /// <summary>Tells clients and peers of the new master.</summary>
    private void Announce(Replica promoted, FailoverReport cost)
    {
        Instant since = _local.Now;
        _confirmed = null;
        if (Handover is { IsMastersOwn: true })
            promoted.Link.Send(Request.KeepRole.Instance);    // FAILOVER leaves the configuration files as they were; the others' are saved when they are told
        Enter(FailoverStep.ReconfReplicas);
        _local.Publish(_master.About("+failover-state-reconf-slaves", EventLevel.Warning, _master.Node) with { Epoch = Epoch });
        Promoted = null;
        _master.CallReconfigScript("leader", _master.Node.Told, promoted.Told);
        _master.SwitchTo(promoted.Address, Epoch);
        _reconfiguration = new Reconfiguration(_master, _local, Epoch, since);
        Tell(cost);
        if (_lapsed is { } lapsed)
            LeaveToOthers(lapsed.Reason);
    }

    /// <summary>Tells what it cost, when clients know the new master.</summary>
    private void Tell(FailoverReport cost)
    {
        _master.History.Reported(cost);
        _local.Publish(_master.About("+failover-report", EventLevel.Warning, $"{_master.Node.Prefix} {cost}") with
        {
            Kind = InstanceKind.Master, InstanceAddress = _master.Node.Told, Epoch = Epoch, Report = cost, Reason = cost.Sentence(),
        });
    }

    private void FinishReplicas(Wakeup wake)
    {
        // Nothing is left to reconfigure towards: the next failover must not wait for this one.
        if (_master.IsObjectivelyDown)
        {
            End();
            return;
        }
        Handover?.Finish(wake);
        if (_reconfiguration!.Decide(wake))
            End();
    }
}
