using System.Collections.Immutable;
using Sentinel.Core;
using Sentinel.Simulation.Checkers;
using Sentinel.Simulation.Faults;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Nodes;

namespace Sentinel.Simulation.Scenarios;

/// <summary>A classic story, told by hand instead of drawn; its transcript is kept and read like code.</summary>
/// <param name="Name">What it is asked for by.</param>
/// <param name="Tells">What happens in it, in a sentence.</param>
/// <param name="Topology">Who takes part.</param>
/// <param name="Faults">What goes wrong, from the moment on at which the cluster knows itself.</param>
/// <param name="Lasts">How long it is watched before it is healed.</param>
internal sealed record Scenario(string Name, string Tells, Topology Topology, ImmutableArray<Fault> Faults, TimeSpan Lasts)
{
    /// <summary>The seed of the small chances: delays, and when threads get their turn.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Whether the failed parts come back before the end, so that the end is told too.</summary>
    public bool IsHealed { get; init; } = true;

    /// <summary>Plays it.</summary>
    public World Play()
    {
        var world = new World(Seed, Topology, profile: null, isTold: true);
        Simulator.Play(world, () => Live(world));
        return world;
    }

    private void Live(World world)
    {
        world.Note("***", $"{Tells}");
        world.RunUntil(() => Simulator.IsSettled(world), TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(1));
        world.Run(TimeSpan.FromSeconds(3));
        world.Note("***", $"the story begins");
        foreach (Fault fault in Faults)
            world.Agenda.After(fault.At, () => fault.Strike(world));
        world.Run(Lasts);
        if (IsHealed)
        {
            world.Heal();
            Agreement.Await(world, TimeSpan.FromSeconds(30));
            foreach (Checker checker in world.Checkers)
                checker.Ended();
        }
    }
}

/// <summary>The stories that are kept.</summary>
internal static class AllScenarios
{
    private static readonly NodeTarget s_master = new(0, Part.Master, 0);
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_ever = TimeSpan.FromHours(1);
    private static readonly Topology s_three = new();

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("clean-failover", "the master dies, and a replica takes over", s_three, [new KillNode(s_second, s_master, s_ever, RestartConfiguration.Rewritten)], 10 * s_second),
        new(
            "split-vote", "four Sentinels far from each other find out at once; all of them stand, and the votes are split",
            new Topology { Sentinels = 4, DelayMin = TimeSpan.FromMilliseconds(120), Groups = [Group("mymaster", quorum: 2, replicas: 2)] },
            [new KillNode(s_second, s_master, s_ever, RestartConfiguration.Rewritten)], 15 * s_second),
        .. LeaderDies(),
        new(
            "master-on-the-small-side", "the master is cut off together with one Sentinel and the clients; the other side goes on without it",
            s_three, [new IsolateMaster(s_second, s_master, From: 0, With: 1, WithClients: true, CutDirection.Both, 15 * s_second)], 25 * s_second),
        new(
            "master-is-not-heard", "what the master says does not arrive, but it hears all", s_three,
            [new IsolateMaster(s_second, s_master, 0, 0, WithClients: false, CutDirection.Out, 15 * s_second)], 25 * s_second),
        new(
            "master-does-not-hear", "what is said to the master does not arrive, but it is heard", s_three,
            [new IsolateMaster(s_second, s_master, 0, 0, WithClients: false, CutDirection.In, 15 * s_second)], 25 * s_second),
        new(
            "old-master-returns", "the master dies, is replaced, and returns as a master with its original configuration", s_three,
            [new KillNode(s_second, s_master, 10 * s_second, RestartConfiguration.Original)], 20 * s_second),
        new(
            "master-reboots-empty", "a master without persistence is back, empty, before anybody misses it; a replica takes its place before it copies the emptiness",
            new Topology { Groups = [Group("mymaster", quorum: 2, replicas: 2, new NodeSettings { Persistence = Persistence.None })] },
            [new KillNode(s_second, s_master, TimeSpan.FromMilliseconds(300), RestartConfiguration.Rewritten)], 10 * s_second),
        new(
            "master-reboots-empty-unseen", "a master without persistence is back, empty, before a Sentinel reaches it; the preferred replica has copied the emptiness, and another one takes its place",
            EmptiedUnseen(),
            [
                new CutFromSentinels(s_second, s_master, From: 0, Count: 3, 6 * s_second),
                new FreezeNode(s_second, new NodeTarget(0, Part.Replica, 1), 5.9 * s_second),
                new KillNode(1.5 * s_second, s_master, TimeSpan.FromMilliseconds(500), RestartConfiguration.Rewritten),
            ],
            20 * s_second),
        new(
            "follower-of-an-emptied-master", "a master is back, empty; who was the master before it is there at once, and the replica that has all is silent for a moment: it is waited for",
            EmptiedSuccessor(),
            [
                new KillNode(s_second, s_master, 40 * s_second, RestartConfiguration.Original),
                new FreezeNode(40.8 * s_second, new NodeTarget(0, Part.Any, 2), 2 * s_second),
                new KillNode(40.9 * s_second, s_master, TimeSpan.FromMilliseconds(300), RestartConfiguration.Rewritten),
            ],
            60 * s_second),
        new(
            "new-master-restarts-before-it-is-told", "the disk is slow: the new master is started anew before the leader has it on disk, and so has told nobody; the other replica takes its place",
            new Topology { Sentinels = 1, Groups = [Group("mymaster", quorum: 1, replicas: 2)] },
            [
                new SlowDisk(TimeSpan.Zero, new SentinelTarget(0), SaveTime: s_second, For: 10 * s_second),
                new StrikeChosen(TimeSpan.Zero, ChosenStage.Promoted, ChosenFate.StartedAnew, TimeSpan.FromMilliseconds(5), s_second, Whom: 0),
                new KillNode(s_second, s_master, s_ever, RestartConfiguration.Rewritten),
            ],
            20 * s_second),
        new(
            "leader-pauses-and-a-replica-is-mute", "the leader does not run for a moment, and the preferred replica does not say how far it is now: the other one takes over",
            PreferredReplica(new Topology { Sentinels = 1 }, Group("mymaster", quorum: 1, replicas: 2)),
            [
                new SlowDisk(TimeSpan.Zero, new SentinelTarget(0), SaveTime: s_second, For: 10 * s_second),
                new KillNode(s_second, s_master, s_ever, RestartConfiguration.Rewritten),
                new SickenNode(2.2 * s_second, new NodeTarget(0, Part.Any, 1), Illness.HidesInfo, 10 * s_second),
                new StrikeLeader(TimeSpan.Zero, FailoverStep.WaitStart, LeaderFate.Frozen, 0.3 * s_second, 0.5 * s_second),
            ],
            20 * s_second),
        new(
            "planned-switch", "an operator orders a switch; the master hands over by itself, and takes no write that the new one lacks", s_three,
            [new OrderPlannedSwitch(s_second, new SentinelTarget(0), 0, FailoverMode.CoordinatedOnly, null, null)], 5 * s_second),
        new(
            "planned-switch-of-old-nodes", "the same, of nodes that do not know how to hand over: the master is told to hold its writes back",
            new Topology { Groups = [Group("mymaster", quorum: 2, replicas: 2, new NodeSettings { KnowsOnlySlaveOf = true })] },
            [new OrderPlannedSwitch(s_second, new SentinelTarget(0), 0, FailoverMode.CoordinatedOnly, null, null)], 5 * s_second),
        new(
            "planned-switch-to-a-slow-replica", "the only replica is far behind: writes wait in vain, and go on at the master",
            new Topology { Groups = [Group("mymaster", quorum: 2, replicas: 1)] },
            [
                new SickenNode(TimeSpan.Zero, new NodeTarget(0, Part.Replica, 0), Illness.Slow, 10 * s_second),
                new OrderPlannedSwitch(s_second, new SentinelTarget(0), 0, FailoverMode.CoordinatedOnly, null, null),
            ],
            5 * s_second),
        new(
            "leader-dies-in-a-planned-switch", "the leader of a planned switch dies when the master has begun to hand over; the others find it done", s_three,
            [
                new StrikeLeader(TimeSpan.Zero, FailoverStep.WaitPromotion, LeaderFate.Killed, TimeSpan.Zero, s_ever),
                new OrderPlannedSwitch(s_second, new SentinelTarget(0), 0, FailoverMode.CoordinatedOnly, null, null),
            ],
            45 * s_second),
        new(
            "many-groups-at-once", "twelve masters die in one moment; their elections run side by side, and three Sentinels share the work",
            new Topology { Groups = [.. Enumerable.Range(1, 12).Select(i => Group($"group{i}", quorum: 2, replicas: 1))] },
            [.. Enumerable.Range(0, 12).Select(i => new KillNode(s_second, new NodeTarget(i, Part.Master, 0), s_ever, RestartConfiguration.Rewritten))], 10 * s_second)
        { IsHealed = false },
        new(
            "mixed-quorum", "two of ours and one of Redis' kind lose their master",
            new Topology { Sentinels = 2, LegacySentinels = 1, Groups = [Group("mymaster", quorum: 2, replicas: 2, downAfterSeconds: 2)] },
            [new KillNode(s_second, s_master, 15 * s_second, RestartConfiguration.Rewritten)], 30 * s_second),
    ];

    /// <summary>A story by its name; null: there is none.</summary>
    public static Scenario? Find(string name) => All.FirstOrDefault(scenario => scenario.Name == name);

    private static IEnumerable<Scenario> LeaderDies()
    {
        for (FailoverStep step = FailoverStep.WaitStart; step <= FailoverStep.ReconfReplicas; step++)
        {
            yield return new Scenario(
                $"leader-dies-in-{step.Word().Replace('_', '-')}", $"the master dies, and so does the leader of its failover, in {step.Word()}; another one finishes it", s_three,
                [
                    new StrikeLeader(TimeSpan.Zero, step, LeaderFate.Killed, TimeSpan.Zero, s_ever),
                    new KillNode(s_second, s_master, s_ever, RestartConfiguration.Rewritten),
                ],
                20 * s_second);
        }
    }

    private static Topology EmptiedUnseen() =>
        PreferredReplica(s_three, Group("mymaster", quorum: 2, replicas: 2, new NodeSettings { Persistence = Persistence.None, FullSyncTime = s_second }, downAfterSeconds: 10));

    private static Topology EmptiedSuccessor() =>
        PreferredReplica(s_three, Group("mymaster", quorum: 2, replicas: 2, downAfterSeconds: 10), Persistence.None);

    /// <summary>A group whose second node is promoted before the others are.</summary>
    private static Topology PreferredReplica(Topology topology, GroupTopology group, Persistence? persistence = null)
    {
        NodeSettings preferred = group.Nodes[1];
        return topology with { Groups = [group with { Nodes = group.Nodes.SetItem(1, preferred with { Priority = 10, Persistence = persistence ?? preferred.Persistence }) }] };
    }

    private static GroupTopology Group(string name, int quorum, int replicas, NodeSettings? settings = null, double downAfterSeconds = 1) => new()
    {
        Options = new MasterOptions { Name = name, Quorum = quorum, DownAfter = TimeSpan.FromSeconds(downAfterSeconds), FailoverTimeout = TimeSpan.FromSeconds(10) },
        Nodes = [.. Enumerable.Repeat(settings ?? new NodeSettings(), replicas + 1)],
    };
}
