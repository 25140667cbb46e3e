namespace Sentinel.Daemon.Notifications;

/// <summary>What has become of the events of one endpoint since the start of the process, for metrics and people.</summary>
/// <param name="Delivered">The receiver has them.</param>
/// <param name="Failed">Refused, or given up after all attempts.</param>
/// <param name="Dropped">Never sent, for the queue was full, or the process stopped.</param>
/// <param name="Queued">Waiting; the one being delivered not counted.</param>
internal readonly record struct WebhookCounts(long Delivered, long Failed, long Dropped, int Queued);
