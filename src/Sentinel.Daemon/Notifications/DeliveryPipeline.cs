using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace Sentinel.Daemon.Notifications;

/// <summary>What stands between an event and giving it up: the order of timeouts, retries and the circuit breaker.</summary>
/// <remarks>
/// From outside to inside:
/// <code>
///   total timeout      one event may hold up those behind it only for so long
///   wait for circuit   while it is open no attempts are made, and none are used up: the event waits, the queue fills
///   retry              jittered and exponential, or as Retry-After says
///   circuit breaker    opens when every one of the last attempts failed; then lets one probe through now and then
///   attempt timeout
/// </code>
/// What is refused is not retried and does not count against the circuit: whoever refuses is there.
/// </remarks>
internal static class DeliveryPipeline
{
    /// <param name="delivery">The bounds.</param>
    /// <param name="time">The clock.</param>
    /// <param name="failed">Told of each attempt that is followed by a pause: why, and how long the pause is.</param>
    /// <param name="opened">Told that the circuit opens: why.</param>
    /// <param name="closed">Told that it closes again.</param>
    public static ResiliencePipeline<DeliveryAttempt> Create(
        WebhookDelivery delivery, TimeProvider time, Action<string, TimeSpan> failed, Action<string> opened, Action closed) =>
        new ResiliencePipelineBuilder<DeliveryAttempt> { TimeProvider = time }
            .AddTimeout(delivery.TotalTimeout)
            .AddRetry(new RetryStrategyOptions<DeliveryAttempt>
            {
                Name = "wait for circuit",
                ShouldHandle = static args => ValueTask.FromResult(args.Outcome.Exception is BrokenCircuitException),
                MaxRetryAttempts = int.MaxValue,
                DelayGenerator = args => ValueTask.FromResult<TimeSpan?>((args.Outcome.Exception as BrokenCircuitException)?.RetryAfter ?? delivery.BreakDuration),
            })
            .AddRetry(new RetryStrategyOptions<DeliveryAttempt>
            {
                ShouldHandle = static args => ValueTask.FromResult(
                    args.Outcome is { Result: DeliveryAttempt.Failed or DeliveryAttempt.Deferred } or { Exception: TimeoutRejectedException }),
                MaxRetryAttempts = delivery.AttemptsMax - 1,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = delivery.RetryDelay,
                MaxDelay = delivery.RetryDelayMax,
                DelayGenerator = args => ValueTask.FromResult(PauseWanted(args.Outcome, delivery)),
                OnRetry = args =>
                {
                    failed(Reason(args.Outcome), args.RetryDelay);
                    return default;
                },
            })
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<DeliveryAttempt>
            {
                ShouldHandle = static args => ValueTask.FromResult(
                    args.Outcome is { Result: DeliveryAttempt.Failed } or { Exception: TimeoutRejectedException }),
                FailureRatio = 1.0,
                MinimumThroughput = delivery.FailuresToOpen,
                SamplingDuration = delivery.SamplingDuration,
                BreakDuration = delivery.BreakDuration,
                OnOpened = args =>
                {
                    opened(Reason(args.Outcome));
                    return default;
                },
                OnClosed = _ =>
                {
                    closed();
                    return default;
                },
            })
            .AddTimeout(delivery.AttemptTimeout)
            .Build();

    /// <summary>Why an outcome is no success, for the log.</summary>
    public static string Reason(Outcome<DeliveryAttempt> outcome) => outcome switch
    {
        { Result: DeliveryAttempt.Failed failed } => failed.Reason,
        { Result: DeliveryAttempt.Deferred deferred } => $"status {deferred.Status}",
        { Result: DeliveryAttempt.Refused refused } => $"status {refused.Status}",
        { Exception: TimeoutRejectedException { Timeout: var after } } => $"no answer within {after.TotalSeconds} s",
        { Exception: { } unexpected } => unexpected.Message,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>The pause that the receiver asks for, within our bounds: never hammered, never shut up for a day.</summary>
    /// <returns>Null: it asks for none; the backoff decides.</returns>
    private static TimeSpan? PauseWanted(Outcome<DeliveryAttempt> outcome, WebhookDelivery delivery) =>
        outcome.Result is DeliveryAttempt.Deferred { RetryAfter: { } wanted }
            ? wanted < delivery.RetryDelay ? delivery.RetryDelay
            : wanted > delivery.RetryAfterMax ? delivery.RetryAfterMax
            : wanted
            : null;
}
