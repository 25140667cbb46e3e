using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;

namespace Sentinel.Resp.Tests;

/// <summary>Runs a property from a seed, so that what fails once fails again.</summary>
/// <remarks>The seed is part of the test's name; a seed that found something is added to <see cref="Seeds"/>.</remarks>
internal static class Property
{
    private const int CasesPerSeed = 300;

    /// <summary>Seeds that stay, and a few that nobody has tried before.</summary>
    public static TheoryData<ulong> Seeds => [1, 20_260_101, .. Enumerable.Range(0, 4).Select(_ => (ulong)Random.Shared.NextInt64())];

    /// <summary>Checks the property for values made from the seed; the random source is for everything else it needs.</summary>
    public static void Holds<T>(ulong seed, Gen<T> values, Action<T, Random> property)
    {
        Arbitrary<(T Value, int Seed)> cases = Arb.From(
            from value in values
            from own in Gen.Choose(0, int.MaxValue - 1)
            select (value, own));
        Config config = Config.QuickThrowOnFailure
            .WithEndSize(50)
            .WithMaxTest(CasesPerSeed)
            .WithReplay(FSharpOption<Replay>.Some(new Replay(new Rnd(seed), FSharpOption<int>.None)));
        Check.One(config, Prop.ForAll(cases, c => property(c.Value, new Random(c.Seed))));
    }
}
