using System.Collections.Immutable;
using Sentinel.Core;

namespace Sentinel.Daemon.Commands;

/// <summary>SENTINEL: the table of its subcommands, in the order of its HELP; aliases and HELP itself last.</summary>
internal sealed class SentinelCommand
{
    public SentinelCommand(SentinelQueries queries, SentinelOrders orders, SentinelConfig config, SentinelDebug debug)
    {
        ImmutableArray<CommandSpec> subcommands =
        [
            Sub("ckquorum", 3, queries.CheckQuorum, "2.8.4", "Check for a Sentinel quorum",
                "CKQUORUM <master-name>",
                "    Check if the current Sentinel configuration is able to reach the quorum",
                "    needed to failover a master and the majority needed to authorize the",
                "    failover."),
            Sub("config", -4, config.Call, "6.2.0", "Configure Sentinel",
                "CONFIG SET param value [param value ...]",
                "    Set a global Sentinel configuration parameter.",
                "CONFIG GET <param> [param param param ...]",
                "    Get global Sentinel configuration parameter."),
            Sub("debug", -2, debug.Call, "7.0.0", "List or update the current configurable parameters",
                "DEBUG [<param> <value> ...]",
                "    Show a list of configurable time parameters and their values (milliseconds).",
                "    Or update current configurable parameters values (one or more)."),
            Sub("get-master-addr-by-name", 3, queries.GetMasterAddress, "2.8.4", "Get port and address of a master",
                "GET-MASTER-ADDR-BY-NAME <master-name>",
                "    Return the ip and port number of the master with that name."),
            Sub("failover", -3, orders.Failover, "2.8.4", "Force a failover",
                "FAILOVER <master-name> [COORDINATED|FORCE] [TO <ip> <port>] [TIMEOUT <milliseconds>] [DRYRUN]",
                "    Manually failover a master node without asking for agreement from other",
                "    Sentinels. A healthy master takes part, so that no write is lost; COORDINATED",
                "    fails where it cannot, FORCE does not ask it, DRYRUN says what would happen."),
            Sub("flushconfig", 2, orders.Flush, "2.8.4", "Rewrite configuration file",
                "FLUSHCONFIG",
                "    Force Sentinel to rewrite its configuration on disk, including the current",
                "    Sentinel state."),
            Sub("forget", 4, orders.Forget, "7.2.0", "Forget one replica or Sentinel",
                "FORGET <master-name> <runid | ip:port>",
                "    Forget one replica or Sentinel of a master; whoever lives is found again."),
            Sub("info-cache", -3, queries.InfoCache, "3.2.0", "Get cached INFO from the instances in the deployment",
                "INFO-CACHE <master-name>",
                "    Return last cached INFO output from masters and all its replicas."),
            Sub("is-master-down-by-addr", 6, orders.IsMasterDown, "2.8.4", "Check if a master is down",
                "IS-MASTER-DOWN-BY-ADDR <ip> <port> <current-epoch> <runid>",
                "    Check if the master specified by ip:port is down from current Sentinel's",
                "    point of view.") with { Ask = orders.TryAskIfMasterDown },
            Sub("master", 3, queries.Master, "2.8.4", "Shows the state of a master",
                "MASTER <master-name>",
                "    Show the state and info of the specified master."),
            Sub("masters", 2, queries.Masters, "2.8.4", "List the monitored masters",
                "MASTERS",
                "    Show a list of monitored masters and their state."),
            Sub("monitor", 6, orders.Monitor, "2.8.4", "Start monitoring",
                "MONITOR <name> <ip> <port> <quorum>",
                "    Start monitoring a new master with the specified name, ip, port and quorum."),
            Sub("myid", 2, queries.MyId, "6.2.0", "Get the Sentinel instance ID",
                "MYID",
                "    Return the ID of the Sentinel instance."),
            Sub("pending-scripts", 2, queries.PendingScripts, "2.8.4", "Get information about pending scripts",
                "PENDING-SCRIPTS",
                "    Get pending scripts information."),
            Sub("remove", 3, orders.Remove, "2.8.4", "Stop monitoring",
                "REMOVE <master-name>",
                "    Remove master from Sentinel's monitor list."),
            Sub("replicas", 3, queries.Replicas, "5.0.0", "List the monitored replicas",
                "REPLICAS <master-name>",
                "    Show a list of replicas for this master and their state."),
            Sub("reset", 3, orders.Reset, "2.8.4", "Reset masters by name pattern",
                "RESET <pattern>",
                "    Reset masters for specific master name matching this pattern."),
            Sub("sentinels", 3, queries.Sentinels, "2.8.4", "List the Sentinel instances",
                "SENTINELS <master-name>",
                "    Show a list of Sentinel instances for this master and their state."),
            Sub("set", -5, orders.Set, "2.8.4", "Change the configuration of a monitored master",
                "SET <master-name> <option> <value> [<option> <value> ...]",
                "    Set configuration parameters for certain masters."),
            Sub("simulate-failure", -3, orders.SimulateFailure, "3.2.0", "Simulate failover scenarios",
                "SIMULATE-FAILURE [CRASH-AFTER-ELECTION] [CRASH-AFTER-PROMOTION] [HELP]",
                "    Simulate a Sentinel crash.",
                "    NONE takes back what was asked for before."),
            // Ours alone.
            Sub("acknowledge", 3, orders.Acknowledge, "7.0.0", "End the cooldown after a failover",
                "ACKNOWLEDGE <master-name>",
                "    End the cooldown that holds back the next failover of the master after",
                "    its last one. On each Sentinel."),
            Sub("adopt", 3, orders.Adopt, "7.2.0", "Accept what a master has as the data of its group",
                "ADOPT <master-name>",
                "    Accept what the master has now as the data of its group, after it has",
                "    restarted empty or with other data. On each Sentinel."),
            Sub("explain", 3, orders.Explain, "7.2.0", "Explain whether a master can be failed over, and at which cost",
                "EXPLAIN <master-name>",
                "    Explain whether a failover of the master is possible now, what it waits",
                "    for, who agrees, who would be promoted and what would be lost."),
            Sub("pause", -3, orders.Pause, "7.0.0", "Start no failover of a master but by order",
                "PAUSE <master-name> [<reason>]",
                "    Watch the master and vote, but start no failover of it except by order,",
                "    until RESUME. On each Sentinel."),
            Sub("resume", 3, orders.Resume, "7.0.0", "End a pause of a master",
                "RESUME <master-name>",
                "    End a pause of the master, and let failovers of it start again."),
            Sub("slaves", 3, queries.Replicas, "2.8.0", "List the monitored slaves"),
            // The spellings of Valkey 8.
            Sub("get-primary-addr-by-name", 3, queries.GetMasterAddress, "8.0.0", "Get port and address of a primary"),
            Sub("is-primary-down-by-addr", 6, orders.IsMasterDown, "8.0.0", "Check if a primary is down"),
            Sub("primary", 3, queries.Master, "8.0.0", "Show the state of a primary"),
            Sub("primaries", 2, queries.Masters, "8.0.0", "List the monitored primaries"),
            new("sentinel|help", 2, call => HelpText.Write(call, Spec!))
            {
                Flags = CommandFlags.Loading | CommandFlags.Stale,
                Since = "6.2.0",
                Group = "sentinel",
                Summary = "Show helpful text about the different subcommands",
            },
        ];
        Spec = new CommandSpec("sentinel", -2, null)
        {
            Flags = CommandFlags.Admin,
            Since = "2.8.4",
            Group = "sentinel",
            Summary = "A container for Sentinel commands",
            Subcommands = subcommands,
        };
    }

    /// <summary>The command.</summary>
    public CommandSpec Spec { get; }

    private static CommandSpec Sub(
        string name, int arity, Func<CommandCall, Outcome> handler, string since, string summary, params ImmutableArray<string> help) =>
        new($"sentinel|{name}", arity, handler) { Flags = CommandFlags.Admin, Since = since, Group = "sentinel", Summary = summary, Help = help };
}
