namespace Sentinel.Simulation.Tool;

/// <summary>The command line makes no sense. The message names the argument and the cure.</summary>
internal sealed class UsageException(string message) : Exception(message);
