using System.Collections.Immutable;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Sentinel.Core;
using Sentinel.Daemon.Acl;
using Sentinel.Daemon.Commands;
using Sentinel.Daemon.Configuration;
using Sentinel.Daemon.Hosting;
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

    /// <summary>How long all of stopping may take; a supervisor waits longer.</summary>
    private static readonly TimeSpan StopBound = TimeSpan.FromSeconds(10);

    /// <summary>Runs until SHUTDOWN, SIGTERM or SIGINT.</summary>
    /// <param name="configuration">What was read.</param>
    /// <param name="supervisor">Who is told how we fare.</param>
    /// <param name="pidFile">Where to keep our process id; null: nowhere.</param>
    /// <param name="signals">What ends us.</param>
    /// <returns>The exit code: 0 after an orderly stop, 1 when it could not start.</returns>
    public static async Task<int> RunAsync(SentinelConfiguration configuration, Supervisor supervisor, string? pidFile, StopSignals signals)
    {
        using PosixSignalRegistration outlive = Posix.OutliveFileSizeLimit();
        using var log = new RedisLog(configuration.Log, TimeProvider.System);
        signals.LogTo(log);
        var exit = new ExitCode();
        using var bound = new Timer(_ => Abandon(log, exit));
        using CancellationTokenRegistration stopping = signals.Stopping.Register(() => bound.Change(StopBound, Timeout.InfiniteTimeSpan));
        Banner.Write(log);
        Banner.WriteDoubts(log, configuration);
        supervisor.Starting(log);
        if (OpenFiles.MakeRoom(configuration, log) is not { } roomy)
            return Failed;
        configuration = roomy;
        Banner.WriteMode(log, configuration);
        if (!TryReadTls(configuration, log, out TlsContext? tls))
            return Failed;
        SentinelState state = configuration.State(SentinelId.Draw(new Random(Seed())));
        var file = new StateFile(configuration.File);
        await using WebApplication? app = await TryListenAsync(() => Build(configuration, kestrel => Listeners.Listen(kestrel, configuration), supervisor, state, file, tls, log, exit), configuration, log, signals.Stopping);
        if (app is null)
            return signals.Stopping.IsCancellationRequested ? SayBye(log, exit) : Failed;
        using FileClaim? claim = file.Claim();
        if (WhyNotOurs(claim, configuration) is { } whyNot)
        {
            log.Write(EventLevel.Warning, whyNot);
            return Failed;
        }
        UserStore users = app.Services.GetRequiredService<UserStore>();
        // Not before the port is ours: whoever else has it may be a Sentinel with the same file, and further than what we read.
        string? unsaved = (file.Save(old => new ConfigurationRewriter().Rewrite(old, configuration, state, users.Saved())) as SaveResult.Failed)?.Error;
        // As in Redis it runs all the same: whoever asks where the master is gets an answer here too. What that means, and the cure, the core says.
        if (unsaved is not null)
            log.Write(EventLevel.Warning, $"{configuration.File} cannot be replaced: {unsaved}");
        using PidFile? written = pidFile is null ? null : PidFile.Write(pidFile, log);
        if (configuration.SetProcTitle)
            ProcessTitle.Set(configuration);
        return await RunAsync(app, supervisor, written, state, unsaved, log, signals);
    }

    /// <summary>Why the configuration file cannot be ours; null: it is.</summary>
    private static string? WhyNotOurs(FileClaim? claim, SentinelConfiguration configuration) =>
        claim is null ? $"{configuration.File} is the file of another Sentinel that runs: two on one file have one identity, and each overwrites what the other saved, votes too. Stop that one, or give this one a file of its own."
        : configuration.ReadAs is { } read && Posix.Stamp(configuration.File) is { } now && now != read ? $"{configuration.File} has changed since it was read, a moment ago: another Sentinel that has just ended may have saved its last vote. Start again."
        : null;

    /// <summary>What a start would find wrong with the users. Starts and changes nothing.</summary>
    /// <param name="configuration">What was read from a file.</param>
    public static ImmutableArray<ConfigurationException> MistakesOfUsers(SentinelConfiguration configuration)
    {
        using var log = new RedisLog(LogThreshold.Nothing, file: null, TimeProvider.System);
        using Supervisor supervisor = Supervisor.Find(Supervision.No);
        // All commands must be known: hence a host, which is not started, listens nowhere and looks for no name. A start goes to that directory.
        SentinelConfiguration placed = configuration with
        {
            AclFile = configuration.AclFile is { } path ? Path.GetFullPath(path, configuration.Directory) : null,
            Tls = new TlsOptions(),
        };
        using WebApplication host = Build(placed, listen: _ => { }, supervisor, placed.State(SentinelId.Draw(new Random(Seed()))), new StateFile(placed.File), tls: null, log, new ExitCode());
        return host.Services.GetRequiredService<UserStore>().Load();
    }

    private static async Task<int> RunAsync(
        WebApplication app, Supervisor supervisor, PidFile? pidFile, SentinelState state, string? unsaved, RedisLog log, StopSignals signals)
    {
        SentinelLoop loop = app.Services.GetRequiredService<SentinelLoop>();
        log.Write(EventLevel.Notice, $"Sentinel ID is {state.Id}");
        supervisor.Ready(log);
        loop.Start();
        if (unsaved is not null)
            loop.Saved(default, unsaved);    // it is tried again soon
        using (supervisor.Report(loop))
        using (app.Lifetime.ApplicationStopping.Register(signals.Stop))    // SHUTDOWN
        using (signals.Stopping.Register(app.Lifetime.StopApplication))
            await app.WaitForShutdownAsync();
        supervisor.Stopping(log);
        log.Write(EventLevel.Warning, "User requested shutdown...");
        loop.Stop();
        using var impatient = new CancellationTokenSource(StopTimeout);
        await app.Services.GetRequiredService<StateWriter>().StopAsync(impatient.Token);
        await app.Services.GetRequiredService<LineageWriter>().StopAsync(impatient.Token);
        pidFile?.Dispose();
        return SayBye(log, app.Services.GetRequiredService<ExitCode>());
    }

    /// <summary>Builds the host and lets it listen.</summary>
    /// <returns>Null when it cannot, and the log says why; or when we are to stop already.</returns>
    private static async Task<WebApplication?> TryListenAsync(
        Func<WebApplication> build, SentinelConfiguration configuration, RedisLog log, CancellationToken stopping)
    {
        WebApplication? app = null;
        try
        {
            app = build();
            if (app.Services.GetRequiredService<UserStore>().TryLoad())
            {
                await app.StartAsync(stopping);
                Listeners.Opened(configuration);
                return app;
            }
            await app.DisposeAsync();
            return null;
        }
        catch (Exception failure) when (stopping.IsCancellationRequested || WhyNot(failure, configuration) is not null)
        {
            if (app is not null)
                await app.DisposeAsync();
            foreach (string line in WhyNot(failure, configuration) ?? [])
                log.Write(EventLevel.Warning, line);
            return null;
        }
    }

    /// <summary>Why we cannot listen, in the words of Redis, and what to do; null when that is not what failed.</summary>
    private static string[]? WhyNot(Exception failure, SentinelConfiguration configuration)
    {
        string aborting = $"Failed listening on port {configuration.Options.Port} (tcp), aborting.";
        return failure switch
        {
            NowhereToListenException => [failure.Message, Hint("set a 'port' or a 'tls-port' that is not 0, and in 'bind' an address of this machine")],
            UnixSocketInUseException => [failure.Message, Hint("end who uses the socket, or name another one in 'unixsocket'")],
            IOException { InnerException: AddressInUseException or SocketException } io =>
                [
                    $"Warning: Could not create server TCP listening socket {Where(io)}: bind: {Reason(io)}",
                    Where(io).EndsWith($":{configuration.Tls.Port}", StringComparison.Ordinal) ? $"Failed listening on port {configuration.Tls.Port} (TLS), aborting." : aborting,
                    Hint(CureOf((io.InnerException as SocketException)?.SocketErrorCode ?? SocketError.AddressAlreadyInUse)),
                ],
            SocketException socket =>
                [
                    $"Warning: Could not create server TCP listening socket {string.Join(" or ", configuration.Bind.Select(address => $"{address.Host}:{configuration.Options.Port}"))}: bind: {failure.Message}",
                    aborting,
                    Hint(CureOf(socket.SocketErrorCode)),
                ],
            _ => null,
        };

        string Hint(string cure) => $"Hint: {configuration.File}: {cure}";
    }

    private static string CureOf(SocketError error) => error switch
    {
        SocketError.AddressAlreadyInUse => "another process listens there, which 'ss -ltnp' names to root; end that one, or set another 'port' (or 'tls-port')",
        SocketError.AddressNotAvailable => "it is no address of this machine; name one in 'bind', or put '-' before it where it may be absent",
        SocketError.AccessDenied => "ports below 1024 take the right CAP_NET_BIND_SERVICE; set a higher 'port' (or 'tls-port')",
        _ => "correct 'bind' and 'port' (or 'tls-port')",
    };

    private static int SayBye(RedisLog log, ExitCode exit)
    {
        log.Write(EventLevel.Warning, "Sentinel is now ready to exit, bye bye...");
        return exit.Value;
    }

    private static void Abandon(RedisLog log, ExitCode exit)
    {
        log.Write(EventLevel.Warning, $"Not everything has stopped within {StopBound.TotalSeconds} s; what must be remembered is on disk. Exiting...");
        log.Dispose();
        SystemCalls.Exit(exit.Value);
    }

    /// <returns>False when TLS is wanted and cannot be; the log says why.</returns>
    private static bool TryReadTls(SentinelConfiguration configuration, RedisLog log, out TlsContext? tls)
    {
        tls = null;
        TlsOptions options = configuration.Tls;
        if (!options.IsUsed)
            return true;
        if (!options.WithoutEffect.IsEmpty)
            log.Write(EventLevel.Notice, $"Without effect here, and accepted for the sake of Redis: {string.Join(", ", options.WithoutEffect)}");
        tls = TlsContext.Create(options, log, TimeProvider.System, out string? problem);
        if (tls is not null)
            return true;
        log.Write(EventLevel.Warning, problem!);
        log.Write(EventLevel.Warning, "Failed to configure TLS. Check logs for more info.");
        string cure = options.Missing().Select(missing => missing.Cure).FirstOrDefault("correct what the tls- directives name, or their values");
        log.Write(EventLevel.Warning, $"Hint: {configuration.File}: {cure}");
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

    private static WebApplication Build(
        SentinelConfiguration configuration, Action<KestrelServerOptions> listen, Supervisor supervisor, SentinelState state, StateFile file, TlsContext? tls, RedisLog log, ExitCode exit)
    {
        // Empty: no appsettings.json of the working directory, no ASPNETCORE_URLS of a container image makes us a web server.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<IHostLifetime, ProcessLifetime>();
        builder.Logging.ClearProviders().AddProvider(new RedisLoggerProvider(log)).SetMinimumLevel(LogLevel.Warning)
            .AddFilter("Sentinel", LogLevel.Trace)    // loglevel decides
            .AddFilter("Microsoft.Extensions.Hosting", LogLevel.Critical);    // a start that fails is told by us, in Redis' words
        builder.Services.Configure<HostOptions>(options => (options.ShutdownTimeout, options.ServicesStopConcurrently) = (StopTimeout, true));
        builder.WebHost.UseKestrelCore().UseSockets(sockets =>
        {
            sockets.Backlog = configuration.TcpBacklog;
            sockets.UnsafePreferInlineScheduling = true;    // handlers never block
        });
        builder.WebHost.ConfigureKestrel(listen);

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
            Supervised = supervisor.Kind.ToString().ToLowerInvariant(),
            ConfigFile = configuration.File,
            Directory = configuration.Directory,
        });
        if (tls is not null)
            builder.Services.AddSingleton(tls).AddSingleton(new HandshakeFailureLog(log, TimeProvider.System)).AddSingleton<TlsHandshake>();
        builder.Services.AddScripts(log, services => services.GetRequiredService<SentinelLoop>().View.Options.Timing);
        builder.Services.AddSingleton(services => new UserStore(
            services.GetRequiredService<AccessControl>(), services.GetRequiredService<AclGrammar>(), configuration, log));
        builder.Services.AddWebhooks(state.Id, configuration.Webhooks);
        builder.Services.AddSentinelTelemetry(new ConfigurationBuilder().AddEnvironmentVariables().Build(), state.Id, services => services.GetRequiredService<SentinelLoop>().View);
        builder.Services.AddSingleton(exit).AddHostedService<MemoryKeeper>();
        builder.Services.AddSingleton(services => new StateWriter(
            file, (number, error) => services.GetRequiredService<SentinelLoop>().Saved(number, error)));
        builder.Services.AddSingleton(new LineageWriter(LineageFile.PathOf(configuration.File), log));
        builder.Services.AddSingleton(services => Loop(services, configuration, state, log));
        return builder.Build();
    }

    private static SentinelLoop Loop(IServiceProvider services, SentinelConfiguration configuration, SentinelState state, RedisLog log)
    {
        var clock = new MonotonicClock(BootTime.OfThisSystem);
        StateWriter writer = services.GetRequiredService<StateWriter>();
        var rewriter = new ConfigurationRewriter();    // used on the writer's thread alone
        return new SentinelLoop(
            new SentinelCore(state, configuration.Options, new Random(Seed()), clock.Now, LineageFile.Read(LineageFile.PathOf(configuration.File), log)),
            facts => new InstanceLinks(state.Id, facts, log, new LinkTransport(configuration.BindSource, configuration.Tls.IsForLinks ? services.GetRequiredService<TlsContext>() : null)),
            facts => new NameResolver(facts),
            (number, snapshot, options) =>
            {
                SentinelConfiguration current = configuration = configuration.With(options, log.Threshold);    // on what was saved last: a level that is back where it began is a change too
                SavedUsers? users = services.GetRequiredService<UserStore>().Saved();
                writer.Request(number, old => rewriter.Rewrite(old, current, snapshot, users));
            },
            lineages => services.GetRequiredService<LineageWriter>().Keep(lineages),
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

    private static int Seed() => Random.Shared.Next(int.MinValue, int.MaxValue);

    /// <summary>What the process is to end with.</summary>
    private sealed class ExitCode
    {
        public int Value { get; set; }
    }
}
