using Sentinel.Core;

namespace Sentinel.Simulation.Kernel;

/// <summary>The clocks of a machine: a monotonic one that may run too fast or too slow, and a wall clock that jumps besides.</summary>
internal sealed class MachineClock(Agenda agenda)
{
    private Instant _trueOrigin = agenda.Now;
    private Instant _localOrigin = agenda.Now;
    private TimeSpan _wallOffset;
    private TimeSpan _farthestOffset;

    /// <summary>How much it gains in a second; negative: it loses.</summary>
    public double Drift { get; private set; }

    /// <summary>The time of the monotonic clock.</summary>
    public Instant Now => _localOrigin + TimeSpan.FromTicks((long)((agenda.Now - _trueOrigin).Ticks * (1 + Drift)));

    /// <summary>The time of the wall clock, on the same scale.</summary>
    public Instant Wall => Now + _wallOffset;

    /// <summary>Lets it run at another rate from now on.</summary>
    public void DriftBy(double drift)
    {
        (_localOrigin, _trueOrigin) = (Now, agenda.Now);
        Drift = drift;
    }

    /// <summary>Sets the wall clock; a negative jump sets it back.</summary>
    public void JumpBy(TimeSpan jump)
    {
        _wallOffset += jump;
        _farthestOffset = _wallOffset > _farthestOffset ? _wallOffset : _farthestOffset;
    }

    /// <summary>Brings the wall clock to where it was farthest: who goes by it, as redis-sentinel does, stands still until then.</summary>
    public void CatchUp() => _wallOffset = _farthestOffset;

    /// <summary>When, in true time, the monotonic clock will show a time.</summary>
    public Instant TrueTimeOf(Instant local) =>
        local == Instant.Never ? Instant.Never : _trueOrigin + TimeSpan.FromTicks((long)Math.Ceiling((local - _localOrigin).Ticks / (1 + Drift)));
}
