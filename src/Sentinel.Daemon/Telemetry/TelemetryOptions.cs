namespace Sentinel.Daemon.Telemetry;

/// <summary>What the standard <c>OTEL_…</c> environment variables say about whether to export. All others the SDK reads itself.</summary>
/// <remarks>
/// Of those the most useful: <c>OTEL_EXPORTER_OTLP_PROTOCOL</c> (<c>grpc</c>, the SDK's default, or <c>http/protobuf</c>),
/// <c>OTEL_EXPORTER_OTLP_HEADERS</c>, <c>OTEL_EXPORTER_OTLP_TIMEOUT</c>, <c>OTEL_METRIC_EXPORT_INTERVAL</c>,
/// <c>OTEL_TRACES_SAMPLER</c>, <c>OTEL_SERVICE_NAME</c>, <c>OTEL_RESOURCE_ATTRIBUTES</c>.
/// </remarks>
internal sealed record TelemetryOptions
{
    /// <summary>Where both signals go, unless a variable of its own says otherwise for one of them.</summary>
    public const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>Whether metrics are exported. Default false: nobody said where to.</summary>
    public bool Metrics { get; init; }

    /// <summary>Whether traces are. Default false.</summary>
    public bool Traces { get; init; }

    /// <summary>Every rule broken, in words an operator can act on. What they are about is not exported.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];

    /// <summary>Reads the variables.</summary>
    /// <param name="configuration">Has environment variables among its sources.</param>
    public static TelemetryOptions From(IConfiguration configuration)
    {
        if (string.Equals(configuration["OTEL_SDK_DISABLED"], "true", StringComparison.OrdinalIgnoreCase))
            return new TelemetryOptions();
        List<string> problems = [];
        return new TelemetryOptions
        {
            Metrics = IsExported("METRICS", configuration, problems),
            Traces = IsExported("TRACES", configuration, problems),
            Problems = [.. problems.Distinct()],
        };
    }

    private static bool IsExported(string signal, IConfiguration configuration, List<string> problems)
    {
        if (configuration[$"OTEL_{signal}_EXPORTER"]?.Trim() == "none")
            return false;
        string variable = $"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT";
        if (string.IsNullOrWhiteSpace(configuration[variable]))
            variable = EndpointVariable;
        string? endpoint = configuration[variable];
        if (string.IsNullOrWhiteSpace(endpoint))
            return false;
        if (Uri.TryCreate(endpoint, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https")
            return true;
        problems.Add($"{variable}: '{endpoint}' is no http or https URL; write one such as http://collector:4317");
        return false;
    }
}
