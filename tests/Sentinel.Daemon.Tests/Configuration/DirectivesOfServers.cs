namespace Sentinel.Daemon.Tests.Configuration;

/// <summary>The directives of Redis 7.4 and Valkey 8 servers, other names of the same included: what their own config.c lists.</summary>
internal static class DirectivesOfServers
{
    private const string SingleNames = """
        acl-pubsub-default aclfile acllog-max-len active-defrag-cycle-max active-defrag-cycle-min
        active-defrag-ignore-bytes active-defrag-max-scan-fields active-defrag-threshold-lower
        active-defrag-threshold-upper active-expire-effort activedefrag activerehashing always-show-logo
        aof-disable-auto-gc aof-load-truncated aof-rewrite-cpulist aof-rewrite-incremental-fsync
        aof-timestamp-enabled aof-use-rdb-preamble aof_rewrite_cpulist appenddirname appendfilename
        appendfsync appendonly auto-aof-rewrite-min-size auto-aof-rewrite-percentage availability-zone
        bgsave-cpulist bgsave_cpulist bind-source-addr bio-cpulist bio_cpulist busy-reply-threshold
        client-default-resp client-query-buffer-limit cluster-allow-pubsubshard-when-down
        cluster-allow-reads-when-down cluster-allow-replica-migration cluster-announce-bus-port
        cluster-announce-client-ipv4 cluster-announce-client-ipv6 cluster-announce-hostname
        cluster-announce-human-nodename cluster-announce-ip cluster-announce-port cluster-announce-tls-port
        cluster-blacklist-ttl cluster-config-file cluster-enabled cluster-link-sendbuf-limit
        cluster-migration-barrier cluster-node-timeout cluster-ping-interval cluster-port
        cluster-preferred-endpoint-type cluster-replica-no-failover cluster-replica-validity-factor
        cluster-require-full-coverage cluster-slave-no-failover cluster-slave-validity-factor
        cluster-slot-stats-enabled crash-log-enabled crash-memcheck-enabled daemonize databases dbfilename
        debug-context dir disable-thp dual-channel-replication-enabled dynamic-hz enable-debug-assert
        enable-debug-command enable-module-command enable-protected-configs events-per-io-thread
        extended-redis-compatibility hash-max-listpack-entries hash-max-listpack-value
        hash-max-ziplist-entries hash-max-ziplist-value hide-user-data-from-log hll-sparse-max-bytes hz
        ignore-warnings io-threads io-threads-do-reads jemalloc-bg-thread key-load-delay
        latency-monitor-threshold latency-tracking lazyfree-lazy-eviction lazyfree-lazy-expire
        lazyfree-lazy-server-del lazyfree-lazy-user-del lazyfree-lazy-user-flush lfu-decay-time lfu-log-factor
        list-compress-depth list-max-listpack-size list-max-ziplist-entries list-max-ziplist-size
        list-max-ziplist-value loading-process-events-interval-bytes locale-collate log-format
        log-timestamp-format logfile loglevel lua-replicate-commands lua-time-limit masterauth masteruser
        max-new-connections-per-cycle max-new-tls-connections-per-cycle maxclients maxmemory maxmemory-clients
        maxmemory-eviction-tenacity maxmemory-policy maxmemory-samples min-replicas-max-lag
        min-replicas-to-write min-slaves-max-lag min-slaves-to-write no-appendfsync-on-rewrite
        notify-keyspace-events oom-score-adj pidfile port prefetch-batch-max-size primaryauth primaryuser
        proc-title-template propagation-error-behavior protected-mode proto-max-bulk-len rdb-del-sync-files
        rdb-key-save-delay rdb-save-incremental-fsync rdbchecksum rdbcompression repl-backlog-size
        repl-backlog-ttl repl-disable-tcp-nodelay repl-diskless-load repl-diskless-sync
        repl-diskless-sync-delay repl-diskless-sync-max-replicas repl-ping-replica-period
        repl-ping-slave-period repl-timeout replica-announce-ip replica-announce-port replica-announced
        replica-ignore-disk-write-errors replica-ignore-maxmemory replica-lazy-flush replica-priority
        replica-read-only replica-serve-stale-data req-res-logfile requirepass sanitize-dump-payload
        server-cpulist server_cpulist set-max-intset-entries set-max-listpack-entries set-max-listpack-value
        set-proc-title shutdown-timeout slave-announce-ip slave-announce-port slave-ignore-maxmemory
        slave-lazy-flush slave-priority slave-read-only slave-serve-stale-data slowlog-log-slower-than
        slowlog-max-len socket-mark-id stop-writes-on-bgsave-error stream-node-max-bytes
        stream-node-max-entries supervised syslog-enabled syslog-facility syslog-ident tcp-backlog
        tcp-keepalive timeout tls-auth-clients tls-ca-cert-dir tls-ca-cert-file tls-cert-file tls-ciphers
        tls-ciphersuites tls-client-cert-file tls-client-key-file tls-client-key-file-pass tls-cluster
        tls-dh-params-file tls-key-file tls-key-file-pass tls-port tls-prefer-server-ciphers tls-protocols
        tls-replication tls-session-cache-size tls-session-cache-timeout tls-session-caching
        tracking-table-max-keys unixsocket unixsocketgroup unixsocketperm use-exit-on-panic watchdog-period
        zset-max-listpack-entries zset-max-listpack-value zset-max-ziplist-entries zset-max-ziplist-value
        """;

    /// <summary>Those with one value.</summary>
    public static IEnumerable<string> Single => SingleNames.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Lines with those that take any other number of values.</summary>
    public static IEnumerable<string> Others =>
    [
        "bind 127.0.0.1 ::1",
        "save 900 1 300 10",
        "save \"\"",
        "client-output-buffer-limit pubsub 32mb 8mb 60",
        "client-output-buffer-limit normal 0 0 0 replica 256mb 64mb 60",
        "oom-score-adj-values 0 200 800",
        "replicaof no one",
        "slaveof no one",
        "latency-tracking-info-percentiles 50 99 99.9",
        "shutdown-on-sigint default",
        "shutdown-on-sigterm nosave now",
        "user default on nopass ~* &* +@all",
        "user default on sanitize-payload #5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8 ~* &* +@all",
        "user worker +@list +@connection ~jobs:* on >ffa9203c493aa99",
        "rename-command ROLE \"\"",
        "loadmodule /usr/lib/module.so ARG 1",
        "a.module-option value",
    ];

    /// <summary>A value that a directive takes.</summary>
    public static string ValueOf(string name) => name switch
    {
        "dir" => "/tmp",
        "logfile" or "pidfile" or "unixsocket" or "requirepass" => "\"\"",
        "loglevel" => "notice",
        "log-format" or "log-timestamp-format" => "legacy",
        "supervised" => "auto",
        "acl-pubsub-default" => "resetchannels",
        "syslog-facility" => "local0",
        "tls-auth-clients" => "optional",
        "client-query-buffer-limit" or "proto-max-bulk-len" or "loading-process-events-interval-bytes" => "1048576",
        _ => IsFlag(name) ? "no" : "1",
    };

    private static bool IsFlag(string name)
    {
        try
        {
            ReadingTests.Read($"{name} no");
            return true;
        }
        catch (Daemon.Configuration.ConfigurationException)
        {
            return false;
        }
    }
}
