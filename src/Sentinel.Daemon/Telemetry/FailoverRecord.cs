using System.Diagnostics;
using Sentinel.Core;
using Sentinel.Daemon.Notifications;

namespace Sentinel.Daemon.Telemetry;

/// <summary>One attempt of this Sentinel at a failover, as its events tell it: from the first sign of trouble to its end.</summary>
/// <remarks>
/// Times are those of the events, and wall time may step back in between; a record's own time does not, so that no phase
/// takes less than nothing.
/// </remarks>
internal sealed class FailoverRecord
{
    /// <summary>Events that are kept: as many as OpenTelemetry's SDKs let a span have. Later ones, which tell of replica after replica, are not.</summary>
    private const int EventsMax = 128;

    private readonly List<PhaseRecord> _phases = [];
    private readonly List<StampedEvent> _events = [];
    private DateTimeOffset _phaseSince;
    private DateTimeOffset _now;

    /// <param name="tried">Its <c>+try-failover</c>.</param>
    /// <param name="downAt">The master's <c>+sdown</c>; null: not seen, or told with an attempt before this one.</param>
    /// <param name="agreedAt">Its <c>+odown</c>; null likewise.</param>
    public FailoverRecord(StampedEvent tried, DateTimeOffset? downAt, DateTimeOffset? agreedAt)
    {
        MasterName = tried.Event.MasterName ?? throw new UnreachableException();
        OldAddress = tried.Event.MasterAddress;
        Epoch = tried.Event.Epoch;
        _now = _phaseSince = downAt ?? agreedAt ?? tried.Time;
        Phase = downAt is not null ? FailoverPhase.Detect : agreedAt is not null ? FailoverPhase.Agree : FailoverPhase.Elect;
        if (Phase is FailoverPhase.Detect && agreedAt is { } agreed)
            Enter(FailoverPhase.Agree, agreed);
        if (Phase is not FailoverPhase.Elect)    // an operator needs no agreement
            Enter(FailoverPhase.Elect, tried.Time);
        Add(tried);
    }

    /// <summary>The group.</summary>
    public string MasterName { get; }

    /// <summary>The address that the master is failed over from.</summary>
    public Address? OldAddress { get; }

    /// <summary>The address that it was failed over to; null: it was not, or not yet.</summary>
    public Address? NewAddress { get; private set; }

    /// <summary>The replica last chosen; null: none yet.</summary>
    public Address? Replica { get; set; }

    /// <summary>The epoch in which we stand.</summary>
    public Epoch Epoch { get; }

    /// <summary>The phase it is in.</summary>
    public FailoverPhase Phase { get; private set; }

    /// <summary>Whether clients were told the new address: what comes after can no longer fail it.</summary>
    public bool IsSwitched => NewAddress is not null;

    /// <summary>Whether the time for the other replicas was up.</summary>
    public bool IsTimedOut { get; set; }

    /// <summary>What it failed of, in one word; null: it did not.</summary>
    public string? Error { get; private set; }

    /// <summary>Why, in a sentence; null: nobody said.</summary>
    public string? ErrorReason { get; private set; }

    /// <summary>The phases that are over, in order; after the end all.</summary>
    public IReadOnlyList<PhaseRecord> Phases => _phases;

    /// <summary>What was told about the master meanwhile, in order; <see cref="Error"/> and the end included.</summary>
    public IReadOnlyList<StampedEvent> Events => _events;

    /// <summary>When it began, detection included.</summary>
    public DateTimeOffset From => _phases.Count == 0 ? _phaseSince : _phases[0].From;

    /// <summary>When its last event was.</summary>
    public DateTimeOffset To => _now;

    /// <summary>Takes note of an event about the master.</summary>
    public void Add(StampedEvent e)
    {
        Advance(e.Time);
        if (_events.Count < EventsMax)
            _events.Add(e);
    }

    /// <summary>Ends the present phase and begins another; a later try with the next best replica enters some a second time.</summary>
    /// <returns>The phase left.</returns>
    public PhaseRecord Enter(FailoverPhase phase, DateTimeOffset at)
    {
        PhaseRecord left = EndPhase(at);
        Phase = phase;
        return left;
    }

    /// <summary>The replica is the master.</summary>
    public void Switch(Address? to) => NewAddress = to;

    /// <summary>It is over.</summary>
    /// <param name="e">The event that ended it.</param>
    /// <param name="error">See <see cref="Error"/>.</param>
    /// <returns>The last phase.</returns>
    public PhaseRecord End(StampedEvent e, string? error)
    {
        (Error, ErrorReason) = (error, error is null ? null : e.Event.Reason);
        return EndPhase(e.Time);
    }

    private PhaseRecord EndPhase(DateTimeOffset at)
    {
        Advance(at);
        var ended = new PhaseRecord(Phase, _phaseSince, _now);
        _phases.Add(ended);
        _phaseSince = _now;
        return ended;
    }

    private void Advance(DateTimeOffset at)
    {
        if (at > _now)
            _now = at;
    }
}
