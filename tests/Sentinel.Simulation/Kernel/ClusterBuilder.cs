using System.Globalization;
using Sentinel.Core;
using Sentinel.Simulation.Clients;
using Sentinel.Simulation.Nodes;
using Sentinel.Simulation.Sentinels;

namespace Sentinel.Simulation.Kernel;

/// <summary>Sets up what a topology says, and starts it.</summary>
internal static class ClusterBuilder
{
    private const int NodePort = 6379;
    private const int SentinelPort = 26379;

    public static void Build(World world)
    {
        Topology topology = world.Topology;
        for (int g = 0; g < topology.Groups.Length; g++)
        {
            var group = new Group(topology.Groups[g]);
            world.Groups.Add(group);
            for (int n = 0; n < group.Topology.Nodes.Length; n++)
            {
                string name = topology.Groups.Length == 1 ? Number("n", n + 1) : $"{(char)('m' + g)}{n + 1}";
                Machine machine = world.Network.AddMachine(name, $"10.{g + 1}.0.{n + 1}");
                group.Nodes.Add(new RedisNode(world, machine, NodePort, name, group, group.Topology.Nodes[n], n == 0 ? null : group.Nodes[0].Address));
            }
        }
        for (int s = 0; s < topology.AllSentinels; s++)
        {
            bool isLegacy = s >= topology.Sentinels;
            string name = ((char)('A' + s)).ToString();
            Group first = world.Groups[0];
            Machine machine = topology.IsColocated && s < first.Nodes.Count ? first.Nodes[s].Machine : world.Network.AddMachine(name, $"10.0.0.{s + 1}");
            world.Sentinels.Add(isLegacy ? new LegacySentinel(world, machine, SentinelPort, name) : new SentinelProcess(world, machine, SentinelPort, name, s));
        }
        foreach (RedisNode node in world.Nodes)
            node.Start();
        foreach (SimSentinel sentinel in world.Sentinels)
            sentinel.Start();
        int c = 0;
        foreach (Group group in world.Groups)
        {
            for (int i = 0; i < topology.ClientsPerGroup; i++, c++)
            {
                string name = Number("c", c + 1);
                var client = new Client(world, world.Network.AddMachine(name, $"10.200.0.{c + 1}"), name, group);
                world.Clients.Add(client);
                client.Start();
            }
        }
    }

    private static string Number(string prefix, int number) => prefix + number.ToString(CultureInfo.InvariantCulture);
}
