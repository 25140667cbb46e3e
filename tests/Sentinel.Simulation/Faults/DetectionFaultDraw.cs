using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Nodes;

namespace Sentinel.Simulation.Faults;

/// <summary>Draws faults that show how well is told what befell a master: crashes of any length, and masters that only some do not hear.</summary>
internal sealed class DetectionFaultDraw(FaultDraw draw, Topology topology)
{
    private readonly TimeSpan _downAfter = topology.Groups[0].Options.DownAfter;

    private Random Random => draw.Random;

    public Fault Next(TimeSpan at) => Random.Next(10) switch
    {
        < 3 => new KillNode(at, Node(Part.Master), Random.Seconds(0.01, Random.OneIn(2) ? 0.5 : 2.5), RestartConfiguration.Rewritten),
        < 4 => new KillNode(at, Node(Part.Any), Random.Seconds(0.01, 5), RestartConfiguration.Rewritten),
        < 6 => new CutFromSentinels(at, Node(Part.Master), Random.Next(topology.AllSentinels), Random.OneIn(2) ? topology.AllSentinels : Random.Next(1, topology.AllSentinels + 1), _downAfter + Random.Seconds(0, 30)),
        < 7 => draw.MasterFault(at),
        < 8 when Random.OneIn(3) => new OrderPause(at, Random.OneIn(2) ? null : new SentinelTarget(Random.Next(topology.AllSentinels)), Random.Next(topology.Groups.Length), _downAfter + Random.Seconds(0, 30)),
        < 8 when Random.OneIn(2) => new OrderAcknowledge(at, new SentinelTarget(Random.Next(topology.AllSentinels)), Random.Next(topology.Groups.Length)),
        _ => draw.Anything(at),
    };

    private NodeTarget Node(Part part) => new(Random.Next(topology.Groups.Length), part, Random.Next(8));
}
