namespace Sentinel.Core;

/// <summary>How a Sentinel comes by the right to lead a failover: by the votes of a majority, or, when it is ordered, by an epoch that nobody else leads in.</summary>
internal sealed class Candidacy(MasterMonitor master, LocalSentinel local, Failover failover, FailoverOptions order)
{
    private readonly Instant _since = local.Now;
    private Instant? _claimAgainAt;

    /// <summary>What the right rests on.</summary>
    public required Claim Claim { get; init; }

    /// <summary>Whether another leader has the epoch, and the next one is claimed in a moment.</summary>
    public bool IsPutOff => _claimAgainAt is not null;

    /// <summary>What it waits for, in words.</summary>
    public string Awaited => !local.IsDurable(master.Election.VoteSave)
        ? "epoch and vote, which are to be on disk before anybody is asked"
        : $"votes: {CountVotes().Of(local.Id)} of the {master.VotesNeeded} needed have come";

    /// <summary>Asks for votes and counts them, or claims the epoch; says to the failover how it came out.</summary>
    public void Decide(Wakeup wake)
    {
        // Nothing is asked in an epoch, and our own vote does not count, before both are on disk.
        if (!local.IsDurable(master.Election.VoteSave))
            return;
        if (Claim is Claim.Alone)
        {
            failover.Lead();
            return;
        }
        foreach (Peer peer in master.Peers)
            peer.RequestVote(failover.Epoch, local.Id);
        if (Claim is Claim.ByOrder)
        {
            ClaimEpoch(wake);
            return;
        }
        VoteCount tally = CountVotes();
        if (tally.Winner == local.Id)
            failover.Lead();
        else if (tally.Winner is { } other)
            failover.Abort("-failover-abort-not-elected", $"{other} was elected", other);
        else if (master.Peers.TrueForAll(peer => !peer.IsAvailable || peer.AnsweredVoteOf >= failover.Epoch))
            failover.Abort("-failover-abort-not-elected", $"{tally.Of(local.Id)} of the {master.VotesNeeded} votes needed");
        else if (wake.IsDue(_since + ElectionTimeout) && wake.IsDue(local.JudgeAfter))
            failover.Abort("-failover-abort-not-elected", $"{tally.Of(local.Id)} of the {master.VotesNeeded} votes needed came in time");
    }

    /// <summary>
    /// An order needs no votes, but an epoch that nobody else leads in: two configurations of one epoch would never be
    /// reconciled. So the peers are asked all the same, and those that do not answer are not waited for long.
    /// </summary>
    /// <remarks>
    /// With the votes of a majority the epoch is ours, as after an election. Without them it may be taken where we cannot
    /// see it, by an election or another order; the failover then goes on in an epoch that only we take.
    /// </remarks>
    private void ClaimEpoch(Wakeup wake)
    {
        if (_claimAgainAt is { } again)
        {
            if (wake.IsDue(again))
            {
                master.EndFailover();
                master.Election.Stand(Claim.ByOrder, order);
            }
        }
        else if (master.Peers.Find(peer => peer.VotedEpoch >= failover.Epoch && peer.VotedLeader is { } leader && leader != local.Id) is { } rival)
        {
            local.EnterEpoch(rival.VotedEpoch, master);    // it may be a later one that the peer has voted in
            // Two orders in the same moment take each other's epoch. Who draws the longer pause votes for the other meanwhile, and gives way.
            local.Log(EventLevel.Notice, $"Epoch {failover.Epoch} of {master.Name} belongs to another leader: the ordered failover takes the next one");
            _claimAgainAt = local.Now + local.Jitter(local.Timing.FreshOffsetsWait);
            wake.IsDue(_claimAgainAt.Value);
        }
        else if (master.Peers.TrueForAll(peer => !peer.IsAvailable || peer.AnsweredVoteOf >= failover.Epoch)
            ? master.Peers.TrueForAll(peer => peer.IsSubjectivelyDown || peer.IsAvailable) || wake.IsDue(_since + local.Timing.FreshOffsetsWait)
            : wake.IsDue(_since + ElectionTimeout))
        {
            VoteCount tally = CountVotes();
            if (tally.Winner == local.Id)
            {
                failover.Lead();
                return;
            }
            local.Log(EventLevel.Notice, $"The ordered failover of {master.Name} has {tally.Of(local.Id)} of the {master.VotesNeeded} votes that would make epoch {failover.Epoch} its own: it goes on in one that no other Sentinel takes");
            master.EndFailover();
            master.Election.Stand(Claim.Alone, order);
        }
    }

    private VoteCount CountVotes()
    {
        var tally = new VoteCount(master.VotesNeeded);
        tally.Add(local.Id);
        foreach (Peer peer in master.Peers.Where(peer => peer.VotedEpoch == failover.Epoch && peer.VotedLeader is not null))
            tally.Add(peer.VotedLeader!.Value);
        return tally;
    }

    private TimeSpan ElectionTimeout =>
        local.Crowded(local.Timing.ElectionTimeout, master.Options.FailoverTimeout < local.Timing.ElectionTimeoutMax ? master.Options.FailoverTimeout : local.Timing.ElectionTimeoutMax);
}

/// <summary>What the right to lead a failover rests on.</summary>
internal enum Claim
{
    /// <summary>The votes of a majority, and at least of the quorum.</summary>
    ByElection,

    /// <summary>An operator's order, in an epoch that the peers are asked for.</summary>
    ByOrder,

    /// <summary>The same, when a majority could not be asked: in an epoch of our own.</summary>
    Alone,
}
