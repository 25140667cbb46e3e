using System.Collections.Immutable;
using Sentinel.Daemon.Configuration;
using Sentinel.Resp;

namespace Sentinel.Daemon.Commands;

/// <summary>What the RESP server is told by the configuration. Immutable: changed with <c>with</c>.</summary>
internal sealed record RespServerOptions
{
    /// <summary>The port shown as <c>tcp_port</c>; what is listened on is Kestrel's business. Default 26379; 0: none.</summary>
    public int Port { get; init; } = 26379;

    /// <summary>The port for TLS, shown as <c>tcp_port</c> when there is no other. Default 0: none.</summary>
    public int TlsPort { get; init; }

    /// <summary>What commands are called. Default: by their names.</summary>
    public CommandNames CommandNames { get; init; } = CommandNames.Unchanged;

    /// <summary>The addresses listened on, as INFO shows them (<c>listener0</c>). Default: every address.</summary>
    public ImmutableArray<string> Bind { get; init; } = ["*", "-::*"];

    /// <summary>Password of the user <c>default</c>; null: none is asked for.</summary>
    public string? RequirePass { get; init; }

    /// <summary>The file of users, as the configuration names it; null: they stand in the configuration file.</summary>
    public string? AclFile { get; init; }

    /// <summary>Whether new users may use all channels (<c>acl-pubsub-default</c>). Default false, as in Redis since 7.0.</summary>
    public bool HasAllChannelsByDefault { get; init; }

    /// <summary>Refusals that <c>ACL LOG</c> keeps. Default 128, as in Redis.</summary>
    public long AclLogMax { get; init; } = 128;

    /// <summary>Whether clients of other machines are refused while no password is asked for. Default false, as in Sentinel mode.</summary>
    public bool ProtectedMode { get; init; }

    /// <summary>Connections beyond which new ones are refused. Default 10,000, as in Redis. Peer Sentinels count too.</summary>
    public int MaxClients { get; init; } = 10_000;

    /// <summary>What one request may ask for.</summary>
    public RespLimits Limits { get; init; } = RespLimits.Default;

    /// <summary>Time between two keep-alive probes on an idle connection; zero: none. Default 300 s, as in Redis.</summary>
    public TimeSpan TcpKeepAlive { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>Idle time after which a client that has not subscribed is disconnected; zero: never. Default zero, as in Redis.</summary>
    public TimeSpan ClientTimeout { get; init; } = TimeSpan.Zero;

    /// <summary>How much output may wait for a slow client that has not subscribed.</summary>
    public OutputBufferLimit NormalOutput { get; init; } = OutputBufferLimit.None;

    /// <summary>How much output may wait for a slow subscriber.</summary>
    public OutputBufferLimit PubSubOutput { get; init; } = OutputBufferLimit.PubSub;

    /// <summary>Whether <c>SENTINEL SET</c> must not change scripts. Default true, as in Redis.</summary>
    public bool DenyScriptsReconfig { get; init; } = true;

    /// <summary>Absolute path of the configuration file, as INFO shows it.</summary>
    public string ConfigFile { get; init; } = "";

    /// <summary>Where relative paths of scripts start. Default: where we were started.</summary>
    public string Directory { get; init; } = Environment.CurrentDirectory;

    /// <summary>The <c>run_id</c> of this process, which is not the lasting identity: 40 hexadecimal characters.</summary>
    public string RunId { get; init; } = Random.Shared.GetHexString(40, lowercase: true);

    /// <summary>Who supervises the process, as INFO shows it: <c>no</c>, <c>systemd</c> or <c>upstart</c>. Default no.</summary>
    public string Supervised { get; init; } = "no";
}
