using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Sentinel.Daemon.Tests.Telemetry;

/// <summary>A collector on loopback: takes OTLP over HTTP and over gRPC, and keeps what it gets.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private ImmutableList<OtlpSpan> _spans = [];
    private ImmutableList<OtlpPoint> _points = [];

    private OtlpReceiver()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
        });
        _app = builder.Build();
        _app.MapPost("/v1/traces", context => TakeHttpAsync(context, TakeSpans));
        _app.MapPost("/v1/metrics", context => TakeHttpAsync(context, TakePoints));
        _app.MapPost("/opentelemetry.proto.collector.trace.v1.TraceService/Export", context => TakeGrpcAsync(context, TakeSpans));
        _app.MapPost("/opentelemetry.proto.collector.metrics.v1.MetricsService/Export", context => TakeGrpcAsync(context, TakePoints));
    }

    /// <summary>Where it takes <c>http/protobuf</c>.</summary>
    public string HttpUrl => Addresses.First();

    /// <summary>Where it takes <c>grpc</c>.</summary>
    public string GrpcUrl => Addresses.Last();

    /// <summary>The spans that came so far, in order.</summary>
    public ImmutableList<OtlpSpan> Spans => Volatile.Read(ref _spans);

    /// <summary>The points of metrics that came so far, in order; later ones of a series are newer.</summary>
    public ImmutableList<OtlpPoint> Points => Volatile.Read(ref _points);

    private ICollection<string> Addresses => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;

    public static async Task<OtlpReceiver> StartAsync()
    {
        var receiver = new OtlpReceiver();
        await receiver._app.StartAsync();
        return receiver;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private void TakeSpans(byte[] request) => ImmutableInterlocked.Update(ref _spans, (spans, added) => spans.AddRange(added), OtlpSpan.ReadAll(request).ToArray());

    private void TakePoints(byte[] request) => ImmutableInterlocked.Update(ref _points, (points, added) => points.AddRange(added), OtlpPoint.ReadAll(request).ToArray());

    private static async Task TakeHttpAsync(HttpContext context, Action<byte[]> take)
    {
        Assert.Equal("application/x-protobuf", context.Request.ContentType);
        take(await BodyAsync(context));
        context.Response.ContentType = "application/x-protobuf";
    }

    /// <summary>One call: five bytes of frame (not compressed, length), then the message; the status comes as a trailer.</summary>
    private static async Task TakeGrpcAsync(HttpContext context, Action<byte[]> take)
    {
        byte[] body = await BodyAsync(context);
        Assert.Equal(0, body[0]);
        Assert.Equal(body.Length - 5, BinaryPrimitives.ReadInt32BigEndian(body.AsSpan(1)));
        take(body[5..]);
        context.Response.ContentType = "application/grpc";
        context.Response.AppendTrailer("grpc-status", "0");
        await context.Response.Body.WriteAsync(new byte[5]);
    }

    private static async Task<byte[]> BodyAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        return body.ToArray();
    }
}
