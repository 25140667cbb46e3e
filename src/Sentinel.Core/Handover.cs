namespace Sentinel.Core;

/// <summary>The part of a planned switch in which the master lets go: its writes wait until one replica has every byte, so that none is lost.</summary>
/// <remarks>
/// <para>
/// Where the master can (<c>FAILOVER</c>, Redis 6.2), it does all this itself, and changes parts with the replica: whatever becomes of us,
/// there is one master, and what it acknowledged is there. Else it is told to hold writes back (<c>CLIENT PAUSE … WRITE</c>), which ends by
/// itself a moment after we stop to ask for it, and the replica is promoted as in every failover.
/// </para>
/// <para>
/// Clients wait meanwhile. So it begins only when the replica is close, and never lasts longer than <see cref="Timing.HoldMax"/>.
/// </para>
/// </remarks>
internal sealed class Handover
{
    /// <summary>Bytes that a replica may be behind when writes begin to wait: a moment's worth of any network.</summary>
    private const ulong LagMax = 1024 * 1024;

    /// <summary>How long a master may take to answer INFO before it counts as not healthy enough to take part.</summary>
    private static readonly TimeSpan InfoPatience = TimeSpan.FromSeconds(1);

    /// <summary>How much later than at its own timeout a master may stop to hand over: it looks at its clock ten times a second.</summary>
    private static readonly TimeSpan StopGrace = TimeSpan.FromMilliseconds(500);

    private readonly MasterMonitor _master;
    private readonly LocalSentinel _local;
    private readonly Replica _replica;
    private readonly InstanceLink _link;
    private readonly Instant _freshSince;
    private readonly Instant _until;
    private readonly Instant _beganAt;
    private readonly TimeSpan _holdMax;
    private State _state;
    private Instant _deadline;
    private Instant _agreedAt;
    private Instant? _stoppedAt;
    private RequestSlot _question;
    private Instant _nextQuestionAt;
    private bool _isMute;
    private RequestSlot _lease;
    private Instant _leaseAskedAt;
    private Instant _leaseFrom;
    private ulong? _offset;
    private string? _whyNotByItself;

    private enum State
    {
        /// <summary>Writes go on; the replica comes close.</summary>
        Approaching,

        /// <summary>The master is asked to hand over.</summary>
        Asked,

        /// <summary>It does.</summary>
        HandingOver,

        /// <summary>It holds writes back because it was told to.</summary>
        Holding,

        /// <summary>The same, and the replica, which has every byte, is told to be the master.</summary>
        Promoting,
        Over,
    }

    /// <param name="master">Of which group.</param>
    /// <param name="local">This Sentinel.</param>
    /// <param name="replica">Who is to be the master.</param>
    /// <param name="freshSince">What was said before this is too old to begin with.</param>
    /// <param name="until">When it is to be over.</param>
    public Handover(MasterMonitor master, LocalSentinel local, Replica replica, Instant freshSince, Instant until)
    {
        (_master, _local, _replica, _link, _freshSince, _until, _beganAt) = (master, local, replica, master.Node.Link, freshSince, until, local.Now);
        _holdMax = Timing.HoldMax(master.Options.DownAfter);
    }

    /// <summary>Whether the master does it by itself.</summary>
    public bool IsMastersOwn => _state is State.HandingOver;

    /// <summary>Since when writes wait; null: they do not yet.</summary>
    public Instant? HeldSince { get; private set; }

    /// <summary>Why it came to nothing; null: it may still come to something.</summary>
    public string? Failure { get; private set; }

    /// <summary>Whether it would come to nothing with every other replica, too.</summary>
    public bool IsHopeless { get; private set; }

    /// <summary>
    /// Whether a replica that was told, and has not answered, is to be the master no more: writes have waited for as long as they may, or the master may soon take some, for it has
    /// not answered for most of the lease. The order may lie in a connection, and arrive then.
    /// </summary>
    public bool IsOver(Wakeup wake) => wake.IsDue(_deadline) || (_state is State.Promoting && wake.IsDue(_leaseFrom + 3 * Lease / 4));

    /// <summary>Why a master cannot take part; null: it can.</summary>
    public static string? Objection(MasterMonitor master, Instant now, Timing timing) => master.Node switch
    {
        { IsSubjectivelyDown: true } => "the master is down",
        { Link.IsUsable: false } => "the master cannot be reached",
        { InfoAt: { } infoAt } when now - infoAt > 3 * timing.InfoPeriod => "the master has not answered INFO lately",
        { InfoAt: null } => "the master has not answered INFO yet",
        { ReportsMaster: false } => "the master says that it is a replica",
        { IsHandingOver: true } => "the master is handing over already, as somebody else told it to",
        _ => null,
    };

    /// <summary>What a replica lacks to be close enough to begin; null: nothing.</summary>
    public static string? Lag(MasterNode master, Replica replica) =>
        !replica.IsMasterLinkUp ? "its link to the master is down"
        : !IsOfOneHistory(master, replica) ? "it has another history than the master"
        : master.StreamOffset > replica.Offset + LagMax ? $"it is {master.StreamOffset - replica.Offset} bytes behind the master"
        : null;

    /// <summary>Goes on as far as it can.</summary>
    /// <returns>Whether the replica is to be promoted now.</returns>
    public bool Decide(Wakeup wake)
    {
        switch (_state)
        {
            case State.Approaching:
                Approach(wake);
                break;
            case State.Asked:
                if (WhyNobodyAnswers() is { } silence)
                    Fail(silence);
                else if (wake.IsDue(_deadline))
                    Fail("the master does not answer FAILOVER", isHopeless: true);
                break;
            case State.HandingOver:
                Watch(wake);
                break;
            case State.Holding:
                return HasEveryByte(wake);
            default:
                break;
        }
        return false;
    }

    /// <summary>The replica is told to be the master; writes wait on.</summary>
    public void Promoting() => _state = State.Promoting;

    /// <summary>The replica is to be told anew, and to have every byte that the master has by now.</summary>
    public void BeforePromoting()
    {
        if (_state is State.Promoting)
            (_state, _offset) = (State.Holding, null);
    }

    /// <summary>Lets the former master hold writes back until it is known which one is the master.</summary>
    public void KeepHeld(Wakeup wake)
    {
        if (_state is not (State.Holding or State.Promoting) || wake.IsDue(_deadline) || !_link.IsUsable || _lease.IsPending(_link))
            return;
        if (wake.IsDue(_leaseAskedAt + Lease / 4))
            AskForLease();
    }

    /// <summary>The switch is done: the former master lets go what it holds back when it is a replica, and refuses it.</summary>
    public void Finish(Wakeup wake)
    {
        DataNode? former = Former;
        if (former is null || !_link.IsUsable || _local.Now >= former.WritesHeldUntil)
            _state = State.Over;
        if (_state is State.Over)
            return;
        if (_state is not State.Promoting)
        {
            if (!former!.IsHandingOver && former.InfoAt > _agreedAt)
                former.WritesHeldUntil = Instant.Zero;
            wake.IsDue(former.WritesHeldUntil);
        }
        else if (!former!.ReportsMaster)
        {
            LetGo();
        }
        else
        {
            KeepHeld(wake);
        }
    }

    /// <summary>Lets the master go on as it was, at once.</summary>
    public void Release()
    {
        if (_state is State.Holding or State.Promoting)
        {
            LetGo();
        }
        else if (_state is State.Asked or State.HandingOver)
        {
            if (_state is State.Asked)
                _link.TakeBackOrders();
            else
                Stop();
            if (Former is { } former)
                former.WritesHeldUntil = Instant.Zero;
        }
        _state = State.Over;
    }

    /// <summary>Takes in what the master says to <see cref="Request.HandOver"/>.</summary>
    public void HandOverAnswered(DataNode node, Reply reply)
    {
        if (_state is not State.Asked || node.Link != _link)
            return;
        if (reply is not Reply.Error { Message: var error })
        {
            (_state, _agreedAt) = (State.HandingOver, _local.Now);
            AskForOffset();
            return;
        }
        node.WritesHeldUntil = Instant.Zero;
        if (error.Contains("in progress", StringComparison.OrdinalIgnoreCase))
        {
            (_state, Failure, IsHopeless) = (State.Over, $"the master is handing over already: {error}", true);
            return;
        }
        Hold($"says {error}");
    }

    /// <summary>Takes in what the master says to <see cref="Request.HoldWritesAndTell"/>; the INFO of its answer is taken in already.</summary>
    public void HoldAnswered(DataNode node, Reply reply)
    {
        if (_state is not (State.Holding or State.Promoting) || node.Link != _link || !_lease.IsPending(_link))
            return;
        _lease.Done();
        switch (reply)
        {
            case Reply.List { Items: [Reply.Error { Message: var error }, ..] }:
                Fail($"the master does not hold writes back ({error}), and {_whyNotByItself}", isHopeless: true);
                break;
            case Reply.List { Items: [_, Reply.Text] }:
                (_leaseFrom, _offset) = (_leaseAskedAt, node.StreamOffset);
                break;
            default:
                break;    // without a word of where it is, the next one is waited for
        }
    }

    /// <summary>Takes in whether the replica told its master how far it is.</summary>
    public void OffsetTold(DataNode node, Reply reply)
    {
        _question.Done();
        if (reply is not Reply.List { Items: [Reply.Error { Message: var error }, _] } || _isMute)
            return;
        _isMute = true;
        _local.LogOnce($"replconf {_replica.Address}", $"{node.Name} does not take REPLCONF GETACK from us, so that writes wait up to a second longer in a planned switch of {_master.Name}: {error}");
    }

    private TimeSpan Lease => _local.Timing.HandoverLease < _holdMax ? _local.Timing.HandoverLease : _holdMax;

    /// <summary>The node that is the master, or was, by its connection: a switch makes another object of it.</summary>
    private DataNode? Former => _master.Nodes.FirstOrDefault(node => node.Link == _link);

    private static bool IsOfOneHistory(MasterNode master, Replica replica) =>
        master.History is null || replica.History is null || master.History == replica.History;

    private void Approach(Wakeup wake)
    {
        if (Objection(_master, _local.Now, _local.Timing) is { } objection)
        {
            Fail(objection, isHopeless: true);
            return;
        }
        if (_master.Node.InfoAt < _freshSince)
        {
            _master.Node.RequestInfo();
            if (wake.IsDue(_beganAt + InfoPatience))
                Fail("the master does not answer INFO", isHopeless: true);
            return;
        }
        if (_replica.IsSubjectivelyDown || !_replica.Link.IsUsable)
            Fail($"{_replica.Name} cannot be reached");
        else if (wake.IsDue(_until))
            Fail($"{_replica.Name} was not close to the master in time: {Lag(_master.Node, _replica) ?? "there was no time left"}");
        else if (Lag(_master.Node, _replica) is null && _replica.InfoAt >= _freshSince)
            Begin();
    }

    private void Begin()
    {
        _deadline = Instant.Min(_until, _local.Now + _holdMax);
        HeldSince = _local.Now;
        // The master knows it by the address that it lists; a replica that is not to be announced has none.
        Address? listed = _master.Node.Listed.Where(address => _local.Names.AreSame(address, _replica.Address)).Cast<Address?>().FirstOrDefault();
        if (listed is not { } known || !_link.Send(new Request.HandOver(known, _deadline - _local.Now)))
        {
            Hold("does not list the replica");
            return;
        }
        (_state, _agreedAt) = (State.Asked, _local.Now);
        _master.Node.WritesHeldUntil = _deadline + StopGrace;
        AskForOffset();    // mostly it comes when the master waits for it already
    }

    /// <param name="reason">Why the master does not do it all by itself: what it does instead.</param>
    private void Hold(string reason)
    {
        (_state, _whyNotByItself) = (State.Holding, $"does not hand over by itself: it {reason}");
        _local.Log(EventLevel.Notice, $"The master of {_master.Name} does not hand over by itself, but is told to hold writes back: it {reason}");
        AskForLease();
    }

    private void AskForLease()
    {
        if (Former is not { } node || !_link.Send(new Request.HoldWritesAndTell(Lease)))
            return;
        _lease.Sent(_link);
        _leaseAskedAt = _local.Now;
        node.WritesHeldUntil = _local.Now + Lease;
    }

    /// <summary>Whether the replica has all that the master wrote before it held writes back, and the master still does for sure.</summary>
    private bool HasEveryByte(Wakeup wake)
    {
        if (WhyNobodyAnswers() is { } silence)
        {
            Fail(silence);
            return false;
        }
        if (!_master.Node.ReportsMaster)
        {
            Fail("the master says that it is a replica", isHopeless: true);
            return false;
        }
        if (wake.IsDue(_deadline))
        {
            Fail($"{_replica.Name} did not get every byte in the {(long)_holdMax.TotalMilliseconds} ms that writes may wait at most");
            return false;
        }
        KeepHeld(wake);
        // The order takes a moment to arrive, and clocks differ: half of the lease is left for that.
        return _offset is { } offset && _replica.Offset >= offset && _replica.HasReported && _replica.IsMasterLinkUp && !_replica.ReportsMaster
            && IsOfOneHistory(_master.Node, _replica) && _local.Now <= _leaseFrom + Lease / 2;
    }

    /// <summary>Waits until the replica says that it is the master, or the master that it remains one.</summary>
    private void Watch(Wakeup wake)
    {
        MasterNode node = _master.Node;
        if (node.InfoAt > _agreedAt && node is { ReportsMaster: true, IsHandingOver: false })
        {
            node.WritesHeldUntil = Instant.Zero;
            (_state, Failure) = (State.Over, $"{_replica.Name} did not get every byte in time, and the master goes on");
            return;
        }
        if (node.IsSubjectivelyDown || _replica.IsSubjectivelyDown)
        {
            Fail(WhyNobodyAnswers()!);
            return;
        }
        // One that has stepped down already is not called back so soon: the replica may be the master by now.
        Instant patience = _deadline + StopGrace + (node.ReportsMaster ? TimeSpan.Zero : 2 * _holdMax);
        if (_stoppedAt is null && wake.IsDue(patience))
            Stop();
        if (_stoppedAt is { } stopped && wake.IsDue(stopped + InfoPatience))
            Fail("the master does not say whether it still hands over");
        else if (node.ReportsMaster && !_isMute && wake.IsDue(_nextQuestionAt))
            AskForOffset();
    }

    /// <summary>Lets the replica tell how far it is: the master waits for that, and by itself it comes once a second.</summary>
    private void AskForOffset()
    {
        _nextQuestionAt = _local.Now + _local.Timing.InfoPeriodOfHandover;
        if (!_question.IsPending(_replica.Link) && _replica.Link.Send(Request.TellOffset.Instance))
            _question.Sent(_replica.Link);
    }

    private string? WhyNobodyAnswers() =>
        _master.Node.IsSubjectivelyDown ? "the master went down"
        : !_link.IsUsable ? "the connection to the master was lost"
        : _replica.IsSubjectivelyDown ? $"{_replica.Name} went down"
        : null;

    private void Fail(string reason, bool isHopeless = false)
    {
        Release();
        (Failure, IsHopeless) = (reason, isHopeless || _master.Node.IsSubjectivelyDown);
        _local.Touch(_master);
    }

    private void Stop()
    {
        _stoppedAt = _local.Now;
        _link.Send(Request.StopHandingOver.Instance);
    }

    private void LetGo()
    {
        _link.Send(Request.ReleaseWrites.Instance);
        if (Former is { } former)
            former.WritesHeldUntil = Instant.Zero;
        _state = State.Over;
    }
}
