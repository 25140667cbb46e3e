using Sentinel.Simulation.Kernel;

namespace Sentinel.Simulation.Tool;

/// <summary>A case in which a rule broke.</summary>
internal sealed record Finding(Case Case, Violation Violation);
