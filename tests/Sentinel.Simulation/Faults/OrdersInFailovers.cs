using Sentinel.Core;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Sentinels;

namespace Sentinel.Simulation.Faults;

/// <summary>What an operator can order in the middle of a failover.</summary>
internal enum Meddling
{
    /// <summary>One more failover.</summary>
    Failover,

    /// <summary>Other periods.</summary>
    Set,

    /// <summary>To forget what was found out.</summary>
    Reset,

    /// <summary>To take the master off, and later to monitor it again.</summary>
    Remove,

    /// <summary>To take what the master has for the data of the group.</summary>
    Adopt,

    /// <summary>To start no failover for some time.</summary>
    Pause,
}

/// <summary>When the next failover comes to a state, an operator who does not look orders something.</summary>
/// <param name="Step">The state.</param>
/// <param name="Order">What he orders.</param>
/// <param name="Whom">Whom: 0 is the leader, 1 the Sentinel after it, and so on.</param>
/// <param name="Delay">How long the leader is left in it.</param>
/// <param name="For">For how long, where the order is one that is taken back.</param>
internal sealed record OrderInFailover(TimeSpan At, FailoverStep Step, Meddling Order, int Whom, TimeSpan Delay, TimeSpan For) : Fault(At)
{
    public override string Kind => $"OrderInFailover in {Step.Word()}: {Order}";

    public override bool Strike(World world)
    {
        FailoverMoment.Await(world, FailoverMoment.EventOf(Step), (leader, happened) =>
        {
            FailoverMoment.Count(world, leader, Kind);
            var target = new SentinelTarget(world.Sentinels.IndexOf(leader) + Whom);
            Fault order = OrderTo(target, world.Groups.FindIndex(group => group.Name == happened.MasterName));
            // Not within the step that has come to it: what is ordered there is done first.
            Later(world, Delay, () => order.Strike(world));
        });
        return true;
    }

    private Fault OrderTo(SentinelTarget target, int group) => Order switch
    {
        Meddling.Failover => new OrderFailover(At, target, group),
        Meddling.Set => new OrderSet(At, target, group, DownAfter: null, FailoverTimeout: For, ParallelSyncs: 1),
        Meddling.Reset => new OrderReset(At, target, group, Looks: false),
        Meddling.Remove => new OrderRemoveAndMonitor(At, target, group, For, Looks: false),
        Meddling.Adopt => new OrderAdopt(At, target, group, Looks: false),
        Meddling.Pause => new OrderPause(At, target, group, For),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}

/// <summary>Moments that faults wait for.</summary>
internal static class FailoverMoment
{
    /// <summary>How long a fault waits. Nothing happens if no failover comes so far in this time.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    /// <summary>Calls once, when the next failover tells of an event, with who leads it and the event: in the middle of the step that has come to it.</summary>
    public static void Await(World world, string entered, Action<SimSentinel, SentinelEvent> then)
    {
        bool isDone = false;
        world.Watch(
            (sentinel, happened) =>
            {
                if (isDone || world.IsHealed || happened.Name != entered)
                    return;
                isDone = true;
                then(sentinel, happened);
            },
            s_patience);
    }

    /// <summary>The moment has come that a fault waited for.</summary>
    public static void Count(World world, SimSentinel leader, string kind) => world.Coverage.Count($"{(leader.IsLegacy ? Coverage.OfLegacy : "")}struck {kind}");

    /// <summary>The event that tells that a failover has come to a state.</summary>
    public static string EventOf(FailoverStep step) => step switch
    {
        FailoverStep.WaitStart => "+try-failover",
        FailoverStep.SelectReplica => "+failover-state-select-slave",
        FailoverStep.SendReplicaOfNoOne => "+failover-state-send-slaveof-noone",
        FailoverStep.WaitPromotion => "+failover-state-wait-promotion",
        FailoverStep.ReconfReplicas => "+failover-state-reconf-slaves",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
