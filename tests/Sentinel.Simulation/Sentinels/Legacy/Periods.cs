using Sentinel.Core;

namespace Sentinel.Simulation.Sentinels.Legacy;

/// <summary>Periods and bounds of redis-sentinel.</summary>
internal static class Periods
{
    /// <summary>What redis-sentinel writes as 0: so long ago that every wait for it is over.</summary>
    public static readonly Instant LongAgo = new(long.MinValue / 2);

    public static readonly TimeSpan Ping = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan Info = TimeSpan.FromSeconds(10);

    /// <summary>Of replicas during a failover.</summary>
    public static readonly TimeSpan FastInfo = TimeSpan.FromSeconds(1);

    public static readonly TimeSpan Ask = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan Publish = TimeSpan.FromSeconds(2);
    public static readonly TimeSpan TiltTrigger = TimeSpan.FromSeconds(2);
    public static readonly TimeSpan Tilt = TimeSpan.FromSeconds(30);

    /// <summary>How long a replica may take to show that it obeys.</summary>
    public static readonly TimeSpan Reconf = TimeSpan.FromSeconds(10);

    /// <summary>A younger connection is not closed for its silence.</summary>
    public static readonly TimeSpan LinkMin = TimeSpan.FromSeconds(15);

    public static readonly TimeSpan Election = TimeSpan.FromSeconds(10);

    /// <summary>Commands that may wait on a link, for each master that uses it.</summary>
    public const int PendingMax = 100;

    /// <summary>Added at random to the start of a failover, in milliseconds, itself excluded.</summary>
    public const int DesyncMs = 1000;

    /// <summary>How long selection trusts an answer to PING, and to INFO while the master is down.</summary>
    public static readonly TimeSpan Fresh = 5 * Ping;

    /// <summary>Silence after which a subscription is taken for dead.</summary>
    public static readonly TimeSpan SubscriptionSilence = 3 * Publish;

    /// <summary>How long a stray master is left alone.</summary>
    public static readonly TimeSpan StrayWait = 4 * Publish;
}
