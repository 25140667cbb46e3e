using Sentinel.Simulation.Kernel;

namespace Sentinel.Simulation.Checkers;

/// <summary>The rules that are guarded.</summary>
internal static class AllCheckers
{
    public static IEnumerable<Checker> For(World world)
    {
        _ = world;
        return [];
    }
}
