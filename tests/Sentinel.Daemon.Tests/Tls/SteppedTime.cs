namespace Sentinel.Daemon.Tests.Tls;

/// <summary>A clock that stands still until it is moved.</summary>
internal sealed class SteppedTime : TimeProvider
{
    private long _ticks;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    public void Move(TimeSpan time) => Interlocked.Add(ref _ticks, time.Ticks);
}
