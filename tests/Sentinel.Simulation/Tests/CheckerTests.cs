using Sentinel.Simulation.Checkers;
using Sentinel.Simulation.Faults;
using Sentinel.Simulation.Kernel;

namespace Sentinel.Simulation.Tests;

/// <summary>What is guarded, and what is told of it.</summary>
public class CheckerTests
{
    [Fact]
    public void Every_checker_is_in_the_README_with_its_rule()
    {
        IEnumerable<Checker> checkers = Enum.GetValues<Profile>().SelectMany(profile => new World(seed: 1, TopologyDraw.Draw(1, profile), profile, isTold: false).Checkers);
        using var reader = new StreamReader(typeof(CheckerTests).Assembly.GetManifestResourceStream("README.md")!);
        string[] rules = [.. reader.ReadToEnd().Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Split('|')[1])];
        string[] names = [.. checkers.Select(checker => checker.Name).Distinct(), "agreement", "calm", "settles", "own-invariants", "no-exceptions"];
        Assert.Equal([], names.Where(name => !rules.Any(rule => rule.Contains($"`{name}`", StringComparison.Ordinal))));
    }

    [Fact]
    public void A_fault_is_told_with_its_chances_and_its_times_in_seconds()
    {
        var fault = new Flap(TimeSpan.FromSeconds(61.25), Node: null, new SentinelTarget(2), TimeSpan.FromSeconds(2.5), TimeSpan.FromSeconds(1), Times: 3);
        Assert.Equal("61.25 s  Flap of a Sentinel: Node = , Sentinel = Sentinel 2, Down = 2.5 s, Up = 1.0 s, Times = 3", fault.ToString());
    }
}
