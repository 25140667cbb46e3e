using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Mutation;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Sentinel.Simulation.Tests;

/// <summary>Plays the tests of a class in the order of their names.</summary>
public class ByName : ITestCaseOrderer
{
    public IEnumerable<TTestCase> OrderTestCases<TTestCase>(IEnumerable<TTestCase> testCases)
        where TTestCase : ITestCase => testCases.OrderBy(test => test.TestMethod.Method.Name, StringComparer.Ordinal);
}

/// <summary>The checkers are worth something: they notice a core that breaks a rule, whichever it is.</summary>
/// <remarks>Each mutant has a test of its own; who is idle is asked when all have been played.</remarks>
[TestCaseOrderer("Sentinel.Simulation.Tests.ByName", "Sentinel.Simulation")]
public class MutationTests
{
    public static TheoryData<string> Names => [.. Mutants.All.Select(mutant => mutant.Name)];

    /// <summary>Checkers that notice no mutant before another one does, and why that is so. Whether they notice anything is not shown.</summary>
    private static readonly Dictionary<string, string> s_idle = new()
    {
        ["calm"] = "what does not come to rest does not agree either, and that is looked at before",
        ["fences-have-evidence"] = "who fences without evidence does so many times a second, and its PINGs find no place among that: dead-masters-are-noticed comes first",
        ["no-epoch-storm"] = "who stands too often stands while its leader works, or saves all the time: that shows before",
        ["one-fault-one-switch"] = "it is looked at in runs of one fault only, in which no mutant is played",
        ["own-invariants"] = "no mutant breaks what the core guards itself before others see it",
        ["pauses-are-nobodys-silence"] = "who holds its own pause against others stands while its leader works: that shows before",
        ["returned-masters-are-held"] = "a returned master is mostly told what to be in less time than this checker allows: a core that holds none lives through all runs of profile fencing",
    };

    [Fact]
    public void Every_checker_notices_a_mutant_or_is_listed_with_the_reason_why_it_does_not() =>
        Assert.True(
            MutationCheck.Idle().Except(s_idle.Keys).ToArray() is not { Length: > 0 } idle,
            $"No mutant is noticed first by {string.Join(", ", MutationCheck.Idle().Except(s_idle.Keys))}. Break the rule that it guards, in runs or a case in which it shows; "
            + "or say here why no mutant can.");

    [Theory, MemberData(nameof(Names))]
    public void Every_broken_rule_is_caught(string name)
    {
        Mutant mutant = Mutants.All.Single(mutant => mutant.Name == name);
        Assert.True(
            MutationCheck.CatchOf(mutant) is not null,
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
