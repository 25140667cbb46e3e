using Sentinel.Core;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Nodes;
using Sentinel.Simulation.Sentinels;

namespace Sentinel.Simulation.Faults;

/// <summary>Which part a node has when a fault strikes it.</summary>
internal enum Part
{
    /// <summary>The master that most Sentinels believe in.</summary>
    Master,

    /// <summary>One that is not.</summary>
    Replica,

    /// <summary>Any node of the group.</summary>
    Any,
}

/// <summary>A node to be struck, found when the time has come.</summary>
/// <param name="Group">The group, by its place.</param>
/// <param name="Part">Which part it has then.</param>
/// <param name="Index">Which of several, modulo their number.</param>
internal sealed record NodeTarget(int Group, Part Part, int Index)
{
    public RedisNode? Find(World world)
    {
        Group group = world.Groups[Group];
        RedisNode? master = MasterOf(world, group);
        List<RedisNode> nodes = Part switch
        {
            Part.Master => master is null ? [] : [master],
            Part.Replica => group.Nodes.FindAll(node => node != master),
            Part.Any => group.Nodes,
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        return nodes.Count == 0 ? null : nodes[Index % nodes.Count];
    }

    /// <summary>The node that most running Sentinels believe to be the master.</summary>
    public static RedisNode? MasterOf(World world, Group group)
    {
        RedisNode? best = null;
        int bestCount = 0;
        foreach (RedisNode node in group.Nodes)
        {
            int count = 0;
            foreach (SimSentinel sentinel in world.Sentinels)
            {
                if (sentinel.IsRunning && sentinel.MasterOf(group.Name) == node.Address)
                    count++;
            }
            if (count > bestCount)
                (best, bestCount) = (node, count);
        }
        return best;
    }

    public override string ToString() => $"{Part} {Index} of group {Group}";
}

/// <summary>A Sentinel to be struck, found when the time has come.</summary>
/// <param name="Index">Which, modulo their number.</param>
internal sealed record SentinelTarget(int Index)
{
    public SimSentinel Find(World world) => world.Sentinels[Index % world.Sentinels.Count];

    public override string ToString() => $"Sentinel {Index}";
}
