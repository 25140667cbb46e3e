using System.Security.Cryptography;
using Sentinel.Core;

namespace Sentinel.Daemon.Notifications;

/// <summary>All webhooks of this process: hears every event and offers it to each endpoint's worker.</summary>
/// <remarks>The workers are stopped together, so that several dead endpoints delay the end of the process no longer than one.</remarks>
internal sealed class Webhooks : IEventListener, IHostedService, IDisposable
{
    private readonly WebhookWorker[] _workers;

    /// <param name="sentinel">Who tells the events.</param>
    /// <param name="endpoints">Where to.</param>
    /// <param name="time">The clock of timeouts and pauses.</param>
    /// <param name="log">Where troubles are logged.</param>
    public Webhooks(SentinelId sentinel, IReadOnlyList<WebhookOptions> endpoints, TimeProvider time, ILogger<Webhooks> log)
    {
        // Sequence numbers begin anew with every start of the process; the nonce keeps their ids apart.
        string idPrefix = $"{sentinel.Short}-{RandomNumberGenerator.GetHexString(8, lowercase: true)}";
        _workers = [.. endpoints.Select(endpoint => new WebhookWorker(endpoint, sentinel, idPrefix, time, log))];
    }

    /// <summary>The endpoints' workers, in the order of the configuration.</summary>
    public IReadOnlyList<WebhookWorker> Workers => _workers;

    /// <inheritdoc/>
    public void OnEvent(StampedEvent e)
    {
        foreach (WebhookWorker worker in _workers)
            worker.Offer(e);
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (WebhookWorker worker in _workers)
            worker.Start();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.WhenAll(_workers.Select(worker => worker.StopAsync(cancellationToken)));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (WebhookWorker worker in _workers)
            worker.Dispose();
    }
}
