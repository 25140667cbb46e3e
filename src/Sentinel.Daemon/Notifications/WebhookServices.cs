using Microsoft.Extensions.DependencyInjection.Extensions;
using Sentinel.Core;

namespace Sentinel.Daemon.Notifications;

/// <summary>Adds webhooks to the host.</summary>
internal static class WebhookServices
{
    /// <summary>Tells every event that an endpoint wants to it. Without endpoints nothing is added.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="sentinel">Who tells the events.</param>
    /// <param name="endpoints">Where to; each id once.</param>
    public static IServiceCollection AddWebhooks(this IServiceCollection services, SentinelId sentinel, IReadOnlyList<WebhookOptions> endpoints)
    {
        if (endpoints.Count == 0)
            return services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => new Webhooks(
            sentinel, endpoints, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<Webhooks>>()));
        services.AddSingleton<IEventListener>(provider => provider.GetRequiredService<Webhooks>());
        services.AddHostedService(provider => provider.GetRequiredService<Webhooks>());
        return services;
    }
}
