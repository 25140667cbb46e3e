namespace Sentinel.Simulation.Clients;

/// <summary>What clients were told is written, and what became of it.</summary>
internal sealed class WriteLedger
{
}
