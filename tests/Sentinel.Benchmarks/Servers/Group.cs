using Sentinel.Daemon.Tests.Lab;

namespace Sentinel.Benchmarks.Servers;

/// <summary>A master and its replicas.</summary>
/// <param name="Name">By which sentinels know it.</param>
/// <param name="Nodes">At first the master, then its replicas.</param>
internal sealed record Group(string Name, IReadOnlyList<RedisNode> Nodes)
{
    public RedisNode Node(int port) => Nodes.Single(node => node.Port == port);
}
