using Sentinel.Daemon.Notifications;

namespace Sentinel.Daemon.Logging;

/// <summary>Writes every event to the log, with the reason where there is one.</summary>
internal sealed class EventLog(RedisLog log) : IEventListener
{
    /// <inheritdoc/>
    public void OnEvent(StampedEvent e)
    {
        if (log.IsWritten(e.Event.Level))
            log.Write(e.Event.Level, $"{e.Event.Name} {e.Event.Payload}");
    }
}
