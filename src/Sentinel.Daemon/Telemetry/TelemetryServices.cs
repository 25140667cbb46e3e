using System.Diagnostics.Metrics;
using Sentinel.Core;
using Sentinel.Daemon.Notifications;

namespace Sentinel.Daemon.Telemetry;

/// <summary>Adds metrics and traces to the host.</summary>
internal static class TelemetryServices
{
    /// <summary>Exports metrics and traces by OTLP when the environment says where to (<c>OTEL_EXPORTER_OTLP_ENDPOINT</c>). Else nothing is added.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configuration">Has environment variables among its sources.</param>
    /// <param name="sentinel">Who we are.</param>
    /// <param name="view">Gives the latest view; called when metrics are collected, on any thread.</param>
    public static IServiceCollection AddSentinelTelemetry(
        this IServiceCollection services, IConfiguration configuration, SentinelId sentinel, Func<IServiceProvider, SentinelView> view)
    {
        TelemetryOptions options = TelemetryOptions.From(configuration);
        if (options is { Metrics: false, Traces: false, Problems: [] })
            return services;
        if (options.Metrics || options.Traces)
            services.AddSentinelMetrics(view);
        return services.AddHostedService(provider =>
            new TelemetryExport(options, configuration, sentinel, provider.GetRequiredService<ILogger<TelemetryExport>>()));
    }

    /// <summary>Measures, for whoever collects the meter <see cref="SentinelMetrics.MeterName"/>. May be called by each such feature: the second time adds nothing.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="view">Gives the latest view; called when metrics are collected, on any thread.</param>
    public static IServiceCollection AddSentinelMetrics(this IServiceCollection services, Func<IServiceProvider, SentinelView> view)
    {
        if (services.Any(service => service.ServiceType == typeof(SentinelMetrics)))
            return services;
        services.AddMetrics();
        services.AddSingleton(provider => new SentinelMetrics(
            provider.GetRequiredService<IMeterFactory>(), () => view(provider), provider.GetService<Webhooks>()?.Workers ?? []));
        services.AddSingleton<FailoverTracing>();
        services.AddSingleton<IEventListener, EventTelemetry>();
        return services;
    }
}
