using Sentinel.Core;

namespace Sentinel.Daemon.Commands;

/// <summary>Disconnects clients that have said nothing for longer than <c>timeout</c> allows. Subscribers may be silent, as in Redis.</summary>
internal sealed class IdleClients(ClientRegistry clients, SentinelLoop loop, RespServerOptions options, TimeProvider time) : BackgroundService
{
    /// <summary>How late a client may be disconnected: <c>timeout</c> counts in seconds.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.ClientTimeout == TimeSpan.Zero)
            return;
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                Disconnect(loop.Now);
        }
        catch (OperationCanceledException)
        {
            // We stop.
        }
    }

    private void Disconnect(Instant now)
    {
        foreach (ClientConnection client in clients.All.Where(client => !client.IsSubscribed && now - client.LastHeardAt > options.ClientTimeout))
        {
            client.IsClosing = true;
            client.Output.CutOff($"it was idle for more than {options.ClientTimeout.TotalSeconds} s", LogLevel.Debug);
        }
    }
}
