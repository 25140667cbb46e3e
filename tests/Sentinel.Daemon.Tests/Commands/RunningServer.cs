using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Sentinel.Core;
using Sentinel.Daemon.Commands;
using Sentinel.Daemon.Configuration;
using Sentinel.Daemon.Links;
using Sentinel.Daemon.Logging;
using Sentinel.Daemon.Names;
using Sentinel.Daemon.Notifications;
using Sentinel.Daemon.Scripts;

namespace Sentinel.Daemon.Tests.Commands;

/// <summary>The real server: Kestrel on a free port of the loopback, the real loop and core; only the disk is ours.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    public const string MyId = "1111111111111111111111111111111111111111";

    private readonly WebApplication _app;
    private readonly RedisLog _log;
    private readonly Disk _disk;

    private RunningServer(WebApplication app, RedisLog log, Disk disk) => (_app, _log, _disk) = (app, log, disk);

    public int Port => new Uri(_app.Urls.Single()).Port;

    public SentinelLoop Loop => _app.Services.GetRequiredService<SentinelLoop>();

    public ScriptRunner Scripts => _app.Services.GetRequiredService<ScriptRunner>();

    /// <summary>All events since the start.</summary>
    public IReadOnlyCollection<SentinelEvent> Events => _app.Services.GetRequiredService<EventRecorder>().Events;

    public EventHub Hub => _app.Services.GetRequiredService<EventHub>();

    public ClientRegistry Clients => _app.Services.GetRequiredService<ClientRegistry>();

    public CommandTable Commands => _app.Services.GetRequiredService<CommandTable>();

    public RespConnectionHandler Handler => _app.Services.GetRequiredService<RespConnectionHandler>();

    public CancellationToken Stopping => _app.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;

    public static Task<RunningServer> StartAsync(params MasterState[] masters) => StartAsync(new RespServerOptions(), masters);

    public static Task<RunningServer> StartAsync(RespServerOptions options, params MasterState[] masters) =>
        StartAsync(options, new SentinelOptions(), null, masters);

    /// <param name="options">What clients meet.</param>
    /// <param name="own">What the configuration says of the Sentinel.</param>
    /// <param name="addressesOf">Where host names lead; null: as the system says.</param>
    /// <param name="masters">What it watches.</param>
    public static async Task<RunningServer> StartAsync(
        RespServerOptions options, SentinelOptions own, Func<string, IPAddress[]>? addressesOf, params MasterState[] masters)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseSockets(sockets => sockets.UnsafePreferInlineScheduling = true);    // as in production
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseConnectionHandler<RespConnectionHandler>()));
        builder.Services.AddLogging();
        builder.Services.AddRespServer(options);
        var log = new RedisLog(LogThreshold.Nothing, null, TimeProvider.System);
        builder.Services.AddScripts(log, provider => provider.GetRequiredService<SentinelLoop>().View.Options.Timing);
        builder.Services.AddSingleton<EventRecorder>().AddSingleton<IEventListener>(provider => provider.GetRequiredService<EventRecorder>());
        var disk = new Disk();
        builder.Services.AddSingleton(log);
        _ = SentinelId.TryParse(MyId, out SentinelId id);
        builder.Services.AddSingleton(provider =>
        {
            var clock = new MonotonicClock(TimeProvider.System);
            var core = new SentinelCore(new SentinelState(id, Epoch.Zero, [.. masters]), own, new Random(1), clock.Now);
            var loop = new SentinelLoop(
                core, facts => new InstanceLinks(id, facts, log), facts => new NameResolver(facts, addressesOf), disk.Write, _ => { }, provider.GetRequiredService<ScriptRunner>().Run,
                provider.GetServices<IEventListener>(), log, clock, _ => { });
            disk.Loop = loop;
            return loop;
        });
        WebApplication app = builder.Build();
        app.Services.GetRequiredService<SentinelLoop>().Start();
        await app.StartAsync();
        return new RunningServer(app, log, disk);
    }

    /// <summary>A master that nothing is ever sent to: port 0 cannot be connected to.</summary>
    public static MasterState Unreachable(string name, string host = "127.0.0.1", int quorum = 2) =>
        new() { Options = new MasterOptions { Name = name, Quorum = quorum }, Address = new Address(host, 0) };

    public Task<RespClient> ConnectAsync(int? receiveBuffer = null) => RespClient.ConnectAsync(Port, receiveBuffer);

    /// <summary>A client that speaks this version.</summary>
    public async Task<RespClient> ConnectAsync(Resp.RespVersion version)
    {
        RespClient client = await ConnectAsync();
        if (version == Resp.RespVersion.Resp3)
        {
            await client.SendAsync("HELLO 3\r\n");
            await client.ReadAsync();
        }
        return client;
    }

    /// <summary>Lets an event happen, as the deciding thread would.</summary>
    public void Happen(string name, string payload, EventLevel level = EventLevel.Warning) =>
        Hub.OnEvent(new StampedEvent(0, DateTimeOffset.UnixEpoch, new SentinelEvent(name, level, payload)));

    /// <summary>From now on saves do not come to an end.</summary>
    public void HoldSaves() => _disk.Hold();

    /// <summary>Ends the held saves.</summary>
    public void ReleaseSaves(string? error = null) => _disk.Release(error);

    /// <summary>Stops as the process does, with time to say goodbye.</summary>
    public Task StopAsync() => _app.StopAsync(CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
        _log.Dispose();
    }

    private sealed class EventRecorder : IEventListener
    {
        public ConcurrentQueue<SentinelEvent> Events { get; } = new();

        public void OnEvent(StampedEvent e) => Events.Enqueue(e.Event);
    }

    private sealed class Disk
    {
        private readonly Lock _gate = new();
        private readonly List<SaveNumber> _held = [];
        private bool _isHolding;

        public SentinelLoop? Loop { get; set; }

        public void Write(SaveNumber number, SentinelState state, SentinelOptions options)
        {
            lock (_gate)
            {
                if (_isHolding)
                    _held.Add(number);
                else
                    Loop!.Saved(number, null);
            }
        }

        public void Hold()
        {
            lock (_gate)
                _isHolding = true;
        }

        public void Release(string? error)
        {
            ImmutableArray<SaveNumber> held;
            lock (_gate)
            {
                _isHolding = false;
                held = [.. _held];
                _held.Clear();
            }
            foreach (SaveNumber number in held)
                Loop!.Saved(number, error);
        }
    }
}
