using System.Collections.Immutable;
using Sentinel.Core;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Nodes;
using Sentinel.Simulation.Sentinels;

namespace Sentinel.Simulation.Faults;

/// <summary>Which messages between two sides do not pass.</summary>
internal enum CutDirection
{
    /// <summary>None at all pass.</summary>
    Both,

    /// <summary>Those to the others.</summary>
    Out,

    /// <summary>Those from the others.</summary>
    In,
}

/// <summary>Blocks of paths.</summary>
internal static class Cut
{
    public static void Between(World world, ImmutableArray<Machine> one, ImmutableArray<Machine> other, CutDirection direction, TimeSpan time, Action<World, TimeSpan, Action> later)
    {
        Each((from, to) => world.Network.Block(from, to));
        later(world, time, () => Each((from, to) => world.Network.Unblock(from, to)));

        void Each(Action<Machine, Machine> change)
        {
            foreach (Machine a in one)
            {
                foreach (Machine b in other)
                {
                    if (direction is CutDirection.Both or CutDirection.Out)
                        change(a, b);
                    if (direction is CutDirection.Both or CutDirection.In)
                        change(b, a);
                }
            }
        }
    }

    public static string Names(IEnumerable<Machine> machines) => string.Join(' ', machines.Select(machine => machine.Name));
}

/// <summary>The network falls into two parts.</summary>
/// <param name="Side">For each machine, by a bit, whether it is on the one side.</param>
internal sealed record Partition(TimeSpan At, ulong Side, CutDirection Direction, TimeSpan For) : Fault(At)
{
    public override string Kind => $"Partition {Direction}";

    public override bool Strike(World world)
    {
        ImmutableArray<Machine> one = [.. world.Network.Machines.Where(machine => (Side >> (machine.Number % 64) & 1) == 1)];
        ImmutableArray<Machine> other = [.. world.Network.Machines.Where(machine => (Side >> (machine.Number % 64) & 1) == 0)];
        if (one.IsEmpty || other.IsEmpty)
            return false;
        world.Note("net", $"is cut ({Direction}) between {Cut.Names(one)} and {Cut.Names(other)} for {For.TotalSeconds:F1} s");
        Cut.Between(world, one, other, Direction, For, Later);
        return true;
    }
}

/// <summary>A master is cut off, with some Sentinels and clients on its side.</summary>
/// <param name="With">Sentinels on its side: the first so many after <paramref name="From"/>.</param>
internal sealed record IsolateMaster(TimeSpan At, NodeTarget Target, int From, int With, bool WithClients, CutDirection Direction, TimeSpan For) : Fault(At)
{
    public override string Kind => $"IsolateMaster {Direction}";

    public override bool Strike(World world)
    {
        if (Target.Find(world) is not { } node)
            return false;
        var side = new HashSet<Machine> { node.Machine };
        for (int i = 0; i < With; i++)
            side.Add(world.Sentinels[(From + i) % world.Sentinels.Count].Machine);
        if (WithClients)
            side.UnionWith(world.Clients.Select(client => client.Machine));
        ImmutableArray<Machine> one = [.. world.Network.Machines.Where(side.Contains)];
        world.Note("net", $"is cut ({Direction}) around {Cut.Names(one)} for {For.TotalSeconds:F1} s");
        Cut.Between(world, one, [.. world.Network.Machines.Where(machine => !side.Contains(machine))], Direction, For, Later);
        return true;
    }
}

/// <summary>Two machines cannot reach each other, though both can reach all others.</summary>
internal sealed record CutPair(TimeSpan At, SentinelTarget One, NodeTarget? Node, SentinelTarget Other, CutDirection Direction, TimeSpan For) : Fault(At)
{
    public override string Kind => $"CutPair {(Node is null ? "of Sentinels" : "Sentinel and node")} {Direction}";

    public override bool Strike(World world)
    {
        Machine one = One.Find(world).Machine;
        Machine? other = Node is null ? Other.Find(world).Machine : Node.Find(world)?.Machine;
        if (other is null || one == other)
            return false;
        world.Note("net", $"is cut ({Direction}) between {one.Name} and {other.Name} for {For.TotalSeconds:F1} s");
        Cut.Between(world, [one], [other], Direction, For, Later);
        return true;
    }
}

/// <summary>A node and some Sentinels, or all, lose each other, but not its replicas and clients.</summary>
/// <param name="Count">How many: those after <paramref name="From"/>.</param>
internal sealed record CutFromSentinels(TimeSpan At, NodeTarget Target, int From, int Count, TimeSpan For) : Fault(At)
{
    public override bool Strike(World world)
    {
        if (Target.Find(world) is not { } node)
            return false;
        ImmutableArray<Machine> cut = [.. Enumerable.Range(From, Count).Select(i => world.Sentinels[i % world.Sentinels.Count].Machine).Where(machine => machine != node.Machine).Distinct()];
        if (cut.IsEmpty)
            return false;
        world.Note("net", $"is cut between {node.Name} and {Cut.Names(cut)} for {For.TotalSeconds:F1} s");
        Cut.Between(world, [node.Machine], cut, CutDirection.Both, For, Later);
        return true;
    }
}

/// <summary>A node and its replicas lose each other, but not the Sentinels.</summary>
internal sealed record CutReplication(TimeSpan At, NodeTarget Master, TimeSpan For) : Fault(At)
{
    public override bool Strike(World world)
    {
        if (Master.Find(world) is not { } master)
            return false;
        ImmutableArray<Machine> others = [.. master.Group.Nodes.Where(node => node.Machine != master.Machine).Select(node => node.Machine)];
        world.Note("net", $"is cut between {master.Name} and its replicas for {For.TotalSeconds:F1} s");
        Cut.Between(world, [master.Machine], others, CutDirection.Both, For, Later);
        return true;
    }
}

/// <summary>A machine is cut off and back, again and again.</summary>
internal sealed record Flap(TimeSpan At, NodeTarget? Node, SentinelTarget Sentinel, TimeSpan Down, TimeSpan Up, int Times) : Fault(At)
{
    public override string Kind => Node is null ? "Flap of a Sentinel" : "Flap of a node";

    public override bool Strike(World world)
    {
        Machine? machine = Node is null ? Sentinel.Find(world).Machine : Node.Find(world)?.Machine;
        if (machine is null)
            return false;
        world.Note("net", $"lets {machine.Name} flap {Times} times: {Down.TotalSeconds:F2} s off, {Up.TotalSeconds:F2} s on");
        ImmutableArray<Machine> others = [.. world.Network.Machines.Where(other => other != machine)];
        for (int i = 0; i < Times; i++)
            Later(world, i * (Down + Up), () => Cut.Between(world, [machine], others, CutDirection.Both, Down, Later));
        return true;
    }
}

/// <summary>Messages from and to a machine take long.</summary>
internal sealed record SlowNetwork(TimeSpan At, NodeTarget? Node, SentinelTarget Sentinel, TimeSpan Extra, TimeSpan For) : Fault(At)
{
    public override bool Strike(World world)
    {
        Machine? machine = Node is null ? Sentinel.Find(world).Machine : Node.Find(world)?.Machine;
        if (machine is null)
            return false;
        world.Note("net", $"is slower by about {Extra.TotalMilliseconds:F0} ms around {machine.Name} for {For.TotalSeconds:F1} s");
        SlowBy(world, machine, Extra);
        Later(world, For, () => SlowBy(world, machine, TimeSpan.Zero));
        return true;
    }

    private static void SlowBy(World world, Machine machine, TimeSpan extra)
    {
        foreach (Machine other in world.Network.Machines)
        {
            if (other == machine)
                continue;
            world.Network.Slow(machine, other, extra);
            world.Network.Slow(other, machine, extra);
        }
    }
}

/// <summary>Connections end for no reason that anybody sees.</summary>
/// <param name="Share">Which of them: each for which a number drawn from <paramref name="Seed"/> is below it.</param>
internal sealed record BreakConnections(TimeSpan At, double Share, int Seed) : Fault(At)
{
    public override bool Strike(World world)
    {
        var random = new Random(Seed);
        Connection[] broken = [.. world.Network.Connections.Where(connection => connection.IsEstablished && random.NextDouble() < Share)];
        world.Note("net", $"ends {broken.Length} connections");
        foreach (Connection connection in broken)
            world.Network.Break(connection);
        return true;
    }
}
