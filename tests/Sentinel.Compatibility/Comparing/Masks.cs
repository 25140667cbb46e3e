using System.Text.RegularExpressions;
using Sentinel.Compatibility.Wire;

namespace Sentinel.Compatibility.Comparing;

/// <summary>All that is not compared letter for letter: times, counters, ids, ports and versions, each by the name of its field.</summary>
internal static partial class Masks
{
    private static readonly Mask[] s_all =
    [
        Numbers("SENTINEL MASTER", "link-pending-commands last-ping-sent last-ok-ping-reply last-ping-reply info-refresh role-reported-time"),
        Numbers("SENTINEL MASTERS", "link-pending-commands last-ping-sent last-ok-ping-reply last-ping-reply info-refresh role-reported-time"),
        Numbers("SENTINEL REPLICAS", "link-pending-commands last-ping-sent last-ok-ping-reply last-ping-reply info-refresh role-reported-time slave-repl-offset"),
        Numbers("SENTINEL SLAVES", "link-pending-commands last-ping-sent last-ok-ping-reply last-ping-reply info-refresh role-reported-time slave-repl-offset"),
        // Each is a peer of the other, so they do not see the same four.
        new("SENTINEL SENTINELS", "name runid", HexId(), "<id>"),
        Numbers("SENTINEL SENTINELS", "port link-pending-commands last-ping-sent last-ok-ping-reply last-ping-reply last-hello-message"),
        new("SENTINEL MYID", "", HexId(), "<id>"),
        new("HELLO", "version", Version(), "<version>"),
        Numbers("HELLO", "id"),
        // Words for people; those of the history stand after the version.
        new("COMMAND DOCS", "complexity 2.8.12 3.2.0 5.0.0 6.0.0 6.2.0 7.0.0 7.0.3", Words(), "<words>"),
        Numbers("CLIENT ID", ""),
        Numbers("CLIENT INFO", "id fd age idle qbuf qbuf-free argv-mem rbs rbp oll omem tot-mem"),
        Numbers("CLIENT LIST", "id fd age idle qbuf qbuf-free argv-mem rbs rbp oll omem tot-mem"),
        new("CLIENT INFO", "addr laddr", Loopback(), "127.0.0.1:<port>"),
        new("CLIENT LIST", "addr laddr", Loopback(), "127.0.0.1:<port>"),
        new("INFO", "redis_version", Version(), "<version>"),
        new("INFO", "redis_git_sha1", Hex(), "<hex>"),
        new("INFO", "redis_build_id", Hex(), "<hex>"),
        new("INFO", "run_id", HexId(), "<id>"),
        Numbers("INFO", "process_id tcp_port server_time_usec uptime_in_seconds uptime_in_days hz configured_hz lru_clock"),
        Numbers("INFO", "pubsub_clients pubsub_channels pubsub_patterns"),    // those of the request before may just be leaving
        new("INFO", "sentinel_version", Version(), "<version>"),
        new("INFO", "listener0", Listener(), "<listener>"),
        new("INFO", "gcc_version", Version(), "<version>"),
        new("INFO", "executable config_file", AbsolutePath(), "<path>"),
        Numbers("INFO", "connected_clients maxclients client_recent_max_input_buffer client_recent_max_output_buffer"),
        Numbers("INFO", "total_connections_received total_commands_processed instantaneous_ops_per_sec total_net_input_bytes total_net_output_bytes total_error_replies expire_cycle_cpu_milliseconds"),
        Numbers("INFO", "total_reads_processed total_writes_processed reply_buffer_shrinks reply_buffer_expands unexpected_error_replies"),
        new("INFO", "instantaneous_input_kbps instantaneous_output_kbps", Hundredths(), "<kbps>"),
        new("INFO", "used_cpu_sys used_cpu_user used_cpu_sys_children used_cpu_user_children used_cpu_sys_main_thread used_cpu_user_main_thread", Seconds(), "<seconds>"),
    ];

    /// <summary>The reply to a request with everything masked that may differ.</summary>
    public static WireValue Apply(string request, WireValue reply) => s_all
        .Where(mask => RequestText.Split(request).Any(asked => Begins(asked, mask.Command)))
        .Aggregate(reply, (masked, mask) => mask.Apply(masked));

    /// <summary>Whether a request is one of a command, with its subcommand if it is named too.</summary>
    public static bool Begins(string request, string command)
    {
        string[] words = RequestText.Words(request);
        string[] first = command.Split(' ');
        return words.Length >= first.Length && first.SequenceEqual(words.Take(first.Length), StringComparer.OrdinalIgnoreCase);
    }

    private static Mask Numbers(string command, string fields) => new(command, fields, Number(), "<number>");

    [GeneratedRegex(@"[ -~]{4,}")]
    private static partial Regex Words();

    [GeneratedRegex(@"\d+")]
    private static partial Regex Number();

    [GeneratedRegex(@"\d+\.\d\d")]
    private static partial Regex Hundredths();

    [GeneratedRegex(@"\d+\.\d{6}")]
    private static partial Regex Seconds();

    [GeneratedRegex(@"\d+\.\d+\.\d+")]
    private static partial Regex Version();

    [GeneratedRegex("[0-9a-f]{40}")]
    private static partial Regex HexId();

    [GeneratedRegex("[0-9a-f]{8,16}")]
    private static partial Regex Hex();

    [GeneratedRegex(@"127\.0\.0\.1:\d+")]
    private static partial Regex Loopback();

    [GeneratedRegex(@"name=tcp,bind=127\.0\.0\.1,port=\d+")]
    private static partial Regex Listener();

    [GeneratedRegex("/.+")]
    private static partial Regex AbsolutePath();
}
