using Sentinel.Core;

namespace Sentinel.Simulation.Kernel;

/// <summary>Draws the options that only we know, for a cluster that was drawn without them.</summary>
internal static class DetectionDraw
{
    public static Topology Of(Topology topology, Random random) => topology with
    {
        // On machines of their own they may lose a master that its replicas hear.
        IsColocated = topology.IsColocated && random.OneIn(2),
        Groups = [.. topology.Groups.Select(group => group with { Options = Options(group.Options, random) })],
    };

    private static MasterOptions Options(MasterOptions options, Random random) => options with
    {
        CrashDownAfter = random.OneIn(3) ? TimeSpan.Zero : random.Seconds(0.02, Math.Min(2, 0.8 * options.DownAfter.TotalSeconds)),
        Corroborate = random.OneIn(2),
        FailoverCooldown = random.OneIn(2) ? TimeSpan.Zero : random.Seconds(10, 90),
    };
}
