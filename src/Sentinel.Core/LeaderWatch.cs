namespace Sentinel.Core;

/// <summary>Watches the one we voted for, so that nobody starts a second failover while it is alive and at work.</summary>
/// <remarks>
/// Redis Sentinel waits blindly, for twice the failover timeout. Here the leader is asked, with a command that every
/// version knows; one that does not tell is given the failover timeout.
/// </remarks>
internal sealed class LeaderWatch(SentinelId leader, Epoch epoch, Instant votedAt)
{
    private Instant _votedAt = votedAt;
    private Instant? _askedAt;
    private Instant? _answeredAt;
    private Instant? _missingSince;
    private FailoverStep? _step;
    private bool _isSecretive;
    private bool _hasGivenUp;

    /// <summary>When we voted for it; later by the time in which we did not run.</summary>
    public Instant VotedAt => _votedAt;

    /// <summary>Whether the leader's failover may still come to its end.</summary>
    public bool IsAtWork(MasterMonitor master, LocalSentinel local, Wakeup wake)
    {
        Timing timing = local.Timing;
        TimeSpan checkPeriod = timing.LeaderCheckPeriod * local.Crowding;
        if (_hasGivenUp || IsOver(master))
            return false;
        Peer? peer = master.Peers.Find(peer => peer.Id == leader);
        if (peer is null)
            return false;
        // It lived when it asked for our vote, whatever our own PING has not brought.
        if (peer.IsSubjectivelyDown)
            return !wake.IsDue(_votedAt + timing.LeaderCheckAfter);
        // A connection that broke is made again at once if the leader lives.
        _missingSince = peer.Link.IsUsable ? null : _missingSince ?? local.Now;
        if (_missingSince is { } missing)
            return !wake.IsDue(missing + 2 * timing.PingPeriod(master.Options.DownAfter) + timing.LeaderCheckAfter);
        if (wake.IsDue(_askedAt is { } askedAt ? askedAt + checkPeriod : _votedAt + timing.LeaderCheckAfter * local.Crowding))
        {
            _askedAt = local.Now;
            peer.RequestMasterBelief(local.Now);
            wake.IsDue(local.Now + checkPeriod);
        }
        if (_step is FailoverStep.WaitStart && wake.IsDue(_votedAt + timing.CandidatePatience * local.Crowding))
            return false;
        if (_isSecretive)
            return !wake.IsDue(_votedAt + master.Options.FailoverTimeout);
        TimeSpan silence = master.Options.DownAfter < timing.LeaderSilence ? master.Options.DownAfter : timing.LeaderSilence;
        if (wake.IsDue((_answeredAt ?? _votedAt) + silence + checkPeriod))
            return false;
        return !wake.IsDue(_votedAt + 2 * master.Options.FailoverTimeout);
    }

    /// <summary>Whether the leader may be about to make another node the master, as far as can be told without asking it. It lived when it asked for our vote, and one that we hold down others may reach.</summary>
    public bool MaySwitch(MasterMonitor master, Instant now) => !_hasGivenUp && !IsOver(master) && now - _votedAt < master.Options.FailoverTimeout;

    /// <summary>We did not run for some time: what the leader said in it is still to be asked for.</summary>
    public void Miss(TimeSpan time)
    {
        _votedAt += time;
        _answeredAt += time;
        _missingSince += time;
        _askedAt = null;
    }

    /// <summary>Who it is and how far it is, for people.</summary>
    public string Words => $"Sentinel {leader}, which leads in epoch {epoch}{(_step is { } step and not FailoverStep.None ? $" and is in {step.Word()}" : "")}";

    /// <summary>Whether its failover has brought a new configuration.</summary>
    public bool IsOver(MasterMonitor master) => master.ConfigEpoch >= epoch;

    /// <summary>Takes in what it says of itself; null: it does not tell. What it was asked before our vote tells of an earlier failover.</summary>
    public void Heard(SentinelId peer, PeerBelief? belief, Instant askedAt, LocalSentinel local)
    {
        if (peer != leader || askedAt <= _votedAt)
            return;
        _answeredAt = local.Now;
        _isSecretive = belief is null;
        _step = belief?.Failover;
        // Its newer configuration is on its way to us in a hello; without one, it has no failover and will not have this one.
        _hasGivenUp = belief is { Failover: FailoverStep.None } && belief.ConfigEpoch < epoch;
    }
}
