namespace Sentinel.Core;

/// <summary>This Sentinel's part in the elections for one master: its vote, and when it stands itself.</summary>
/// <remarks>
/// One vote per master and epoch, on disk before it is spoken, is the whole safety of an election (Redis Sentinel
/// documentation, "Configuration epochs"). All else here is about speed: who sees the master objectively down stands at
/// once if it is first in an order that all compute alike, the others a little later unless they have voted meanwhile; and
/// who has voted holds still as long as the one it voted for is alive and at work.
/// </remarks>
internal sealed class Election(MasterMonitor master, LocalSentinel local, Epoch lastVoteIn)
{
    private readonly NewMasterGrace _grace = new(master, local);
    private readonly Restraint _restraint = new(master, local);
    private LeaderWatch? _watch;
    private Instant? _standAt;

    /// <summary>Since when it would be our turn if we were the first in the order.</summary>
    private Instant _inLineSince;
    private int _attemptsLost;
    private string? _lastFailure;
    private string? _declined;
    private bool _awaitsGoodReplica;

    /// <summary>When the next attempt was last put off.</summary>
    private Instant _postponedAt;

    /// <summary>Whom we voted for last; null: nobody since the start of this process.</summary>
    public SentinelId? Leader { get; private set; }

    /// <summary>The epoch of our last vote.</summary>
    public Epoch LeaderEpoch { get; private set; } = lastVoteIn;

    /// <summary>The save that has our last vote.</summary>
    public SaveNumber VoteSave { get; private set; }

    /// <summary>Whether the one that we voted for has told of no switch yet, so that the nodes are to be looked at: it may have died when it was done, and before it could tell.</summary>
    public bool IsSwitchDue(Wakeup wake) =>
        _watch is { } watch && !watch.IsOver(master) && local.Now < watch.VotedAt + master.Options.FailoverTimeout && wake.IsDue(watch.VotedAt + local.Timing.InfoPeriodInTrouble);

    /// <summary>Whether the one that we voted for is alive and at work.</summary>
    public bool IsLeaderAtWork(Wakeup wake) => _watch?.IsAtWork(master, local, wake) is true;

    /// <summary>The one that we voted for, while it may be about to make another node the master: that one is no stray then. Null: nobody.</summary>
    public SentinelId? LeaderToSwitch => _watch?.MaySwitch(master, local.Now) is true ? Leader : null;

    /// <summary>Answers whether the master is down, without a vote.</summary>
    public void Answer(RequestId id) => local.Do(new GiveAnswer(id, new Answer.Down(SaysDown, null, Epoch.Zero)));

    /// <summary>Gives our one vote of an epoch, or repeats the one given; the answer waits until it is on disk.</summary>
    public void AnswerVote(RequestId id, Epoch epoch, SentinelId candidate)
    {
        bool isBelieved = local.Believes(epoch);
        if (isBelieved)
            local.EnterEpoch(epoch, master);
        if (isBelieved && LeaderEpoch < epoch && master.ConfigEpoch < epoch && master.Failover is not { IsAtWork: true })
        {
            Vote(candidate, epoch);
            if (candidate != local.Id)
            {
                master.Failover?.GiveWay("another Sentinel stands in a newer epoch");
                Watch(candidate, epoch);
            }
        }
        else if (Leader is not null && local.HasFailed(VoteSave))
        {
            VoteSave = local.Save();    // no answer before one succeeds
        }
        SentinelId? leader = Leader;
        Epoch votedIn = LeaderEpoch;
        local.WhenSaved(
            VoteSave,
            saved: () => local.Do(new GiveAnswer(id, new Answer.Down(SaysDown, leader, votedIn))),
            failed: error =>
            {
                local.Log(EventLevel.Warning, $"No vote for {candidate} in epoch {epoch} for {master.Name}: the vote could not be saved ({error})");
                local.Do(new GiveAnswer(id, new Answer.Down(SaysDown, null, Epoch.Zero)));
            });
    }

    /// <summary>
    /// A peer is in a newer epoch than we are: most likely it stands, and its question for our vote is on its way. Who stands beside it, in an epoch newer still, may lead beside it.
    /// So our turn comes later. Where many masters are down the epoch tells nothing of one of them.
    /// </summary>
    public void PeerIsAhead()
    {
        if (master is { IsObjectivelyDown: true, Failover: null } && local.Crowding <= 1)
            _standAt += local.Timing.StandingStagger;
    }

    /// <summary>Decides whether to stand.</summary>
    public void Decide(Wakeup wake)
    {
        if (!master.IsObjectivelyDown)
        {
            (_standAt, _declined, _attemptsLost, _lastFailure, _awaitsGoodReplica) = (null, null, 0, null, false);
            if (_watch is not null && _watch.IsOver(master))
                _watch = null;
            return;
        }
        if (master.Failover is not null)
            return;
        if (_watch is { } watch)
        {
            if (watch.IsAtWork(master, local, wake))
                return;
            _watch = null;
            // It came to nothing. Where we would fare no better we wait like it; a pause of our own goes on.
            if (master.Succession.Best() is null)
                Postpone(wasElected: true);
            else
                _standAt = Instant.Max(_standAt ?? local.Now, InLine(local.Now));
        }
        _standAt ??= InLine(local.Now);
        if (_awaitsGoodReplica && master.Succession.Best() is not null)
            (_awaitsGoodReplica, _standAt) = (false, Instant.Min(_standAt.Value, InLine(local.Now)));
        else if (_awaitsGoodReplica && master.Succession.CanRestoreMaster)
            _standAt = Instant.Min(_standAt.Value, _postponedAt + local.Timing.RetryPauseMax);
        if (!wake.IsDue(_standAt.Value))
            return;
        // Of many that fail together the first one does not know yet how many there will be.
        if (local.Crowding > 1 && !wake.IsDue(InLine(_inLineSince)))
            return;
        if (WhyNotNow(wake) is { } hindrance)
        {
            if (hindrance.IsRestraint)
                _standAt = null;    // what ends that ends it for all, who then stand in their order
            else if (hindrance.IsNumbers)
                wake.IsDue(local.Now + local.Timing.AskPeriod);
            if (hindrance.Reason is { } reason)
                Decline(reason);
            return;
        }
        Stand(Claim.ByElection);
    }

    /// <summary>What a failover of our own accord waits for while a quorum holds the master down, in words; null: for nothing, it is due.</summary>
    public string? AwaitedNow()
    {
        if (_watch is { } watch)
            return watch.Words;
        if (_awaitsGoodReplica)
            return $"a replica that can be promoted; {master.Succession.WhyNobody()}";
        if (WhyNotNow(new Wakeup(local)) is { } hindrance)
            return hindrance.Reason ?? "what the replicas say of the master: they are asked whether they hear it";
        return _standAt is { } at && at > local.Now
            ? $"the time to stand for election, in {(long)(at - local.Now).TotalMilliseconds} ms{(_lastFailure is { } failure ? $"; the last attempt failed: {failure}" : "")}"
            : null;
    }

    /// <summary>What would keep us from a failover of our own accord if a quorum held the master down now, in words; null: nothing that is known already.</summary>
    public string? Obstacle() => _restraint.WhyPaused ?? WhyNotElectable();

    /// <summary>Opens a new epoch and stands in it. What follows waits until epoch and own vote are on disk.</summary>
    /// <param name="claim">What the right to lead rests on.</param>
    /// <param name="order">How an operator wants it to be done; null: nobody ordered it.</param>
    public void Stand(Claim claim, FailoverOptions? order = null)
    {
        _declined = null;
        Epoch newest = Epoch.Max(local.CurrentEpoch, Epoch.Max(LeaderEpoch, master.ConfigEpoch));
        local.EnterEpoch(claim is Claim.Alone ? newest.NextOf(local.Id) : newest.Next, master);
        Epoch epoch = local.CurrentEpoch;
        master.StartFailover(epoch, claim, order);
        Vote(local.Id, epoch);
        local.WhenSaved(
            VoteSave,
            saved: () => local.Touch(master),
            failed: error =>
            {
                if (master.Failover is { Step: FailoverStep.WaitStart } failover && failover.Epoch == epoch)
                    failover.Abort("-failover-abort-not-elected", $"epoch and vote could not be saved: {error}");
            });
    }

    /// <summary>Takes note that our candidacy, or the failover we were elected for, came to nothing.</summary>
    /// <param name="winner">Who was elected instead; null: nobody that we know of.</param>
    /// <param name="epoch">The epoch of the election.</param>
    /// <param name="wasElected">Whether we were elected and found no replica that could be promoted.</param>
    /// <param name="reason">Why, in words.</param>
    public void Lost(SentinelId? winner, Epoch epoch, bool wasElected, string reason)
    {
        _lastFailure = reason;
        if (winner is { } other)
            Watch(other, epoch);
        Postpone(wasElected);
        local.Touch(master);
        local.Log(EventLevel.Notice, $"Next failover delay: I will not start a failover of {master.Name} before {(int)(_standAt!.Value - local.Now).TotalMilliseconds} ms have passed");
    }

    /// <summary>Puts the next attempt off; the first good replica, if there was none, ends the pause.</summary>
    private void Postpone(bool wasElected)
    {
        _attemptsLost++;
        _awaitsGoodReplica = wasElected && master.Succession.Best() is null;
        _postponedAt = local.Now;
        // Doubled from attempt to attempt, and random, so that two who collide do not collide again.
        double factor = local.Crowding * Math.Pow(2, Math.Min(_attemptsLost - 1, 10));
        // While no replica is good an attempt would only burn an epoch; the first good one is not kept waiting by the pause.
        TimeSpan pause = _awaitsGoodReplica
            ? LeavesItToOthers ? 4 * (master.Options.FailoverTimeout + local.Timing.RetryPauseMax) : local.Timing.RetryPauseMax
            : TimeSpan.FromTicks((long)Math.Min(local.Timing.RetryPause.Ticks * factor * (wasElected ? 10 : 1), local.Timing.RetryPauseMax.Ticks));
        _standAt = InLine(local.Now + pause / 2 + local.Jitter(pause));
    }

    /// <summary>
    /// Whether others get a longer chance, each third time: to whom no replica is known, it is not known who could be promoted either. Those of Redis' kind rest for two failover
    /// timeouts after each vote, and would never stand.
    /// </summary>
    private bool LeavesItToOthers => master is { Replicas.Count: 0, Peers.Count: > 0 } && _attemptsLost % 3 == 0;

    /// <summary>We did not run for some time: the one we voted for had no chance to tell us how it stands.</summary>
    public void Miss(TimeSpan time)
    {
        _standAt += time;
        _inLineSince += time;
        _grace.Miss(time);
        _watch?.Miss(time);
    }

    /// <summary>Another node is the master: nothing that was under way concerns it.</summary>
    /// <param name="isHeard">Whether it was not subjectively down.</param>
    public void MasterSwitched(bool isHeard)
    {
        Reset();
        _grace.Switched(isHeard);
        _restraint.Switched();
    }

    /// <summary>An operator has seen the last switch: the cooldown after it is over.</summary>
    public void Acknowledge()
    {
        _restraint.Acknowledge();
        local.Log(EventLevel.Notice, $"The last switch of {master.Name} was acknowledged by an operator: no cooldown holds the next one back");
        local.Touch(master);
    }

    /// <summary>The configuration changed: nothing that was under way concerns the master of now.</summary>
    public void Reset() => (_watch, _standAt, _declined, _attemptsLost, _lastFailure, _awaitsGoodReplica) = (null, null, null, 0, null, false);

    /// <summary>Takes in what the one we voted for says of its failover; null: it does not tell.</summary>
    public void LeaderSaid(SentinelId peer, PeerBelief? belief, Instant askedAt) => _watch?.Heard(peer, belief, askedAt, local);

    /// <summary>Whom we voted for and let work, in words; null: nobody.</summary>
    public string? Watched => _watch?.Words;

    private bool SaysDown => master.Node.IsSubjectivelyDown && !local.IsInTilt;

    private void Vote(SentinelId candidate, Epoch epoch)
    {
        if (epoch <= LeaderEpoch)
            throw new InvariantViolationException($"a second vote for {master.Name} in epoch {epoch}");
        (Leader, LeaderEpoch, VoteSave) = (candidate, epoch, local.Save());
        local.WhenSaved(
            VoteSave,
            saved: () => local.Publish(master.About("+vote-for-leader", EventLevel.Warning, $"{candidate} {epoch}") with { Epoch = epoch }),
            failed: _ => { });
    }

    private void Watch(SentinelId candidate, Epoch epoch)
    {
        _watch = new LeaderWatch(candidate, epoch, local.Now);
        local.Touch(master);
    }

    /// <summary>When it is our turn: those who are not first among the Sentinels that hold the master down wait a little.</summary>
    /// <remarks>
    /// When many masters are down at once, the votes for one take as long as those for all, and whoever does not wait for them only adds to the work.
    /// Then each wait is longer, at least for the way to a peer and back as it is now, and who is first is waited for although it has not said yet that it holds this master down.
    /// </remarks>
    private Instant InLine(Instant since)
    {
        bool isCrowd = local.Crowding > 1;
        TimeSpan wait = local.Crowding * local.Timing.StandingStagger;
        if (isCrowd && 2 * local.AnswerTime > wait)
            wait = 2 * local.AnswerTime < local.Timing.CrowdedStaggerMax ? 2 * local.AnswerTime : local.Timing.CrowdedStaggerMax;
        int rank = StandingOrder.Rank(
            master.Name, local.Id, master.Peers.Where(peer => peer.IsAvailable && (isCrowd || peer.SaysMasterDown)).Select(peer => peer.Id));
        _inLineSince = since;
        return since + rank * wait;
    }

    /// <summary>What keeps us from standing, though it is our turn; null: nothing.</summary>
    private Hindrance? WhyNotNow(Wakeup wake)
    {
        if (!_grace.IsOver(wake))
            return new Hindrance(_grace.Reason);
        if (_restraint.Holds(wake, out string? held))
            return new Hindrance(held) { IsRestraint = true };
        return WhyNotElectable() is { } reason ? new Hindrance(reason) { IsNumbers = true } : null;
    }

    /// <summary>Why nobody could elect us now; null: they could.</summary>
    private string? WhyNotElectable()
    {
        int usable = 1 + master.Peers.Count(peer => peer.IsAvailable);
        return usable >= master.VotesNeeded
            ? null
            : $"only {VoteCount.Voters(usable, master.Peers.Count + 1)}, and {master.VotesNeeded} votes are needed";
    }

    private void Decline(string reason)
    {
        if (_declined == reason)
            return;
        _declined = reason;
        local.Log(EventLevel.Warning, $"No failover of {master.Name} is tried: {reason}");
    }

    /// <param name="Reason">In words; null: those who are asked have not said yet.</param>
    private sealed record Hindrance(string? Reason)
    {
        /// <summary>Whether it is our own restraint.</summary>
        public bool IsRestraint { get; init; }

        /// <summary>Whether too few Sentinels can be reached.</summary>
        public bool IsNumbers { get; init; }
    }
}
