using System.Collections.Immutable;
using System.Globalization;

namespace Sentinel.Core;

/// <summary>What a data node says of itself in its INFO, as far as a Sentinel cares.</summary>
/// <remarks>
/// Absent lines leave null: the reader keeps what it knew. Lines about the master count only after <c>role:slave</c>, as in
/// Redis Sentinel; the fields after it are always complete in what real servers send.
/// </remarks>
public sealed record InfoReport
{
    private const int RunIdLength = 40;

    /// <summary>Characters of a host: as many as a name can have in DNS.</summary>
    private const int HostMax = 255;

    /// <summary>Bound of the replicas taken from one INFO, so that a broken node cannot make us open links without end.</summary>
    public const int ReplicasMax = 256;

    /// <summary>Seconds since the last acknowledgement of a replica that is attached: they come each second, and the count is rough.</summary>
    private const int AttachedLagMax = 1;

    /// <summary>Identity of the node's process.</summary>
    public string? RunId { get; private set; }

    /// <summary>The replication history that its data are of (<c>master_replid</c>); null: it does not say.</summary>
    public string? History { get; private set; }

    /// <summary>The history that it went on from when it became a master (<c>master_replid2</c>); null: none.</summary>
    public string? FormerHistory { get; private set; }

    /// <summary>Whether it is a master; null: it does not say.</summary>
    public bool? IsMaster { get; private set; }

    /// <summary>Replicas attached to it.</summary>
    public ImmutableArray<Address> Replicas { get; private set; } = [];

    /// <summary>Those of <see cref="Replicas"/> that are in step, and acknowledged what they got a moment ago.</summary>
    public ImmutableArray<Address> Attached { get; private set; } = [];

    /// <summary>How long its link to its master has been down; zero: it is up; −1 s: it never was.</summary>
    public TimeSpan MasterLinkDownTime { get; private set; }

    /// <summary>Its master's host.</summary>
    public string? MasterHost { get; private set; }

    /// <summary>Its master's port.</summary>
    public int? MasterPort { get; private set; }

    /// <summary>Whether its link to its master is up.</summary>
    public bool? IsMasterLinkUp { get; private set; }

    /// <summary>How long ago something last came from its master; null: its link is down, or it does not say.</summary>
    public TimeSpan? MasterLastHeard { get; private set; }

    /// <summary>Its priority.</summary>
    public int? Priority { get; private set; }

    /// <summary>Its replication offset.</summary>
    public ulong? Offset { get; private set; }

    /// <summary>Where the stream that it passes on has come to (<c>master_repl_offset</c>), also of a master.</summary>
    public ulong? StreamOffset { get; private set; }

    /// <summary>Whether it is handing its role over by itself (<c>FAILOVER</c>): it holds writes back, and takes no order of role.</summary>
    public bool IsHandingOver { get; private set; }

    /// <summary>Whether it has data: keys in any database, and no first synchronisation under way that would replace them.</summary>
    public bool HasKeys { get; private set; }

    /// <summary>Whether there are keys in it that can be read, even while a synchronisation is on its way that will replace them.</summary>
    public bool HoldsKeys { get; private set; }

    /// <summary>Whether it is loading data, so that what it has is not seen yet.</summary>
    public bool IsLoading { get; private set; }

    /// <summary>
    /// Whether it says that its process began with nothing: no keys came from an RDB file, and none from an AOF, for it has none, or has one that began empty and got no more
    /// than clients have sent since. Since Redis 7.0.
    /// </summary>
    /// <remarks>An AOF that was there has a base of 88 bytes at least, were it empty; only without RDB preamble that is 0 as long as it was never rewritten. (redis-server 7.0.)</remarks>
    public bool HasLoadedNothing { get; private set; }

    /// <summary>Up to which offset it has <see cref="FormerHistory"/>; null: it does not say, or there is none.</summary>
    public ulong? FormerHistoryEnd { get; private set; }

    /// <summary>Whether it wants to be listed.</summary>
    public bool? IsAnnounced { get; private set; }

    /// <summary>Its version; null: it does not say.</summary>
    public NodeVersion? Version { get; private set; }

    /// <summary>Whether it was started with a configuration file; null: it does not say.</summary>
    public bool? HasConfigurationFile { get; private set; }

    /// <summary>Its clock, since 1970; null: it does not say.</summary>
    public TimeSpan? ServerTime { get; private set; }

    /// <summary>Bytes of its replication backlog; null: it does not say.</summary>
    public long? BacklogSize { get; private set; }

    /// <summary>Whether it keeps a replication backlog now; null: it does not say.</summary>
    public bool? IsBacklogActive { get; private set; }

    /// <summary>Reads the text of an INFO reply. Never fails: what is not understood is skipped.</summary>
    public static InfoReport Parse(string text)
    {
        var report = new InfoReport();
        List<Address>? replicas = null, attached = null;
        bool isReplica = false;
        bool hasKeys = false, isSynchronising = false, hasNoAof = false, hasEmptyRdb = false, hasEmptyAofBase = false;
        long? aofSize = null, received = null;
        foreach (ReadOnlySpan<char> rawLine in text.AsSpan().EnumerateLines())
        {
            ReadOnlySpan<char> line = rawLine;
            int colon = line.IndexOf(':');
            if (colon <= 0)
                continue;
            ReadOnlySpan<char> key = line[..colon];
            ReadOnlySpan<char> value = line[(colon + 1)..];
            switch (key)
            {
                case "run_id" when value.Length >= RunIdLength:
                    report.RunId = value[..RunIdLength].ToString();
                    break;
                case "master_replid" when value.Length >= RunIdLength:
                    report.History = value[..RunIdLength].ToString();
                    break;
                case "master_replid2" when value.Length >= RunIdLength && value.ContainsAnyExcept('0'):
                    report.FormerHistory = value[..RunIdLength].ToString();
                    break;
                // Valkey says with which Redis it is compatible, too; its own version comes after that.
                case "redis_version":
                    report.Version = NodeVersion.Parse(value, isValkey: false);
                    break;
                case "valkey_version":
                    report.Version = NodeVersion.Parse(value, isValkey: true);
                    break;
                case "config_file":
                    report.HasConfigurationFile = value.Length > 0;
                    break;
                case "server_time_usec" when long.TryParse(value, CultureInfo.InvariantCulture, out long time) && time is > 0 and < long.MaxValue / TimeSpan.TicksPerMicrosecond:
                    report.ServerTime = TimeSpan.FromTicks(time * TimeSpan.TicksPerMicrosecond);
                    break;
                case "repl_backlog_size" when long.TryParse(value, CultureInfo.InvariantCulture, out long size) && size >= 0:
                    report.BacklogSize = size;
                    break;
                case "repl_backlog_active":
                    report.IsBacklogActive = !value.SequenceEqual("0");
                    break;
                case "loading":
                    report.IsLoading = value.SequenceEqual("1");
                    break;
                case "role":
                    isReplica = value.StartsWith("slave", StringComparison.Ordinal);
                    report.IsMaster = isReplica ? false : value.StartsWith("master", StringComparison.Ordinal) ? true : null;
                    break;
                case "master_link_down_since_seconds" when long.TryParse(value, CultureInfo.InvariantCulture, out long seconds):
                    report.MasterLinkDownTime = TimeSpan.FromSeconds(Math.Clamp(seconds, -1, int.MaxValue));
                    break;
                case "master_host" when isReplica && value.Length is > 0 and <= HostMax && !value.ContainsAnyExceptInRange('!', '~'):
                    report.MasterHost = value.ToString();
                    break;
                case "master_port" when isReplica && int.TryParse(value, CultureInfo.InvariantCulture, out int port):
                    report.MasterPort = port;
                    break;
                case "master_link_status" when isReplica:
                    report.IsMasterLinkUp = value.Equals("up", StringComparison.OrdinalIgnoreCase);
                    break;
                case "master_last_io_seconds_ago" when isReplica && long.TryParse(value, CultureInfo.InvariantCulture, out long ago) && ago >= 0:
                    report.MasterLastHeard = TimeSpan.FromSeconds(Math.Min(ago, int.MaxValue));
                    break;
                case "slave_priority" when isReplica && int.TryParse(value, CultureInfo.InvariantCulture, out int priority):
                    report.Priority = priority;
                    break;
                case "slave_repl_offset" when isReplica && ulong.TryParse(value, CultureInfo.InvariantCulture, out ulong offset):
                    report.Offset = offset;
                    break;
                case "master_repl_offset" when ulong.TryParse(value, CultureInfo.InvariantCulture, out ulong offset):
                    report.StreamOffset = offset;
                    break;
                case "master_failover_state":
                    report.IsHandingOver = !value.SequenceEqual("no-failover");
                    break;
                case "replica_announced" when isReplica:
                    report.IsAnnounced = !value.SequenceEqual("0");
                    break;
                case "master_sync_in_progress":
                    isSynchronising = value.SequenceEqual("1");
                    break;
                case "second_repl_offset" when ulong.TryParse(value, CultureInfo.InvariantCulture, out ulong offset):
                    report.FormerHistoryEnd = offset;
                    break;
                case "aof_enabled":
                    hasNoAof = value.SequenceEqual("0");
                    break;
                case "aof_base_size":
                    hasEmptyAofBase = value.SequenceEqual("0");
                    break;
                case "aof_current_size" when long.TryParse(value, CultureInfo.InvariantCulture, out long size):
                    aofSize = size;
                    break;
                case "total_net_input_bytes" when long.TryParse(value, CultureInfo.InvariantCulture, out long bytes):
                    received = bytes;
                    break;
                case "rdb_last_load_keys_loaded":
                    hasEmptyRdb = value.SequenceEqual("0");
                    break;
                default:
                    hasKeys |= key.Length > 2 && key.StartsWith("db", StringComparison.Ordinal) && char.IsAsciiDigit(key[2]) && value.StartsWith("keys=", StringComparison.Ordinal);
                    if (key.Length > 5 && key.StartsWith("slave", StringComparison.Ordinal) && char.IsAsciiDigit(key[5])
                        && TryParseReplica(value, out Address replica, out bool isAttached) && (replicas?.Count ?? 0) < ReplicasMax)
                    {
                        (replicas ??= []).Add(replica);
                        if (isAttached)
                            (attached ??= []).Add(replica);
                    }
                    break;
            }
        }
        report.HasKeys = hasKeys && !isSynchronising;
        report.HoldsKeys = hasKeys && !report.IsLoading;
        bool hasBegunItsAof = hasEmptyAofBase && aofSize <= received;
        report.HasLoadedNothing = hasEmptyRdb && (hasNoAof || hasBegunItsAof) && !report.IsLoading;
        if (replicas is not null)
            (report.Replicas, report.Attached) = ([.. replicas.Distinct()], attached is null ? [] : [.. attached.Distinct()]);
        return report;
    }

    /// <summary>Reads <c>ip=…,port=…,…</c> or the older <c>ip,port,state</c>.</summary>
    private static bool TryParseReplica(ReadOnlySpan<char> value, out Address replica, out bool isAttached)
    {
        isAttached = false;
        string? host = null, port = null;
        string[] fields = value.ToString().Split(',');
        if (value.Contains("ip=", StringComparison.Ordinal))
        {
            host = fields.FirstOrDefault(field => field.StartsWith("ip=", StringComparison.Ordinal))?[3..];
            port = fields.FirstOrDefault(field => field.StartsWith("port=", StringComparison.Ordinal))?[5..];
            isAttached = fields.Contains("state=online")
                && int.TryParse(fields.FirstOrDefault(field => field.StartsWith("lag=", StringComparison.Ordinal))?[4..], CultureInfo.InvariantCulture, out int lag)
                && lag is >= 0 and <= AttachedLagMax;
        }
        else if (fields.Length >= 2)
        {
            (host, port) = (fields[0], fields[1]);
        }
        bool valid = (host is not null && HelloMessage.IsHost(host))
            & int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out int number) & number is > 0 and <= 65535;
        replica = valid ? new Address(host!, number) : default;
        return valid;
    }
}
