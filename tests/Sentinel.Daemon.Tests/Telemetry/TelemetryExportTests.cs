using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Sentinel.Daemon.Notifications;
using Sentinel.Daemon.Telemetry;
using Sentinel.Daemon.Tests.Lab;

namespace Sentinel.Daemon.Tests.Telemetry;

/// <summary>What the standard environment variables do.</summary>
[Collection(TelemetryTestGroup.Name)]
public sealed class TelemetryExportTests
{
    private const int NotExported = 3100;

    [Fact]
    public async Task A_Sentinel_says_who_it_is()
    {
        await using OtlpReceiver collector = await OtlpReceiver.StartAsync();
        await using TelemetrySetup sentinel = await TelemetrySetup.StartAsync(collector);

        sentinel.LeadFailover();
        await sentinel.StopAsync();

        Assert.All(
            collector.Spans.Select(span => span.Resource).Concat(collector.Points.Select(point => point.Resource)),
            resource =>
            {
                Assert.Equal("sentinel", resource["service.name"]);
                Assert.Equal(new string('a', 40), resource["service.instance.id"]);
                Assert.Matches(@"^\d+\.\d+\.\d+", (string)resource["service.version"]);
                Assert.Equal("opentelemetry", resource["telemetry.sdk.name"]);
            });
    }

    [Fact]
    public async Task The_environment_may_say_otherwise()
    {
        await using OtlpReceiver collector = await OtlpReceiver.StartAsync();
        await using TelemetrySetup sentinel = await TelemetrySetup.StartAsync(
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.HttpUrl),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ("OTEL_SERVICE_NAME", "redis-guard"),
            ("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test,service.instance.id=one"));

        sentinel.LeadFailover();
        await sentinel.StopAsync();

        Dictionary<string, object> resource = collector.Spans[0].Resource;
        Assert.Equal("redis-guard", resource["service.name"]);
        Assert.Equal("one", resource["service.instance.id"]);
        Assert.Equal("test", resource["deployment.environment.name"]);
    }

    [Fact]
    public async Task Metrics_are_exported_as_often_as_the_environment_says()
    {
        await using OtlpReceiver collector = await OtlpReceiver.StartAsync();
        await using TelemetrySetup sentinel = await TelemetrySetup.StartAsync(
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.HttpUrl),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "50"));

        await Eventually.SoAsync("three exports come", () => collector.Points.Count(point => point.Name == "sentinel.tilt") >= 3);
    }

    [Fact]
    public async Task Both_signals_go_over_gRPC_as_well()
    {
        await using OtlpReceiver collector = await OtlpReceiver.StartAsync();
        await using TelemetrySetup sentinel = await TelemetrySetup.StartAsync(
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.GrpcUrl), ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"));

        sentinel.LeadFailover();
        await sentinel.StopAsync();

        Assert.Equal(8, collector.Spans.Count);
        Assert.Contains(collector.Points, point => point.Name == "sentinel.failovers");
    }

    [Fact]
    public async Task A_signal_may_have_an_endpoint_of_its_own()
    {
        await using OtlpReceiver collector = await OtlpReceiver.StartAsync();
        await using TelemetrySetup sentinel = await TelemetrySetup.StartAsync(
            ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", collector.HttpUrl + "/v1/traces"), ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/protobuf"));

        sentinel.LeadFailover();
        await sentinel.StopAsync();

        Assert.Equal(8, collector.Spans.Count);
        Assert.Empty(collector.Points);
    }

    [Fact]
    public async Task A_signal_can_be_left_out()
    {
        await using OtlpReceiver collector = await OtlpReceiver.StartAsync();
        await using TelemetrySetup sentinel = await TelemetrySetup.StartAsync(
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.HttpUrl), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"), ("OTEL_TRACES_EXPORTER", "none"));

        sentinel.LeadFailover();
        await sentinel.StopAsync();

        Assert.Empty(collector.Spans);
        Assert.NotEmpty(collector.Points);
    }

    [Fact]
    public async Task A_collector_that_is_gone_does_no_harm()
    {
        OtlpReceiver collector = await OtlpReceiver.StartAsync();
        string url = collector.HttpUrl;
        await collector.DisposeAsync();
        await using TelemetrySetup sentinel = await TelemetrySetup.StartAsync(
            ("OTEL_EXPORTER_OTLP_ENDPOINT", url), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"));

        sentinel.LeadFailover();

        await sentinel.StopAsync().WaitAsync(Eventually.Patience);
    }

    [Fact]
    public async Task An_endpoint_that_is_none_is_named_in_the_log_and_nothing_is_measured()
    {
        await using TelemetrySetup sentinel = await TelemetrySetup.StartAsync(("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317"));

        Assert.Equal(
            "Telemetry is not exported: OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4317' is no http or https URL; write one such as http://collector:4317",
            Assert.Single(sentinel.Log.Lines, line => line.EventId == NotExported).Text);
        Assert.Empty(sentinel.Services.GetServices<IEventListener>());
    }

    [Fact]
    public async Task What_the_exporter_cannot_use_is_named_in_the_log_and_the_host_runs()
    {
        await using TelemetrySetup sentinel = await TelemetrySetup.StartAsync(
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4317"), ("OTEL_EXPORTER_OTLP_HEADERS", "neither a name nor a value"));

        sentinel.LeadFailover();

        Assert.Contains("eader", Assert.Single(sentinel.Log.Lines, line => line.EventId == NotExported).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", " ")]
    [InlineData("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")]
    public void Without_an_endpoint_nothing_is_added_to_the_host(string name, string value) => Assert.Empty(Added((name, value)));

    [Fact]
    public void A_disabled_SDK_adds_nothing_to_the_host() =>
        Assert.Empty(Added(("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4317"), ("OTEL_SDK_DISABLED", "true")));

    [Fact]
    public void Features_that_collect_metrics_share_them()
    {
        var services = new ServiceCollection();

        services.AddSentinelMetrics(_ => throw new InvalidOperationException("nothing is collected here"));
        services.AddSentinelMetrics(_ => throw new InvalidOperationException("nothing is collected here"));

        Assert.Single(services, service => service.ServiceType == typeof(SentinelMetrics));
        Assert.Single(services, service => service.ServiceType == typeof(IEventListener));
    }

    private static ServiceCollection Added(params (string Name, string Value)[] variables)
    {
        var services = new ServiceCollection();
        IConfiguration configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(variables.ToDictionary(variable => variable.Name, variable => (string?)variable.Value)).Build();
        services.AddSentinelTelemetry(configuration, TelemetrySetup.Id('a'), _ => throw new InvalidOperationException("nothing is collected here"));
        return services;
    }
}
