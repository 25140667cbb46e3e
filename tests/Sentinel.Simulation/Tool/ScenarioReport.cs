using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Scenarios;

namespace Sentinel.Simulation.Tool;

/// <summary>Plays stories that are kept, and says what came of them.</summary>
internal static class ScenarioReport
{
    /// <returns>Whether no rule was broken.</returns>
    public static bool Write(TextWriter to, Options options)
    {
        bool isSound = true;
        foreach (Scenario scenario in options.Scenarios)
        {
            World world = scenario.Play();
            if (options.ShowsTranscript)
                to.Write(world.Transcript);
            to.WriteLine($"{scenario.Name,-36} {(world.Violations.Count == 0 ? "no rule was broken" : "BROKEN")} - {scenario.Tells}");
            foreach (Violation violation in world.Violations)
                to.WriteLine($"  '{violation.Checker}' after {violation.At.TotalSeconds:F3} s: {violation.What}");
            isSound &= world.Violations.Count == 0;
        }
        return isSound;
    }
}
