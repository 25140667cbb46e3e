using System.Runtime.CompilerServices;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Scenarios;

namespace Sentinel.Simulation.Tests;

/// <summary>The classic stories, word for word as they are kept beside this file; a change is looked at like one of code.</summary>
/// <remarks>To keep what is told now: run the tests with <c>KEEP_TRANSCRIPTS=1</c>, and read the difference.</remarks>
public class ScenarioTests
{
    public static TheoryData<string> Names => [.. AllScenarios.All.Select(scenario => scenario.Name)];

    [Theory, MemberData(nameof(Names))]
    public void A_kept_story_is_told_as_ever(string name)
    {
        World world = AllScenarios.Find(name)!.Play();
        Assert.Empty(world.Violations);
        string told = world.Transcript!.ToString(), path = Path.Combine(Folder(), $"{name}.txt");
        if (Environment.GetEnvironmentVariable("KEEP_TRANSCRIPTS") == "1")
            File.WriteAllText(path, told);
        Assert.Equal(File.ReadAllText(path), told);
    }

    [Fact]
    public void Every_kept_transcript_is_of_a_story() =>
        Assert.Equal(AllScenarios.All.Select(scenario => scenario.Name).Order(StringComparer.Ordinal), Directory.GetFiles(Folder(), "*.txt").Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal));

    private static string Folder([CallerFilePath] string path = "") => Path.Combine(Path.GetDirectoryName(path)!, "..", "Scenarios", "Transcripts");
}
