using System.Runtime.InteropServices;
using System.Text;
using Sentinel.Core;
using Sentinel.Daemon.Scripts;

namespace Sentinel.Daemon.Commands;

/// <summary>The text of INFO.</summary>
/// <remarks>Monitoring knows these fields by name, so all that Redis Sentinel has are here; those of things we do not have are 0.</remarks>
internal sealed class InfoText(SentinelLoop loop, ClientRegistry clients, EventHub hub, ScriptRunner scripts, RespServerOptions options, TimeProvider time)
{
    private static readonly string OperatingSystem =
        $"{Kernel("ostype")} {Kernel("osrelease")} {RuntimeInformation.OSArchitecture switch { Architecture.X64 => "x86_64", Architecture.Arm64 => "aarch64", var other => other.ToString() }}";

    private readonly Instant _start = loop.Now;
    private readonly TrafficRates _rates = new(loop.Now);

    /// <summary>The sections asked for, in their fixed order.</summary>
    /// <param name="sections">Their names; none: all. Unknown ones are passed over.</param>
    public string Write(IReadOnlyCollection<string> sections)
    {
        bool isAll = sections.Count == 0 || sections.Any(name => Is(name, "default") || Is(name, "all") || Is(name, "everything"));
        var text = new StringBuilder();
        Section("server", Server);
        Section("clients", Clients);
        Section("stats", Stats);
        Section("cpu", Cpu);
        Section("sentinel", Masters);
        return text.ToString();

        void Section(string name, Action<StringBuilder> write)
        {
            if (!isAll && !sections.Any(asked => Is(asked, name)))
                return;
            if (text.Length > 0)
                text.Append("\r\n");
            write(text);
        }
    }

    private static bool Is(string asked, string name) => asked.Equals(name, StringComparison.OrdinalIgnoreCase);

    private void Server(StringBuilder text)
    {
        DateTimeOffset wall = time.GetUtcNow();
        TimeSpan uptime = loop.Now - _start;
        Line(text, "# Server");
        Line(text, $"redis_version:{ServerVersion.Compatible}");
        Line(text, "redis_git_sha1:00000000");
        Line(text, "redis_git_dirty:0");
        Line(text, $"redis_build_id:{typeof(InfoText).Module.ModuleVersionId.ToString("N")[..16]}");
        Line(text, "redis_mode:sentinel");
        Line(text, $"os:{OperatingSystem}");
        Line(text, $"arch_bits:{8 * nint.Size}");
        Line(text, "monotonic_clock:POSIX clock_gettime");
        Line(text, "multiplexing_api:epoll");
        Line(text, "atomicvar_api:dotnet");
        Line(text, "gcc_version:0.0.0");
        Line(text, $"process_id:{Environment.ProcessId}");
        Line(text, $"process_supervised:{options.Supervised}");
        Line(text, $"run_id:{options.RunId}");
        Line(text, $"tcp_port:{(options.Port != 0 ? options.Port : options.TlsPort)}");
        Line(text, $"server_time_usec:{(wall - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond}");
        Line(text, $"uptime_in_seconds:{(long)uptime.TotalSeconds}");
        Line(text, $"uptime_in_days:{(long)uptime.TotalDays}");
        Line(text, "hz:10");    // the core wakes by deadlines; this is the default of Redis' timer
        Line(text, "configured_hz:10");
        Line(text, $"lru_clock:{wall.ToUnixTimeSeconds() & 0xFFFFFF}");
        Line(text, $"executable:{Environment.ProcessPath}");
        Line(text, $"config_file:{options.ConfigFile}");
        Line(text, "io_threads_active:0");
        string bind = string.Concat(options.Bind.Select(address => $"bind={address},"));
        if (options.Port != 0)
            Line(text, $"listener0:name=tcp,{bind}port={options.Port}");
        if (options.TlsPort != 0)
            Line(text, $"listener2:name=tls,{bind}port={options.TlsPort}");
        Line(text, $"sentinel_version:{ServerVersion.Own}");
    }

    private void Clients(StringBuilder text)
    {
        Line(text, "# Clients");
        Line(text, $"connected_clients:{clients.Count}");
        Line(text, "cluster_connections:0");
        Line(text, $"maxclients:{options.MaxClients}");
        Line(text, "client_recent_max_input_buffer:0");
        Line(text, $"client_recent_max_output_buffer:{clients.All.Select(client => client.Output.QueuedBytes).DefaultIfEmpty().Max()}");
        Line(text, "blocked_clients:0");
        Line(text, "tracking_clients:0");
        Line(text, $"pubsub_clients:{clients.All.Count(client => client.IsSubscribed)}");
        Line(text, "watching_clients:0");
        Line(text, "clients_in_timeout_table:0");
        Line(text, "total_watched_keys:0");
        Line(text, "total_blocking_keys:0");
        Line(text, "total_blocking_keys_on_nokey:0");
    }

    private void Stats(StringBuilder text)
    {
        ClientTotals totals = clients.Totals;
        (double commands, double input, double output) = _rates.Rates(totals, loop.Now);
        Line(text, "# Stats");
        Line(text, $"total_connections_received:{clients.Connections}");
        Line(text, $"total_commands_processed:{totals.Commands}");
        Line(text, $"instantaneous_ops_per_sec:{(long)commands}");
        Line(text, $"total_net_input_bytes:{totals.ReceivedBytes}");
        Line(text, $"total_net_output_bytes:{totals.SentBytes}");
        Zeroes(text, "total_net_repl_input_bytes", "total_net_repl_output_bytes");
        Line(text, $"instantaneous_input_kbps:{input:F2}");
        Line(text, $"instantaneous_output_kbps:{output:F2}");
        Line(text, "instantaneous_input_repl_kbps:0.00");
        Line(text, "instantaneous_output_repl_kbps:0.00");
        Line(text, $"rejected_connections:{clients.Rejected}");
        Zeroes(text, "sync_full", "sync_partial_ok", "sync_partial_err", "expired_keys");
        Line(text, "expired_stale_perc:0.00");
        Zeroes(
            text,
            "expired_time_cap_reached_count",
            "expire_cycle_cpu_milliseconds",
            "evicted_keys",
            "evicted_clients",
            "total_eviction_exceeded_time",
            "current_eviction_exceeded_time",
            "keyspace_hits",
            "keyspace_misses");
        Line(text, $"pubsub_channels:{hub.Channels}");
        Line(text, $"pubsub_patterns:{hub.Patterns}");
        Zeroes(
            text,
            "pubsubshard_channels",
            "latest_fork_usec",
            "total_forks",
            "migrate_cached_sockets",
            "slave_expires_tracked_keys",
            "active_defrag_hits",
            "active_defrag_misses",
            "active_defrag_key_hits",
            "active_defrag_key_misses",
            "total_active_defrag_time",
            "current_active_defrag_time",
            "tracking_total_keys",
            "tracking_total_items",
            "tracking_total_prefixes",
            "unexpected_error_replies");
        Line(text, $"total_error_replies:{totals.Errors}");
        Zeroes(
            text,
            "dump_payload_sanitizations",
            "total_reads_processed",
            "total_writes_processed",
            "io_threaded_reads_processed",
            "io_threaded_writes_processed",
            "reply_buffer_shrinks",
            "reply_buffer_expands");
    }

    private static void Cpu(StringBuilder text)
    {
        Environment.ProcessCpuUsage usage = Environment.CpuUsage;
        Line(text, "# CPU");
        Line(text, $"used_cpu_sys:{usage.PrivilegedTime.TotalSeconds:F6}");
        Line(text, $"used_cpu_user:{usage.UserTime.TotalSeconds:F6}");
        Line(text, "used_cpu_sys_children:0.000000");
        Line(text, "used_cpu_user_children:0.000000");
        Line(text, $"used_cpu_sys_main_thread:{usage.PrivilegedTime.TotalSeconds:F6}");
        Line(text, $"used_cpu_user_main_thread:{usage.UserTime.TotalSeconds:F6}");
    }

    private void Masters(StringBuilder text)
    {
        SentinelView view = loop.View;
        Line(text, "# Sentinel");
        Line(text, $"sentinel_masters:{view.Masters.Count}");
        Line(text, $"sentinel_tilt:{(view.TiltSince is null ? 0 : 1)}");
        Line(text, $"sentinel_tilt_since_seconds:{(view.TiltSince is { } since ? (long)(loop.Now - since).TotalSeconds : -1)}");
        (int running, int all) = scripts.Counts;
        Line(text, $"sentinel_running_scripts:{running}");
        Line(text, $"sentinel_scripts_queue_length:{all}");
        Line(text, $"sentinel_simulate_failure_flags:{(int)view.SimulatedFailures}");
        if (view.Masters.Values.Count(master => master.Flags.HasFlag(InstanceFlags.Paused)) is > 0 and var paused)
            Line(text, $"sentinel_paused_masters:{paused}");
        if (view.SaveError is { } error)
            Line(text, $"sentinel_last_save_error:{error}");
        int index = 0;
        foreach (MasterView master in view.Masters.Values.OrderBy(master => master.Name, StringComparer.Ordinal))
        {
            string status = master.IsObjectivelyDown ? "odown" : master.IsSubjectivelyDown ? "sdown" : "ok";
            // the address without brackets also for IPv6, as in Redis
            Line(text, $"master{index++}:name={master.Name},status={status},address={master.Address.Host}:{master.Address.Port},slaves={master.Replicas.Length},sentinels={master.Peers.Length + 1}");
        }
    }

    private static void Zeroes(StringBuilder text, params ReadOnlySpan<string> fields)
    {
        foreach (string field in fields)
            Line(text, $"{field}:0");
    }

    private static void Line(StringBuilder text, string line) => text.Append(line).Append("\r\n");

    private static string Kernel(string what)
    {
        string file = $"/proc/sys/kernel/{what}";
        return File.Exists(file) ? File.ReadAllText(file).Trim() : RuntimeInformation.OSDescription;
    }
}
