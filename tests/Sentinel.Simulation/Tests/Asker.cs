using Sentinel.Core;
using Sentinel.Simulation.Kernel;

namespace Sentinel.Simulation.Tests;

/// <summary>Asks a Sentinel and keeps what it is answered.</summary>
internal sealed class Asker : Process
{
    private readonly Connection _connection;

    public Asker(World world, Process asked)
        : base(world, world.Network.AddMachine("ask", "10.8.0.1"), port: 0, "ask")
    {
        Start();
        _connection = world.Network.Connect(this, asked.Address);
        world.Run(TimeSpan.FromMilliseconds(10));
    }

    public List<object> Answers { get; } = [];

    public object Ask(object question)
    {
        _connection.Send(this, question);
        World.Run(TimeSpan.FromMilliseconds(10));
        return Answers[^1];
    }

    /// <summary>Asks for a vote.</summary>
    /// <returns>Whether the master is down, the leader, its epoch.</returns>
    public (long IsDown, string Leader, long Epoch) AskVote(Address master, ulong epoch, SentinelId? candidate)
    {
        var list = (Reply.List)Ask(new Request.AskIfDown("mymaster", master, new Epoch(epoch), candidate));
        return (((Reply.Integer)list.Items[0]).Value, ((Reply.Text)list.Items[1]).Value, ((Reply.Integer)list.Items[2]).Value);
    }

    public override void Received(Connection connection, object message) => Answers.Add(message);
}
