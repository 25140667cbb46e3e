namespace Sentinel.Daemon.Telemetry;

/// <summary>One phase of a failover that is over.</summary>
/// <param name="Phase">Which.</param>
/// <param name="From">When it began.</param>
/// <param name="To">When it ended; never before it began.</param>
internal readonly record struct PhaseRecord(FailoverPhase Phase, DateTimeOffset From, DateTimeOffset To)
{
    /// <summary>How long it took.</summary>
    public TimeSpan Duration => To - From;
}
