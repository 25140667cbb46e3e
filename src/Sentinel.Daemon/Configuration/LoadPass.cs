namespace Sentinel.Daemon.Configuration;

/// <summary>The order in which <c>sentinel</c> lines take effect, wherever they stand.</summary>
/// <remarks>Source: redis sentinel.c, queueSentinelConfig. So a line about a master may stand before its <c>monitor</c> line.</remarks>
internal enum LoadPass
{
    /// <summary>What <c>monitor</c> lines depend on.</summary>
    BeforeMonitor,

    /// <summary>What other lines refer to: masters and, of our own, webhooks.</summary>
    Monitor,

    /// <summary>Everything else.</summary>
    AfterMonitor,
}
