using Sentinel.Simulation.Mutation;

namespace Sentinel.Simulation.Tool;

/// <summary>The table of all mutants, and of the checkers that noticed them.</summary>
internal static class MutationReport
{
    /// <returns>Whether all were noticed.</returns>
    public static bool Write(TextWriter to, CancellationToken stopping)
    {
        int width = Mutants.All.Max(mutant => mutant.Name.Length), caught = 0;
        foreach (Mutant mutant in Mutants.All.TakeWhile(_ => !stopping.IsCancellationRequested))
        {
            Catch? @catch = MutationCheck.CatchOf(mutant);
            caught += @catch is null ? 0 : 1;
            string verdict = @catch is null
                ? $"ESCAPED ({MutationCheck.RunsMax} runs)"
                : $"{@catch.Checker}, seed {@catch.Seed} of {Options.NameOf(mutant.Profile)}, run {@catch.Runs}";
            to.WriteLine($"{mutant.Name.PadRight(width)}  {verdict,-60}  {mutant.Rule}");
        }
        if (!stopping.IsCancellationRequested)
            to.WriteLine($"Checkers that noticed none of them first: {string.Join(", ", MutationCheck.Idle())}.");
        to.WriteLine($"{caught} of {Mutants.All.Count} were caught.");
        return caught == Mutants.All.Count;
    }
}
