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
            MutationCheck.Play(mutant) is not null,
            $"No checker noticed in {MutationCheck.RunsMax} runs that this rule was broken: {mutant.Rule} "
            + "Either it is kept in a second place now (break both), or the faults that bring it to light are not drawn any more, or a checker is blind.");
    }
}

/// <summary>What is caught are the mutants, and not something about how they are compiled and run.</summary>
public class UnbrokenCoreTests
{
    [Fact]
    public void A_core_that_is_compiled_the_same_way_and_not_broken_is_not_caught() =>
        Assert.All(Enum.GetValues<Profile>(), profile => Assert.Null(MutationCheck.PlayUnbroken(profile, first: 1, last: 3)));
}
