using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Sentinel.Core;
using Sentinel.Daemon.Commands;

namespace Sentinel.Daemon.Telemetry;

/// <summary>Exports metrics and traces by OTLP for as long as the host runs.</summary>
/// <remarks>
/// Export is done by threads of the SDK's own; a collector that is gone costs what they buffer, which is bounded. Nothing
/// that is wrong with telemetry keeps the Sentinel from its work: it is logged, and nothing is exported.
/// </remarks>
/// <param name="options">Which signals.</param>
/// <param name="configuration">Where the SDK reads the rest.</param>
/// <param name="sentinel">Who we are: <c>service.instance.id</c>.</param>
/// <param name="log">Where troubles are logged.</param>
internal sealed class TelemetryExport(TelemetryOptions options, IConfiguration configuration, SentinelId sentinel, ILogger<TelemetryExport> log)
    : IHostedService, IDisposable
{
    /// <summary>How long the last export may take when the process stops. It is worth having, for it may tell why; a supervisor waits longer.</summary>
    private static readonly TimeSpan FlushTimeout = TimeSpan.FromSeconds(2);

    private OpenTelemetrySdk? _sdk;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (string problem in options.Problems)
            log.NotExported(problem);
        try
        {
            if (options.Metrics || options.Traces)
                _sdk = OpenTelemetrySdk.Create(Configure);
        }
        catch (Exception mistake)
        {
            // Certificates that are not there, headers that are none: the exporter finds them when it is made.
            log.NotExported(mistake.Message);
        }
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_sdk is null)
            return;
        int timeoutMs = (int)FlushTimeout.TotalMilliseconds;
        bool[] isFlushed = await Task.WhenAll(
            Task.Run(() => _sdk.MeterProvider.Shutdown(timeoutMs), CancellationToken.None),    // they block
            Task.Run(() => _sdk.TracerProvider.Shutdown(timeoutMs), CancellationToken.None));
        if (isFlushed.Contains(false))
            log.NotFlushed(FlushTimeout.TotalSeconds);
    }

    /// <inheritdoc/>
    public void Dispose() => _sdk?.Dispose();

    /// <remarks>The exporter is for all signals, which alone reads the variables of single ones; a signal that is not wanted has no source.</remarks>
    private void Configure(IOpenTelemetryBuilder builder)
    {
        builder.Services.AddSingleton(configuration);
        builder.ConfigureResource(DescribeUs).UseOtlpExporter();
        if (options.Metrics)
            builder.WithMetrics(metrics => metrics.AddMeter(SentinelMetrics.MeterName));
        if (options.Traces)
            builder.WithTracing(traces => traces.AddSource(FailoverTracing.SourceName));
    }

    /// <summary>Ours first: what the environment says overrides it.</summary>
    private void DescribeUs(ResourceBuilder resource) => resource
        .Clear()
        .AddTelemetrySdk()
        .AddService("sentinel", serviceVersion: ServerVersion.Own, serviceInstanceId: sentinel.Text)
        .AddEnvironmentVariableDetector();
}
