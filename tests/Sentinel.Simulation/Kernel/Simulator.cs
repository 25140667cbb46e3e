using System.Collections.Immutable;
using Sentinel.Core;
using Sentinel.Simulation.Checkers;
using Sentinel.Simulation.Clients;
using Sentinel.Simulation.Faults;
using Sentinel.Simulation.Nodes;
using Sentinel.Simulation.Sentinels;

namespace Sentinel.Simulation.Kernel;

/// <summary>Everything that makes a run: the same case gives the same story, byte for byte.</summary>
/// <param name="Seed">What all chance comes from.</param>
/// <param name="Profile">The kind of run.</param>
/// <param name="Duration">How long faults occur.</param>
internal sealed record Case(ulong Seed, Profile Profile, TimeSpan Duration)
{
    /// <summary>The faults of the plan that occur, by their place in it; null: all.</summary>
    public ImmutableArray<int>? Kept { get; init; }
}

/// <summary>What came of a run.</summary>
internal sealed record Outcome(
    Case Case, ImmutableArray<Violation> Violations, Coverage Coverage, TimeSpan SimulatedTime, long Steps, LossReport Losses, string? Transcript);

/// <summary>Plays cases: a cluster comes up, suffers its faults, is healed, and has to agree and stay so.</summary>
internal static class Simulator
{
    /// <summary>How long a cluster may take to know itself before the first fault. Hellos come every 2 s, a redis-sentinel reads a new replica's INFO after 10 s.</summary>
    private static readonly TimeSpan SettleMax = TimeSpan.FromSeconds(60);

    /// <summary>How long nothing more may happen once all agree.</summary>
    private static readonly TimeSpan CalmTime = TimeSpan.FromSeconds(60);

    public static ImmutableArray<Fault> PlanOf(Case @case) =>
        FaultPlan.Draw(@case.Seed, TopologyDraw.Draw(@case.Seed, @case.Profile), @case.Duration, @case.Profile);

    public static Outcome Run(Case @case, bool isTold = false)
    {
        Topology topology = TopologyDraw.Draw(@case.Seed, @case.Profile);
        ImmutableArray<Fault> plan = PlanOf(@case);
        var world = new World(@case.Seed, topology, @case.Profile, isTold);
        Tell(world, @case, topology);
        Play(world, () => Live(world, @case, plan));
        world.Note("***", $"the end");
        return new Outcome(
            @case, [.. world.Violations], world.Coverage, world.Elapsed, world.Agenda.Happened, world.Writes.Report(world), world.Transcript?.ToString());
    }

    /// <summary>Lives a story. What is thrown in it is a finding like any other: it can be played again, and made small.</summary>
    public static void Play(World world, Action story)
    {
        try
        {
            story();
        }
        catch (Exception thrown)
        {
            world.Violate("no-exceptions", $"{thrown.GetType().Name}: {thrown.Message}");
            world.Note("!!!", $"{thrown.StackTrace}");
        }
    }

    private static void Live(World world, Case @case, ImmutableArray<Fault> plan)
    {
        if (!world.RunUntil(() => IsSettled(world), SettleMax, TimeSpan.FromSeconds(1)))
            world.Violate("settles", "the cluster did not get to know itself");
        world.Run(TimeSpan.FromSeconds(3));
        foreach (int index in @case.Kept ?? [.. Enumerable.Range(0, plan.Length)])
            Plan(world, plan[index]);
        world.Run(@case.Duration);
        world.Heal();
        Agreement.Await(world, CalmTime);
        foreach (Checker checker in world.Checkers)
            checker.Ended();
    }

    private static void Plan(World world, Fault fault) => world.Agenda.After(fault.At, () =>
    {
        if (world.IsHealed)
            return;
        bool struck = fault.Strike(world);
        world.Coverage.Count((struck ? "fault " : "missed ") + fault.Kind);
    });

    /// <summary>Whether every Sentinel knows all others and all replicas.</summary>
    public static bool IsSettled(World world)
    {
        foreach (Group group in world.Groups)
        {
            foreach (SimSentinel sentinel in world.Sentinels)
            {
                if (sentinel.PeersOf(group.Name) < world.Sentinels.Count - 1 || !sentinel.KnowsAllReplicas(group.Name, group.Nodes.Count - 1))
                    return false;
            }
        }
        return true;
    }

    private static void Tell(World world, Case @case, Topology topology)
    {
        world.Note("***", $"seed {@case.Seed}, {@case.Profile}: {topology.Sentinels} Sentinels of ours, {topology.LegacySentinels} of Redis' kind{(topology.IsColocated ? ", on the nodes' machines" : "")}");
        foreach (GroupTopology group in topology.Groups)
        {
            MasterOptions options = group.Options;
            world.Note("***", $"{options.Name}: {group.Nodes.Length} nodes, quorum {options.Quorum}, down-after {options.DownAfter.TotalSeconds} s, failover-timeout {options.FailoverTimeout.TotalSeconds} s");
        }
    }
}
