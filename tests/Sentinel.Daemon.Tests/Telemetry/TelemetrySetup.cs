using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sentinel.Core;
using Sentinel.Daemon.Notifications;
using Sentinel.Daemon.Telemetry;
using Sentinel.Daemon.Tests.Notifications;

namespace Sentinel.Daemon.Tests.Telemetry;

/// <summary>A host with telemetry, that is told events at times of the test's choice.</summary>
internal sealed class TelemetrySetup : IAsyncDisposable
{
    public static readonly Address OldMaster = new("10.0.0.1", 6379);
    public static readonly Address NewMaster = new("10.0.0.2", 6379);
    public static readonly Address Peer = new("10.0.0.9", 26379);

    private readonly IHost _host;
    private readonly IEventListener[] _listeners;
    private long _sequence;

    private TelemetrySetup(Action<IServiceCollection> add, (string Name, string Value)[] variables)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(variables.ToDictionary(variable => variable.Name, variable => (string?)variable.Value));
        builder.Services.AddLogging().AddSingleton<ILogger<TelemetryExport>>(Log);
        add(builder.Services);
        builder.Services.AddSentinelTelemetry(builder.Configuration, Id('a'), _ => View);
        _host = builder.Build();
        _listeners = [.. _host.Services.GetServices<IEventListener>()];
    }

    public IServiceProvider Services => _host.Services;

    /// <summary>The view that metrics read.</summary>
    public SentinelView View { get; set; } = new() { Id = Id('a') };

    public RecordingLogger<TelemetryExport> Log { get; } = new();

    /// <summary>Starts one that exports to a collector by <c>http/protobuf</c>.</summary>
    public static Task<TelemetrySetup> StartAsync(OtlpReceiver collector) =>
        StartAsync(("OTEL_EXPORTER_OTLP_ENDPOINT", collector.HttpUrl), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"));

    /// <summary>Starts one with these environment variables.</summary>
    public static Task<TelemetrySetup> StartAsync(params (string Name, string Value)[] variables) => StartAsync(_ => { }, variables);

    /// <summary>Starts one with other features besides.</summary>
    public static async Task<TelemetrySetup> StartAsync(Action<IServiceCollection> add, params (string Name, string Value)[] variables)
    {
        var setup = new TelemetrySetup(add, variables);
        await setup._host.StartAsync();
        return setup;
    }

    public static SentinelId Id(char digit) => SentinelId.TryParse(new string(digit, SentinelId.Length), out SentinelId id) ? id : throw new ArgumentException("no digit", nameof(digit));

    /// <summary>The moment of this second of the story, to the millisecond.</summary>
    public static DateTimeOffset At(double seconds) => new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero).AddMilliseconds(Math.Round(seconds * 1000));

    /// <summary>Tells an event about a master.</summary>
    /// <param name="at">Its second; see <see cref="At"/>.</param>
    /// <param name="name">The event.</param>
    /// <param name="master">The group.</param>
    /// <param name="epoch">Its epoch.</param>
    /// <param name="change">What else it says; null: it is about the master, at the old address.</param>
    public void Happens(double at, string name, string master = "mymaster", ulong epoch = 7, Func<SentinelEvent, SentinelEvent>? change = null)
    {
        var happened = new SentinelEvent(name, EventLevel.Warning, $"master {master} 10.0.0.1 6379")
        {
            MasterName = master, MasterAddress = OldMaster, Kind = InstanceKind.Master, InstanceAddress = OldMaster, Epoch = new Epoch(epoch),
        };
        Tell(at, change?.Invoke(happened) ?? happened);
    }

    /// <summary>Tells an event.</summary>
    /// <param name="at">Its second; see <see cref="At"/>.</param>
    /// <param name="happened">What happened.</param>
    public void Tell(double at, SentinelEvent happened)
    {
        var e = new StampedEvent(++_sequence, At(at), happened);
        foreach (IEventListener listener in _listeners)
            listener.OnEvent(e);
    }

    /// <summary>Tells of a master that goes down at 10 s, and of the failover in epoch 7 that we lead until 10.4 s; clients are told at 10.25 s.</summary>
    public void LeadFailover(string master = "mymaster")
    {
        Happens(10.00, "+sdown", master);
        Happens(10.05, "+odown", master);
        Happens(10.10, "+new-epoch", master);
        Happens(10.10, "+try-failover", master);
        Happens(10.10, "+vote-for-leader", master);
        Happens(10.12, "+elected-leader", master);
        Happens(10.12, "+failover-state-select-slave", master);
        PromoteAt(10.13, master);
        Happens(10.25, "+promoted-slave", master, change: AboutReplica);
        Happens(10.25, "+failover-state-reconf-slaves", master);
        Happens(10.25, "+switch-master", master, change: ToNewMaster);
        Happens(10.25, "+slave", master, change: AboutReplica);
        Happens(10.30, "+slave-reconf-sent", master, change: AboutReplica);
        Happens(10.40, "+failover-end", master, change: e => e with { MasterAddress = NewMaster, InstanceAddress = NewMaster });
    }

    /// <summary>Tells that the replica was chosen, and 10 ms later that it was told.</summary>
    public void PromoteAt(double at, string master = "mymaster")
    {
        Happens(at, "+selected-slave", master, change: AboutReplica);
        Happens(at, "+failover-state-send-slaveof-noone", master, change: AboutReplica);
        Happens(at + 0.01, "+failover-state-wait-promotion", master, change: AboutReplica);
    }

    public static SentinelEvent AboutReplica(SentinelEvent happened) => happened with { Kind = InstanceKind.Replica, InstanceAddress = NewMaster };

    public static SentinelEvent AboutPeer(SentinelEvent happened) => happened with { Kind = InstanceKind.Sentinel, InstanceAddress = Peer };

    public static SentinelEvent ToNewMaster(SentinelEvent happened) => happened with { NewAddress = NewMaster, InstanceAddress = NewMaster };

    /// <summary>Stops as the host does, with a last export.</summary>
    public Task StopAsync() => _host.StopAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _host.Dispose();
    }
}
