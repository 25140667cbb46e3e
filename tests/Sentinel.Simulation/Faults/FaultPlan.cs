using System.Collections.Immutable;
using Sentinel.Core;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Nodes;
using Sentinel.Simulation.Sentinels;

namespace Sentinel.Simulation.Faults;

/// <summary>All faults of a run, drawn from its seed before it begins: leaving one out changes no other.</summary>
internal static class FaultPlan
{
    private static readonly double[] s_gapSeconds = [4, 8, 15, 30, 60];

    public static ImmutableArray<Fault> Draw(ulong seed, Topology topology, TimeSpan duration, Profile profile)
    {
        var draw = new FaultDraw(Chance.Stream(seed, "faults"), topology);
        return profile switch
        {
            Profile.Quiet => [],
            Profile.Detection => Often(draw, duration, new DetectionFaultDraw(draw, topology).Next),
            Profile.OneFault => [draw.OneMasterFault(TimeSpan.FromSeconds(5))],
            Profile.Replacement => draw.HardReplacement(),
            Profile.Orders => draw.OrdersInPartitions(duration),
            Profile.Planned => draw.PlannedSwitches(duration),
            Profile.Mass => draw.MassFailures(duration),
            Profile.Chosen => draw.BlowsToTheChosen(duration),
            Profile.Partitions => Often(draw, duration, draw.AnyPartition),
            // None of a Sentinel: one that is started anew does not know the histories of before.
            Profile.Addresses or Profile.TakenMasters =>
            [
                .. draw.ReusedAddresses(duration), .. new FaultDraw(Chance.Stream(seed, "newcomers"), topology).NewcomersThatMayLead(duration, profile is Profile.TakenMasters),
            ],
            Profile.Rights => draw.Refusals(duration),
            Profile.Sentinels =>
            [
                .. Often(draw, duration, draw.MasterOrSentinel), .. new FaultDraw(Chance.Stream(seed, "moves"), topology).Moves(duration),
                .. new FaultDraw(Chance.Stream(seed, "forgets"), topology).Forgets(duration), .. new FaultDraw(Chance.Stream(seed, "adoptions"), topology).Adoptions(duration),
            ],
            Profile.Fencing => Often(draw, duration, draw.SmallSide),
            Profile.Any or Profile.Mixed => Often(draw, duration, draw.Anything),
            Profile.Operators => [.. Often(draw, duration, draw.Anything), .. new FaultDraw(Chance.Stream(seed, "operators"), topology).Meddle(duration)],
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private static ImmutableArray<Fault> Often(FaultDraw draw, TimeSpan duration, Func<TimeSpan, Fault> next)
    {
        TimeSpan gap = TimeSpan.FromSeconds(draw.Random.Pick(s_gapSeconds));
        ImmutableArray<Fault>.Builder faults = ImmutableArray.CreateBuilder<Fault>();
        for (TimeSpan at = draw.Random.Between(TimeSpan.Zero, gap); at < duration; at += draw.Random.Between(TimeSpan.FromMilliseconds(1), 2 * gap))
        {
            faults.Add(next(at));
            // Faults come in clusters, too: the second hits what the first has set in motion.
            while (draw.Random.OneIn(4) && faults.Count < 1000)
                faults.Add(next(at + draw.Random.Seconds(0, 3)));
        }
        return [.. faults.OrderBy(fault => fault.At)];
    }
}

/// <summary>Draws faults one by one.</summary>
internal sealed class FaultDraw(Random random, Topology topology)
{
    private readonly TimeSpan _downAfter = topology.Groups[0].Options.DownAfter;

    public Random Random { get; } = random;

    /// <summary>Whether what a Sentinel forgets cannot let it elect itself: the quorum is a majority of all.</summary>
    private bool MayForget => topology.Groups.All(group => group.Options.Quorum >= topology.AllSentinels / 2 + 1);

    public Fault Anything(TimeSpan at) => Random.Next(100) switch
    {
        < 30 => NodeFault(at),
        < 50 => SentinelFault(at),
        < 72 => NetworkFault(at),
        < 84 => LeaderFault(at),
        _ => OperatorFault(at),
    };

    public Fault AnyPartition(TimeSpan at) => Random.Next(5) == 0 ? MasterFault(at) : NetworkFault(at);

    /// <summary>What gives a master to a minority, or takes replicas or Sentinels from it; and what follows from it.</summary>
    public Fault SmallSide(TimeSpan at) => Random.Next(10) switch
    {
        < 4 => new IsolateMaster(at, AnyGroup(Part.Master), Random.Next(topology.AllSentinels), Random.Next(1, (topology.AllSentinels + 1) / 2), Random.OneIn(4), CutDirection.Both, Time()),
        < 6 => NetworkFault(at),
        < 8 => MasterOrSentinel(at),
        < 9 => SentinelFault(at),
        _ => Random.OneIn(3) ? OperatorFault(at) : NodeFault(at),
    };

    /// <summary>Nodes that refuse orders of role from the beginning, and masters that fail once that can be known: connections have been made anew, and some time has passed.</summary>
    public ImmutableArray<Fault> Refusals(TimeSpan duration)
    {
        ImmutableArray<Fault>.Builder faults = ImmutableArray.CreateBuilder<Fault>();
        for (int group = 0; group < topology.Groups.Length; group++)
            faults.Add(new SickenNode(TimeSpan.FromSeconds(0.5), new NodeTarget(group, Random.OneIn(5) ? Part.Master : Part.Replica, Random.Next(8)), Illness.RefusesOrders, Random.OneIn(3) ? Random.Seconds(20, 120) : TimeSpan.FromHours(1)));
        faults.Add(new BreakConnections(TimeSpan.FromSeconds(1), Share: 1, Random.Next()));
        for (TimeSpan at = TimeSpan.FromSeconds(15); at < duration; at += Random.Seconds(5, 60))
            faults.Add(Random.OneIn(8) ? SentinelFault(at) : MasterFault(at));
        return faults.ToImmutable();
    }

    public Fault MasterOrSentinel(TimeSpan at) => Random.Next(5) switch
    {
        < 2 => MasterFault(at),
        < 3 => LeaderFault(at),
        _ => SentinelFault(at),
    };

    /// <summary>A master that dies, or stops, or is cut off, for good or for a time that all notice.</summary>
    public Fault OneMasterFault(TimeSpan at)
    {
        NodeTarget master = new(0, Part.Master, 0);
        TimeSpan time = Random.OneIn(3) ? TimeSpan.FromHours(1) : 2 * _downAfter + Random.Seconds(1, 60);
        return Random.Next(4) switch
        {
            0 => new KillNode(at, master, time, RestartConfiguration.Rewritten),
            1 => new FreezeNode(at, master, time),
            2 => new IsolateMaster(at, master, 0, 0, WithClients: false, CutDirection.Both, time),
            _ => new KillNode(at, master, time, RestartConfiguration.Original),
        };
    }

    /// <summary>A master that dies for good; its replica may be empty, and leaders fail while they replace it.</summary>
    public ImmutableArray<Fault> HardReplacement()
    {
        TimeSpan at = TimeSpan.FromSeconds(5);
        ImmutableArray<Fault>.Builder faults = ImmutableArray.CreateBuilder<Fault>();
        for (int strikes = Random.Next(1, 3); strikes > 0; strikes--)
        {
            FailoverStep step = Random.Pick([FailoverStep.WaitStart, FailoverStep.WaitStart, FailoverStep.WaitPromotion, FailoverStep.WaitPromotion, FailoverStep.ReconfReplicas]);
            TimeSpan time = Random.OneIn(2) ? TimeSpan.FromHours(1) : _downAfter + Random.Seconds(0, 10);
            faults.Add(new StrikeLeader(TimeSpan.Zero, step, (LeaderFate)Random.Next(3), TimeSpan.Zero, time));
        }
        if (Random.OneIn(3))
            faults.Add(new EmptyNode(at, new NodeTarget(0, Part.Replica, Random.Next(8)), Random.Seconds(0.5, 3)));
        faults.Add(new KillNode(at + Random.Seconds(0, 1), new NodeTarget(0, Part.Master, 0), TimeSpan.FromHours(1), RestartConfiguration.Rewritten));
        return faults.ToImmutable();
    }

    /// <summary>Partitions, and in each two orders at almost the same time, by operators who do not know of each other.</summary>
    public ImmutableArray<Fault> OrdersInPartitions(TimeSpan duration)
    {
        ImmutableArray<Fault>.Builder faults = ImmutableArray.CreateBuilder<Fault>();
        for (TimeSpan at = TimeSpan.FromSeconds(2); at < duration; at += Random.Seconds(20, 50))
        {
            faults.Add(new Partition(at, unchecked((ulong)Random.NextInt64()), CutDirection.Both, Random.Seconds(5, 20)));
            TimeSpan ordered = at + Random.Seconds(0.1, 5);
            int group = Random.Next(topology.Groups.Length), first = Random.Next(topology.AllSentinels);
            faults.Add(new OrderFailover(ordered, new SentinelTarget(first), group));
            faults.Add(new OrderFailover(ordered + Random.Seconds(0, 0.2), new SentinelTarget(first + 1), group));
        }
        return faults.ToImmutable();
    }

    /// <summary>Planned switches, half of them with something that goes wrong just then.</summary>
    public ImmutableArray<Fault> PlannedSwitches(TimeSpan duration)
    {
        ImmutableArray<Fault>.Builder faults = ImmutableArray.CreateBuilder<Fault>();
        for (TimeSpan at = TimeSpan.FromSeconds(3); at < duration; at += Random.Seconds(10, 40))
        {
            int group = Random.Next(topology.Groups.Length);
            NodeTarget? to = Random.OneIn(4) ? new NodeTarget(group, Part.Replica, Random.Next(8)) : null;
            TimeSpan? timeout = Random.OneIn(4) ? Random.Seconds(0.05, 10) : null;
            faults.Add(new OrderPlannedSwitch(at, AnySentinel(), group, Random.OneIn(3) ? FailoverMode.CoordinatedFirst : FailoverMode.CoordinatedOnly, to, timeout));
            if (Random.OneIn(2))
                faults.Add(TroubleAtSwitch(at, group));
        }
        return [.. faults.OrderBy(fault => fault.At)];
    }

    private Fault TroubleAtSwitch(TimeSpan ordered, int group)
    {
        TimeSpan at = ordered + Random.Seconds(-0.2, 0.3);
        NodeTarget replica = new(group, Part.Replica, Random.Next(8)), master = new(group, Part.Master, 0);
        return Random.Next(16) switch
        {
            < 4 => new SickenNode(ordered - Random.Seconds(0, 3), replica, Illness.Slow, Random.Seconds(1, 15)),
            < 6 => new StrikeLeader(
                ordered - TimeSpan.FromSeconds(1), Random.OneIn(2) ? FailoverStep.SendReplicaOfNoOne : FailoverStep.WaitPromotion, (LeaderFate)Random.Next(3),
                Random.OneIn(2) ? TimeSpan.Zero : Random.Seconds(0, 0.05), Time()),
            < 7 => new KillNode(at, replica, Time(), RestartConfiguration.Rewritten),
            < 8 => new FreezeNode(at, replica, Time()),
            < 9 => new KillNode(at, master, Time(), RestartConfiguration.Rewritten),
            < 10 => new FreezeNode(at, master, Random.OneIn(2) ? Random.Seconds(0.05, 2) : Time()),
            < 11 => new CutPair(at, AnySentinel(), Random.OneIn(2) ? master : replica, AnySentinel(), CutDirection.Both, Time()),
            < 12 => new CutReplication(at, master, Time()),
            < 13 => new SlowNetwork(at, Random.OneIn(2) ? AnyGroup(Part.Any) : null, AnySentinel(), Random.Seconds(0.02, 0.3), Time()),
            < 14 => new BreakConnections(at, Random.NextDouble(), Random.Next()),
            < 15 => new SickenNode(ordered - TimeSpan.FromSeconds(1), Random.OneIn(2) ? master : replica, Illness.RefusesOrders, Random.Seconds(1, 15)),
            _ => new FreezeSentinel(at, AnySentinel(), Random.Seconds(0.05, 3)),
        };
    }

    /// <summary>Failovers for every reason, and in each of them something befalls the one that is to be the master; between them fences, and what ends those.</summary>
    public ImmutableArray<Fault> BlowsToTheChosen(TimeSpan duration)
    {
        ImmutableArray<Fault>.Builder faults = ImmutableArray.CreateBuilder<Fault>();
        for (TimeSpan at = TimeSpan.FromSeconds(3); at < duration; at += Random.Seconds(10, 40))
        {
            int group = Random.Next(topology.Groups.Length);
            if (Random.OneIn(5))
            {
                faults.AddRange(TroubleInFence(at, group));
                continue;
            }
            TimeSpan delay = Random.Next(3) switch { 0 => TimeSpan.Zero, 1 => Random.Seconds(0, 0.01), _ => Random.Seconds(0, 0.5) };
            faults.Add(new StrikeChosen(at - TimeSpan.FromSeconds(1), Random.Pick(Enum.GetValues<ChosenStage>()), Random.Pick(Enum.GetValues<ChosenFate>()), delay, Time(), Random.Next(8)));
            faults.Add(Random.Next(10) switch
            {
                < 5 => MasterFault(at),
                < 8 => new OrderPlannedSwitch(at, AnySentinel(), group, Random.OneIn(2) ? FailoverMode.CoordinatedFirst : FailoverMode.CoordinatedOnly, To: null, Timeout: null),
                _ => new OrderFailover(at, AnySentinel(), group),
            });
        }
        return [.. faults.OrderBy(fault => fault.At)];
    }

    /// <summary>A master is on the small side of a partition, and so may be fenced; then something ends that.</summary>
    private IEnumerable<Fault> TroubleInFence(TimeSpan at, int group)
    {
        int first = Random.Next(topology.AllSentinels);
        var master = new NodeTarget(group, Part.Master, 0);
        yield return new IsolateMaster(at, master, first, 1, Random.OneIn(4), CutDirection.Both, Time());
        TimeSpan then = at + _downAfter * Random.NextDouble();
        yield return Random.Next(3) switch
        {
            0 => new SickenNode(then, master, Illness.RefusesOrders, Time()),
            1 when MayForget => new OrderReset(then, new SentinelTarget(first), group, Looks: false),
            _ => new OrderPlannedSwitch(then, new SentinelTarget(first), group, FailoverMode.CoordinatedFirst, To: null, Timeout: null),
        };
    }

    /// <summary>All masters at once, then some of them, again and again.</summary>
    public ImmutableArray<Fault> MassFailures(TimeSpan duration)
    {
        ImmutableArray<Fault>.Builder faults = ImmutableArray.CreateBuilder<Fault>();
        for (TimeSpan at = TimeSpan.FromSeconds(3); at < duration; at += Random.Seconds(40, 120))
        {
            bool isAll = Random.OneIn(2);
            for (int g = 0; g < topology.Groups.Length; g++)
            {
                if (isAll || Random.OneIn(2))
                    faults.Add(new KillNode(at + Random.Seconds(0, 0.2), new NodeTarget(g, Part.Master, 0), Random.Seconds(5, 60), RestartConfiguration.Rewritten));
            }
            if (Random.OneIn(2))
                faults.Add(SentinelFault(at + Random.Seconds(0, 10)));
        }
        return [.. faults.OrderBy(fault => fault.At)];
    }

    public Fault MasterFault(TimeSpan at)
    {
        NodeTarget master = AnyGroup(Part.Master);
        return Random.Next(4) switch
        {
            0 => new FreezeNode(at, master, Time()),
            1 => new KillNode(at, master, Time(), Configuration()),
            2 => new CutPowerOfNode(at, master, Time()),
            _ => new KillNode(at, master, Random.Seconds(0.1, 2), Configuration()),
        };
    }

    private Fault NodeFault(TimeSpan at) => Random.Next(20) switch
    {
        < 7 => MasterFault(at),
        < 9 => new KillNode(at, AnyGroup(Part.Replica), Time(), Configuration()),
        < 11 => new FreezeNode(at, AnyGroup(Part.Any), Time()),
        < 12 => new EmptyNode(at, AnyGroup(Random.OneIn(2) ? Part.Master : Part.Any), Random.OneIn(2) ? Random.Seconds(0.1, 1) : Time()),
        < 16 => new SickenNode(at, AnyGroup(Random.OneIn(3) ? Part.Master : Part.Replica), (Illness)Random.Next(Enum.GetValues<Illness>().Length), Time()),
        < 17 => new ChangePriority(at, AnyGroup(Part.Any), Random.Next(3) * 50),
        < 18 => new CutPowerOfNode(at, AnyGroup(Part.Any), Time()),
        _ => new CutReplication(at, AnyGroup(Part.Master), Time()),
    };

    /// <summary>Sentinels that come back at other addresses.</summary>
    public IEnumerable<Fault> Moves(TimeSpan duration)
    {
        for (TimeSpan at = Random.Seconds(1, 180); at < duration; at += Random.Seconds(10, 300))
            yield return new MoveSentinel(at, AnySentinel(), Random.Seconds(0.3, 20));
    }

    /// <summary>Operators who say that what a master has is right.</summary>
    public IEnumerable<Fault> Adoptions(TimeSpan duration)
    {
        for (TimeSpan at = Random.Seconds(1, 180); at < duration; at += Random.Seconds(10, 300))
            yield return new OrderAdopt(at, Random.OneIn(2) ? null : AnySentinel(), Random.Next(topology.Groups.Length), Looks: true);
    }

    /// <summary>Operators who order something without a look, whatever goes on: half of the orders in the middle of a failover.</summary>
    public IEnumerable<Fault> Meddle(TimeSpan duration)
    {
        for (TimeSpan at = Random.Seconds(0, 20); at < duration; at += Random.Seconds(2, 40))
        {
            int group = Random.Next(topology.Groups.Length);
            yield return Random.Next(8) switch
            {
                < 2 when MayForget => new OrderReset(at, AnySentinel(), group, Looks: false),
                < 3 when MayForget => new OrderRemoveAndMonitor(at, AnySentinel(), group, Random.Seconds(0.5, 20), Looks: false),
                < 4 => new OrderAdopt(at, Random.OneIn(2) ? null : AnySentinel(), group, Looks: false),
                _ => new OrderInFailover(
                    at, (FailoverStep)Random.Next((int)FailoverStep.WaitStart, (int)FailoverStep.ReconfReplicas + 1), AnyMeddling(), Random.OneIn(2) ? 0 : Random.Next(topology.AllSentinels),
                    Random.OneIn(2) ? TimeSpan.Zero : Random.Seconds(0, 0.05), Random.Seconds(0.5, 30)),
            };
        }
    }

    private Meddling AnyMeddling()
    {
        var meddling = (Meddling)Random.Next(Enum.GetValues<Meddling>().Length);
        return meddling is Meddling.Reset or Meddling.Remove && !MayForget ? Meddling.Failover : meddling;
    }

    /// <summary>Operators who tidy up, and a configuration that does so by itself.</summary>
    public IEnumerable<Fault> Forgets(TimeSpan duration)
    {
        for (TimeSpan at = Random.Seconds(1, 180); at < duration; at += Random.Seconds(10, 300))
            yield return Random.OneIn(3)
                ? new SetAutoForget(at, Random.Next(topology.Groups.Length), Random.Seconds(20, 300))
                : new OrderForget(at, AnySentinel(), Random.Next(topology.Groups.Length), Random.Next(16));
    }

    /// <summary>One after the other a node of one group takes the address of a dead replica of another, and masters fail meanwhile.</summary>
    /// <remarks>Its priority is 0: no group promotes it. Others do not spare their groups that (<see cref="NewcomersThatMayLead"/>).</remarks>
    public ImmutableArray<Fault> ReusedAddresses(TimeSpan duration)
    {
        ImmutableArray<Fault>.Builder faults = ImmutableArray.CreateBuilder<Fault>();
        for (TimeSpan at = Random.Seconds(1, 10); at < duration; at += TimeSpan.FromMinutes(2))
        {
            int dead = Random.Next(topology.Groups.Length);
            int newcomer = (dead + 1 + Random.Next(topology.Groups.Length - 1)) % topology.Groups.Length;
            faults.Add(new ReuseAddress(at, new NodeTarget(dead, Part.Replica, Random.Next(8)), new NodeTarget(newcomer, Part.Replica, Random.Next(8)), Random.Seconds(5, 60)));
            if (Random.OneIn(2))
                faults.Add(new FreezeNode(at + Random.Seconds(1, 30), new NodeTarget(Random.OneIn(2) ? dead : newcomer, Part.Master, 0), Time()));
            if (Random.OneIn(3))
                faults.Add(new OrderFailover(at + Random.Seconds(1, 60), AnySentinel(), Random.OneIn(2) ? dead : newcomer));
        }
        return [.. faults.OrderBy(fault => fault.At)];
    }

    /// <summary>
    /// Between those (<see cref="ReusedAddresses"/>), when they have gone home, others that may be promoted; if so wanted, half of them take the address of a master, and so
    /// get its replicas.
    /// </summary>
    public IEnumerable<Fault> NewcomersThatMayLead(TimeSpan duration, bool takeMasters)
    {
        for (TimeSpan between = TimeSpan.FromSeconds(75); between < duration; between += TimeSpan.FromMinutes(2))
        {
            TimeSpan at = between + Random.Seconds(0, 5);
            int dead = Random.Next(topology.Groups.Length);
            int newcomer = (dead + 1 + Random.Next(topology.Groups.Length - 1)) % topology.Groups.Length;
            Part part = Random.OneIn(2) && takeMasters ? Part.Master : Part.Replica;
            yield return new ReuseAddress(at, new NodeTarget(dead, part, Random.Next(8)), new NodeTarget(newcomer, Part.Replica, Random.Next(8)), Random.Seconds(5, 35)) { MayLead = true };
            if (Random.OneIn(2))
                yield return new FreezeNode(at + Random.Seconds(1, 20), new NodeTarget(Random.OneIn(2) ? dead : newcomer, Part.Master, 0), Time());
            if (Random.OneIn(3))
                yield return new OrderFailover(at + Random.Seconds(1, 30), AnySentinel(), Random.OneIn(2) ? dead : newcomer);
        }
    }

    private Fault SentinelFault(TimeSpan at) => Random.Next(16) switch
    {
        < 4 => new KillSentinel(at, AnySentinel(), Time()),
        < 7 => new FreezeSentinel(at, AnySentinel(), Time()),
        < 9 => new CrashInSave(at, AnySentinel(), (SaveStage)Random.Next(4), WithMachine: Random.OneIn(2), Time()),
        < 10 => new CutPowerOfSentinel(at, AnySentinel(), Time()),
        < 11 => new FillDisk(at, AnySentinel(), Time()),
        < 12 => new SlowDisk(at, AnySentinel(), Random.Seconds(0.05, 3), Time()),
        < 13 => new DriftClock(at, AnySentinel(), (Random.NextDouble() - 0.5) / 10, Time()),
        < 14 => new JumpClock(at, AnySentinel(), Random.Seconds(-3600, 3600)),
        < 15 when MayForget => new TearStateFile(at, AnySentinel(), Time()),
        _ => new FreezeSentinel(at, AnySentinel(), Random.Seconds(0.05, 1.5)),
    };

    private StrikeLeader LeaderFault(TimeSpan at) => new(
        at, (FailoverStep)Random.Next((int)FailoverStep.WaitStart, (int)FailoverStep.ReconfReplicas + 1), (LeaderFate)Random.Next(3),
        Random.OneIn(2) ? TimeSpan.Zero : Random.Seconds(0, 0.05), Time());

    private Fault NetworkFault(TimeSpan at)
    {
        CutDirection direction = Random.OneIn(2) ? CutDirection.Both : (CutDirection)Random.Next(1, 3);
        return Random.Next(12) switch
        {
            < 2 => new Partition(at, unchecked((ulong)Random.NextInt64()), direction, Time()),
            < 5 => new IsolateMaster(at, AnyGroup(Part.Master), Random.Next(topology.AllSentinels), Random.Next((topology.AllSentinels + 1) / 2), Random.OneIn(2), direction, Time()),
            < 6 => new CutPair(at, AnySentinel(), null, AnySentinel(), direction, Time()),
            < 8 => new CutPair(at, AnySentinel(), AnyGroup(Random.OneIn(2) ? Part.Master : Part.Any), AnySentinel(), direction, Time()),
            < 9 => new Flap(at, Random.OneIn(2) ? AnyGroup(Part.Any) : null, AnySentinel(), Random.Seconds(0.05, 1.5 * _downAfter.TotalSeconds), Random.Seconds(0.05, 5), Random.Next(2, 15)),
            < 10 => new SlowNetwork(at, Random.OneIn(2) ? AnyGroup(Part.Any) : null, AnySentinel(), Random.Seconds(0.02, Random.OneIn(3) ? _downAfter.TotalSeconds : 0.3), Time()),
            < 11 => new CutReplication(at, AnyGroup(Part.Master), Time()),
            _ => new BreakConnections(at, Random.NextDouble(), Random.Next()),
        };
    }

    private Fault OperatorFault(TimeSpan at)
    {
        int group = Random.Next(topology.Groups.Length);
        return Random.Next(16) switch
        {
            < 6 => new OrderFailover(at, AnySentinel(), group),
            < 7 when MayForget => new OrderReset(at, AnySentinel(), group, Looks: true),
            < 8 when MayForget => new OrderRemoveAndMonitor(at, AnySentinel(), group, Random.Seconds(0.5, 20), Looks: true),
            < 10 => new OrderSet(
                at, Random.OneIn(2) ? null : AnySentinel(), group, Random.OneIn(2) ? _downAfter * Random.Next(1, 4) : null,
                Random.OneIn(2) ? TimeSpan.FromSeconds(Random.Next(3, 30)) : null, Random.OneIn(2) ? Random.Next(1, 4) : null),
            < 11 => new OrderSimulatedFailure(at, AnySentinel(), Random.OneIn(2) ? SimulatedFailures.CrashAfterElection : SimulatedFailures.CrashAfterPromotion, Time()),
            < 12 => new PauseWrites(at, new NodeTarget(group, Part.Master, 0), Random.Seconds(0.1, 5)),
            < 13 => new HandOver(at, new NodeTarget(group, Part.Master, 0), new NodeTarget(group, Part.Replica, Random.Next(8))),
            < 14 => new OrderNode(at, new NodeTarget(group, Part.Replica, Random.Next(8)), Random.OneIn(2) ? null : new NodeTarget(group, Part.Any, Random.Next(8))),
            _ => new OrderFailover(at, AnySentinel(), group),
        };
    }

    /// <summary>Mostly about as long as it takes until it is noticed, now much shorter, now much longer.</summary>
    private TimeSpan Time() => Random.Next(4) switch
    {
        0 => Random.Between(TimeSpan.FromMilliseconds(20), _downAfter),
        1 => Random.Between(_downAfter / 2, 2 * _downAfter),
        2 => Random.Between(_downAfter, _downAfter + TimeSpan.FromSeconds(20)),
        _ => Random.Between(_downAfter, _downAfter + TimeSpan.FromSeconds(90)),
    };

    private RestartConfiguration Configuration() => Random.OneIn(3) ? RestartConfiguration.Original : RestartConfiguration.Rewritten;

    private NodeTarget AnyGroup(Part part) => new(Random.Next(topology.Groups.Length), part, Random.Next(8));

    private SentinelTarget AnySentinel() => new(Random.Next(topology.AllSentinels));
}
