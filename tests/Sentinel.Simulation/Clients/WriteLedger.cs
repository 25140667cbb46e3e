using Sentinel.Simulation.Faults;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Nodes;

namespace Sentinel.Simulation.Clients;

/// <summary>What clients were told is written, and what became of it.</summary>
internal sealed class WriteLedger
{
    private readonly Dictionary<Group, List<WriteAccepted>> _acknowledged = [];
    private int _lastValue;

    /// <summary>A value that nobody wrote yet.</summary>
    public int NextValue() => ++_lastValue;

    /// <summary>A client was told that a value is written.</summary>
    public void Acknowledged(Group group, WriteAccepted write)
    {
        if (!_acknowledged.TryGetValue(group, out List<WriteAccepted>? writes))
            _acknowledged[group] = writes = [];
        writes.Add(write);
    }

    /// <summary>What clients of a group were told, the oldest first.</summary>
    public IReadOnlyList<WriteAccepted> Of(Group group) => _acknowledged.TryGetValue(group, out List<WriteAccepted>? writes) ? writes : [];

    /// <summary>What the present masters do not have, and why.</summary>
    public LossReport Report(World world)
    {
        var report = new LossReport();
        foreach (Group group in world.Groups)
        {
            IReadOnlyList<WriteAccepted> writes = Of(group);
            report.AddAcknowledged(writes.Count);
            // Without a master nothing is lost yet.
            if (MasterOf(world, group) is not { } master)
                continue;
            var inquest = new LossInquest(world, group, master.Data);
            foreach (WriteAccepted write in writes)
            {
                if (!master.Data.Contains(write.Branch, write.Offset))
                    report.AddLost(inquest.CauseOf(write), write, inquest.WasTakenAsPromised(write));
            }
        }
        return report;
    }

    private static RedisNode? MasterOf(World world, Group group)
    {
        if (NodeTarget.MasterOf(world, group) is { IsMaster: true, IsRunning: true } believed)
            return believed;
        RedisNode? last = null;
        foreach (RedisNode node in group.Nodes)
        {
            if (node.IsMaster && node.IsRunning && (last is null || node.LastBecameMasterAt > last.LastBecameMasterAt))
                last = node;
        }
        return last;
    }
}
