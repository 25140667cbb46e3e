namespace Sentinel.Daemon.Tests.Telemetry;

/// <summary>Tests that run alone: a provider of OpenTelemetry hears the meters and sources of the whole process, by name.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class TelemetryTestGroup
{
    public const string Name = "telemetry";
}
