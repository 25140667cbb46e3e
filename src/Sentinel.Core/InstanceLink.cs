using System.Collections.Immutable;

namespace Sentinel.Core;

/// <summary>The connections to one instance, and what their traffic says about its health.</summary>
/// <remarks>
/// A data node's link has two connections and one user. A peer's has one connection and a user per master that this peer
/// watches too. The link keeps the connections up and the PINGs going; what silence means, its users judge.
/// </remarks>
internal sealed class InstanceLink : IScheduled
{
    /// <summary>Most requests that may wait for a reply, for each master sharing the link. As in Redis.</summary>
    private const int PendingCommandsMax = 100;

    /// <summary>Time before something else is told of the same instance: one that answers now so, now so, does not fill the log.</summary>
    private static readonly TimeSpan ComplaintPause = TimeSpan.FromSeconds(10);

    /// <summary>Characters of an instance's error in the log.</summary>
    private const int ShownMax = 200;

    private readonly LocalSentinel _local;
    private readonly Wakeup _wake;
    private readonly Connection _command = new(LinkChannel.Command);
    private readonly Connection? _subscription;
    private readonly Refusals _refusals = new();
    private Instant _lastPingSentAt;
    private Instant _pingRoundAt;
    private bool _isPingUrgent;
    private Instant _answeredPingOf;
    private TimeSpan _missed;
    private Instant _lastActivityAt;
    private Instant _lastAnswerAt;
    private bool _isPingInFlight;
    private int _openOrders;
    private string? _complaint;
    private Instant _complainAgainAt;
    private bool _isRetired;
    private int _confirmedIn;
    private Instant _notBefore;

    public InstanceLink(LinkId id, Address address, bool hasSubscription, LocalSentinel local)
    {
        Id = id;
        Address = address;
        OpenedAt = local.Now;
        _local = local;
        _wake = new Wakeup(local);
        _subscription = hasSubscription ? new Connection(LinkChannel.Subscription) : null;
        // Silence counts from creation, so that an instance that can never be reached becomes down too.
        Health.OldestPingAt = local.Now;
        Health.LastValidReplyAt = local.Now;
        Health.LastReplyAt = local.Now;
    }

    public LinkId Id { get; }
    public Address Address { get; private set; }
    public Credentials? Credentials { get; set; }
    public LinkHealth Health { get; } = new();

    /// <summary>The Sentinel that is to answer; null: it is a data node's link.</summary>
    public SentinelId? Owner { get; init; }

    /// <summary>Whether it was ever sure that <see cref="Owner"/> listens at the present address.</summary>
    public bool OwnerWasThere { get; private set; }

    /// <summary>Whether it is sure that the connection leads to <see cref="Owner"/>.</summary>
    public bool IsIdentityConfirmed => IsUsable && _confirmedIn == Attempt;

    /// <summary>The instances that are reached over this link.</summary>
    public List<Instance> Users { get; } = [];

    /// <summary>Whether the node knows <c>REPLICAOF</c> and lets us use it; null: not found out yet.</summary>
    public bool? TakesReplicaOf { get; set; }

    /// <summary>Whether the node knows <c>CLIENT PAUSE … WRITE</c> and lets us use it; null: not found out yet.</summary>
    public bool? TakesPause { get; set; }

    /// <summary>Whether the node lets us use <c>WAIT</c>; null: not found out yet.</summary>
    public bool? TakesWait { get; set; }

    /// <summary>Our own address on the command connection; null: it never stood.</summary>
    public string? LocalHost { get; private set; }

    /// <summary>The time of the input being taken in.</summary>
    public Instant Now => _local.Now;

    /// <summary>When the instance became known.</summary>
    public Instant OpenedAt { get; }

    /// <summary>Whether it ever answered as an instance does.</summary>
    public bool HasAnswered { get; private set; }

    /// <summary>The number of the command connection; requests of another number are answered no more.</summary>
    public int Attempt => _command.Attempt;

    /// <summary>When the command connection was made; what the instance said before may have been said by another process.</summary>
    public Instant ConnectedSince => _command.Since;

    /// <summary>Whether requests can be sent.</summary>
    public bool IsUsable => _command.State == ConnectionState.Connected;

    /// <summary>Whether all its connections stand.</summary>
    public bool IsComplete => IsUsable && _subscription is null or { State: ConnectionState.Connected };

    /// <summary>
    /// Since when the instance owes us a reply: since the oldest unanswered PING or, when a connection is missing or nothing came over it yet,
    /// since its last valid reply. Time in which we ourselves did not run is left out. Null: it owes nothing.
    /// </summary>
    public Instant? SilentSince => (Health.OldestPingAt ?? (IsAlive ? null : Health.LastValidReplyAt)) + _missed;

    /// <summary>When it last answered a PING, whatever the answer; before the first one, when it became known. Time in which we ourselves did not run is left out.</summary>
    public Instant HeardAt => Health.LastReplyAt + _missed;

    /// <summary>Time between two PINGs that are answered at once.</summary>
    public TimeSpan PingPeriod { get; private set; }

    /// <summary>Whether it is closed for good.</summary>
    public bool IsRetired => _isRetired;

    public Instant WakeAt => _wake.At;
    public Instant ScheduledAt { get; set; } = Instant.Never;
    public bool IsTouched { get; set; }

    /// <summary>The group of a data node; null: it is a peer, whatever masters it watches.</summary>
    private MasterMonitor? Group => Users is [DataNode node] ? node.Master : null;

    /// <remarks>Redis Sentinel renames towards peers too, which is right for nobody: they are not of the group.</remarks>
    private ImmutableSortedDictionary<string, string> RenamedCommands =>
        Group?.Options.RenamedCommands ?? ImmutableSortedDictionary<string, string>.Empty;

    private TimeSpan CrashDownAfter => Group?.Options.CrashDownAfter ?? TimeSpan.Zero;

    private TimeSpan DownAfter => Users switch
    {
        [] => TimeSpan.FromSeconds(30),
        [var only] => only.Master.Options.DownAfter,
        _ => Users.Min(user => user.Master.Options.DownAfter),
    };

    /// <summary>Of a peer: the shortest silence of it that may matter for the fencing of a master; zero: none does.</summary>
    private TimeSpan FenceAfter => Owner is null
        ? TimeSpan.Zero
        : Users.Select(user => user.Master.Options.FenceAfter).Where(time => time > TimeSpan.Zero).DefaultIfEmpty(TimeSpan.Zero).Min();

    /// <summary>Keeps connections up and PINGs going.</summary>
    public void Decide()
    {
        _wake.Reset();
        if (_isRetired)
            return;
        TimeSpan downAfter = DownAfter;
        TimeSpan period = _local.Timing.PingPeriod(downAfter, FenceAfter);
        PingPeriod = Owner is null ? _local.Timing.PingPeriodAmong(_local.Links, downAfter) : period;
        KeepResolved(period);
        KeepUp(_command, period);
        if (_subscription is not null)
            KeepUp(_subscription, period);
        if (IsUsable && !_isPingInFlight && (_isPingUrgent || _wake.IsDue(_pingRoundAt + PingPeriod)))
            SendPing();
        if (!_local.IsInTilt)
            ReplaceDeadConnections(downAfter);
        Health.IsDisconnected = _command.State == ConnectionState.Missing || _subscription is { State: ConnectionState.Missing };
    }

    /// <summary>Sends a request, if the connection stands and not too many wait already.</summary>
    public bool Send(Request request)
    {
        if (!IsUsable || Health.PendingCommands >= PendingCommandsMax * Health.Masters)
            return false;
        Health.PendingCommands++;
        if (IsOrderOfRole(request))
            _openOrders++;
        _local.Do(new Send(Id, Attempt, request) { RenamedCommands = RenamedCommands });
        return true;
    }

    /// <summary>Whether a fact belongs to the present connection of its channel.</summary>
    public bool IsCurrent(LinkChannel channel, int attempt) =>
        (channel == LinkChannel.Command ? _command : _subscription) is { State: not ConnectionState.Missing } connection && connection.Attempt == attempt;

    public void Connected(LinkConnected fact)
    {
        Connection connection = fact.Channel == LinkChannel.Command ? _command : _subscription!;
        connection.State = ConnectionState.Connected;
        connection.Since = _local.Now;
        _refusals.End();
        ConnectOther(connection);
        if (connection == _command)
        {
            LocalHost = fact.LocalHost;
            // First of all, so that nothing which the wrong one answers is taken for an answer.
            if (Owner is not null)
                Send(Request.AskIdentity.Instance);
            SendPing();
            _pingRoundAt = Owner is null ? _local.Now - Lead(PingPeriod) : _local.Now;
        }
        else
        {
            _lastActivityAt = _local.Now;
        }
    }

    /// <summary>How much sooner than usual the second PING leaves: each link's at another time, so that those of many links, which begin together, do not come all at once.</summary>
    private TimeSpan Lead(TimeSpan period)
    {
        TimeSpan spread = _local.Links * _local.Timing.PingSpacing;
        return StandingOrder.Fraction(Address.ToString(), _local.Id) * (spread < period ? spread : period);
    }

    /// <summary>One connection stands, so the instance is there: an attempt that was lost on the way to it is made anew.</summary>
    private void ConnectOther(Connection connection)
    {
        if (_subscription is null || !HasAnswered)
            return;
        Connection other = connection == _command ? _subscription : _command;
        if (other.State is ConnectionState.Connecting && _local.Now - other.TriedAt > _local.Timing.ProbePeriod)
            Close(other);
        if (other.State is ConnectionState.Missing)
            other.TriedAt = null;
    }

    public void Lost(LinkChannel channel, LinkLossCause cause)
    {
        Connection connection = channel == LinkChannel.Command ? _command : _subscription!;
        GoOnElsewhere(connection);
        connection.State = ConnectionState.Missing;
        if (connection != _command)
            return;
        ForgetPending();
        switch (cause)
        {
            case LinkLossCause.Refused:
                _refusals.Came(connection.TriedAt!.Value, _local.Now);
                break;
            case LinkLossCause.ClosedByPeer:
                _refusals.Expect();
                break;
            case LinkLossCause.Unknown:
                _refusals.End();
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>Whether nothing came of any attempt to connect for a period but refusals.</summary>
    public bool HasRefusedFor(TimeSpan period) => _refusals.HaveLasted(period);

    /// <summary>Takes note of any traffic on the subscription.</summary>
    public void HeardSubscription() => _lastActivityAt = _local.Now;

    /// <summary>Takes note that one request was answered.</summary>
    public void CountAnswer(Request request)
    {
        Health.PendingCommands = Math.Max(0, Health.PendingCommands - 1);
        _lastAnswerAt = _local.Now;
        if (IsOrderOfRole(request))
            _openOrders--;
    }

    /// <summary>Takes back an order of role that was not answered: on a path that is blocked it would wait, and arrive when it is wrong.</summary>
    public void TakeBackOrders()
    {
        if (_openOrders > 0)
            Reconnect();
    }

    private static bool IsOrderOfRole(Request request) => request is Request.Reconfigure or Request.HandOver;

    /// <summary>Takes in who it is that answers; one that does not tell, as with an ACL, is believed.</summary>
    /// <remarks>
    /// Behind a badly configured NAT a peer announces the address of another one, or ours. Its votes would be given by whoever
    /// listens there, and counted twice; as a peer that cannot be reached it counts among those who do not vote.
    /// </remarks>
    /// <returns>Who answers instead of the one it should be; null: no mistake.</returns>
    public SentinelId? IdentityAnswered(Reply reply)
    {
        if (reply is not Reply.Text { Value: var text } || !SentinelId.TryParse(text, out SentinelId actual))
            return null;
        if (actual == Owner)
        {
            (_confirmedIn, OwnerWasThere) = (Attempt, true);
            return null;
        }
        string who = actual == _local.Id ? "we listen" : $"Sentinel {actual} listens";
        _local.LogOnce($"{Owner} {actual}", $"Sentinel {Owner} announces {Address}, where {who}: it cannot be reached");
        _notBefore = _local.Now + _local.Timing.PublishPeriod;
        Close(_command);
        return actual;
    }

    /// <summary>What it said to the last PING, which does not count as a sign of life; null: that did, or there was none.</summary>
    public string? Refusal { get; private set; }

    /// <summary>Judges the reply to a PING.</summary>
    /// <remarks>
    /// Source: Redis Sentinel counts a node that is loading, or that lost its master, as alive. Any other error means that
    /// it is of no use to clients (<c>MISCONF</c>, <c>BUSY</c>, no more clients) or that we cannot see how it is
    /// (<c>NOAUTH</c>, <c>NOPERM</c>); for all of these it is down there and here, but here the reason is in the log.
    /// </remarks>
    public void PingAnswered(Reply reply)
    {
        _isPingInFlight = false;
        Health.LastReplyAt = _local.Now;
        string text = reply switch { Reply.Text status => status.Value, Reply.Error error => error.Message, _ => "" };
        if (!text.StartsWith("PONG", StringComparison.Ordinal)
            && !text.StartsWith("LOADING", StringComparison.Ordinal)
            && !text.StartsWith("MASTERDOWN", StringComparison.Ordinal))
        {
            string shown = text.Length > ShownMax ? text[..ShownMax] : text;
            Refusal = shown;
            Complain(shown);
            return;
        }
        (_complaint, Refusal) = (null, null);
        HasAnswered = true;
        Health.LastValidReplyAt = _local.Now;
        Health.OldestPingAt = null;
        (_answeredPingOf, _missed) = (_lastPingSentAt, TimeSpan.Zero);
    }

    /// <summary>We did not run for some time: nobody's silence in it counts.</summary>
    public void Miss(TimeSpan time)
    {
        _missed += time;
        _lastActivityAt += time;
        _refusals.Miss(time, CrashDownAfter);
        _local.Touch(this);
    }

    /// <summary>Lets a PING leave as soon as none is under way, whatever its period says.</summary>
    public void PingSoon()
    {
        _isPingUrgent = true;
        _local.Touch(this);
    }

    /// <summary>The last time not after another one at which a PING leaves as usual: what leaves then goes with it, and is answered with it.</summary>
    /// <remarks>
    /// Only to data nodes. What all masters' users have for a peer would come all at once, and others would have to wait while it is taken in.
    /// </remarks>
    public Instant WithPing(Instant time)
    {
        Instant next = _pingRoundAt + PingPeriod;
        return Owner is not null || time <= next ? time : next + (long)((time - next) / PingPeriod) * PingPeriod;
    }

    /// <summary>Whether a PING sent at some time or later was answered, validly.</summary>
    public bool HasAnsweredSince(Instant sent) => _answeredPingOf >= sent;

    /// <summary>Says once that the instance answers, and why this does not count.</summary>
    private void Complain(string text)
    {
        string code = text.Split(' ')[0];
        if (code == _complaint || _local.Now < _complainAgainAt)
            return;
        (_complaint, _complainAgainAt) = (code, _local.Now + ComplaintPause);
        _local.Log(EventLevel.Warning, $"{Users[0].Prefix} answers PING, but does not count as alive, for it says: {text}");
    }

    /// <summary>Closes all connections; they are made anew at once, with the credentials of now.</summary>
    public void Reconnect()
    {
        Close(_command);
        if (_subscription is not null)
            Close(_subscription);
        _local.Touch(this);
    }

    /// <summary>Closes the link for good.</summary>
    public void Retire()
    {
        // Also where nothing stands: what is left of a connection that was lost is forgotten then.
        _local.Do(new Disconnect(Id, LinkChannel.Command));
        if (_subscription is not null)
            _local.Do(new Disconnect(Id, LinkChannel.Subscription));
        _isRetired = true;
        _wake.Reset();
    }

    /// <summary>The instance has moved.</summary>
    public void MoveTo(Address address)
    {
        Address = address;
        (_notBefore, OwnerWasThere) = (Instant.Zero, false);
        Reconnect();
        foreach (Instance user in Users)
            _local.Touch(user.Master);    // all of them show it
    }

    /// <summary>The same place is called by another name from now on.</summary>
    public void Rename(Address address)
    {
        Address = address;
        _local.Touch(this);
        foreach (Instance user in Users)
            _local.Touch(user.Master);
    }

    /// <summary>Its name was resolved anew: connections that go where it no longer leads are made anew, and waiting ones are made.</summary>
    public void FollowName()
    {
        _refusals.End();    // those of the former place say nothing of this one
        if (LeadsAstray(_command) || (_subscription is not null && LeadsAstray(_subscription)))
            Reconnect();
        _local.Touch(this);
    }

    private bool LeadsAstray(Connection connection) =>
        connection is { State: not ConnectionState.Missing, Ip: { } ip } && !_local.Names.StillLeads(Address, ip);

    /// <summary>Asks for the instance's name before each attempt to connect, often while it is silent, and now and then in any case.</summary>
    private void KeepResolved(TimeSpan period)
    {
        if (Address.IsLiteral)
            return;
        bool isUrgent = !IsComplete || SilentSince < _local.Now - period;
        if (!_wake.IsDue(_local.Names.AskAgainAt(Address, isUrgent)))
            return;
        _local.Names.Ask(Address.Host);
    }

    /// <summary>A name may lead to several addresses, of which the instance listens on one.</summary>
    private void GoOnElsewhere(Connection connection)
    {
        if (connection is { State: ConnectionState.Connecting, Ip: { } ip })
            _local.Names.Refused(Address, ip);
    }

    private void KeepUp(Connection connection, TimeSpan period)
    {
        switch (connection.State)
        {
            // At once after a loss, then once in a PING period: an instance that comes back is noticed within one.
            case ConnectionState.Missing when Address.Port != 0 && _wake.IsDue(Instant.Max(_notBefore, TryAgainAt(connection, period))):
                // A name that was never resolved is being asked for; its answer brings us here at once.
                if (_local.Names.Reachable(Address) is not { } target)
                {
                    _wake.IsDue(_local.Now + period);
                    break;
                }
                (connection.State, connection.TriedAt, connection.Ip) = (ConnectionState.Connecting, _local.Now, target.Host);
                connection.Attempt++;
                _local.Do(new Connect(Id, connection.Attempt, connection.Channel, target, Credentials) { Group = Group?.Name, RenamedCommands = RenamedCommands });
                _wake.IsDue(_local.Now + ConnectTimeout(connection, period));
                break;
            // Nobody answers, not even with a refusal. A new attempt goes through as soon as the host is there again;
            // the old one would wait for the system's ever longer pauses.
            case ConnectionState.Connecting when _wake.IsDue(connection.TriedAt!.Value + ConnectTimeout(connection, period)):
                GoOnElsewhere(connection);
                Close(connection);
                KeepUp(connection, period);
                break;
            default:
                break;
        }
    }

    private Instant TryAgainAt(Connection connection, TimeSpan period)
    {
        if (connection.TriedAt is not { } tried)
            return _local.Now;
        Instant? sooner = connection == _command && CrashDownAfter > TimeSpan.Zero ? _refusals.TryAgainAt(tried, CrashDownAfter, DownAfter) : null;
        return Instant.Min(tried + RetryPeriod(connection, period), sooner ?? Instant.Never);
    }

    private TimeSpan RetryPeriod(Connection connection, TimeSpan period) => IsProbe(connection) && ProbePeriod < period ? ProbePeriod : period;

    private TimeSpan ConnectTimeout(Connection connection, TimeSpan period) => IsProbe(connection) ? ProbePeriod : ConnectTimeout(period);

    private TimeSpan ProbePeriod => _local.Timing.ProbePeriodAmong(_local.Links);

    /// <summary>
    /// Whether a connection is tried again and again in short time, for a former master that was a master when it went away. Only the one
    /// over which it is told what to be: a slow handshake comes to its end on the other, and shows that there is one.
    /// </summary>
    private bool IsProbe(Connection connection) =>
        connection == _command && Users is [Replica { ReportsMaster: true }] && _subscription is { State: not ConnectionState.Connected };

    /// <summary>Whether all connections stand, and the instance gave a valid reply over the one for requests.</summary>
    private bool IsAlive => IsComplete && Health.LastValidReplyAt >= _command.Since;

    private TimeSpan ConnectTimeout(TimeSpan period) => 5 * period > _local.Timing.ConnectTimeoutMin ? 5 * period : _local.Timing.ConnectTimeoutMin;

    /// <summary>Replaces connections on which nothing comes in although it should.</summary>
    private void ReplaceDeadConnections(TimeSpan downAfter)
    {
        if (IsUsable && Health.OldestPingAt is { } pingAt)
        {
            TimeSpan age = downAfter < _local.Timing.MinLinkReconnectPeriod ? downAfter : _local.Timing.MinLinkReconnectPeriod;
            // Where answers come one after the other, that to the PING has only to wait for those before it.
            Instant silentSince = Instant.Max(pingAt, Instant.Max(Health.LastReplyAt, _lastAnswerAt)) + _missed;
            if (_wake.IsDue(Instant.Max(_command.Since + age, silentSince + downAfter / 2)))
                Close(_command);
        }
        // Our own hellos come back on it every publish period.
        if (_subscription is { State: ConnectionState.Connected }
            && _wake.IsDue(Instant.Max(_subscription.Since + _local.Timing.MinLinkReconnectPeriod, _lastActivityAt + 3 * _local.Timing.PublishPeriod)))
            Close(_subscription);
    }

    private void SendPing()
    {
        if (!Send(Request.Ping.Instance))
            return;
        _isPingInFlight = true;
        _isPingUrgent = false;
        _lastPingSentAt = _local.Now;
        // One that is late, or early, does not move the rounds: those of all links would come together after a pause of ours.
        if (_pingRoundAt + PingPeriod is var due && due <= _local.Now)
            _pingRoundAt = due + (long)((_local.Now - due) / PingPeriod) * PingPeriod;
        if (Health.OldestPingAt is not null)
            return;
        // A new connection does not restart the clock: what accepts it may come no further.
        Health.OldestPingAt = IsAlive ? _local.Now : Health.LastValidReplyAt;
        if (IsAlive)
            _missed = TimeSpan.Zero;
    }

    private void Close(Connection connection)
    {
        if (connection.State == ConnectionState.Missing)
            return;
        connection.State = ConnectionState.Missing;
        _local.Do(new Disconnect(Id, connection.Channel));
        _local.Touch(this);
        if (connection != _command)
            return;
        ForgetPending();
        _refusals.End();
    }

    private void ForgetPending()
    {
        Health.PendingCommands = 0;
        _openOrders = 0;
        _isPingInFlight = false;
    }

    private enum ConnectionState
    {
        Missing,
        Connecting,
        Connected,
    }

    private sealed class Connection(LinkChannel channel)
    {
        public LinkChannel Channel { get; } = channel;
        public ConnectionState State { get; set; }
        public int Attempt { get; set; }

        /// <summary>Where it goes; null: it was never tried.</summary>
        public string? Ip { get; set; }

        public Instant? TriedAt { get; set; }
        public Instant Since { get; set; }
    }
}
