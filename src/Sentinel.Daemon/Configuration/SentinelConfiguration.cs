using System.Collections.Immutable;
using System.Net;
using Sentinel.Core;
using Sentinel.Daemon.Commands;
using Sentinel.Daemon.Logging;
using Sentinel.Daemon.Notifications;
using Sentinel.Daemon.Tls;
using Sentinel.Resp;

namespace Sentinel.Daemon.Configuration;

/// <summary>Everything the configuration file and the command line say. Immutable: changed with <c>with</c>.</summary>
/// <remarks>
/// Read once at start by <see cref="ConfigurationLoader"/>. What may change while we run goes on in
/// <see cref="SentinelOptions"/> and <see cref="SentinelState"/>, and back to the file through
/// <see cref="ConfigurationRewriter"/>.
/// </remarks>
internal sealed record SentinelConfiguration
{
    /// <summary>Absolute path of the configuration file, links not resolved.</summary>
    public required string File { get; init; }

    /// <summary>What the file was when it was read; null: there was none.</summary>
    public FileStamp? ReadAs { get; init; }

    /// <summary><c>dir</c>: absolute path of the working directory; what scripts run in. Default: where we were started.</summary>
    public required string Directory { get; init; }

    /// <summary>What concerns this Sentinel itself, <c>port</c> and <c>requirepass</c> included.</summary>
    public SentinelOptions Options { get; init; } = new();

    /// <summary><c>sentinel myid</c>; null: the file has none yet, and the caller draws one and saves it.</summary>
    public SentinelId? Id { get; init; }

    /// <summary>The largest of all epochs in the file, as Redis has it.</summary>
    public Epoch CurrentEpoch { get; init; }

    /// <summary>The monitored masters, in the order of their <c>monitor</c> lines.</summary>
    public ImmutableArray<MasterState> Masters { get; init; } = [];

    /// <summary>Whether <c>SENTINEL SET</c> must not change scripts. Default true, as in Redis.</summary>
    public bool DenyScriptsReconfig { get; init; } = true;

    /// <summary><c>bind</c>; empty: listen on no TCP address. Default: every address of this machine.</summary>
    public ImmutableArray<ListenAddress> Bind { get; init; } = [new("*", false), new("::*", true)];

    /// <summary><c>bind-source-addr</c>: the address that our own connections come from; null: the system chooses.</summary>
    public IPAddress? BindSource { get; init; }

    /// <summary>What the <c>tls-</c> directives say.</summary>
    public TlsOptions Tls { get; init; } = new();

    /// <summary>Whether clients of other machines are refused while there is no password. Default false, as in Redis' Sentinel mode.</summary>
    public bool ProtectedMode { get; init; }

    /// <summary>Absolute path of a socket to listen on besides TCP; null: none.</summary>
    public string? UnixSocket { get; init; }

    /// <summary>Mode of that socket; null, also when written as 0: as the umask leaves it.</summary>
    public UnixFileMode? UnixSocketMode { get; init; }

    /// <summary>Connections waiting to be accepted. Default 511, as in Redis; the system may allow less.</summary>
    public int TcpBacklog { get; init; } = 511;

    /// <summary>Time between two keep-alive probes on an idle connection; zero: none. Default 300 s, as in Redis.</summary>
    public TimeSpan TcpKeepAlive { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>Idle time after which a client is disconnected; zero: never. Default zero, as in Redis.</summary>
    public TimeSpan ClientTimeout { get; init; } = TimeSpan.Zero;

    /// <summary>What our own commands are called, after <c>rename-command</c>.</summary>
    public CommandNames CommandNames { get; init; } = CommandNames.Unchanged;

    /// <summary>Connections beyond which new ones are refused. Default 10,000, as in Redis.</summary>
    public long MaxClients { get; init; } = 10_000;

    /// <summary>
    /// What one request may ask for: <c>client-query-buffer-limit</c>, <c>proto-max-bulk-len</c>. By default 1 MiB in all, where Redis, which
    /// stores values, takes 1 GiB: no request to a Sentinel needs more than some KB, and whoever reaches the port may send one.
    /// </summary>
    public RespLimits Requests { get; init; } = RespLimits.Default with { MaxMessageLength = 1024 * 1024 };

    /// <summary>How much output may wait for a client that has not subscribed: <c>client-output-buffer-limit normal</c>.</summary>
    public OutputBufferLimit NormalOutput { get; init; } = OutputBufferLimit.None;

    /// <summary>How much output may wait for one that has: <c>client-output-buffer-limit pubsub</c>.</summary>
    public OutputBufferLimit PubSubOutput { get; init; } = OutputBufferLimit.PubSub;

    /// <summary>What is logged, how, and where to.</summary>
    public LogOptions Log { get; init; } = new();

    /// <summary>Whether to begin the log with a picture, where it is a terminal. Default false, as in Redis.</summary>
    public bool AlwaysShowLogo { get; init; }

    /// <summary>Whether <c>ps</c> shows <see cref="ProcTitleTemplate"/> instead of our command line, which may hold passwords. Default true, as in Redis.</summary>
    public bool SetProcTitle { get; init; } = true;

    /// <summary>What <c>ps</c> shows.</summary>
    public string ProcTitleTemplate { get; init; } = "{title} {listen-addr} {server-mode}";

    /// <summary>Whether to go to the background. Default false, as in Redis.</summary>
    public bool Daemonize { get; init; }

    /// <summary>Absolute path of the file that holds our process id while we run; null: none was asked for.</summary>
    public string? PidFile { get; init; }

    /// <summary>Whom to tell that we are ready. Default nobody, as in Redis.</summary>
    public Supervision Supervised { get; init; } = Supervision.No;

    /// <summary>The <c>user</c> lines. What users there are is up to <see cref="Acl.AccessControl"/>.</summary>
    public ImmutableArray<UserLine> Users { get; init; } = [];

    /// <summary>The file of users, relative to <see cref="Directory"/>; null: they stand in this configuration.</summary>
    public string? AclFile { get; init; }

    /// <summary>Whether new users may use all channels (<c>acl-pubsub-default</c>). Default false, as in Redis since 7.0.</summary>
    public bool HasAllChannelsByDefault { get; init; }

    /// <summary>Refusals that <c>ACL LOG</c> keeps. Default 128, as in Redis.</summary>
    public long AclLogMax { get; init; } = 128;

    /// <summary>Where events are sent over HTTP.</summary>
    public ImmutableArray<WebhookOptions> Webhooks { get; init; } = [];

    /// <summary>What was read, as Redis reads it, but can hardly have been meant. For the operator to be told.</summary>
    public ImmutableArray<ConfigurationDoubt> Doubts { get; init; } = [];

    /// <summary>What the command line, or an operator while we run, replaced; see <see cref="ConfigurationRewriter"/>.</summary>
    public ImmutableArray<CommandLineOverride> Overrides { get; init; } = [];

    /// <summary>What is to be in the file once options were changed while we run. To be asked of what was to be in it before.</summary>
    /// <param name="options">The options of now.</param>
    /// <param name="logLevel">What is logged now.</param>
    public SentinelConfiguration With(SentinelOptions options, LogThreshold logLevel)
    {
        if (logLevel == Log.Threshold)
            return ReferenceEquals(options, Options) ? this : this with { Options = options };
        var made = new CommandLineOverride("loglevel", ["loglevel", logLevel.ToString().ToLowerInvariant()]);
        return this with { Options = options, Log = Log with { Threshold = logLevel }, Overrides = [.. Overrides.Where(other => other.Key != made.Key), made] };
    }

    /// <summary>The state to begin with.</summary>
    /// <param name="drawn">The identity to take when the file has none.</param>
    public SentinelState State(SentinelId drawn) => new(Id ?? drawn, CurrentEpoch, Masters);
}
