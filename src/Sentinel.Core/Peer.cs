namespace Sentinel.Core;

/// <summary>Another Sentinel that watches the same master.</summary>
internal sealed class Peer : Instance
{
    private int _voteAskedIn;
    private Epoch _voteAskedFor;
    private Instant _beliefAskedAt;
    private bool _isBeliefWanted;

    public Peer(MasterMonitor master, InstanceLink link, SentinelId id, Instant now)
        : base(master, link)
    {
        (Id, LastHelloAt) = (id, now);
        link.Users.Add(this);
    }

    public SentinelId Id { get; }
    public override InstanceKind Kind => InstanceKind.Sentinel;
    public override string Name => Id.Text;
    public override string Prefix => $"sentinel {Id} {Told.Host} {Told.Port} @ {Master.Name} {Master.Node.Told.Host} {Master.Node.Told.Port}";

    /// <summary>Whether it can take part in an agreement now.</summary>
    public bool IsAvailable => Link.IsUsable && !IsSubjectivelyDown;

    public Instant LastHelloAt { get; set; }

    /// <summary>The master that its last hello named in our own configuration epoch, if it is not ours; null: it is.</summary>
    public OtherMaster? OtherMaster { get; set; }

    /// <summary>Another address that hellos in its name told, and since when; null: none did since the last hello from where it is.</summary>
    public (Address Address, Instant Since)? SaidToBeAt { get; set; }

    /// <summary>Whether it holds the master down, as it said last.</summary>
    public bool SaysMasterDown { get; set; }

    /// <summary>When it was asked what it last said of that, for it may have said so at once; null: it never did.</summary>
    public Instant? SaidAt { get; set; }

    /// <summary>The connection on which it said so.</summary>
    public int SaidIn { get; set; }

    /// <summary>The question whether the master is down that waits for its reply.</summary>
    public RequestSlot DownQuestion;

    /// <summary>When it was last asked that.</summary>
    public Instant? AskedAt { get; set; }

    /// <summary>Whether it is to be asked at once.</summary>
    public bool AskNow { get; set; }

    /// <summary>The question what it believes about the master that waits for its reply.</summary>
    public RequestSlot MasterQuestion;

    public SentinelId? VotedLeader { get; set; }
    public Epoch VotedEpoch { get; set; }

    /// <summary>Log lines about its votes: one that votes anew in every answer must not fill the log.</summary>
    public LineThrottle VoteLines { get; } = new(TimeSpan.FromMilliseconds(100));

    /// <summary>When it was last asked for its vote; null: never.</summary>
    public Instant? VoteAskedAt { get; private set; }

    /// <summary>The largest epoch in which it answered our question for its vote, with whatever vote.</summary>
    public Epoch AnsweredVoteOf { get; set; }

    /// <summary>Asks for its vote, once per epoch and connection.</summary>
    public void RequestVote(Epoch epoch, SentinelId candidate)
    {
        if (_voteAskedFor == epoch && _voteAskedIn == Link.Attempt)
            return;
        if (Link.Send(new Request.AskIfDown(Master.Name, Master.Node.Told, epoch, candidate)))
            (_voteAskedFor, _voteAskedIn, VoteAskedAt) = (epoch, Link.Attempt, Link.Now);
    }

    /// <summary>Asks what it believes about the master; once more, if that question is still open: its answer tells of before.</summary>
    public void RequestMasterBelief(Instant now)
    {
        _isBeliefWanted = MasterQuestion.IsPending(Link);
        if (_isBeliefWanted || !Link.Send(new Request.AskMaster(Master.Name)))
            return;
        MasterQuestion.Sent(Link);
        _beliefAskedAt = now;
    }

    /// <summary>It answered what it believes about the master. Returns when it was asked; null: before a time in which we did not run.</summary>
    public Instant? BeliefCame(Instant now)
    {
        Instant? askedAt = MasterQuestion.IsForsaken ? null : _beliefAskedAt;
        MasterQuestion.Done();
        if (_isBeliefWanted)
            RequestMasterBelief(now);
        return askedAt;
    }

    /// <summary>What it says of the master, as far as it can be asked, in words.</summary>
    public string Opinion =>
        (!Link.IsUsable ? "cannot be reached"
        : IsSubjectivelyDown ? "does not answer"
        : SaysMasterDown ? "holds the master down"
        : SaidAt is not null ? "does not hold the master down"
        : "can be reached, and was not asked about the master")
        + (OtherMaster is { } other ? $"; names {Master.Told(other.Address)} as the master" : "");

    public InstanceFlags Flags =>
        CommonFlags | InstanceFlags.Sentinel | (SaysMasterDown ? InstanceFlags.MasterDown : InstanceFlags.None);
}

/// <summary>Another master than ours that a peer names in the same configuration epoch.</summary>
/// <param name="Address">Its address.</param>
/// <param name="Epoch">The epoch.</param>
/// <param name="SaidAt">When its hello came.</param>
internal sealed record OtherMaster(Address Address, Epoch Epoch, Instant SaidAt);
