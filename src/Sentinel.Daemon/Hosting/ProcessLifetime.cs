namespace Sentinel.Daemon.Hosting;

/// <summary>Leaves signals to <see cref="StopSignals"/>; the usual lifetime of a host would answer them too.</summary>
internal sealed class ProcessLifetime : IHostLifetime
{
    /// <inheritdoc/>
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
