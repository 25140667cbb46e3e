namespace Sentinel.Core;

/// <summary>How much an event matters: what the log level is compared with.</summary>
public enum EventLevel
{
    /// <summary>Logged only, never published.</summary>
    Debug,

    /// <summary>Logged when verbose.</summary>
    Verbose,

    /// <summary>Logged by default.</summary>
    Notice,

    /// <summary>Logged always, and told to notification scripts.</summary>
    Warning,
}

/// <summary>What kind of instance an event is about.</summary>
public enum InstanceKind
{
    /// <summary>A monitored master.</summary>
    Master,

    /// <summary>A replica of one; <c>slave</c> on the wire.</summary>
    Replica,

    /// <summary>Another Sentinel watching one.</summary>
    Sentinel,
}

/// <summary>Something that happened, as the log, pub/sub, webhooks, metrics and traces all tell it.</summary>
/// <param name="Name">The channel, such as <c>+switch-master</c>.</param>
/// <param name="Level">How much it matters.</param>
/// <param name="Payload">The message in Redis Sentinel's words.</param>
public sealed record SentinelEvent(string Name, EventLevel Level, string Payload)
{
    /// <summary>The master's name; null when the event is about this process.</summary>
    public string? MasterName { get; init; }

    /// <summary>The master's address when the event happened; for <c>+switch-master</c> the old one.</summary>
    public Address? MasterAddress { get; init; }

    /// <summary>The new address; only of <c>+switch-master</c>.</summary>
    public Address? NewAddress { get; init; }

    /// <summary>What kind of instance the event is about; null when about none.</summary>
    public InstanceKind? Kind { get; init; }

    /// <summary>The instance's address; null when about none.</summary>
    public Address? InstanceAddress { get; init; }

    /// <summary>The epoch of what is told: of the failover, the vote or the configuration; else the current one.</summary>
    public Epoch Epoch { get; init; }

    /// <summary>The program that is to hear of it: of warnings about a master that has one; else null.</summary>
    internal string? NotificationScript { get; init; }

    /// <summary>The figures; only of <c>+failover-report</c>.</summary>
    public FailoverReport? Report { get; init; }

    /// <summary>Why, in a sentence for people, where the payload has no room for it; else null.</summary>
    public string? Reason { get; init; }
}
