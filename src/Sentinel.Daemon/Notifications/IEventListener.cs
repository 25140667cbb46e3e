namespace Sentinel.Daemon.Notifications;

/// <summary>One who hears all events, in their order: the log, pub/sub, webhooks, telemetry.</summary>
internal interface IEventListener
{
    /// <summary>Hears of one event.</summary>
    /// <remarks>
    /// Called on the deciding loop, one event at a time: what an implementation spends here, every failover waits for. It
    /// takes the event over and returns; it does not wait, does no I/O, and throws nothing.
    /// </remarks>
    void OnEvent(StampedEvent e);
}
