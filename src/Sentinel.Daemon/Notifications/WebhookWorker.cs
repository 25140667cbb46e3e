using System.Threading.Channels;
using Polly;
using Sentinel.Core;

namespace Sentinel.Daemon.Notifications;

/// <summary>Brings the events that one endpoint wants to it: in order, one at a time, each until it is taken, refused or given up.</summary>
/// <remarks>
/// It shares nothing with the workers of other endpoints, so a dead endpoint harms none but itself. What is offered is
/// numbered; the gaps in the numbers of what arrived are what the endpoint has lost, whatever the cause.
/// </remarks>
internal sealed class WebhookWorker : IDisposable
{
    private readonly WebhookOptions _options;
    private readonly SentinelId _sentinel;
    private readonly string _idPrefix;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly WebhookEndpoint _endpoint;
    private readonly ResiliencePipeline<DeliveryAttempt> _pipeline;
    private readonly Channel<Offered> _queue;
    private readonly CancellationTokenSource _aborting = new();
    private Task _running = Task.CompletedTask;
    private volatile bool _isCircuitOpen;
    private long _lastOffered;          // the deciding loop's
    private long _lastDelivered;        // the worker's, as is all below
    private long _droppedTold;
    private bool _isBurstTold;
    private long _delivered;
    private long _failed;
    private long _dropped;

    /// <param name="options">The endpoint.</param>
    /// <param name="sentinel">Who tells the events.</param>
    /// <param name="idPrefix">What makes an event's sequence number unique over Sentinels and their starts.</param>
    /// <param name="time">The clock of timeouts and pauses.</param>
    /// <param name="log">Where troubles are logged.</param>
    public WebhookWorker(WebhookOptions options, SentinelId sentinel, string idPrefix, TimeProvider time, ILogger log)
    {
        (_options, _sentinel, _idPrefix, _time, _log) = (options, sentinel, idPrefix, time, log);
        _endpoint = new WebhookEndpoint(options, time);
        _pipeline = DeliveryPipeline.Create(options.Delivery, time, AttemptFailed, CircuitOpened, CircuitClosed);
        _queue = Channel.CreateBounded<Offered>(
            new BoundedChannelOptions(options.Delivery.QueueMax)
            {
                FullMode = BoundedChannelFullMode.DropOldest,    // the newest tells most of how things stand
                SingleReader = true,
                SingleWriter = true,
                AllowSynchronousContinuations = false,           // the deciding loop must not go on as the worker
            },
            itemDropped: _ => Interlocked.Increment(ref _dropped));
    }

    /// <summary>The endpoint's name.</summary>
    public string Id => _options.Id;

    /// <summary>How it stands; may be read from any thread.</summary>
    public WebhookCounts Counts => new(Interlocked.Read(ref _delivered), Interlocked.Read(ref _failed), Interlocked.Read(ref _dropped), _queue.Reader.Count);

    /// <summary>Queues an event, if the endpoint wants it. For the deciding loop: never waits, never throws.</summary>
    public void Offer(StampedEvent e)
    {
        if (_options.Wants(e.Event) && !_queue.Writer.TryWrite(new Offered(++_lastOffered, e)))
            Interlocked.Increment(ref _dropped);    // the worker has been stopped
    }

    /// <summary>Begins to deliver.</summary>
    public void Start() => _running = Task.Run(RunAsync, CancellationToken.None);

    /// <summary>Delivers what is queued, for at most <see cref="WebhookDelivery.DrainTimeout"/>, and ends. An endpoint known to be gone is not waited for.</summary>
    /// <param name="hurry">Set when even that is too long.</param>
    public async Task StopAsync(CancellationToken hurry)
    {
        _queue.Writer.TryComplete();
        using var drained = new CancellationTokenSource(_isCircuitOpen ? TimeSpan.Zero : _options.Delivery.DrainTimeout, _time);
        await using CancellationTokenRegistration late = drained.Token.UnsafeRegister(static aborting => ((CancellationTokenSource)aborting!).Cancel(), _aborting);
        await using CancellationTokenRegistration hurried = hurry.UnsafeRegister(static aborting => ((CancellationTokenSource)aborting!).Cancel(), _aborting);
        await _running;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _aborting.Dispose();
        _endpoint.Dispose();
    }

    private async Task RunAsync()
    {
        while (await _queue.Reader.WaitToReadAsync(CancellationToken.None))    // until stopped: that completes the queue
        {
            while (_queue.Reader.TryRead(out Offered offered))
            {
                try
                {
                    await DeliverAsync(offered);
                }
                catch (OperationCanceledException) when (_aborting.IsCancellationRequested)
                {
                    long undelivered = _queue.Reader.Count + 1;
                    Interlocked.Add(ref _dropped, undelivered);
                    _log.StoppedBeforeDelivery(Id, undelivered);
                    return;
                }
                catch (Exception bug)
                {
                    Interlocked.Increment(ref _failed);
                    _log.DeliveryBroke(bug, Id, offered.Event.Event.Name, offered.Event.Sequence);
                }
            }
        }
    }

    private async Task DeliverAsync(Offered offered)
    {
        long missed = offered.Number - _lastDelivered - 1;
        TellOfDrops();
        Outcome<DeliveryAttempt> outcome = await AttemptAsync(offered.Event, missed);
        switch (outcome)
        {
            case { Result: DeliveryAttempt.Accepted }:
                Interlocked.Increment(ref _delivered);
                _lastDelivered = offered.Number;
                _isBurstTold = false;
                if (missed > 0)
                    _log.EventsMissed(Id, missed);
                break;
            case { Result: DeliveryAttempt.Refused refused }:
                Interlocked.Increment(ref _failed);
                _log.EventRefused(Id, offered.Event.Event.Name, offered.Event.Sequence, _options.Origin, refused.Status);
                break;
            default:
                _aborting.Token.ThrowIfCancellationRequested();
                Interlocked.Increment(ref _failed);
                _log.EventGivenUp(Id, offered.Event.Event.Name, offered.Event.Sequence, DeliveryPipeline.Reason(outcome));
                break;
        }
    }

    private async Task<Outcome<DeliveryAttempt>> AttemptAsync(StampedEvent e, long missed)
    {
        string id = $"{_idPrefix}-{e.Sequence}";
        // Written once, so that a receiver that got it twice got it twice the same.
        byte[] body = WebhookJson.BodyOf(WebhookMessage.Of(e, id, _sentinel, missed));
        ResilienceContext context = ResilienceContextPool.Shared.Get(_aborting.Token);
        try
        {
            return await _pipeline.ExecuteOutcomeAsync(
                static async (context, attempt) =>
                {
                    try
                    {
                        return Outcome.FromResult(await attempt.Endpoint.PostAsync(attempt.Id, attempt.Body, context.CancellationToken));
                    }
                    catch (Exception failure)
                    {
                        // The strategies tell a timeout from an end by looking at it; what is unexpected costs this event alone.
                        return Outcome.FromException<DeliveryAttempt>(failure);
                    }
                },
                context,
                (Endpoint: _endpoint, Id: id, Body: body));
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private void AttemptFailed(string reason, TimeSpan pause)
    {
        _log.AttemptFailed(Id, _options.Origin, reason, pause.TotalMilliseconds);
        TellOfDrops();
    }

    private void CircuitOpened(string reason)
    {
        _isCircuitOpen = true;
        _log.CircuitOpened(Id, _options.Origin, _options.Delivery.BreakDuration.TotalSeconds, reason);
        TellOfDrops();
    }

    private void CircuitClosed()
    {
        _isCircuitOpen = false;
        _log.CircuitClosed(Id);
    }

    /// <summary>Logs that events are being dropped, once until one is delivered again. Not where they are dropped: that is the deciding loop.</summary>
    private void TellOfDrops()
    {
        long dropped = Interlocked.Read(ref _dropped);
        if (dropped > _droppedTold && !_isBurstTold)
        {
            _isBurstTold = true;
            _log.QueueFull(Id, _options.Delivery.QueueMax, dropped - _droppedTold);
        }
        _droppedTold = dropped;
    }

    /// <param name="Number">Counts the events that this endpoint wants, from 1.</param>
    /// <param name="Event">The event.</param>
    private readonly record struct Offered(long Number, StampedEvent Event);
}
