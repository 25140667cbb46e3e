namespace Sentinel.Daemon.Tests.Telemetry;

/// <summary>One series of a metric as the collector got it: <c>metrics.proto</c>.</summary>
internal sealed record OtlpPoint
{
    public required string Meter { get; init; }
    public required string Name { get; init; }
    public required string Unit { get; init; }

    /// <summary><c>gauge</c>, <c>counter</c> (a monotonic sum) or <c>histogram</c>.</summary>
    public required string Kind { get; init; }

    public required Dictionary<string, object> Attributes { get; init; }

    /// <summary>Of a histogram the sum of what was recorded.</summary>
    public required double Value { get; init; }

    /// <summary>Of a histogram how much was recorded; else 1.</summary>
    public required long Count { get; init; }

    public required Dictionary<string, object> Resource { get; init; }

    /// <summary>Reads an ExportMetricsServiceRequest.</summary>
    public static IEnumerable<OtlpPoint> ReadAll(byte[] request) =>
        from resource in new ProtoMessage(request).Messages(1)
        from scope in resource.Messages(2)
        from metric in scope.Messages(2)
        let data = metric.Message(5) ?? metric.Message(7) ?? metric.Message(9)
        let kind = metric.Has(5) ? "gauge" : metric.Has(9) ? "histogram" : data.Number(3) != 0 ? "counter" : "sum"
        from point in data.Messages(1)
        select new OtlpPoint
        {
            Meter = scope.Message(1)!.Text(1),
            Name = metric.Text(1),
            Unit = metric.Text(3),
            Kind = kind,
            Attributes = OtlpAttributes.Read(point, kind == "histogram" ? 9 : 7),
            Value = kind == "histogram" ? point.Double(5) : point.Has(6) ? (long)point.Number(6) : point.Double(4),
            Count = kind == "histogram" ? (long)point.Number(4) : 1,
            Resource = OtlpAttributes.Read(resource.Message(1), 1),
        };
}
