using System.Globalization;
using System.Text;
using Sentinel.Core;

namespace Sentinel.Simulation.Nodes;

/// <summary>INFO of a node, as far as Sentinels read it.</summary>
internal static class InfoText
{
    /// <summary>Bytes of an AOF that has nothing.</summary>
    private const int AofBase = 88;

    /// <summary>Bytes of whoever asks for INFO first.</summary>
    private const int InputBase = 28;

    public static string Of(RedisNode node)
    {
        Instant now = node.World.Agenda.Now;
        var text = new StringBuilder(512);
        text.Append("# Server\r\nrun_id:").Append(node.RunId);
        text.Append(CultureInfo.InvariantCulture, $"\r\n# Persistence\r\nloading:{(node.IsLoading ? 1 : 0)}\r\naof_enabled:{(node.Settings.Persistence == Persistence.AppendOnly ? 1 : 0)}\r\nrdb_last_load_keys_loaded:{node.KeysLoaded}");
        if (node.Settings.Persistence == Persistence.AppendOnly)
            AppendAof(text, node);
        text.Append("\r\n# Replication\r\nrole:").Append(node.Master is null ? "master" : "slave").Append("\r\n");
        if (node.Master is { } master)
            AppendReplica(text, node, master, now);
        int i = 0;
        foreach (Follower follower in node.Followers.All)
        {
            if (follower.Node.Settings.IsAnnounced)
                text.Append(CultureInfo.InvariantCulture, $"slave{i++}:ip={follower.Address.Host},port={follower.Address.Port},state={(follower.IsOnline ? "online" : "wait_bgsave")},offset={follower.AckedOffset},lag={(long)(now - follower.AckedAt).TotalSeconds}\r\n");
        }
        text.Append("master_failover_state:").Append(node.Swap.State).Append("\r\n");
        text.Append(CultureInfo.InvariantCulture, $"master_replid:{Id(node.Data.Branch.Name)}\r\nmaster_replid2:{Id(node.Data.Branch.Origin?.Branch.Name ?? "")}\r\nsecond_repl_offset:{(node.Data.Branch.Origin is { } origin ? origin.Offset + 1 : -1)}\r\n");
        text.Append(CultureInfo.InvariantCulture, $"master_repl_offset:{node.Offset}\r\n# Keyspace\r\n");
        if (node.Data.Writes is > 0 and int writes)
            text.Append(CultureInfo.InvariantCulture, $"db0:keys={writes},expires=0,avg_ttl=0\r\n");
        return text.ToString();
    }

    /// <summary>A name of a history with the length of a replication id; zeros for none.</summary>
    public static string Id(string name) => name.PadRight(40, '0');

    /// <summary>An AOF that there was, or that began with a copy of what a master had, has a base; one that the process began itself has not, until it is rewritten.</summary>
    private static void AppendAof(StringBuilder text, RedisNode node)
    {
        bool hasBegunEmpty = node.Data.Branch is { Origin: null, Opening: var opening } && opening.By == node && opening.At == node.StartedAt;
        long size = hasBegunEmpty ? node.Offset : AofBase + node.Offset;
        text.Append(CultureInfo.InvariantCulture, $"\r\naof_current_size:{size}\r\naof_base_size:{(hasBegunEmpty ? 0 : AofBase)}\r\n# Stats\r\ntotal_net_input_bytes:{node.Offset + InputBase}");
    }

    private static void AppendReplica(StringBuilder text, RedisNode node, Address master, Instant now)
    {
        MasterLink link = node.Link;
        text.Append(CultureInfo.InvariantCulture, $"master_host:{master.Host}\r\nmaster_port:{master.Port}\r\nmaster_link_status:{(link.IsUp ? "up" : "down")}\r\nmaster_last_io_seconds_ago:{(link.IsUp ? (long)(now - link.HeardAt).TotalSeconds : -1)}\r\nmaster_sync_in_progress:{(link.IsSynchronising ? 1 : 0)}\r\n");
        // Who begins anew has thrown away where it was, and says so.
        text.Append(CultureInfo.InvariantCulture, $"slave_repl_offset:{(link.IsUp || link.CanContinue ? node.Offset : 1)}\r\n");
        if (!link.IsUp)
            text.Append(CultureInfo.InvariantCulture, $"master_link_down_since_seconds:{(link.DownSince is { } since ? (long)(now - since).TotalSeconds : -1)}\r\n");
        text.Append(CultureInfo.InvariantCulture, $"slave_priority:{node.Priority}\r\nreplica_announced:{(node.Settings.IsAnnounced ? 1 : 0)}\r\n");
    }
}
