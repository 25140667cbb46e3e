using Sentinel.Simulation.Kernel;

namespace Sentinel.Simulation.Clients;

/// <summary>An application: asks Sentinels where the master is, writes there, and remembers what was acknowledged.</summary>
internal sealed class Client(World world, Machine machine, string name, Group group) : Process(world, machine, port: 0, name)
{
    public Group Group { get; } = group;

    public override void Received(Connection connection, object message) => throw new NotSupportedException();
}
