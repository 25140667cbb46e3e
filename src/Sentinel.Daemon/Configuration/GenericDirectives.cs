using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Sentinel.Daemon.Commands;
using Sentinel.Daemon.Logging;
using static Sentinel.Daemon.Configuration.DirectiveValues;

namespace Sentinel.Daemon.Configuration;

/// <summary>The directives that Sentinel shares with the Redis server: all that do not begin with <c>sentinel</c>.</summary>
/// <remarks>
/// A file for Redis may hold any of them, so all names that Redis and Valkey know are accepted and stay in the file;
/// those in <see cref="Typed"/> mean something to us, each with a property of <see cref="SentinelConfiguration"/>, the
/// others only have a value that can be wrong (<see cref="OtherDirectives"/>).
/// Names and rules: redis config.c; the list of names is that of Redis 7.4 and Valkey 8.
/// </remarks>
internal static class GenericDirectives
{
    /// <summary>Addresses that <c>bind</c> takes at most, as in Redis.</summary>
    private const int BindMax = 16;

    /// <summary>Directives with exactly one value; in parentheses another name for the same.</summary>
    private const string Single = """
        acl-pubsub-default aclfile acllog-max-len active-defrag-cycle-max active-defrag-cycle-min active-defrag-ignore-bytes
        active-defrag-max-scan-fields active-defrag-threshold-lower active-defrag-threshold-upper active-expire-effort
        activedefrag activerehashing always-show-logo aof-disable-auto-gc aof-load-truncated
        aof-rewrite-cpulist(aof_rewrite_cpulist) aof-rewrite-incremental-fsync aof-timestamp-enabled aof-use-rdb-preamble
        appenddirname appendfilename appendfsync appendonly auto-aof-rewrite-min-size auto-aof-rewrite-percentage
        availability-zone bgsave-cpulist(bgsave_cpulist) bind-source-addr bio-cpulist(bio_cpulist)
        busy-reply-threshold(lua-time-limit) client-default-resp client-query-buffer-limit
        cluster-allow-pubsubshard-when-down cluster-allow-reads-when-down cluster-allow-replica-migration
        cluster-announce-bus-port cluster-announce-client-ipv4 cluster-announce-client-ipv6 cluster-announce-hostname
        cluster-announce-human-nodename cluster-announce-ip cluster-announce-port cluster-announce-tls-port
        cluster-blacklist-ttl cluster-config-file cluster-enabled cluster-link-sendbuf-limit cluster-migration-barrier
        cluster-node-timeout cluster-ping-interval cluster-port cluster-preferred-endpoint-type
        cluster-replica-no-failover(cluster-slave-no-failover) cluster-replica-validity-factor(cluster-slave-validity-factor)
        cluster-require-full-coverage cluster-slot-stats-enabled crash-log-enabled crash-memcheck-enabled daemonize databases
        dbfilename debug-context dir disable-thp dual-channel-replication-enabled dynamic-hz enable-debug-assert
        enable-debug-command enable-module-command enable-protected-configs events-per-io-thread
        extended-redis-compatibility hash-max-listpack-entries(hash-max-ziplist-entries)
        hash-max-listpack-value(hash-max-ziplist-value) hide-user-data-from-log hll-sparse-max-bytes hz ignore-warnings
        io-threads io-threads-do-reads jemalloc-bg-thread key-load-delay latency-monitor-threshold latency-tracking
        lazyfree-lazy-eviction lazyfree-lazy-expire lazyfree-lazy-server-del lazyfree-lazy-user-del lazyfree-lazy-user-flush
        lfu-decay-time lfu-log-factor list-compress-depth list-max-listpack-size(list-max-ziplist-size)
        list-max-ziplist-entries list-max-ziplist-value loading-process-events-interval-bytes locale-collate log-format
        log-timestamp-format logfile loglevel lua-replicate-commands masterauth(primaryauth) masteruser(primaryuser)
        max-new-connections-per-cycle max-new-tls-connections-per-cycle maxclients maxmemory maxmemory-clients
        maxmemory-eviction-tenacity maxmemory-policy maxmemory-samples min-replicas-max-lag(min-slaves-max-lag)
        min-replicas-to-write(min-slaves-to-write) no-appendfsync-on-rewrite notify-keyspace-events oom-score-adj pidfile
        port prefetch-batch-max-size proc-title-template propagation-error-behavior protected-mode proto-max-bulk-len
        rdb-del-sync-files rdb-key-save-delay rdb-save-incremental-fsync rdbchecksum rdbcompression repl-backlog-size
        repl-backlog-ttl repl-disable-tcp-nodelay repl-diskless-load repl-diskless-sync repl-diskless-sync-delay
        repl-diskless-sync-max-replicas repl-ping-replica-period(repl-ping-slave-period) repl-timeout
        replica-announce-ip(slave-announce-ip) replica-announce-port(slave-announce-port) replica-announced
        replica-ignore-disk-write-errors replica-ignore-maxmemory(slave-ignore-maxmemory)
        replica-lazy-flush(slave-lazy-flush) replica-priority(slave-priority) replica-read-only(slave-read-only)
        replica-serve-stale-data(slave-serve-stale-data) req-res-logfile requirepass sanitize-dump-payload
        server-cpulist(server_cpulist) set-max-intset-entries set-max-listpack-entries set-max-listpack-value set-proc-title
        shutdown-timeout slowlog-log-slower-than slowlog-max-len socket-mark-id stop-writes-on-bgsave-error
        stream-node-max-bytes stream-node-max-entries supervised syslog-enabled syslog-facility syslog-ident tcp-backlog
        tcp-keepalive timeout tls-auth-clients tls-ca-cert-dir tls-ca-cert-file tls-cert-file tls-ciphers tls-ciphersuites
        tls-client-cert-file tls-client-key-file tls-client-key-file-pass tls-cluster tls-dh-params-file tls-key-file
        tls-key-file-pass tls-port tls-prefer-server-ciphers tls-protocols tls-replication tls-session-cache-size
        tls-session-cache-timeout tls-session-caching tracking-table-max-keys unixsocket unixsocketgroup unixsocketperm
        use-exit-on-panic watchdog-period zset-max-listpack-entries(zset-max-ziplist-entries)
        zset-max-listpack-value(zset-max-ziplist-value)
        """;

    /// <summary>Directives with several values, and how many: fewest and most.</summary>
    private static readonly FrozenDictionary<string, (int Min, int Max)> Multiple = new Dictionary<string, (int, int)>
    {
        ["bind"] = (0, int.MaxValue),
        ["save"] = (0, int.MaxValue),
        ["client-output-buffer-limit"] = (0, int.MaxValue),
        ["latency-tracking-info-percentiles"] = (0, int.MaxValue),
        ["shutdown-on-sigint"] = (0, int.MaxValue),
        ["shutdown-on-sigterm"] = (0, int.MaxValue),
        ["oom-score-adj-values"] = (3, 3),
        ["replicaof"] = (2, 2),
        ["slaveof"] = (2, 2),
    }.ToFrozenDictionary();

    /// <summary>Directives that add up over lines, with the fewest words a line of them has, and how it is written.</summary>
    private static readonly FrozenDictionary<string, (int WordsMin, string Form)> Additive = new Dictionary<string, (int, string)>
    {
        ["user"] = (2, "user <name> <rule> ..."),
        ["loadmodule"] = (2, "loadmodule <path> ..."),
        ["rename-command"] = (3, "rename-command <command> <name here>"),
        ["include"] = (2, "include <path>"),
    }.ToFrozenDictionary();

    /// <summary>The directives that mean something to us, and what they change.</summary>
    private static readonly FrozenDictionary<string, Func<SentinelConfiguration, ConfigurationLine, SentinelConfiguration>> Typed =
        new Dictionary<string, Func<SentinelConfiguration, ConfigurationLine, SentinelConfiguration>>
        {
            ["port"] = (c, line) => c with { Options = c.Options with { Port = (int)Integer(line, 0, 65535) } },
            ["requirepass"] = (c, line) => c with { Options = c.Options with { RequirePass = TextOrNull(line) } },
            ["aclfile"] = (c, line) => c with { AclFile = TextOrNull(line) },
            ["acl-pubsub-default"] = (c, line) => c with { HasAllChannelsByDefault = OneOf(line, line.Words[1], "allchannels", "resetchannels") == 0 },
            ["acllog-max-len"] = (c, line) => c with { AclLogMax = Integer(line, 0, long.MaxValue) },
            ["bind"] = (c, line) => c with { Bind = Addresses(line) },
            ["bind-source-addr"] = (c, line) => c with { BindSource = SourceAddress(line) },
            ["protected-mode"] = (c, line) => c with { ProtectedMode = YesNo(line) },
            ["unixsocket"] = (c, line) => c with { UnixSocket = TextOrNull(line) },
            ["unixsocketperm"] = (c, line) => c with { UnixSocketMode = Mode(line) },
            ["tcp-backlog"] = (c, line) => c with { TcpBacklog = (int)Integer(line, 0, int.MaxValue) },
            ["tcp-keepalive"] = (c, line) => c with { TcpKeepAlive = TimeSpan.FromSeconds(Integer(line, 0, int.MaxValue)) },
            ["timeout"] = (c, line) => c with { ClientTimeout = TimeSpan.FromSeconds(Integer(line, 0, int.MaxValue)) },
            ["client-output-buffer-limit"] = BufferLimits,
            ["client-query-buffer-limit"] = (c, line) => c with { Requests = c.Requests with { MaxMessageLength = (int)Math.Min(Memory(line, 1 << 20, long.MaxValue), int.MaxValue) } },
            ["proto-max-bulk-len"] = (c, line) => c with { Requests = c.Requests with { MaxBulkLength = (int)Math.Min(Memory(line, 1 << 20, long.MaxValue), int.MaxValue) } },
            ["maxclients"] = (c, line) => c with { MaxClients = Integer(line, 1, uint.MaxValue) },
            ["loglevel"] = (c, line) => c with { Log = c.Log with { Threshold = OneOf<LogThreshold>(line) } },
            ["logfile"] = (c, line) => c with { Log = c.Log with { File = TextOrNull(line) } },
            ["log-format"] = (c, line) => c with { Log = c.Log with { Format = OneOf<LogFormat>(line) } },
            ["log-timestamp-format"] = (c, line) => c with { Log = c.Log with { Timestamp = OneOf<LogTimestampFormat>(line) } },
            ["syslog-enabled"] = (c, line) => c with { Log = c.Log with { SyslogEnabled = YesNo(line) } },
            ["syslog-ident"] = (c, line) => c with { Log = c.Log with { SyslogIdent = line.Words[1] } },
            ["syslog-facility"] = (c, line) => c with { Log = c.Log with { SyslogFacility = OneOf<SyslogFacility>(line) } },
            ["set-proc-title"] = (c, line) => c with { SetProcTitle = YesNo(line) },
            ["proc-title-template"] = (c, line) => c with { ProcTitleTemplate = line.Words[1] },
            ["always-show-logo"] = (c, line) => c with { AlwaysShowLogo = YesNo(line) },
            ["daemonize"] = (c, line) => c with { Daemonize = YesNo(line) },
            ["pidfile"] = (c, line) => c with { PidFile = TextOrNull(line) },
            ["supervised"] = (c, line) => c with { Supervised = OneOf<Supervision>(line) },
            ["dir"] = (c, line) => c with { Directory = ExistingDirectory(c, line) },
        }.ToFrozenDictionary();

    /// <summary>Every name, with the main name of the same directive.</summary>
    private static readonly FrozenDictionary<string, string> MainNames =
        Names(Single).Concat(Multiple.Keys.Select(name => KeyValuePair.Create(name, name))).ToFrozenDictionary();

    /// <summary>Every name that a directive may have.</summary>
    public static IEnumerable<string> AllNames => MainNames.Keys.Concat(Additive.Keys).Append("sentinel");

    /// <summary>The main name of a directive; null: there is none of this name with values of its own.</summary>
    public static string? MainName(string name) => MainNames.GetValueOrDefault(name);

    /// <summary>Takes in one line that is neither <c>include</c> nor <c>sentinel</c>.</summary>
    /// <exception cref="ConfigurationException">No such directive, or not such a value.</exception>
    public static SentinelConfiguration Apply(SentinelConfiguration configuration, ConfigurationLine line)
    {
        if (!MainNames.TryGetValue(line.Name, out string? name))
        {
            CheckAdditive(line);
            if (line is { Name: "rename-command", Arguments.Length: 2 })
                return configuration with { CommandNames = configuration.CommandNames.With(line) };
            return line.Name == "user" ? configuration with { Users = UserLine.Add(configuration.Users, line) } : configuration;
        }
        (int min, int max) = Multiple.GetValueOrDefault(name, (1, 1));
        int count = max == 1 ? line.Arguments.Length : Several(line).Length;
        if (count < min || count > max)
        {
            string takes = $"{(max == int.MaxValue ? "at least " : "")}{min} value{(min == 1 ? "" : "s")}";
            throw line.Error("wrong number of arguments", $"'{line.Name}' takes {takes}, not {count}; a value with blanks goes in quotes");
        }

        if (Typed.TryGetValue(name, out var apply))
            configuration = apply(configuration, line);
        else if (TlsDirectives.Apply(configuration, name, line) is { } withTls)
            configuration = withTls;
        else
            OtherDirectives.Check(name, line);
        return line.Origin == ConfigurationOrigin.CommandLine ? WithOverride(configuration, line, name) : configuration;
    }

    /// <summary>What a line of this directive is replaced by: another line of the same key. Null: by none, for its lines add up.</summary>
    /// <param name="words">The words of the line.</param>
    /// <remarks>
    /// The key is the main name. Limits of client buffers are one setting per class of clients. <c>save</c> lines add up,
    /// and mean nothing to a Sentinel.
    /// </remarks>
    public static string? OverrideKey(IReadOnlyList<string> words) =>
        !MainNames.TryGetValue(words[0].ToLowerInvariant(), out string? name) || name == "save" ? null
        : name == "client-output-buffer-limit" && words.Count > 1 ? $"{name} {words[1].ToLowerInvariant()}"
        : name;

    private static void CheckAdditive(ConfigurationLine line)
    {
        bool isKnown = Additive.TryGetValue(line.Name, out (int WordsMin, string Form) known);
        if (isKnown && line.Name != "include" && line.Words.Length >= known.WordsMin)
            return;
        if (!line.Name.Contains('.'))    // a dot: an option of a module
            throw line.Error("Bad directive or wrong number of arguments", isKnown ? UnknownNames.Miscounted(line, known.Form) : UnknownNames.OfDirective(line));
        if (line.Words.Length == 1)
            throw line.Error("Module config specified without value", $"'{line.Name}' needs a value");
    }

    private static SentinelConfiguration WithOverride(SentinelConfiguration configuration, ConfigurationLine line, string name)
    {
        if (OverrideKey(line.Words) is not { } key)
            return configuration;
        // a relative directory is relative to where we were started this time, which need not be so the next time
        var made = new CommandLineOverride(key, name == "dir" ? [line.Name, configuration.Directory] : [line.Name, .. line.Arguments]);
        return configuration with { Overrides = [.. configuration.Overrides.Where(o => o.Key != key), made] };
    }

    private static ImmutableArray<ListenAddress> Addresses(ConfigurationLine line)
    {
        ImmutableArray<string> words = Several(line);
        if (words.Length > BindMax)
            throw line.Error("Too many bind addresses specified.", $"'bind' names {words.Length} addresses; {BindMax} is the most");
        return words is [""] ? [] : [.. words.Select(ListenAddress.Parse)];
    }

    private static IPAddress? SourceAddress(ConfigurationLine line) =>
        line.Words[1].Length == 0 ? null
        : IPAddress.TryParse(line.Words[1], out IPAddress? address) ? address
        : throw line.Error("Invalid bind source address", $"'{line.Words[1]}' is no IP address; write one of this machine");

    private static string ExistingDirectory(SentinelConfiguration configuration, ConfigurationLine line)
    {
        if (line.Words[1].Length == 0)
            throw line.Error("No such file or directory", "'dir' is empty; name a directory, or remove the line");
        string path = FullPath(line, line.Words[1], configuration.Directory);
        return Posix.CheckAccess(path + "/", Posix.MayExecute) is { } error
            ? throw line.Error(error, $"cannot change to directory '{path}': create it, or name another")
            : path;
    }

    /// <summary>Reads a list of names: each name, other names included, with its main name.</summary>
    private static Dictionary<string, string> Names(string list)
    {
        var names = new Dictionary<string, string>();
        foreach (string item in list.Split([' ', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = item.TrimEnd(')').Split('(');
            foreach (string name in parts)
                names.Add(name, parts[0]);
        }
        return names;
    }

    /// <summary>Groups of four: a class of clients, a hard limit, a soft limit, and the seconds that one may be exceeded for. There are no replicas here.</summary>
    private static SentinelConfiguration BufferLimits(SentinelConfiguration configuration, ConfigurationLine line)
    {
        OtherDirectives.Check("client-output-buffer-limit", line);
        foreach (string[] words in Several(line).Chunk(4))
        {
            _ = TryReadMemory(words[1], out ulong hard);
            _ = TryReadMemory(words[2], out ulong soft);
            var limit = new OutputBufferLimit((long)hard, (long)soft, TimeSpan.FromSeconds(int.Parse(words[3], CultureInfo.InvariantCulture)));
            configuration = words[0].ToLowerInvariant() switch
            {
                "normal" => configuration with { NormalOutput = limit },
                "pubsub" => configuration with { PubSubOutput = limit },
                _ => configuration,
            };
        }
        return configuration;
    }
}
