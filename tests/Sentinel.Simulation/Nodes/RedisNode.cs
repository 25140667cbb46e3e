using Sentinel.Core;
using Sentinel.Simulation.Kernel;

namespace Sentinel.Simulation.Nodes;

/// <summary>A Redis server, as Sentinels, its replicas and its clients see it.</summary>
internal sealed class RedisNode(World world, Machine machine, int port, string name, Group group, NodeSettings settings, Address? master) : Process(world, machine, port, name)
{
    public Group Group { get; } = group;
    public NodeSettings Settings { get; } = settings;

    /// <summary>Whom it follows; null: it is a master.</summary>
    public Address? Master { get; private set; } = master;

    public override void Received(Connection connection, object message) => throw new NotSupportedException();
}
