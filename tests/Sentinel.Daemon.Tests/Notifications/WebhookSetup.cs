using Sentinel.Core;
using Sentinel.Daemon.Notifications;
using Sentinel.Daemon.Tests.Lab;

namespace Sentinel.Daemon.Tests.Notifications;

/// <summary>Running webhooks with their log; stopped with the test.</summary>
internal sealed class WebhookSetup : IAsyncDisposable
{
    /// <summary>Quick pauses; attempts enough for a machine that is busy, and a circuit that stays closed.</summary>
    public static readonly WebhookDelivery Quick = new()
    {
        AttemptsMax = 1000,
        RetryDelay = TimeSpan.FromMilliseconds(5),
        RetryDelayMax = TimeSpan.FromMilliseconds(20),
        FailuresToOpen = 1000,
        DrainTimeout = TimeSpan.Zero,
    };

    private readonly Webhooks _webhooks;
    private long _sequence;

    private WebhookSetup(params WebhookOptions[] endpoints)
    {
        Assert.True(SentinelId.TryParse("0123456789abcdef0123456789abcdef01234567", out SentinelId id));
        _webhooks = new Webhooks(id, endpoints, TimeProvider.System, Log);
    }

    public RecordingLogger<Webhooks> Log { get; } = new();

    public IReadOnlyList<WebhookWorker> Workers => _webhooks.Workers;

    /// <summary>How the first endpoint stands.</summary>
    public WebhookCounts Counts => Workers[0].Counts;

    public static WebhookOptions Endpoint(Uri url, WebhookDelivery? delivery = null, string id = "ops") => new(id, url, []) { Delivery = delivery ?? Quick };

    public static async Task<WebhookSetup> StartAsync(params WebhookOptions[] endpoints)
    {
        var setup = new WebhookSetup(endpoints);
        await setup._webhooks.StartAsync(CancellationToken.None);
        return setup;
    }

    /// <summary>An event with a message that is its number.</summary>
    public void Happens(int number) => Happens(new SentinelEvent("+sdown", EventLevel.Warning, $"{number}"));

    public void Happens(SentinelEvent happened) =>
        _webhooks.OnEvent(new StampedEvent(++_sequence, new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero), happened));

    /// <summary>Waits until the first endpoint stands so.</summary>
    public Task CountsAsync(Predicate<WebhookCounts> areSo) =>
        Eventually.UndisputedAsync("the counts are as they should be", () => Task.FromResult(Counts is var counts && areSo(counts) ? null : $"{counts}"));

    /// <summary>Stops as the host does.</summary>
    public Task StopAsync() => _webhooks.StopAsync(CancellationToken.None);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _webhooks.Dispose();
    }
}
