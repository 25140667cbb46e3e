namespace Sentinel.Daemon.Notifications;

/// <summary>How one attempt to deliver an event went.</summary>
internal abstract record DeliveryAttempt
{
    /// <summary>The receiver has it: any 2xx.</summary>
    public sealed record Accepted : DeliveryAttempt;

    /// <summary>The receiver does not want it and would not the next time: 4xx, except 408 and 429, and 3xx.</summary>
    /// <remarks>A redirect is not followed: the operator named where events go, and nobody else decides it.</remarks>
    public sealed record Refused(int Status) : DeliveryAttempt;

    /// <summary>The receiver is there and asks for patience: 429, and 503 that says how long.</summary>
    /// <param name="Status">The status.</param>
    /// <param name="RetryAfter">The pause it asks for, not negative; null: it does not say.</param>
    public sealed record Deferred(int Status, TimeSpan? RetryAfter) : DeliveryAttempt;

    /// <summary>It may go better the next time: no connection, no answer, 408 or 5xx.</summary>
    /// <param name="Reason">For the log; without the URL.</param>
    public sealed record Failed(string Reason) : DeliveryAttempt;
}
