using System.Collections.Immutable;
using Sentinel.Core;

namespace Sentinel.Daemon.Configuration;

/// <summary>The <c>sentinel</c> lines that say what is to survive a restart.</summary>
/// <remarks>Which lines, and their order: redis sentinel.c, rewriteConfigSentinelOption.</remarks>
internal static class StatementWriter
{
    private static readonly SentinelConfiguration Defaults = new() { File = "", Directory = "" };
    private static readonly MasterOptions MasterDefaults = new() { Name = "", Quorum = 1 };

    /// <summary>The lines about this Sentinel and about some masters, in the order in which they are written to a new file.</summary>
    /// <param name="configuration">What this Sentinel is to be.</param>
    /// <param name="state">What is to survive a restart; its masters are not looked at.</param>
    /// <param name="masters">The masters.</param>
    public static IEnumerable<Statement> Statements(SentinelConfiguration configuration, SentinelState state, IEnumerable<MasterState> masters) =>
    [
        Always(StatementKind.MyId, state.Id.Text),
        UnlessDefault(StatementKind.DenyScriptsReconfig, YesNo(configuration.DenyScriptsReconfig), YesNo(Defaults.DenyScriptsReconfig)),
        UnlessDefault(StatementKind.ResolveHostnames, YesNo(configuration.Options.ResolveHostnames), YesNo(Defaults.Options.ResolveHostnames)),
        UnlessDefault(StatementKind.AnnounceHostnames, YesNo(configuration.Options.AnnounceHostnames), YesNo(Defaults.Options.AnnounceHostnames)),
        .. masters.SelectMany(OfMaster),
        Always(StatementKind.CurrentEpoch, state.CurrentEpoch.ToString()),
        .. IfAny(StatementKind.AnnounceIp, configuration.Options.AnnounceIp),
        UnlessDefault(StatementKind.AnnouncePort, configuration.Options.AnnouncePort.ToString(), Defaults.Options.AnnouncePort.ToString()),
        .. IfAny(StatementKind.SentinelUser, configuration.Options.SentinelUser),
        .. IfAny(StatementKind.SentinelPass, configuration.Options.SentinelPass),
    ];

    private static IEnumerable<Statement> OfMaster(MasterState master)
    {
        MasterOptions options = master.Options;
        string name = options.Name;
        return
        [
            Always(StatementKind.Monitor, name, master.Address.Host, master.Address.Port.ToString(), options.Quorum.ToString()),
            UnlessDefault(StatementKind.DownAfter, name, Milliseconds(options.DownAfter), Milliseconds(MasterDefaults.DownAfter)),
            UnlessDefault(StatementKind.FailoverTimeout, name, Milliseconds(options.FailoverTimeout), Milliseconds(MasterDefaults.FailoverTimeout)),
            UnlessDefault(StatementKind.ParallelSyncs, name, options.ParallelSyncs.ToString(), MasterDefaults.ParallelSyncs.ToString()),
            .. IfSet(StatementKind.NotificationScript, name, options.NotificationScript),
            .. IfSet(StatementKind.ClientReconfigScript, name, options.ClientReconfigScript),
            .. IfSet(StatementKind.AuthPass, name, options.AuthPass),
            .. IfSet(StatementKind.AuthUser, name, options.AuthUser),
            UnlessDefault(StatementKind.RebootDownAfter, name, Milliseconds(options.RebootDownAfter), Milliseconds(MasterDefaults.RebootDownAfter)),
            UnlessDefault(StatementKind.AutoForget, name, Seconds(options.AutoForgetAfter), Seconds(MasterDefaults.AutoForgetAfter)),
            UnlessDefault(StatementKind.CrashDownAfter, name, Milliseconds(options.CrashDownAfter), Milliseconds(MasterDefaults.CrashDownAfter)),
            UnlessDefault(StatementKind.Corroborate, name, YesNo(options.Corroborate), YesNo(MasterDefaults.Corroborate)),
            UnlessDefault(StatementKind.FailoverCooldown, name, Milliseconds(options.FailoverCooldown), Milliseconds(MasterDefaults.FailoverCooldown)),
            .. IfSet(StatementKind.Pause, name, options.PauseReason),
            UnlessDefault(StatementKind.EmptyRestartFailover, name, YesNo(options.EmptyRestartFailover), YesNo(MasterDefaults.EmptyRestartFailover)),
            UnlessDefault(StatementKind.FenceAfter, name, Milliseconds(options.FenceAfter), Milliseconds(MasterDefaults.FenceAfter)),
            UnlessDefault(StatementKind.PreflightPeriod, name, Seconds(options.PreflightPeriod), Seconds(MasterDefaults.PreflightPeriod)),
            Always(StatementKind.ConfigEpoch, name, master.ConfigEpoch.ToString()),
            Always(StatementKind.LeaderEpoch, name, master.LeaderEpoch.ToString()),
            .. master.Replicas.Select(replica => Always(StatementKind.KnownReplica, name, replica.Host, replica.Port.ToString())),
            .. master.Peers.Select(peer => Always(StatementKind.KnownSentinel, name, peer.Address.Host, peer.Address.Port.ToString(), peer.Id.Text)),
            .. options.RenamedCommands.Select(renamed => Always(StatementKind.RenameCommand, name, renamed.Key, renamed.Value)),
        ];
    }

    private static Statement Always(StatementKind kind, params ImmutableArray<string> words) => new(kind, words);

    private static Statement UnlessDefault(StatementKind kind, string value, string defaultValue) =>
        new(kind, value) { IsDefault = value == defaultValue };

    private static Statement UnlessDefault(StatementKind kind, string master, string value, string defaultValue) =>
        new(kind, master, value) { IsDefault = value == defaultValue };

    /// <remarks>An empty value would be ignored when read.</remarks>
    private static IEnumerable<Statement> IfAny(StatementKind kind, string? value) => string.IsNullOrEmpty(value) ? [] : [new(kind, value)];

    private static IEnumerable<Statement> IfSet(StatementKind kind, string master, string? value) => value is null ? [] : [new(kind, master, value)];

    private static string YesNo(bool value) => value ? "yes" : "no";

    private static string Seconds(TimeSpan time) => ((long)time.TotalSeconds).ToString();

    private static string Milliseconds(TimeSpan time) => ((long)time.TotalMilliseconds).ToString();
}
