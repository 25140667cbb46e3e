using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Mutation;

namespace Sentinel.Simulation.Tests;

/// <summary>The checkers are worth something: they notice a core that breaks a rule, whichever it is.</summary>
public class MutationTests
{
    public static TheoryData<string> Names => [.. Mutants.All.Select(mutant => mutant.Name)];

    [Theory, MemberData(nameof(Names))]
    public void Every_broken_rule_is_caught(string name)
    {
        Mutant mutant = Mutants.All.Single(mutant => mutant.Name == name);
        Assert.True(
            MutationCheck.Play(mutant, mutant.Profile, MutationCheck.SeedsMax) is not null,
            $"No checker noticed in {MutationCheck.SeedsMax} runs that this rule was broken: {mutant.Rule} "
            + "Either the rule is kept in two places now (break both), or a fault that brings it to light is not drawn any more, or a checker is blind.");
    }

    /// <summary>What is caught is the mutant, and not something about how it is compiled and run.</summary>
    [Fact]
    public void A_core_that_is_compiled_the_same_way_and_not_broken_is_not_caught()
    {
        foreach (Profile profile in Mutants.All.Select(mutant => mutant.Profile).Distinct())
            Assert.Null(MutationCheck.Play(mutant: null, profile, MutationCheck.SeedsMax));
    }
}
