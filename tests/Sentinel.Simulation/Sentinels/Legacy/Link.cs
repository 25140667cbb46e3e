using Sentinel.Core;

namespace Sentinel.Simulation.Sentinels.Legacy;

/// <summary>The connections to an instance and the times of their PINGs; that to a Sentinel is shared by all masters.</summary>
internal sealed class Link
{
    private readonly LegacySentinel _sentinel;
    private readonly bool _hasSubscription;
    private Line? _command;
    private Line? _subscription;
    private Instant _triedAt = Periods.LongAgo;
    private Instant _pingedAt = Periods.LongAgo;
    private Instant _pongAt;

    public Link(LegacySentinel sentinel, bool hasSubscription)
    {
        (_sentinel, _hasSubscription) = (sentinel, hasSubscription);
        Restart();
    }

    /// <summary>How many masters use it.</summary>
    public int Users { get; set; } = 1;

    /// <summary>When the oldest PING without a valid answer was sent; null: none is pending.</summary>
    public Instant? ActivePingAt { get; private set; }

    /// <summary>When a PING was last answered validly.</summary>
    public Instant AvailableAt { get; private set; }

    /// <summary>When the subscription last brought anything.</summary>
    public Instant HeardAt { get; set; } = Periods.LongAgo;

    /// <summary>A connection that is being made counts.</summary>
    public bool IsComplete => _command is not null && (_subscription is not null || !_hasSubscription);

    /// <summary>Nothing more is sent on a link that so much waits on.</summary>
    public bool IsFull => _command is { } command && command.Pending >= Periods.PendingMax * Users;

    /// <summary>The times of PINGs begin anew, as after creation.</summary>
    public void Restart()
    {
        ActivePingAt = AvailableAt = _pongAt = _sentinel.Now;
        _pingedAt = Periods.LongAgo;
    }

    /// <summary>Makes what is missing, not more often than once a second.</summary>
    public void Reconnect(Instance by)
    {
        if (IsComplete || by.Address.Port == 0)
            return;
        Instant now = _sentinel.Now;
        if (now - _triedAt < Periods.Ping)
            return;
        _triedAt = now;
        if (_command is null)
        {
            _command = new Line(_sentinel, this, by.Address);
            Ping(by);
        }
        if (_hasSubscription && _subscription is null)
        {
            _subscription = new Line(_sentinel, this, by.Address);
            _subscription.Send(Subscribe.Instance);
        }
    }

    /// <returns>False when there is no connection.</returns>
    public bool Ask(Request request, Instance asker)
    {
        _command?.Ask(request, asker);
        return _command is not null;
    }

    /// <summary>Sends PING when the last answer is a period old, and the last PING half a one.</summary>
    public void PingIfDue(Instance by)
    {
        Instant now = _sentinel.Now;
        TimeSpan period = by.DownAfter < Periods.Ping ? by.DownAfter : Periods.Ping;
        if (now - _pongAt > period && now - _pingedAt > period / 2)
            Ping(by);
    }

    /// <summary>A PING was answered, by whatever.</summary>
    public void Pong(bool isValid)
    {
        _pongAt = _sentinel.Now;
        if (isValid)
            (AvailableAt, ActivePingAt) = (_pongAt, null);
    }

    /// <summary>Closes connections that have been silent for too long.</summary>
    public void CloseSilent(TimeSpan downAfter)
    {
        Instant now = _sentinel.Now;
        if (_command is { } command && now - command.MadeAt > Periods.LinkMin
            && ActivePingAt is { } pinged && now - pinged > downAfter / 2 && now - _pongAt > downAfter / 2)
            CloseCommand();
        if (_subscription is { } subscription && now - subscription.MadeAt > Periods.LinkMin && now - HeardAt > Periods.SubscriptionSilence)
            CloseSubscription();
    }

    public void Close()
    {
        CloseCommand();
        CloseSubscription();
    }

    public void CloseCommand()
    {
        _command?.Close();
        _command = null;
    }

    /// <summary>A connection could not be made, or was ended; the other one stays.</summary>
    public void Lost(Line line)
    {
        if (_command == line)
            _command = null;
        if (_subscription == line)
            _subscription = null;
    }

    private void Ping(Instance by)
    {
        _pingedAt = _sentinel.Now;
        ActivePingAt ??= _pingedAt;    // not moved by a later PING: silence counts from the first one
        Ask(Request.Ping.Instance, by);
    }

    private void CloseSubscription()
    {
        _subscription?.Close();
        _subscription = null;
    }
}
