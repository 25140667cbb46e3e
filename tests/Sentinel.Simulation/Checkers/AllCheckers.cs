using Sentinel.Simulation.Kernel;

namespace Sentinel.Simulation.Checkers;

/// <summary>The rules that are guarded.</summary>
internal static class AllCheckers
{
    /// <summary>Rules that are looked at from outside of the world, or by the core itself.</summary>
    private static readonly string[] s_others = ["agreement", "calm", "settles", "own-invariants", "no-exceptions"];

    /// <summary>What the rules are called that are guarded in a kind of run.</summary>
    public static IEnumerable<string> NamesFor(Profile profile) =>
        [.. For(new World(seed: 1, TopologyDraw.Draw(seed: 1, profile), profile), profile).Select(checker => checker.Name), .. s_others];

    public static IEnumerable<Checker> For(World world, Profile? profile)
    {
        yield return new OneVote(world);
        yield return new OneLeader(world);
        yield return new OnlyLeadersPromote(world);
        yield return new OneAddress(world);
        yield return new EpochsGrow(world);
        yield return new SavesAreWhole(world);
        yield return new OnlyFitReplicas(world);
        yield return new BestReplica(world);
        yield return new NobodyFollowsTheEmptied(world);
        yield return new EmptiedMastersAreReplaced(world);
        yield return new LeadersAreLetWork(world);
        yield return new PausesEndFailovers(world);
        yield return new PausesAreNobodysSilence(world);
        yield return new NothingInTilt(world);
        yield return new DeadMastersAreNoticed(world);
        yield return new DeadMastersAreReplaced(world);
        yield return new DisksRest(world);
        yield return new NoNeedlessFailover(world);
        yield return new OnlyCrashesAreCrashes(world);
        yield return new ChangedPartsAreTrue(world);
        yield return new HeardMastersStay(world);
        yield return new CooldownsHold(world);
        yield return new PausedMastersRest(world);
        yield return new SwitchesLeadToMasters(world);
        yield return new SwitchesAreSavedFirst(world);
        yield return new NoEpochStorm(world);
        yield return new LossesAreExplained(world);
        yield return new PlannedSwitchesLoseNothing(world);
        yield return new ReportsAreTrue(world);
        yield return new SmallSidesTakeNoWrites(world);
        yield return new ReturnedMastersAreHeld(world);
        yield return new HoldsEnd(world);
        yield return new WarningsAreTrue(world);
        yield return new FencesHaveEvidence(world);
        if (profile is Profile.Addresses or Profile.TakenMasters)
            yield return new StrangersAreLeftAlone(world);
        if (profile is Profile.OneFault or Profile.Quiet)
            yield return new OneFaultOneSwitch(world);
    }
}
