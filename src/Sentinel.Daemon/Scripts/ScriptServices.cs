using Microsoft.Extensions.DependencyInjection.Extensions;
using Sentinel.Core;
using Sentinel.Daemon.Logging;

namespace Sentinel.Daemon.Scripts;

/// <summary>Adds the running of scripts to the host.</summary>
internal static class ScriptServices
{
    /// <summary>Adds the <see cref="ScriptRunner"/> that the <see cref="SentinelLoop"/> gives its orders to.</summary>
    public static IServiceCollection AddScripts(this IServiceCollection services, RedisLog log, Func<IServiceProvider, Timing> timing)
    {
        services.TryAddSingleton(TimeProvider.System);
        return services
            .AddSingleton(provider => new ScriptRunner(
                fact => provider.GetRequiredService<SentinelLoop>().Post(fact),
                log,
                new MonotonicClock(provider.GetRequiredService<TimeProvider>()),
                () => timing(provider)))
            .AddHostedService(provider => provider.GetRequiredService<ScriptRunner>());
    }
}
