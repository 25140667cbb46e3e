using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Sentinel.Core;
using Sentinel.Daemon.Acl;
using Sentinel.Daemon.Commands;
using Sentinel.Daemon.Configuration;
using Sentinel.Daemon.Links;
using Sentinel.Daemon.Logging;
using Sentinel.Daemon.Names;
using Sentinel.Daemon.Notifications;
using Sentinel.Daemon.Scripts;
using Sentinel.Daemon.Telemetry;
using Sentinel.Daemon.Tls;

namespace Sentinel.Daemon;

/// <summary>One run of the daemon, from a configuration that was read to its exit code.</summary>
internal static class SentinelProcess
{
    private const int Failed = 1;

    /// <summary>A rule of the core was broken: an error in the software, as sysexits.h numbers it.</summary>
    private const int Broken = 70;

    /// <summary>How long clients and webhooks may take to let go when we stop.</summary>
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(3);

    /// <summary>Runs until SHUTDOWN, SIGTERM or SIGINT.</summary>
    /// <returns>The exit code: 0 after an orderly stop, 1 when it could not start.</returns>
    public static async Task<int> RunAsync(SentinelConfiguration configuration)
    {
        using PosixSignalRegistration outlive = Posix.OutliveFileSizeLimit();
        using var log = new RedisLog(configuration.Log, TimeProvider.System);
        SayHello(log, configuration);
        if (!TryReadTls(configuration.Tls, log, out TlsContext? tls))
            return Failed;
        SentinelState state = configuration.State(SentinelId.Draw(new Random(Seed())));
        var file = new StateFile(configuration.File);
        await using WebApplication app = Build(configuration, state, file, tls, log);
        UserStore users = app.Services.GetRequiredService<UserStore>();
        if (!users.TryLoad())
            return Failed;
        try
        {
            await app.StartAsync();
            Listeners.Opened(configuration);
        }
        catch (IOException failure) when (failure.InnerException is AddressInUseException or SocketException)
        {
            log.Write(EventLevel.Warning, $"Warning: Could not create server TCP listening socket {Where(failure)}: bind: {Reason(failure)}");
            log.Write(EventLevel.Warning, Where(failure).EndsWith($":{configuration.Tls.Port}", StringComparison.Ordinal)
                ? $"Failed listening on port {configuration.Tls.Port} (TLS), aborting."
                : $"Failed listening on port {configuration.Options.Port} (tcp), aborting.");
            return Failed;
        }
        // Not before the port is ours: whoever else has it may be a Sentinel with the same file, and further than what we read.
        if (file.Save(old => ConfigurationRewriter.Rewrite(old, configuration, state, users.Saved())) is SaveResult.Failed(var error))
        {
            log.Write(EventLevel.Warning, $"Sentinel config file {configuration.File} is not writable: {error}. Exiting...");
            await app.StopAsync();
            return Failed;
        }
        return await RunAsync(app, state, log);
    }

    private static async Task<int> RunAsync(WebApplication app, SentinelState state, RedisLog log)
    {
        SentinelLoop loop = app.Services.GetRequiredService<SentinelLoop>();
        using PosixSignalRegistration terminate = StopOn(PosixSignal.SIGTERM, app, log);
        using PosixSignalRegistration interrupt = StopOn(PosixSignal.SIGINT, app, log);
        log.Write(EventLevel.Notice, $"Sentinel ID is {state.Id}");
        loop.Start();
        await app.WaitForShutdownAsync();
        log.Write(EventLevel.Warning, "User requested shutdown...");
        loop.Stop();
        using var impatient = new CancellationTokenSource(StopTimeout);
        await app.Services.GetRequiredService<StateWriter>().StopAsync(impatient.Token);
        log.Write(EventLevel.Warning, "Sentinel is now ready to exit, bye bye...");
        return app.Services.GetRequiredService<ExitCode>().Value;
    }

    /// <returns>False when TLS is wanted and cannot be; the log says why.</returns>
    private static bool TryReadTls(TlsOptions options, RedisLog log, out TlsContext? tls)
    {
        tls = null;
        if (!options.IsUsed)
            return true;
        if (!options.WithoutEffect.IsEmpty)
            log.Write(EventLevel.Notice, $"Without effect here, and accepted for the sake of Redis: {string.Join(", ", options.WithoutEffect)}");
        tls = TlsContext.Create(options, log, TimeProvider.System, out string? problem);
        if (tls is not null)
            return true;
        log.Write(EventLevel.Warning, problem!);
        log.Write(EventLevel.Warning, "Failed to configure TLS. Check logs for more info.");
        return false;
    }

    /// <summary>The address that Kestrel could not listen on, as Redis writes it; Kestrel has it only in its message, as a URL.</summary>
    private static string Where(IOException failure)
    {
        const string Scheme = "http://";
        int start = failure.Message.IndexOf(Scheme, StringComparison.Ordinal) + Scheme.Length;
        int end = failure.Message.IndexOf(": ", start, StringComparison.Ordinal);
        return end < start ? failure.Message : failure.Message[start..end].Replace("[::]", "*", StringComparison.Ordinal);
    }

    private static string Reason(IOException failure) =>
        failure.InnerException is AddressInUseException ? "Address already in use" : failure.InnerException!.Message;

    private static WebApplication Build(SentinelConfiguration configuration, SentinelState state, StateFile file, TlsContext? tls, RedisLog log)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(new RedisLoggerProvider(log)).SetMinimumLevel(LogLevel.Warning)
            .AddFilter("Sentinel", LogLevel.Trace)    // loglevel decides
            .AddFilter("Microsoft.Extensions.Hosting", LogLevel.Critical);    // a start that fails is told by us, in Redis' words
        builder.Services.Configure<HostOptions>(options => (options.ShutdownTimeout, options.ServicesStopConcurrently) = (StopTimeout, true));
        builder.Services.Configure<ConsoleLifetimeOptions>(options => options.SuppressStatusMessages = true);
        builder.WebHost.UseSockets(sockets =>
        {
            sockets.Backlog = configuration.TcpBacklog;
            sockets.UnsafePreferInlineScheduling = true;    // handlers never block
        });
        builder.WebHost.ConfigureKestrel(kestrel => Listeners.Listen(kestrel, configuration));

        builder.Services.AddSingleton(log).AddSingleton<IEventListener>(new EventLog(log));
        builder.Services.AddRespServer(new RespServerOptions
        {
            Port = configuration.Options.Port,
            TlsPort = configuration.Tls.Port,
            RequirePass = configuration.Options.RequirePass,
            AclFile = configuration.AclFile,
            HasAllChannelsByDefault = configuration.HasAllChannelsByDefault,
            AclLogMax = configuration.AclLogMax,
            ProtectedMode = configuration.ProtectedMode,
            MaxClients = (int)Math.Min(configuration.MaxClients, int.MaxValue),
            Bind = [.. configuration.Bind.Select(address => $"{(address.IsOptional ? "-" : "")}{address.Host}")],
            Limits = configuration.Requests,
            NormalOutput = configuration.NormalOutput,
            PubSubOutput = configuration.PubSubOutput,
            ClientTimeout = configuration.ClientTimeout,
            TcpKeepAlive = configuration.TcpKeepAlive,
            DenyScriptsReconfig = configuration.DenyScriptsReconfig,
            CommandNames = configuration.CommandNames,
            ConfigFile = configuration.File,
            Directory = configuration.Directory,
        });
        if (tls is not null)
            builder.Services.AddSingleton(tls).AddSingleton(new HandshakeFailureLog(log, TimeProvider.System)).AddSingleton<TlsHandshake>();
        builder.Services.AddScripts(log, services => services.GetRequiredService<SentinelLoop>().View.Options.Timing);
        builder.Services.AddSingleton(services => new UserStore(
            services.GetRequiredService<AccessControl>(), services.GetRequiredService<AclGrammar>(), configuration, log));
        builder.Services.AddWebhooks(state.Id, configuration.Webhooks);
        builder.Services.AddSentinelTelemetry(builder.Configuration, state.Id, services => services.GetRequiredService<SentinelLoop>().View);
        builder.Services.AddSingleton<ExitCode>();
        builder.Services.AddSingleton(services => new StateWriter(
            file, (number, error) => services.GetRequiredService<SentinelLoop>().Saved(number, error)));
        builder.Services.AddSingleton(services => Loop(services, configuration, state, log));
        return builder.Build();
    }

    private static SentinelLoop Loop(IServiceProvider services, SentinelConfiguration configuration, SentinelState state, RedisLog log)
    {
        var clock = new MonotonicClock(TimeProvider.System);
        StateWriter writer = services.GetRequiredService<StateWriter>();
        return new SentinelLoop(
            new SentinelCore(state, configuration.Options, new Random(Seed()), clock.Now),
            facts => new InstanceLinks(state.Id, facts, log),
            facts => new NameResolver(facts),
            (number, snapshot, options) =>
            {
                SentinelConfiguration current = configuration.With(options, log.Threshold);
                SavedUsers? users = services.GetRequiredService<UserStore>().Saved();
                writer.Request(number, old => ConfigurationRewriter.Rewrite(old, current, snapshot, users));
            },
            services.GetRequiredService<ScriptRunner>().Run,
            services.GetServices<IEventListener>(),
            log,
            clock,
            failed: broken =>
            {
                log.Write(EventLevel.Warning, $"This is a bug, and no decision is taken any more: {broken}");
                services.GetRequiredService<ExitCode>().Value = Broken;
                services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
            });
    }

    private static PosixSignalRegistration StopOn(PosixSignal signal, WebApplication app, RedisLog log) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            log.Write(EventLevel.Warning, $"Received {signal} scheduling shutdown...");
            app.Lifetime.StopApplication();
        });

    private static void SayHello(RedisLog log, SentinelConfiguration configuration)
    {
        log.Write(EventLevel.Notice, "oO0OoO0OoO0Oo Sentinel is starting oO0OoO0OoO0Oo");
        log.Write(EventLevel.Notice, $"Sentinel version={ServerVersion.Own}, redis={ServerVersion.Compatible}, bits=64, pid={Environment.ProcessId}, just started");
        log.Write(EventLevel.Notice, "Configuration loaded");
        log.Write(EventLevel.Notice, $"Running mode=sentinel, port={(configuration.Options.Port != 0 ? configuration.Options.Port : configuration.Tls.Port)}.");
    }

    private static int Seed() => BitConverter.ToInt32(RandomNumberGenerator.GetBytes(sizeof(int)));

    /// <summary>What the process is to end with.</summary>
    private sealed class ExitCode
    {
        public int Value { get; set; }
    }
}
