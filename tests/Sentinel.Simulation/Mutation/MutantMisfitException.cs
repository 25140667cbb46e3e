namespace Sentinel.Simulation.Mutation;

/// <summary>A mutant does not fit the core of today, for the core has changed. The message says what to do.</summary>
internal sealed class MutantMisfitException(string message) : Exception(message);
