using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using static Sentinel.Daemon.Configuration.DirectiveValues;

namespace Sentinel.Daemon.Configuration;

/// <summary>The generic directives that mean nothing to a Sentinel: what their values must be all the same.</summary>
/// <remarks>
/// A mistake is refused with the words of Redis, for the file may go back to it. What versions do not agree about is
/// taken as it is, for a file that some server wrote must never stop us: lists of words (<c>maxmemory-policy</c> and the
/// like) grow with each version, and what depends on how a server was built is not ours to judge. Ranges are the widest
/// of Redis 7.0 to 7.4 and Valkey 8. Seen by asking a real redis-sentinel 7.0.15.
/// </remarks>
internal static class OtherDirectives
{
    private const string Flags = """
        activedefrag activerehashing aof-disable-auto-gc aof-load-truncated aof-rewrite-incremental-fsync
        aof-timestamp-enabled aof-use-rdb-preamble appendonly cluster-allow-pubsubshard-when-down cluster-allow-reads-when-down
        cluster-allow-replica-migration cluster-enabled cluster-replica-no-failover cluster-require-full-coverage
        cluster-slot-stats-enabled crash-log-enabled crash-memcheck-enabled disable-thp dual-channel-replication-enabled
        dynamic-hz enable-debug-assert extended-redis-compatibility hide-user-data-from-log jemalloc-bg-thread
        latency-tracking lazyfree-lazy-eviction lazyfree-lazy-expire lazyfree-lazy-server-del lazyfree-lazy-user-del
        lazyfree-lazy-user-flush no-appendfsync-on-rewrite rdb-del-sync-files rdb-save-incremental-fsync rdbchecksum
        rdbcompression repl-disable-tcp-nodelay repl-diskless-sync replica-announced replica-ignore-disk-write-errors
        replica-ignore-maxmemory replica-lazy-flush replica-read-only replica-serve-stale-data set-proc-title
        stop-writes-on-bgsave-error tls-cluster tls-prefer-server-ciphers tls-replication
        tls-session-caching use-exit-on-panic
        """;

    private static readonly (long Min, long Max, string Names)[] Integers =
    [
        (-1, long.MaxValue, "slowlog-log-slower-than"),
        (int.MinValue, int.MaxValue, "key-load-delay list-max-listpack-size rdb-key-save-delay"),
        (0, 100, "maxmemory-eviction-tenacity"),
        (0, 1000, "active-defrag-threshold-lower active-defrag-threshold-upper"),
        (0, int.MaxValue,
            """
            auto-aof-rewrite-percentage cluster-migration-barrier cluster-replica-validity-factor hz lfu-decay-time
            lfu-log-factor list-compress-depth min-replicas-max-lag min-replicas-to-write repl-diskless-sync-delay
            repl-diskless-sync-max-replicas replica-priority shutdown-timeout tls-session-cache-size
            tls-session-cache-timeout watchdog-period
            """),
        (0, uint.MaxValue, "socket-mark-id"),
        (0, 65535,
            """
            cluster-announce-bus-port cluster-announce-port cluster-announce-tls-port cluster-port replica-announce-port
            tls-port
            """),
        (0, long.MaxValue,
            """
            busy-reply-threshold cluster-blacklist-ttl cluster-node-timeout cluster-ping-interval
            events-per-io-thread hash-max-listpack-entries latency-monitor-threshold max-new-connections-per-cycle
            max-new-tls-connections-per-cycle prefetch-batch-max-size repl-backlog-ttl set-max-intset-entries
            set-max-listpack-entries slowlog-max-len stream-node-max-entries tracking-table-max-keys
            zset-max-listpack-entries
            """),
        (1, 10, "active-expire-effort"),
        (1, 256, "io-threads"),
        (1, int.MaxValue, "databases maxmemory-samples repl-ping-replica-period repl-timeout"),
        (1, long.MaxValue, "active-defrag-max-scan-fields"),
        (1, 99, "active-defrag-cycle-max active-defrag-cycle-min"),
        (1024, int.MaxValue, "loading-process-events-interval-bytes"),
    ];

    private static readonly (long Min, string Names)[] Sizes =
    [
        (0,
            """
            auto-aof-rewrite-min-size cluster-link-sendbuf-limit hash-max-listpack-value hll-sparse-max-bytes maxmemory
            set-max-listpack-value stream-node-max-bytes zset-max-listpack-value
            """),
        (1, "active-defrag-ignore-bytes repl-backlog-size"),
    ];

    private static readonly FrozenDictionary<string, Action<ConfigurationLine>> Checks = new Dictionary<string, Action<ConfigurationLine>>(
    [
        .. Words(Flags).Select(name => Check(name, line => YesNo(line))),
        .. Integers.SelectMany(group => Words(group.Names).Select(name => Check(name, line => Integer(line, group.Min, group.Max)))),
        .. Sizes.SelectMany(group => Words(group.Names).Select(name => Check(name, line => Memory(line, group.Min, long.MaxValue)))),
        Check("maxmemory-clients", line => MemoryOrPercent(line)),
        Check("tls-auth-clients", line => OneOf(line, line.Words[1], "no", "yes", "optional")),
        Check("appenddirname", IsFileName),
        Check("appendfilename", IsFileName),
        Check("dbfilename", IsNoPath),
        Check("save", ArePeriods),
        Check("oom-score-adj-values", AreScores),
        Check("latency-tracking-info-percentiles", ArePercentiles),
        Check("shutdown-on-sigint", AreShutdownWords),
        Check("shutdown-on-sigterm", AreShutdownWords),
        Check("replicaof", IsMaster),
        Check("client-output-buffer-limit", AreBufferLimits),
    ]).ToFrozenDictionary();

    /// <summary>Checks a line that has as many values as its directive takes.</summary>
    /// <param name="name">The main name of the directive.</param>
    /// <param name="line">The line.</param>
    /// <exception cref="ConfigurationException">It cannot have such a value.</exception>
    public static void Check(string name, ConfigurationLine line)
    {
        if (Checks.TryGetValue(name, out Action<ConfigurationLine>? check))
            check(line);
    }

    private static KeyValuePair<string, Action<ConfigurationLine>> Check(string name, Action<ConfigurationLine> check) => new(name, check);

    private static string[] Words(string list) => list.Split([' ', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries);

    private static void IsFileName(ConfigurationLine line)
    {
        if (line.Words[1].Length == 0)
            throw line.Error($"{line.Name} can't be empty", $"'{line.Name}' is empty; name a file, or remove the line");
        IsNoPath(line);
    }

    private static void IsNoPath(ConfigurationLine line)
    {
        if (line.Words[1].Contains('/'))
            throw line.Error($"{line.Name} can't be a path, just a {(line.Name == "appenddirname" ? "dirname" : "filename")}", $"'{line.Name}' is '{line.Words[1]}'; write it without a folder");
    }

    private static void ArePeriods(ConfigurationLine line)
    {
        ImmutableArray<string> words = Several(line);
        bool isRight = words is [] or [""]
            || (words.Length % 2 == 0 && words.Index().All(word => int.TryParse(word.Item, CultureInfo.InvariantCulture, out int number) && number >= 1 - (word.Index % 2)));
        if (!isRight)
            throw line.Error("Invalid save parameters", "write pairs of seconds and changes, such as 900 1, or \"\"; a Sentinel does not need the line");
    }

    private static void AreScores(ConfigurationLine line)
    {
        if (!Several(line).All(word => int.TryParse(word, CultureInfo.InvariantCulture, out int score) && score is >= -2000 and <= 2000))
            throw line.Error("Invalid oom-score-adj-values, elements must be between -2000 and 2000.", "write three numbers from -2000 to 2000");
    }

    private static void ArePercentiles(ConfigurationLine line)
    {
        ImmutableArray<string> words = Several(line);
        foreach (string word in words is [""] ? [] : words)
        {
            if (!double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out double percentile))
                throw line.Error("Invalid latency-tracking-info-percentiles parameters", $"'{word}' is no number");
            if (percentile is not (>= 0 and <= 100))
                throw line.Error("latency-tracking-info-percentiles parameters should sit between [0.0,100.0]", $"'{word}' must be 0 to 100");
        }
    }

    private static void AreShutdownWords(ConfigurationLine line)
    {
        string[] choices = ["default", "save", "nosave", "now", "force"];
        ImmutableArray<string> words = Several(line);
        if (words.Length == 0)
            OneOf(line, "", choices);
        int[] chosen = [.. words.Select(word => OneOf(line, word, choices))];
        if (chosen.Contains(1) && chosen.Contains(2))
            throw line.Error("shutdown options SAVE and NOSAVE can't be used simultaneously", "keep one of the two");
    }

    private static void IsMaster(ConfigurationLine line)
    {
        if (Several(line) is not [_, var port] || port.Equals("one", StringComparison.OrdinalIgnoreCase))
            return;
        if (!int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number > 65535)
            throw line.Error("Invalid master port", $"'{port}' is no port; a Sentinel does not need the line");
    }

    /// <summary>Groups of four: a class of clients, a hard limit, a soft limit, and the seconds that one may be exceeded for.</summary>
    private static void AreBufferLimits(ConfigurationLine line)
    {
        ImmutableArray<string> words = Several(line);
        if (words.Length % 4 != 0)
        {
            throw line.Error(
                "Wrong number of arguments in buffer limit configuration.",
                "write a class of clients, a hard limit, a soft limit and seconds, such as: pubsub 32mb 8mb 60");
        }
        foreach (string[] limit in words.Chunk(4))
        {
            if (limit[0].ToLowerInvariant() is not ("normal" or "replica" or "slave" or "pubsub"))
                throw line.Error("Invalid client class specified in buffer limit configuration.", $"'{limit[0]}' is none of normal, replica and pubsub");
            bool isRight = TryReadMemory(limit[1], out _) && TryReadMemory(limit[2], out _)
                && int.TryParse(limit[3], NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture, out int seconds) && seconds >= 0;
            if (!isRight)
            {
                throw line.Error(
                    "Error in hard, soft or soft_seconds setting in buffer limit configuration.",
                    "the limits are sizes such as 32mb, then come seconds; 0 means no limit");
            }
        }
    }
}
