using System.Globalization;
using Sentinel.Core;
using Sentinel.Resp;

namespace Sentinel.Daemon.Commands;

/// <summary>The map that SENTINEL MASTER, REPLICAS and SENTINELS show of an instance.</summary>
/// <remarks>
/// The order is part of the contract: clients of RESP2 find fields by their position. So a field that is not due is
/// left out, not sent empty. All values are bulk strings, numbers too, in both versions. Ages are in milliseconds.
/// <para>
/// Every client asks for this at every discovery, so it is made twice and without an allocation: the first time the
/// fields are only counted, for the header wants their number, the second time they are written.
/// </para>
/// </remarks>
internal struct InstanceMap
{
    // In the order of the bits of InstanceFlags.
    private static readonly string[] FlagWords =
    [
        "s_down", "o_down", "master", "slave", "sentinel", "disconnected", "master_down", "failover_in_progress",
        "promoted", "reconf_sent", "reconf_inprog", "reconf_done", "force_failover", "script_kill_sent", "master_reboot", "paused", "fenced",
    ];

    /// <summary>Of the longest number, with its sign.</summary>
    private const int DigitsMax = 20;

    /// <summary>Characters of all those words together, with a comma behind each.</summary>
    private static readonly int FlagsLengthMax = FlagWords.Sum(word => word.Length + 1);

    private readonly RespWriter _reply;
    private readonly InstanceFlags _flags;
    private readonly Instant _now;
    private int _count;
    private bool _isWriting;

    // What is shown twice is read once: a link goes on while we look.
    private InstanceMap(RespWriter reply, InstanceView instance, Instant now) =>
        (_reply, _now, _flags) = (reply, now, instance.Flags | (instance.Link.IsDisconnected ? InstanceFlags.Disconnected : InstanceFlags.None));

    /// <summary>Writes the map of a master.</summary>
    public static void Write(RespWriter reply, MasterView master, Instant now)
    {
        var map = new InstanceMap(reply, master, now);
        map.Add(master);
        map.BeginWriting();
        map.Add(master);
    }

    /// <summary>Writes the map of a replica.</summary>
    public static void Write(RespWriter reply, ReplicaView replica, Instant now)
    {
        var map = new InstanceMap(reply, replica, now);
        map.Add(replica);
        map.BeginWriting();
        map.Add(replica);
    }

    /// <summary>Writes the map of another Sentinel.</summary>
    public static void Write(RespWriter reply, PeerView peer, Instant now)
    {
        var map = new InstanceMap(reply, peer, now);
        map.Add(peer);
        map.BeginWriting();
        map.Add(peer);
    }

    /// <summary>What is added from here on is written, after as many fields as were added before were announced.</summary>
    private void BeginWriting()
    {
        _isWriting = true;
        _reply.WriteMapHeader(_count);
    }

    private void Add(MasterView master)
    {
        AddCommon(master);
        AddRole(master);
        Add("config-epoch", master.ConfigEpoch.Number);
        Add("num-slaves", master.Replicas.Length);
        Add("num-other-sentinels", master.Peers.Length);
        Add("quorum", master.Options.Quorum);
        Add("failover-timeout", Milliseconds(master.Options.FailoverTimeout));
        Add("parallel-syncs", master.Options.ParallelSyncs);
        if (master.Options.NotificationScript is { } notification)
            Add("notification-script", notification);
        if (master.Options.ClientReconfigScript is { } reconfiguration)
            Add("client-reconfig-script", reconfiguration);
        // Last, and only where there is something to say: what no redis-sentinel shows must move nothing that it does.
        if (master.LeaderToSwitch is { } leader)
            Add("awaited-leader", leader.Text);
        if (!master.Findings.IsEmpty)
            Add("warnings", string.Join("; ", master.Findings));
    }

    private void Add(ReplicaView replica)
    {
        AddCommon(replica);
        AddRole(replica);
        Add("master-link-down-time", Milliseconds(replica.MasterLinkDownTime));
        Add("master-link-status", replica.IsMasterLinkUp ? "ok" : "err");
        Add("master-host", replica.Master?.Host ?? "?");
        Add("master-port", replica.Master?.Port ?? 0);
        Add("slave-priority", replica.Priority);
        Add("slave-repl-offset", replica.Offset);
        Add("replica-announced", replica.IsAnnounced ? 1 : 0);
    }

    private void Add(PeerView peer)
    {
        AddCommon(peer);
        Add("last-hello-message", Age(peer.LastHelloAt));
        Add("voted-leader", peer.VotedLeader?.Text ?? "?");
        Add("voted-leader-epoch", peer.VotedEpoch.Number);
    }

    private void AddCommon(InstanceView instance)
    {
        Add("name", instance.Name);
        Add("ip", instance.Address.Host);
        Add("port", instance.Address.Port);
        Add("runid", instance.RunId ?? "");
        AddFlags();
        Add("link-pending-commands", instance.Link.PendingCommands);
        Add("link-refcount", instance.Link.Masters);
        if (instance is MasterView { Failover: var step } && Has(InstanceFlags.FailoverInProgress))
            Add("failover-state", step.Word());
        Add("last-ping-sent", AgeOrZero(instance.Link.OldestPingAt));
        Add("last-ok-ping-reply", Age(instance.Link.LastValidReplyAt));
        Add("last-ping-reply", Age(instance.Link.LastReplyAt));
        if (Has(InstanceFlags.SubjectivelyDown))
            Add("s-down-time", AgeOrZero(instance.DownSince));
        if (instance is MasterView { ObjectivelyDownSince: var since } && Has(InstanceFlags.ObjectivelyDown))
            Add("o-down-time", AgeOrZero(since));
        Add("down-after-milliseconds", Milliseconds(instance.DownAfter));
    }

    private void AddRole(NodeView node)
    {
        Add("info-refresh", AgeOrZero(node.InfoAt));
        Add("role-reported", node.ReportsMaster ? "master" : "slave");
        Add("role-reported-time", Age(node.RoleSince));
    }

    private readonly bool Has(InstanceFlags flag) => (_flags & flag) == flag;

    private void AddFlags()
    {
        Span<char> text = stackalloc char[FlagsLengthMax];
        int length = 0;
        for (int bit = 0; bit < FlagWords.Length; bit++)
        {
            if (((int)_flags & (1 << bit)) == 0)
                continue;
            FlagWords[bit].CopyTo(text[length..]);
            length += FlagWords[bit].Length;
            text[length++] = ',';
        }
        Add("flags", text[..Math.Max(0, length - 1)]);
    }

    private void Add(string name, long value)
    {
        Span<char> digits = stackalloc char[DigitsMax];
        _ = value.TryFormat(digits, out int length, provider: CultureInfo.InvariantCulture);
        Add(name, digits[..length]);
    }

    private void Add(string name, ulong value)
    {
        Span<char> digits = stackalloc char[DigitsMax];
        _ = value.TryFormat(digits, out int length, provider: CultureInfo.InvariantCulture);
        Add(name, digits[..length]);
    }

    private void Add(string name, ReadOnlySpan<char> value)
    {
        if (!_isWriting)
        {
            _count++;
            return;
        }
        _reply.WriteBulkString(name);
        _reply.WriteBulkString(value);
    }

    private long AgeOrZero(Instant? at) => at is { } since ? Age(since) : 0;

    /// <summary>Not below zero: a link may have heard something after the time was taken.</summary>
    private long Age(Instant at) => Math.Max(0, Milliseconds(_now - at));

    private static long Milliseconds(TimeSpan span) => span.Ticks / TimeSpan.TicksPerMillisecond;
}
