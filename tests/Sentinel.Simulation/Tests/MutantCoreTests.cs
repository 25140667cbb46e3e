using Sentinel.Core;
using Sentinel.Simulation.Mutation;

namespace Sentinel.Simulation.Tests;

/// <summary>A mutant that does not fit the core fails loudly, and says what to do.</summary>
public class MutantCoreTests
{
    [Fact]
    public void A_text_that_is_not_in_the_core_is_refused() =>
        Assert.Contains("is in the core 0 times instead of once. The rule is kept by other words now", Misfit("no such words", ""), StringComparison.Ordinal);

    [Fact]
    public void A_text_that_is_in_the_core_more_than_once_is_refused_with_its_places() =>
        Assert.Matches("It is in .*Election.cs, .*: take a longer text", Misfit("namespace Sentinel.Core;", ""));

    [Fact]
    public void A_replacement_that_does_not_compile_is_refused_with_what_the_compiler_says() =>
        Assert.Matches("adapt its replacement(?s:.*)Election.cs.*CS0103", Misfit("SentinelId? leader = Leader;", "SentinelId? leader = Nobody;"));

    [Fact]
    public void A_mutant_lives_in_a_world_of_its_own_that_goes_when_it_is_over()
    {
        var context = new MutantContext(MutantCore.Compile(mutant: null));
        string theirs = context.Method<Func<string>>(typeof(MutantCoreTests), nameof(CoreOfToday))();
        Assert.NotEqual(CoreOfToday(), theirs);
        context.Unload();
    }

    private static string CoreOfToday() => typeof(SentinelCore).Module.ModuleVersionId.ToString();

    private static string Misfit(string find, string replacement) =>
        Assert.Throws<MutantMisfitException>(() => MutantCore.Compile(new Mutant("test", "A rule.", [new(find, replacement)]))).Message;
}
