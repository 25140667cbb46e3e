using Sentinel.Core;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Nodes;
using Sentinel.Simulation.Sentinels;

namespace Sentinel.Simulation.Tests;

/// <summary>Somebody with one connection to a node, who says what a test wants.</summary>
internal sealed class NodeCaller : Process
{
    private readonly Connection _connection;

    public NodeCaller(World world, RedisNode node, string ip = "10.8.0.1")
        : base(world, world.Network.At(ip) ?? world.Network.AddMachine(ip, ip), port: 0, "caller")
    {
        Start();
        _connection = world.Network.Connect(this, node.Address);
        Assert.True(world.RunUntil(() => IsConnected, TimeSpan.FromSeconds(1)));
    }

    /// <summary>What it was told, the oldest first.</summary>
    public List<object> Heard { get; } = [];

    public bool IsConnected { get; private set; }

    public void Say(object message) => _connection.Send(this, message);

    /// <summary>Says something, and waits for what is answered.</summary>
    public object Ask(object question)
    {
        int before = Heard.Count;
        Say(question);
        Assert.True(World.RunUntil(() => Heard.Count > before, TimeSpan.FromSeconds(5)), $"no answer to {question}");
        return Heard[^1];
    }

    /// <summary>Gives an order of role.</summary>
    /// <returns>The replies: those of the commands, and INFO.</returns>
    public IReadOnlyList<Reply> Order(Address? master, string verb = "REPLICAOF") => ((Reply.List)Ask(new Request.Reconfigure(verb, master))).Items;

    public InfoReport Info() => InfoReport.Parse(((Reply.Text)Ask(Request.Info.Instance)).Value);

    /// <summary>The error that something is answered with; null: it is none.</summary>
    public string? Error(object question) => (Ask(question) as Reply.Error)?.Message;

    public IEnumerable<string> Hellos => Heard.OfType<HelloPush>().Select(push => push.Payload);

    public override void Connected(Connection connection) => IsConnected = true;

    public override void Lost(Connection connection, string reason) => IsConnected = false;

    public override void Received(Connection connection, object message) => Heard.Add(message);
}
