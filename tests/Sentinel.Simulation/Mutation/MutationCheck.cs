using System.Collections.Concurrent;
using Sentinel.Simulation.Checkers;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Scenarios;
using Sentinel.Simulation.Tool;

namespace Sentinel.Simulation.Mutation;

/// <summary>Which checker noticed a mutant, and where.</summary>
/// <param name="Checker">Its name.</param>
/// <param name="Seed">The seed of the run.</param>
/// <param name="Runs">How many runs it took.</param>
/// <param name="What">What it saw.</param>
internal sealed record Catch(string Checker, ulong Seed, int Runs, string What);

/// <summary>Checks the checkers: plays seed after seed on a core that breaks a rule, until one of them says so.</summary>
internal static class MutationCheck
{
    /// <summary>A mutant that lives through so many runs has escaped.</summary>
    /// <remarks>The most hidden ones of today show in one of ten runs: with other draws one of them would escape once in seventy times.</remarks>
    public const int RunsMax = 40;

    private const ulong FirstSeed = 1;

    /// <summary>How long faults strike in a run: short, for most mutants show at the first failover, and what one run does not bring to light another does.</summary>
    private static readonly TimeSpan s_duration = TimeSpan.FromMinutes(3);

    private static readonly ConcurrentDictionary<string, Lazy<Catch?>> s_catches = new(StringComparer.Ordinal);

    private static readonly Lazy<Player> s_unbroken = new(() => PlayerOf(new MutantContext(MutantCore.Compile(mutant: null))));

    /// <summary>Plays the runs that a command line of the tool asks for, on one core.</summary>
    /// <returns>The first violation, its checker and seed; null: there was none.</returns>
    private delegate (string Checker, ulong Seed, string What)? Player(string line);

    /// <summary>Which checker noticed a mutant; each is played once, however often this is asked.</summary>
    /// <returns>Null when none did.</returns>
    public static Catch? CatchOf(Mutant mutant) => s_catches.GetOrAdd(mutant.Name, _ => new Lazy<Catch?>(() => Play(mutant))).Value;

    /// <summary>The checkers that noticed none of the mutants first: whether they notice anything, no mutant shows.</summary>
    public static IReadOnlyList<string> Idle()
    {
        string[] caught = [.. Mutants.All.Select(mutant => CatchOf(mutant)?.Checker).OfType<string>()];
        return [.. Enum.GetValues<Profile>().SelectMany(AllCheckers.NamesFor).Distinct().Except(caught).Order(StringComparer.Ordinal)];
    }

    /// <summary>Plays the runs in which a mutant is to show. A run that goes wrong without it, too, says nothing about it.</summary>
    /// <returns>Null when no checker said anything in all of them.</returns>
    private static Catch? Play(Mutant mutant)
    {
        var context = new MutantContext(MutantCore.Compile(mutant));
        try
        {
            Player play = PlayerOf(context);
            if (mutant.Case is { } line)
                return play(line) is (string by, ulong number, string seen) && s_unbroken.Value(line) is null ? new Catch(by, number, 1, seen) : null;
            for (ulong first = FirstSeed, last = FirstSeed + RunsMax - 1; play(LineOf(mutant.Profile, first, last)) is (string checker, ulong seed, string what); first = seed + 1)
            {
                if (PlayUnbroken(mutant.Profile, seed, seed) is null)
                    return new Catch(checker, seed, (int)(seed - FirstSeed) + 1, what);
                if (seed == last)
                    break;
            }
            return null;
        }
        finally
        {
            context.Unload();
        }
    }

    /// <summary>Plays runs of a core that is compiled like the mutants, but not broken.</summary>
    /// <returns>What was broken all the same; null: nothing.</returns>
    public static string? PlayUnbroken(Profile profile, ulong first, ulong last) =>
        s_unbroken.Value(LineOf(profile, first, last)) is (string checker, ulong seed, string what) ? $"seed {seed}, {checker}: {what}" : null;

    private static string LineOf(Profile profile, ulong first, ulong last) =>
        $"--seeds {first}..{last} --profile {Options.NameOf(profile)} --minutes {Options.MinutesOf(s_duration)}";

    private static Player PlayerOf(MutantContext context)
    {
        var play = context.Method<Func<string, (string, ulong, string)?>>(typeof(MutationCheck), nameof(FirstViolation));
        return line =>
        {
            (string, ulong, string)? seen = play(line);
            GC.KeepAlive(context);    // what nobody holds is unloaded
            return seen;
        };
    }

    /// <summary>Runs inside the copy, on its core.</summary>
    private static (string Checker, ulong Seed, string What)? FirstViolation(string line)
    {
        Options options = Options.Parse(line.Split(' '));
        foreach (Scenario scenario in options.Scenarios)
        {
            if (scenario.Play().Violations is [var violation, ..])
                return (violation.Checker, scenario.Seed, violation.What);
        }
        if (options.Seeds is null)
            return null;
        for (ulong seed = options.Seeds.First; seed <= options.Seeds.Last; seed++)
        {
            Outcome outcome = Simulator.Run(options.CaseOf(seed));
            if (!outcome.Violations.IsEmpty)
                return (outcome.Violations[0].Checker, seed, outcome.Violations[0].What);
        }
        return null;
    }
}
