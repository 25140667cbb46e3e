using System.Collections.Immutable;
using Sentinel.Simulation.Faults;
using Sentinel.Simulation.Kernel;

namespace Sentinel.Simulation.Tool;

/// <summary>Makes a finding small and tells its story: what broke, how to see it again, what went wrong before.</summary>
internal sealed class FindingReport(TextWriter to, string? transcriptFile, CancellationToken stopping)
{
    /// <summary>A minute or two. What is left after so many runs is small enough to be read.</summary>
    private const int ShrinkRunsMax = 300;

    private const int LinesShown = 40;

    /// <param name="finding">What was found.</param>
    /// <param name="isShrunk">Whether it is to be made small; not if somebody did so before.</param>
    public void Write(Finding finding, bool isShrunk)
    {
        (Case @case, Violation violation) = finding;
        to.WriteLine();
        to.WriteLine($"Seed {@case.Seed} breaks the rule '{violation.Checker}' after {violation.At.TotalSeconds:F3} s:");
        to.WriteLine($"  {violation.What}");
        Outcome told = Simulator.Run(@case, isTold: true);
        if (told.Violations.IsEmpty || told.Violations[0] != violation)
        {
            to.WriteLine("Run again it tells another story: something in the simulation is not determined by the seed. That has to be found first.");
        }
        else if (isShrunk)
        {
            var shrinker = new Shrinker(smaller => FirstOf(Simulator.Run(smaller), violation.Checker), smaller => Simulator.PlanOf(smaller).Length, ShrinkRunsMax, stopping);
            TimeSpan before = @case.Duration;
            (@case, violation) = shrinker.Shrink(@case, violation);
            to.WriteLine($"Made small in {shrinker.Runs} runs: {@case.Kept!.Value.Length} of {Simulator.PlanOf(finding.Case).Length} faults, {Options.MinutesOf(@case.Duration)} of {Options.MinutesOf(before)} minutes.");
            to.WriteLine($"  {violation.What} (after {violation.At.TotalSeconds:F3} s)");
            told = Simulator.Run(@case, isTold: true);
        }
        to.WriteLine("Plays again with:");
        to.WriteLine($"  {CommandOf(@case)} --transcript");
        WriteFaults(@case);
        WriteStory(@case, told.Transcript!);
    }

    /// <summary>The command that runs a case.</summary>
    public static string CommandOf(Case @case)
    {
        string keep = @case.Kept is not { } kept ? "" : kept.IsEmpty ? " --keep none" : $" --keep {string.Join(',', kept)}";
        return $"dotnet run -c Release --project tests/Sentinel.Simulation -- --seed {@case.Seed} --profile {Options.NameOf(@case.Profile)} --minutes {Options.MinutesOf(@case.Duration)}{keep}";
    }

    private static Violation? FirstOf(Outcome outcome, string checker) => outcome.Violations.FirstOrDefault(violation => violation.Checker == checker);

    private void WriteFaults(Case @case)
    {
        ImmutableArray<Fault> faults = Simulator.PlanOf(@case);
        to.WriteLine("Its faults:");
        for (int i = 0; i < faults.Length; i++)
        {
            if (@case.Kept is not { } kept || kept.Contains(i))
                to.WriteLine($"  {i,4}  {faults[i]}");
        }
    }

    private void WriteStory(Case @case, string transcript)
    {
        string path = transcriptFile ?? Path.Combine(Path.GetTempPath(), $"sentinel-simulation-{Options.NameOf(@case.Profile)}-{@case.Seed}.txt");
        File.WriteAllText(path, transcript);
        to.WriteLine($"The end of its story (all of it: {path}):");
        string[] lines = transcript.TrimEnd('\n').Split('\n');
        foreach (string line in lines.TakeLast(LinesShown))
            to.WriteLine($"  {line}");
    }
}
