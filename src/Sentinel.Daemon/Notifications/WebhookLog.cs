namespace Sentinel.Daemon.Notifications;

/// <summary>What webhooks log. Ids 3000 to 3099. Of a URL only scheme, host and port: the rest may be secret.</summary>
internal static partial class WebhookLog
{
    [LoggerMessage(EventId = 3000, Level = LogLevel.Debug,
        Message = "Webhook {WebhookId}: an attempt at {Origin} failed ({Reason}); the next one follows in {PauseMs} ms")]
    public static partial void AttemptFailed(this ILogger logger, string webhookId, string origin, string reason, double pauseMs);

    [LoggerMessage(EventId = 3001, Level = LogLevel.Warning,
        Message = "Webhook {WebhookId}: {Origin} fails ({Reason}); events wait, and it is tried every {BreakSeconds} s")]
    public static partial void CircuitOpened(this ILogger logger, string webhookId, string origin, double breakSeconds, string reason);

    [LoggerMessage(EventId = 3002, Level = LogLevel.Information, Message = "Webhook {WebhookId} works again")]
    public static partial void CircuitClosed(this ILogger logger, string webhookId);

    [LoggerMessage(EventId = 3003, Level = LogLevel.Warning,
        Message = "Webhook {WebhookId}: {EventName} (sequence {Sequence}) was refused by {Origin} with status {Status} and is not sent again")]
    public static partial void EventRefused(this ILogger logger, string webhookId, string eventName, long sequence, string origin, int status);

    [LoggerMessage(EventId = 3004, Level = LogLevel.Warning,
        Message = "Webhook {WebhookId}: {EventName} (sequence {Sequence}) was given up: {Reason}")]
    public static partial void EventGivenUp(this ILogger logger, string webhookId, string eventName, long sequence, string reason);

    [LoggerMessage(EventId = 3005, Level = LogLevel.Warning,
        Message = "Webhook {WebhookId}: {QueueMax} events wait already, so the oldest are dropped, {Dropped} so far")]
    public static partial void QueueFull(this ILogger logger, string webhookId, int queueMax, long dropped);

    [LoggerMessage(EventId = 3006, Level = LogLevel.Information,
        Message = "Webhook {WebhookId} takes events again; it has missed {Missed}")]
    public static partial void EventsMissed(this ILogger logger, string webhookId, long missed);

    [LoggerMessage(EventId = 3007, Level = LogLevel.Warning,
        Message = "Webhook {WebhookId}: stopped before the last {Undelivered} events were delivered")]
    public static partial void StoppedBeforeDelivery(this ILogger logger, string webhookId, long undelivered);

    [LoggerMessage(EventId = 3008, Level = LogLevel.Error,
        Message = "Webhook {WebhookId}: {EventName} (sequence {Sequence}) was lost to a bug of ours")]
    public static partial void DeliveryBroke(this ILogger logger, Exception bug, string webhookId, string eventName, long sequence);
}
