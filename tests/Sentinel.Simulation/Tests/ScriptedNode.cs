using System.Globalization;
using System.Text;
using Sentinel.Core;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Nodes;
using Sentinel.Simulation.Sentinels;

namespace Sentinel.Simulation.Tests;

/// <summary>A node that takes the place of a modelled one, and says of itself what a test wants.</summary>
internal sealed class ScriptedNode : Process
{
    private readonly List<Connection> _clients = [];
    private readonly List<ScriptedNode> _group;
    private Instant? _linkLostAt;

    public ScriptedNode(RedisNode replaced, List<ScriptedNode> group)
        : base(replaced.World, replaced.Machine, replaced.Port, replaced.Name + "s")
    {
        replaced.Kill();
        (_group, Master) = (group, replaced.Master);
        group.Add(this);
        Start();
    }

    /// <summary>Whom it follows; null: it is a master.</summary>
    public Address? Master { get; set; }

    public ulong Offset { get; set; } = 100;
    public int Priority { get; set; } = 100;

    /// <summary>What it answers to PING.</summary>
    public Reply Pong { get; set; } = new Reply.Text("PONG");

    /// <summary>What it says of the time for which its link to its master has been down, in seconds; null: what is true.</summary>
    public int? LinkDownSeconds { get; set; }

    /// <summary>Whether it does what a transaction says.</summary>
    public bool Obeys { get; set; } = true;

    /// <summary>What it was told, the oldest first.</summary>
    public List<Request.Reconfigure> Told { get; } = [];

    public int InfosAsked { get; private set; }

    public override void Accepted(Connection connection) => _clients.Add(connection);

    public override void Lost(Connection connection, string reason) => _clients.Remove(connection);

    public override void Received(Connection connection, object message)
    {
        switch (message)
        {
            case Subscribe:
                connection.ServerState = message;
                break;
            case Request.Info:
                InfosAsked++;
                connection.Send(this, new Reply.Text(Info()));
                break;
            case Request.PublishHello hello:
                connection.Send(this, new Reply.Integer(1));
                Push(hello.Hello.ToString());
                break;
            case Request.Reconfigure order:
                Obey(order, connection);
                connection.Send(this, Executed());
                break;
            default:
                connection.Send(this, message is Request.Ping ? Pong : new Reply.Error("ERR unknown"));
                break;
        }
    }

    protected override void OnDied(bool withMachine) => _clients.Clear();

    /// <summary>What a transaction is answered with, and the INFO after it.</summary>
    private Reply.List Executed()
    {
        Reply ok = new Reply.Text("OK"), queued = new Reply.Text("QUEUED"), none = new Reply.Integer(0);
        return new Reply.List([ok, queued, queued, queued, queued, new Reply.List([ok, ok, none, none]), new Reply.Text(Info())]);
    }

    private void Obey(Request.Reconfigure order, Connection by)
    {
        Told.Add(order);
        if (!Obeys)
            return;
        Master = order.Master;
        foreach (Connection other in _clients.FindAll(client => client != by))
            other.Close(this);
        _clients.RemoveAll(client => client != by);
    }

    /// <summary>A message published on a master is heard on its replicas too.</summary>
    private void Push(string payload)
    {
        var push = new HelloPush(payload);
        foreach (Connection client in _clients)
        {
            if (client.ServerState is Subscribe)
                client.Send(this, push);
        }
        foreach (ScriptedNode follower in _group)
        {
            if (Master is null && follower.IsWorking && follower.Master == Address)
                follower.Push(payload);
        }
    }

    private string Info()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"run_id:{Machine.Number,0:D40}\r\nrole:{(Master is null ? "master" : "slave")}\r\n");
        if (Master is { } master)
        {
            bool isUp = LinkDownSeconds is null && _group.Exists(node => node.IsWorking && node.Address == master);
            _linkLostAt = isUp ? null : _linkLostAt ?? World.Agenda.Now;
            text.Append(CultureInfo.InvariantCulture, $"master_host:{master.Host}\r\nmaster_port:{master.Port}\r\nmaster_link_status:{(isUp ? "up" : "down")}\r\n");
            if (!isUp)
                text.Append(CultureInfo.InvariantCulture, $"master_link_down_since_seconds:{LinkDownSeconds ?? (int)(World.Agenda.Now - _linkLostAt!.Value).TotalSeconds}\r\n");
            text.Append(CultureInfo.InvariantCulture, $"slave_repl_offset:{Offset}\r\nslave_priority:{Priority}\r\n");
        }
        int number = 0;
        foreach (ScriptedNode follower in _group)
        {
            if (follower.IsWorking && follower.Master == Address)
                text.Append(CultureInfo.InvariantCulture, $"slave{number++}:ip={follower.Machine.Ip},port={follower.Port},state=online,offset={follower.Offset},lag=0\r\n");
        }
        return text.ToString();
    }
}
