using Sentinel.Simulation.Kernel;

namespace Sentinel.Simulation.Mutation;

/// <summary>Which checker noticed a mutant, and where.</summary>
/// <param name="Checker">Its name.</param>
/// <param name="Seed">The seed of the run.</param>
/// <param name="What">What it saw.</param>
internal sealed record Catch(string Checker, ulong Seed, string What);

/// <summary>Checks the checkers: plays seed after seed on a core that breaks a rule, until one of them says so.</summary>
internal static class MutationCheck
{
    /// <summary>A mutant that lives through so many runs has escaped. Four times what the most hidden one of today needs.</summary>
    public const int SeedsMax = 40;

    public const ulong FirstSeed = 1;

    /// <summary>How long faults strike in a run: short, for most mutants show at the first failover, and what is not seen in one run is in another.</summary>
    private static readonly TimeSpan s_duration = TimeSpan.FromMinutes(3);

    /// <summary>Plays the first seeds.</summary>
    /// <param name="mutant">What is broken; null: nothing.</param>
    /// <param name="profile">The kind of runs.</param>
    /// <param name="seeds">How many at most.</param>
    /// <returns>Null when no checker said anything.</returns>
    public static Catch? Play(Mutant? mutant, Profile profile, int seeds)
    {
        var context = new MutantContext(MutantCore.Compile(mutant));
        try
        {
            var play = context.Method<Func<int, int, (string, ulong, string)?>>(typeof(MutationCheck), nameof(FirstViolation));
            return play((int)profile, seeds) is (string checker, ulong seed, string what) ? new Catch(checker, seed, what) : null;
        }
        finally
        {
            context.Unload();
        }
    }

    /// <summary>Runs in the copy that has the mutant.</summary>
    private static (string Checker, ulong Seed, string What)? FirstViolation(int profile, int seeds)
    {
        for (ulong seed = FirstSeed; seed < FirstSeed + (ulong)seeds; seed++)
        {
            Outcome outcome = Simulator.Run(new Case(seed, (Profile)profile, s_duration));
            if (!outcome.Violations.IsEmpty)
                return (outcome.Violations[0].Checker, seed, outcome.Violations[0].What);
        }
        return null;
    }
}
