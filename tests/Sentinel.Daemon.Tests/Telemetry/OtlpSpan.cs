namespace Sentinel.Daemon.Tests.Telemetry;

/// <summary>A span as the collector got it: <c>trace.proto</c>.</summary>
internal sealed record OtlpSpan
{
    public required string TraceId { get; init; }
    public required string Id { get; init; }

    /// <summary>Empty: it is a root.</summary>
    public required string ParentId { get; init; }

    public required string Name { get; init; }
    public required DateTimeOffset From { get; init; }
    public required DateTimeOffset To { get; init; }
    public required Dictionary<string, object> Attributes { get; init; }
    public required IReadOnlyList<(string Name, DateTimeOffset At)> Events { get; init; }
    public required OtlpStatus Status { get; init; }
    public required string StatusText { get; init; }
    public required string Source { get; init; }
    public required Dictionary<string, object> Resource { get; init; }

    /// <summary>Reads an ExportTraceServiceRequest.</summary>
    public static IEnumerable<OtlpSpan> ReadAll(byte[] request) =>
        from resource in new ProtoMessage(request).Messages(1)
        from scope in resource.Messages(2)
        from span in scope.Messages(2)
        let status = span.Message(15)
        select new OtlpSpan
        {
            TraceId = Convert.ToHexString(span.Bytes(1)),
            Id = Convert.ToHexString(span.Bytes(2)),
            ParentId = Convert.ToHexString(span.Bytes(4)),
            Name = span.Text(5),
            From = span.Time(7),
            To = span.Time(8),
            Attributes = OtlpAttributes.Read(span, 9),
            Events = [.. span.Messages(11).Select(e => (e.Text(2), e.Time(1)))],
            Status = (OtlpStatus)(status?.Number(3) ?? 0),
            StatusText = status?.Text(2) ?? "",
            Source = scope.Message(1)!.Text(1),
            Resource = OtlpAttributes.Read(resource.Message(1), 1),
        };
}
