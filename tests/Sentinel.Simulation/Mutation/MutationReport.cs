using System.Globalization;

namespace Sentinel.Simulation.Mutation;

/// <summary>The table of all mutants, and of the checkers that noticed them.</summary>
internal static class MutationReport
{
    /// <summary>Plays and writes all.</summary>
    /// <returns>Whether all were noticed.</returns>
    public static bool Write(TextWriter output)
    {
        int nameWidth = Mutants.All.Max(mutant => mutant.Name.Length);
        int escaped = 0;
        foreach (Mutant mutant in Mutants.All)
        {
            Catch? caught = MutationCheck.Play(mutant, mutant.Profile, MutationCheck.SeedsMax);
            if (caught is null)
                escaped++;
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{mutant.Name.PadRight(nameWidth)}  {Verdict(caught, mutant),-55}  {mutant.Rule}"));
        }
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\n{Mutants.All.Count - escaped} of {Mutants.All.Count} mutants were caught."));
        return escaped == 0;
    }

    private static string Verdict(Catch? caught, Mutant mutant) =>
        caught is null
            ? string.Create(CultureInfo.InvariantCulture, $"ESCAPED {MutationCheck.SeedsMax} runs, {mutant.Profile}")
            : string.Create(CultureInfo.InvariantCulture, $"{caught.Checker} in run {caught.Seed - MutationCheck.FirstSeed + 1}, {mutant.Profile}, seed {caught.Seed}");
}
