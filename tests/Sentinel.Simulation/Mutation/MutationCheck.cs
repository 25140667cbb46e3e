using Sentinel.Simulation.Kernel;

namespace Sentinel.Simulation.Mutation;

/// <summary>Which checker noticed a mutant, and where.</summary>
/// <param name="Checker">Its name.</param>
/// <param name="Run">In which run, counted from 1.</param>
/// <param name="Seed">The seed of that run.</param>
/// <param name="What">What it saw.</param>
internal sealed record Catch(string Checker, int Run, ulong Seed, string What);

/// <summary>Checks the checkers: plays seed after seed on a core that breaks a rule, until one of them says so.</summary>
internal static class MutationCheck
{
    /// <summary>A mutant that lives through so many runs has escaped.</summary>
    public const int RunsMax = 40;

    private const ulong FirstSeed = 1;

    /// <summary>How long faults strike in a run: short, for most mutants show at the first failover, and what one run does not bring to light another does.</summary>
    private static readonly TimeSpan s_duration = TimeSpan.FromMinutes(3);

    /// <summary>Plays the runs in which a mutant is to show.</summary>
    /// <returns>Null when no checker said anything in all of them.</returns>
    public static Catch? Play(Mutant mutant, int runs) => Play(mutant, mutant.Profile, runs);

    /// <summary>Plays runs of a core that is compiled like the mutants, but not broken.</summary>
    public static Catch? PlayUnbroken(Profile profile, int runs) => Play(null, profile, runs);

    private static Catch? Play(Mutant? mutant, Profile profile, int runs)
    {
        var context = new MutantContext(MutantCore.Compile(mutant));
        try
        {
            var play = context.Method<Func<int, int, (string, ulong, string)?>>(typeof(MutationCheck), nameof(FirstViolation));
            return play((int)profile, runs) is (string checker, ulong seed, string what) ? new Catch(checker, (int)(seed - FirstSeed) + 1, seed, what) : null;
        }
        finally
        {
            context.Unload();
        }
    }

    /// <summary>Runs inside the copy, on its core.</summary>
    private static (string Checker, ulong Seed, string What)? FirstViolation(int profile, int runs)
    {
        for (ulong seed = FirstSeed; seed < FirstSeed + (ulong)runs; seed++)
        {
            Outcome outcome = Simulator.Run(new Case(seed, (Profile)profile, s_duration));
            if (!outcome.Violations.IsEmpty)
                return (outcome.Violations[0].Checker, seed, outcome.Violations[0].What);
        }
        return null;
    }
}
