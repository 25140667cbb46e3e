using System.Collections.Immutable;
using Sentinel.Core;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Sentinels;

namespace Sentinel.Simulation.Nodes;

/// <summary>Serves those who connected to a node.</summary>
internal sealed class NodeServer(RedisNode node)
{
    private static readonly Reply.Text s_ok = new("OK");
    private static readonly Reply.Text s_pong = new("PONG");
    private static readonly Reply.Text s_queued = new("QUEUED");

    /// <summary>How often a node looks at its clock.</summary>
    private static readonly TimeSpan s_clockTick = TimeSpan.FromMilliseconds(100);

    private readonly World _world = node.World;
    private readonly List<Peer> _peers = [];
    private readonly List<Peer> _subscribers = [];
    private Instant _pausedUntil;

    private enum Kind
    {
        Normal,
        Subscriber,
        Replica,
    }

    public bool HasSubscribers => _subscribers.Count > 0;

    /// <summary>Whether writes are held back.</summary>
    public bool IsPaused => _pausedUntil > _world.Agenda.Now;

    /// <summary>The process is gone.</summary>
    public void Reset()
    {
        _peers.Clear();
        _subscribers.Clear();
        _pausedUntil = Instant.Zero;
    }

    public void Accepted(Connection connection)
    {
        var peer = new Peer(connection);
        connection.ServerState = peer;
        _peers.Add(peer);
    }

    public void Lost(Connection connection)
    {
        if (connection.ServerState is not Peer peer)
            return;
        _peers.Remove(peer);
        _subscribers.Remove(peer);
        node.Followers.Lost(connection);
    }

    public void Close(Connection connection)
    {
        connection.Close(node);
        Lost(connection);
    }

    /// <summary>Holds writes back for some time.</summary>
    public void Pause(TimeSpan time)
    {
        _pausedUntil = Instant.Max(_pausedUntil, _world.Agenda.Now + time);
        node.After(time, () =>
        {
            if (!IsPaused)
                Resume();
        });
    }

    /// <summary>Lets writes through, those first that were held back.</summary>
    public void Resume()
    {
        _pausedUntil = Instant.Zero;
        foreach (Peer peer in _peers.ToArray())
        {
            if (!IsPaused)
                Drain(peer);
        }
    }

    /// <summary>A follower told how far it is: who waits for that may have his answer.</summary>
    public void Acknowledged()
    {
        foreach (Peer peer in _peers.ToArray())
        {
            if (peer.Wait is { } wait && node.Followers.CountAcked(wait.Offset) >= wait.Enough)
                EndWait(peer, wait);
        }
    }

    public void Received(Connection connection, object message)
    {
        var peer = (Peer)connection.ServerState!;
        // A paused PUBLISH holds up all that follows on its connection, as in Redis: it would get into the stream.
        if (peer.Wait is not null || peer.Waiting is { Count: > 0 } || IsHeld(message))
            (peer.Waiting ??= new Queue<object>()).Enqueue(message);
        else
            Serve(peer, message);
    }

    /// <summary>Gives a message to all who subscribed.</summary>
    public void Deliver(string payload)
    {
        if (_subscribers.Count == 0)
            return;
        var push = new HelloPush(payload);
        foreach (Peer subscriber in _subscribers)
            subscriber.Connection.Send(node, push);
    }

    private bool IsHeld(object message) => message is WriteOrder or Request.PublishHello && IsPaused;

    private void Drain(Peer peer)
    {
        // What is served may let writes through, and is to be answered itself before what came after it.
        if (peer.IsDrained)
            return;
        peer.IsDrained = true;
        while (peer.Wait is null && peer.Connection.IsOpenAtServer && peer.Waiting is { } waiting && waiting.TryPeek(out object? next) && !IsHeld(next))
            Serve(peer, waiting.Dequeue());
        peer.IsDrained = false;
    }

    /// <summary>WAIT: who has not acknowledged all there is, is asked to, unless writes are held; what follows on the connection waits.</summary>
    private void Wait(Peer peer, Request.CountAttached count)
    {
        var wait = new AckWait(node.Offset, count.Enough);
        if (node.Refusal() is { } error || node.Master is not null)
        {
            peer.Connection.Send(node, new Reply.Error(node.Refusal() ?? "ERR WAIT cannot be used with replica instances."));
            return;
        }
        peer.Wait = wait;
        if (node.Followers.CountAcked(wait.Offset) >= wait.Enough)
        {
            EndWait(peer, wait);
            return;
        }
        if (!IsPaused)
            node.AskForAcknowledgements();
        node.After(count.Time + s_clockTick / 2, () => EndWait(peer, wait));
    }

    private void EndWait(Peer peer, AckWait wait)
    {
        if (peer.Wait != wait)
            return;
        peer.Wait = null;
        if (!peer.Connection.IsOpenAtServer)
            return;
        peer.Connection.Send(node, new Reply.Integer(node.Followers.CountAcked(wait.Offset)));
        Drain(peer);
    }

    private void Serve(Peer peer, object message)
    {
        Connection connection = peer.Connection;
        switch (message)
        {
            case Request.CountAttached count:
                Wait(peer, count);
                break;
            case Request request:
                connection.Send(node, Serve(peer, request));
                break;
            case WriteOrder order:
                connection.Send(node, WriteRefusal() is { } error ? new Reply.Error(error) : node.Write(order.Value));
                break;
            case RoleQuery:
                connection.Send(node, node.Refusal() is { } refusal ? new Reply.Error(refusal) : node.Master is null ? RoleAnswer.Master : RoleAnswer.Replica);
                break;
            case Ack ack:
                node.Followers.Acked(connection, ack);
                break;
            case Psync asked:
                peer.Kind = Kind.Replica;
                node.Followers.Asked(connection, asked);
                break;
            case Subscribe:
                peer.Kind = Kind.Subscriber;
                _subscribers.Add(peer);
                break;
            default:
                // Somebody took it for another kind of server.
                connection.Send(node, new Reply.Error("ERR unknown command"));
                break;
        }
    }

    private Reply Serve(Peer peer, Request request)
    {
        switch (request)
        {
            case Request.Ping:
                return node.Refusal() is { } refusal ? new Reply.Error(refusal) : CannotSave() ?? (Reply)s_pong;
            case Request.Info:
                return Info();
            case Request.PublishHello hello when !node.Is(Illness.Busy):
                string payload = hello.Hello.ToString();
                int receivers = _subscribers.Count;
                Deliver(payload);
                node.StreamHello(payload);
                return new Reply.Integer(receivers);
            case Request.PublishHello:
                return new Reply.Error(node.Refusal()!);
            case Request.ProbeReplicaOf:
                return new Reply.Error(RoleRefusal("REPLICAOF", "probe") ?? "ERR Invalid master port");
            case Request.ProbeOrders or Request.ProbeTransaction or Request.ProbeRewrite or Request.AskSettings:
                return Examine(request);
            case Request.Reconfigure change:
                return Reconfigure(peer, change);
            case Request.HandOver order:
                return HandOver(peer.Connection.Client, order);
            case Request.KeepRole:
                return node.Is(Illness.Busy) ? new Reply.Error(node.Refusal()!) : node.RewriteConfiguration() is { } error ? new Reply.Error(error) : s_ok;
            case Request.StopHandingOver:
                return StopHandingOver();
            case Request.TellOffset:
                return TellOffset();
            case Request.ProbePause:
                return new Reply.Error(PauseRefusal() ?? "ERR timeout is not an integer or out of range");
            case Request.HoldWrites hold:
                return HoldWrites(peer, hold.Time);
            case Request.HoldWritesAndTell hold:
                return new Reply.List([HoldWrites(peer, hold.Lease), Info()]);
            case Request.ReleaseWrites:
                return ReleaseWrites();
            case Request.KillScript when node.Is(Illness.Busy):
                node.Recover(Illness.Busy);
                return s_ok;
            case Request.KillScript:
                return new Reply.Error("NOTBUSY No scripts in execution right now.");
            default:
                return new Reply.Error($"ERR unknown command '{request.Commands[0][0]}'");
        }
    }

    private Reply Info() =>
        node.Is(Illness.Busy) ? new Reply.Error(node.Refusal()!)
        : node.Is(Illness.HidesInfo) ? new Reply.Error("NOPERM User default has no permissions to run the 'info' command")
        : new Reply.Text(InfoText.Of(node));

    /// <summary>What is asked before a failover: nothing of it is carried out.</summary>
    private Reply.List Examine(Request request)
    {
        if (node.Is(Illness.Busy))
            return new Reply.List([.. request.Commands.Select(_ => new Reply.Error(node.Refusal()!))]);
        return new Reply.List(request switch
        {
            Request.ProbeOrders probe =>
            [
                new Reply.Error("ERR EXEC without MULTI"),
                new Reply.Error(RoleRefusal(probe.Verb, "probe") ?? "ERR Invalid master port"),
                new Reply.Error("ERR Unknown client type 'probe'"),
            ],
            Request.ProbeTransaction => [s_ok, new Reply.List([])],
            Request.ProbeRewrite =>
            [
                s_ok, s_queued, new Reply.Error("ERR wrong number of arguments for 'config' command"),
                new Reply.Error("EXECABORT Transaction discarded because of previous errors."),
            ],
            _ => [Setting("masterauth", ""), Setting("masteruser", ""), Setting("tls-replication", "no"), Setting("min-replicas-to-write", $"{node.Settings.MinReplicasToWrite}")],
        });
    }

    private static Reply.List Setting(string name, string value) => new([new Reply.Text(name), new Reply.Text(value)]);

    private Reply.List Reconfigure(Peer peer, Request.Reconfigure change)
    {
        string? refusal = RoleRefusal(change.Verb, change.Master?.Host ?? "NO");
        string? busy = node.Is(Illness.Busy) ? node.Refusal() : null;
        ImmutableArray<Reply>.Builder replies = ImmutableArray.CreateBuilder<Reply>(Request.Reconfigure.InfoIndex + 1);
        replies.Add(s_ok);
        replies.Add(refusal is null ? s_queued : new Reply.Error(refusal));
        for (int i = 2; i < Request.Reconfigure.ExecIndex; i++)
            replies.Add(busy is null ? s_queued : new Reply.Error(busy));
        replies.Add(refusal is null ? Execute(peer, change) : new Reply.Error("EXECABORT Transaction discarded because of previous errors."));
        replies.Add(Info());
        return new Reply.List(replies.MoveToImmutable());
    }

    private Reply.List Execute(Peer peer, Request.Reconfigure change)
    {
        if (node.Is(Illness.IgnoresOrders))
            return new Reply.List([s_ok, s_ok, new Reply.Integer(0), new Reply.Integer(0)]);
        Reply taken = s_ok;
        if (node.Swap.IsUnderWay)
            taken = new Reply.Error("ERR REPLICAOF not allowed while failing over.");
        else
            Obey(peer.Connection.Client, change.Master);
        Reply rewritten = node.RewriteConfiguration() is { } error ? new Reply.Error(error) : s_ok;
        return new Reply.List([taken, rewritten, new Reply.Integer(CloseAll(Kind.Normal, besides: peer)), new Reply.Integer(CloseAll(Kind.Subscriber, besides: peer))]);
    }

    private Reply HandOver(Process by, Request.HandOver order)
    {
        if (CommandRefusal("FAILOVER") is { } refusal)
            return new Reply.Error(refusal);
        if (node.Is(Illness.IgnoresOrders))
            return s_ok;
        if (node.Swap.Begin(order.Replica, order.Timeout) is { } objection)
            return new Reply.Error(objection);
        if (by is SimSentinel sentinel && _world.NodeAt(order.Replica) is { } replica)
            _world.HandingOver(node, sentinel, replica);
        return s_ok;
    }

    private Reply StopHandingOver()
    {
        if (!node.Swap.IsUnderWay)
            return new Reply.Error("ERR No failover in progress.");
        node.Swap.Failed("it was told to stop");
        return s_ok;
    }

    private Reply.List TellOffset()
    {
        if (CommandRefusal("REPLCONF") is { } refusal)
            return new Reply.List([new Reply.Error(refusal), new Reply.Error(refusal)]);
        node.Link.TellOffset();
        return new Reply.List([new Reply.Error("ERR syntax error")]);
    }

    private Reply ReleaseWrites()
    {
        if (PauseRefusal() is { } refusal)
            return new Reply.Error(refusal);
        if (!node.Swap.IsUnderWay)
            Resume();
        return s_ok;
    }

    private Reply HoldWrites(Peer peer, TimeSpan time)
    {
        if (PauseRefusal() is { } refusal)
            return new Reply.Error(refusal);
        if (peer.Connection.Client is SimSentinel sentinel)
            _world.WritesHeld(node, sentinel, time);
        Pause(time);
        return s_ok;
    }

    /// <summary>What is said to a command that old versions do not know, and that may be forbidden; null: it is taken.</summary>
    private string? CommandRefusal(string command) =>
        node.Settings.KnowsOnlySlaveOf ? $"ERR unknown command '{command}', with args beginning with: "
        : node.Is(Illness.RefusesOrders) ? $"NOPERM User default has no permissions to run the '{command}' command"
        : node.Refusal();

    private void Obey(Process by, Address? master)
    {
        var reason = RoleReason.Sentinel;
        if (by is SimSentinel sentinel)
        {
            _world.Reconfiguring(node, sentinel, master);
            if (master is null && node.Group.OrderedPromotions.Promote(node, sentinel))
                reason = RoleReason.OrderedFailover;
        }
        node.Take(master, reason);
    }

    /// <summary>CLIENT KILL TYPE.</summary>
    private int CloseAll(Kind kind, Peer besides)
    {
        int count = 0;
        for (int i = _peers.Count - 1; i >= 0; i--)
        {
            Peer peer = _peers[i];
            if (peer.Kind != kind || peer == besides)
                continue;
            Close(peer.Connection);
            count++;
        }
        return count;
    }

    /// <summary>What is said to an order of role before it comes into effect; null: it is taken.</summary>
    private string? RoleRefusal(string verb, string argument) =>
        node.Settings.KnowsOnlySlaveOf && verb == "REPLICAOF" ? $"ERR unknown command '{verb}', with args beginning with: '{argument}' "
        : node.Is(Illness.RefusesOrders) ? $"NOPERM User default has no permissions to run the '{verb}' command"
        : node.Refusal();

    private string? PauseRefusal() =>
        node.Is(Illness.Busy) ? node.Refusal()
        : node.Is(Illness.RefusesOrders) ? "NOPERM User default has no permissions to run the 'client|pause' command"
        : null;

    private Reply.Error? CannotSave() => node.Is(Illness.CannotSave) && node.Master is null
        ? new Reply.Error("MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk.")
        : null;

    private string? WriteRefusal() =>
        node.Refusal()
        ?? (node.Master is not null ? "READONLY You can't write against a read only replica." : null)
        ?? CannotSave()?.Message
        ?? (node.Settings.MinReplicasToWrite is > 0 and int least && node.Followers.CountGood(node.Settings.MinReplicasMaxLag) < least ? "NOREPLICAS Not enough good replicas to write." : null);

    /// <summary>Somebody who connected.</summary>
    private sealed class Peer(Connection connection)
    {
        public Connection Connection { get; } = connection;
        public Kind Kind { get; set; }

        /// <summary>What it asked while writes were held back; null: never anything.</summary>
        public Queue<object>? Waiting { get; set; }

        /// <summary>Whether what it asked then is being served.</summary>
        public bool IsDrained { get; set; }

        /// <summary>What it waits for; null: nothing.</summary>
        public AckWait? Wait { get; set; }
    }

    private sealed class AckWait(long offset, int enough)
    {
        public long Offset { get; } = offset;
        public int Enough { get; } = enough;
    }
}
