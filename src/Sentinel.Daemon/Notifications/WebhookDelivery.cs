namespace Sentinel.Daemon.Notifications;

/// <summary>The bounds within which events are brought to one endpoint. Immutable: changed with <c>with</c>.</summary>
internal sealed record WebhookDelivery
{
    /// <summary>Events that may wait; when one more comes, the oldest is dropped. Default 1024.</summary>
    /// <remarks>A failover is some 30 events per master, so this is about 30 masters of a lost host, in less than 1 MB.</remarks>
    public int QueueMax { get; init; } = 1024;

    /// <summary>How long a connection may take to be made, TLS included. Default 2 s: one lost SYN and its repetition after 1 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long one attempt may take, from the first byte to the status. Default 5 s.</summary>
    /// <remarks>Half of what the large webhook senders give a receiver (GitHub: 10 s): ours wait behind one another, and tell of outages.</remarks>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long one event may take, with all attempts and waits, before it is given up. Default 15 min.</summary>
    /// <remarks>
    /// Longer than a receiver takes to be restarted or moved, for nothing is lost meanwhile; and the longest time that an
    /// event which the receiver cannot stomach (it answers 500 to this one alone) holds up those behind it.
    /// </remarks>
    public TimeSpan TotalTimeout { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Attempts for one event at an endpoint whose circuit is closed. At least 2. Default 20: about two and a half minutes.</summary>
    /// <remarks>More than fit into <see cref="SamplingDuration"/>: at an endpoint that has just died the circuit opens before an event is given up.</remarks>
    public int AttemptsMax { get; init; } = 20;

    /// <summary>Mean pause after the first failed attempt, doubled by each further one, and jittered. Default 500 ms.</summary>
    /// <remarks>All Sentinels tell the same event at the same moment: without jitter they would also repeat it together.</remarks>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Longest pause between two attempts. Default 10 s: a receiver that is back hears of an outage while it still matters.</summary>
    public TimeSpan RetryDelayMax { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest pause that a receiver can ask for with Retry-After; a longer wish is cut to this. Default 2 min.</summary>
    public TimeSpan RetryAfterMax { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Failed attempts within <see cref="SamplingDuration"/>, and none that succeeded, that open the circuit. At least 2. Default 5.</summary>
    public int FailuresToOpen { get; init; } = 5;

    /// <summary>The time that failures are counted in. At least 500 ms. Default 90 s: five attempts fit in that time out after the longest pause.</summary>
    public TimeSpan SamplingDuration { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>How long an open circuit lets nothing through, before one attempt probes it. At least 500 ms. Default 10 s, as <see cref="RetryDelayMax"/>.</summary>
    public TimeSpan BreakDuration { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long what is queued may still be delivered when the process stops. Default 3 s, well within any supervisor's patience (systemd: 90 s, Kubernetes: 30 s).</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How much of a response is read past, in bytes, to keep its connection; a longer one costs the connection. Default 64 KiB.</summary>
    /// <remarks>Nothing in a response is of interest but its status and Retry-After.</remarks>
    public int ResponseMax { get; init; } = 64 * 1024;
}
