using Sentinel.Core;
using Sentinel.Simulation.Kernel;

namespace Sentinel.Simulation.Sentinels;

/// <summary>A Sentinel that behaves like redis-sentinel: slow ticks, its waits, its vote rules, its known flaws (spec section 14).</summary>
internal sealed class LegacySentinel(World world, Machine machine, int port, string name, int number) : SimSentinel(world, machine, port, name)
{
    public override SentinelId Id { get; } = SentinelId.Draw(new Random(number));
    public override bool IsLegacy => true;
    public override Address? MasterOf(string master) => throw new NotSupportedException();
    public override Epoch ConfigEpochOf(string master) => throw new NotSupportedException();
    public override FailoverStep FailoverOf(string master) => throw new NotSupportedException();
    public override bool HoldsDown(string master) => throw new NotSupportedException();
    public override int PeersOf(string master) => throw new NotSupportedException();
    public override void Order(Func<RequestId, Input> order) => throw new NotSupportedException();
    public override bool KnowsAllReplicas(string master, int count) => throw new NotSupportedException();
    public override TimeSpan DownAfterOf(string master) => throw new NotSupportedException();
    public override void LoseFile() => throw new NotSupportedException();
    public override void Received(Connection connection, object message) => throw new NotSupportedException();
}
