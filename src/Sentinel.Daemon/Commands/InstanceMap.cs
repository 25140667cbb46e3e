using System.Globalization;
using Sentinel.Core;
using Sentinel.Resp;

namespace Sentinel.Daemon.Commands;

/// <summary>The map that SENTINEL MASTER, REPLICAS and SENTINELS show of an instance.</summary>
/// <remarks>
/// The order is part of the contract: clients of RESP2 find fields by their position. So a field that is not due is
/// left out, not sent empty. All values are bulk strings, numbers too, in both versions. Ages are in milliseconds.
/// </remarks>
internal sealed class InstanceMap
{
    // In the order of the bits of InstanceFlags.
    private static readonly string[] FlagWords =
    [
        "s_down", "o_down", "master", "slave", "sentinel", "disconnected", "master_down", "failover_in_progress",
        "promoted", "reconf_sent", "reconf_inprog", "reconf_done", "force_failover", "script_kill_sent", "master_reboot", "paused", "fenced",
    ];

    private readonly List<(string Name, string Value)> _fields = new(capacity: 26);
    private readonly Instant _now;

    private InstanceMap(Instant now) => _now = now;

    /// <summary>Writes the map of a master.</summary>
    public static void Write(RespWriter reply, MasterView master, Instant now)
    {
        var map = new InstanceMap(now);
        map.AddCommon(master);
        map.AddRole(master);
        map.Add("config-epoch", master.ConfigEpoch.ToString());
        map.Add("num-slaves", master.Replicas.Length);
        map.Add("num-other-sentinels", master.Peers.Length);
        map.Add("quorum", master.Options.Quorum);
        map.Add("failover-timeout", Milliseconds(master.Options.FailoverTimeout));
        map.Add("parallel-syncs", master.Options.ParallelSyncs);
        if (master.Options.NotificationScript is { } notification)
            map.Add("notification-script", notification);
        if (master.Options.ClientReconfigScript is { } reconfiguration)
            map.Add("client-reconfig-script", reconfiguration);
        // Last, and only where there is something to say: what no redis-sentinel shows must move nothing that it does.
        if (!master.Findings.IsEmpty)
            map.Add("warnings", string.Join("; ", master.Findings));
        map.WriteTo(reply);
    }

    /// <summary>Writes the map of a replica.</summary>
    public static void Write(RespWriter reply, ReplicaView replica, Instant now)
    {
        var map = new InstanceMap(now);
        map.AddCommon(replica);
        map.AddRole(replica);
        map.Add("master-link-down-time", Milliseconds(replica.MasterLinkDownTime));
        map.Add("master-link-status", replica.IsMasterLinkUp ? "ok" : "err");
        map.Add("master-host", replica.Master?.Host ?? "?");
        map.Add("master-port", replica.Master?.Port ?? 0);
        map.Add("slave-priority", replica.Priority);
        map.Add("slave-repl-offset", replica.Offset.ToString(CultureInfo.InvariantCulture));
        map.Add("replica-announced", replica.IsAnnounced ? 1 : 0);
        map.WriteTo(reply);
    }

    /// <summary>Writes the map of another Sentinel.</summary>
    public static void Write(RespWriter reply, PeerView peer, Instant now)
    {
        var map = new InstanceMap(now);
        map.AddCommon(peer);
        map.Add("last-hello-message", map.Age(peer.LastHelloAt));
        map.Add("voted-leader", peer.VotedLeader?.Text ?? "?");
        map.Add("voted-leader-epoch", peer.VotedEpoch.ToString());
        map.WriteTo(reply);
    }

    private void AddCommon(InstanceView instance)
    {
        // What is shown twice is read once: a link goes on while we look.
        InstanceFlags flags = instance.Flags | (instance.Link.IsDisconnected ? InstanceFlags.Disconnected : InstanceFlags.None);
        Add("name", instance.Name);
        Add("ip", instance.Address.Host);
        Add("port", instance.Address.Port);
        Add("runid", instance.RunId ?? "");
        Add("flags", string.Join(',', FlagWords.Where((_, bit) => ((int)flags & (1 << bit)) != 0)));
        Add("link-pending-commands", instance.Link.PendingCommands);
        Add("link-refcount", instance.Link.Masters);
        if (instance is MasterView { Failover: var step } && flags.HasFlag(InstanceFlags.FailoverInProgress))
            Add("failover-state", step.Word());
        Add("last-ping-sent", AgeOrZero(instance.Link.OldestPingAt));
        Add("last-ok-ping-reply", Age(instance.Link.LastValidReplyAt));
        Add("last-ping-reply", Age(instance.Link.LastReplyAt));
        if (flags.HasFlag(InstanceFlags.SubjectivelyDown))
            Add("s-down-time", AgeOrZero(instance.DownSince));
        if (instance is MasterView { ObjectivelyDownSince: var since } && flags.HasFlag(InstanceFlags.ObjectivelyDown))
            Add("o-down-time", AgeOrZero(since));
        Add("down-after-milliseconds", Milliseconds(instance.DownAfter));
    }

    private void AddRole(NodeView node)
    {
        Add("info-refresh", AgeOrZero(node.InfoAt));
        Add("role-reported", node.ReportsMaster ? "master" : "slave");
        Add("role-reported-time", Age(node.RoleSince));
    }

    private void Add(string name, long value) => Add(name, value.ToString(CultureInfo.InvariantCulture));

    private void Add(string name, string value) => _fields.Add((name, value));

    private long AgeOrZero(Instant? at) => at is { } since ? Age(since) : 0;

    /// <summary>Not below zero: a link may have heard something after the time was taken.</summary>
    private long Age(Instant at) => Math.Max(0, Milliseconds(_now - at));

    private static long Milliseconds(TimeSpan span) => span.Ticks / TimeSpan.TicksPerMillisecond;

    private void WriteTo(RespWriter reply)
    {
        reply.WriteMapHeader(_fields.Count);
        foreach ((string name, string value) in _fields)
        {
            reply.WriteBulkString(name);
            reply.WriteBulkString(value);
        }
    }
}
