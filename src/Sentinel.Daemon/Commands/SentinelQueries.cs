using System.Buffers;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Sentinel.Core;
using Sentinel.Daemon.Scripts;
using Sentinel.Resp;

namespace Sentinel.Daemon.Commands;

/// <summary>The subcommands of SENTINEL that only read: answered from the latest view, on the client's own thread.</summary>
internal sealed class SentinelQueries(SentinelLoop loop, ScriptRunner scripts)
{
    private readonly AddressReplies _addresses = new();
    private volatile SortedView? _sorted;

    /// <summary>CKQUORUM: whether enough Sentinels are usable for a failover.</summary>
    public Outcome CheckQuorum(CommandCall call)
    {
        if (!TryFind(loop.View, call, out MasterView? master))
            return NoSuchMaster(call);
        int usable = 1 + master.Peers.Count(peer => !peer.IsSubjectivelyDown);
        int majority = ((1 + master.Peers.Length) / 2) + 1;
        List<string> problems = [];
        if (usable < master.Options.Quorum)
            problems.Add("Not enough available Sentinels to reach the specified quorum for this master");
        if (usable < majority)
            problems.Add("Not enough available Sentinels to reach the majority and authorize a failover");
        if (problems.Count > 0)
            return call.Refuse($"NOQUORUM {usable} usable Sentinels. {string.Join(". ", problems)}");
        call.Reply.WriteSimpleString($"OK {usable} usable Sentinels. Quorum and failover authorization can be reached");
        return Outcome.Answered;
    }

    /// <summary>GET-MASTER-ADDR-BY-NAME: the address that clients shall use.</summary>
    public Outcome GetMasterAddress(CommandCall call)
    {
        ReadOnlySpan<byte> reply = _addresses.Find(loop.View, call.Words.Span(2));
        if (reply.IsEmpty)
            call.Reply.WriteNullArray();
        else
            call.Client.ReplyOutput.Write(reply);
        return Outcome.Answered;
    }

    /// <summary>INFO-CACHE: the last INFO of the data nodes, with its age.</summary>
    public Outcome InfoCache(CommandCall call)
    {
        SentinelView view = loop.View;
        Instant now = loop.Now;
        List<MasterView> masters = [];
        for (int i = 2; i < call.Words.Count; i++)
        {
            if (view.Masters.TryGetValue(call.Words.GetText(i), out MasterView? master) && !masters.Contains(master))
                masters.Add(master);
        }
        RespWriter reply = call.Reply;
        reply.WriteArrayHeader(2 * masters.Count);
        foreach (MasterView master in masters)
        {
            reply.WriteBulkString(master.Name);
            reply.WriteArrayHeader(1 + master.Replicas.Length);
            WriteInfo(reply, master, now);
            foreach (ReplicaView replica in master.Replicas)
                WriteInfo(reply, replica, now);
        }
        return Outcome.Answered;
    }

    /// <summary>MASTER: what is believed of one master.</summary>
    public Outcome Master(CommandCall call)
    {
        if (!TryFind(loop.View, call, out MasterView? master))
            return NoSuchMaster(call);
        InstanceMap.Write(call.Reply, master, loop.Now);
        return Outcome.Answered;
    }

    /// <summary>MASTERS: what is believed of all of them, by name.</summary>
    public Outcome Masters(CommandCall call)
    {
        SentinelView view = loop.View;
        Instant now = loop.Now;
        RespWriter reply = call.Reply;
        reply.WriteArrayHeader(view.Masters.Count);
        foreach (MasterView master in ByName(view))
            InstanceMap.Write(reply, master, now);
        return Outcome.Answered;
    }

    /// <summary>MYID: who we are.</summary>
    public Outcome MyId(CommandCall call)
    {
        call.Reply.WriteBulkString(loop.View.Id.Text);
        return Outcome.Answered;
    }

    /// <summary>PENDING-SCRIPTS: the scripts that run or wait to be run, oldest first.</summary>
    public Outcome PendingScripts(CommandCall call)
    {
        ImmutableArray<ScriptView> pending = scripts.View();
        RespWriter reply = call.Reply;
        reply.WriteArrayHeader(pending.Length);
        foreach (ScriptView script in pending)
        {
            reply.WriteMapHeader(5);
            reply.WriteBulkString("argv");
            reply.WriteArrayHeader(script.Words.Length);
            foreach (string word in script.Words)
                reply.WriteBulkString(word);
            reply.WriteBulkString("flags");
            reply.WriteBulkString(script.IsRunning ? "running" : "scheduled");
            reply.WriteBulkString("pid");
            reply.WriteBulkString($"{script.ProcessId}");
            reply.WriteBulkString(script.IsRunning ? "run-time" : "run-delay");
            reply.WriteBulkString($"{script.TimeMs}");
            reply.WriteBulkString("retry-num");
            reply.WriteBulkString($"{script.Tries}");
        }
        return Outcome.Answered;
    }

    /// <summary>REPLICAS: the replicas of a master, but those that do not want to be known.</summary>
    public Outcome Replicas(CommandCall call)
    {
        if (!TryFind(loop.View, call, out MasterView? master))
            return NoSuchMaster(call);
        Instant now = loop.Now;
        RespWriter reply = call.Reply;
        reply.WriteArrayHeader(master.Replicas.Count(replica => replica.IsAnnounced));
        foreach (ReplicaView replica in master.Replicas.Where(replica => replica.IsAnnounced))
            InstanceMap.Write(reply, replica, now);
        return Outcome.Answered;
    }

    /// <summary>SENTINELS: the other Sentinels that watch a master.</summary>
    public Outcome Sentinels(CommandCall call)
    {
        if (!TryFind(loop.View, call, out MasterView? master))
            return NoSuchMaster(call);
        Instant now = loop.Now;
        RespWriter reply = call.Reply;
        reply.WriteArrayHeader(master.Peers.Length);
        foreach (PeerView peer in master.Peers)
            InstanceMap.Write(reply, peer, now);
        return Outcome.Answered;
    }

    /// <summary>The masters of a view by name: sorted once, for several clients ask between two changes.</summary>
    private MasterView[] ByName(SentinelView view)
    {
        SortedView? sorted = _sorted;
        if (sorted is null || !ReferenceEquals(sorted.View, view))
            _sorted = sorted = new SortedView(view, [.. view.Masters.Values.OrderBy(master => master.Name, StringComparer.Ordinal)]);
        return sorted.Masters;
    }

    private static bool TryFind(SentinelView view, CommandCall call, [NotNullWhen(true)] out MasterView? master) =>
        view.Masters.TryGetValue(call.Words.GetText(2), out master);

    private static Outcome NoSuchMaster(CommandCall call) => call.Refuse("ERR No such master with that name");

    private static void WriteInfo(RespWriter reply, NodeView node, Instant now)
    {
        reply.WriteArrayHeader(2);
        reply.WriteInteger(node.InfoAt is { } at ? Math.Max(0, (now - at).Ticks / TimeSpan.TicksPerMillisecond) : 0);
        if (node.InfoUtf8 is { } info)
            reply.WriteBulkString(info.Span);
        else
            reply.WriteNull();
    }

    private sealed record SortedView(SentinelView View, MasterView[] Masters);
}
