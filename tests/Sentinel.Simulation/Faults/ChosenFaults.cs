using Sentinel.Core;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Nodes;

namespace Sentinel.Simulation.Faults;

/// <summary>How far the one has come that is to be the master.</summary>
internal enum ChosenStage
{
    /// <summary>It is chosen.</summary>
    Selected,

    /// <summary>It is told to be the master, or the master hands over to it.</summary>
    Told,

    /// <summary>It has said that it is the master.</summary>
    Promoted,
}

/// <summary>What befalls the one that a failover has chosen.</summary>
internal enum ChosenFate
{
    /// <summary>It is killed.</summary>
    Killed,

    /// <summary>It is killed, and back at once.</summary>
    StartedAnew,

    /// <summary>The same, with the configuration that it had first: as a master, perhaps.</summary>
    StartedAsItWas,

    /// <summary>The same, without its data.</summary>
    Emptied,

    /// <summary>It is stopped.</summary>
    Frozen,

    /// <summary>The leader and it do not reach each other.</summary>
    CutOff,

    /// <summary>It does not answer INFO.</summary>
    Mute,

    /// <summary>It acknowledges orders and does nothing.</summary>
    Deaf,

    /// <summary>An operator, who does not know of the failover, makes it a master.</summary>
    MadeMaster,

    /// <summary>An operator, who does not know of the failover, lets it follow another one.</summary>
    MadeReplica,
}

/// <summary>The one that the next failover chooses is struck.</summary>
/// <param name="Stage">When it has come so far.</param>
/// <param name="Delay">How long it is left there.</param>
/// <param name="For">For how long, where it recovers.</param>
/// <param name="Whom">Whom it follows, where an operator makes it a replica: any node of the group, by its place.</param>
internal sealed record StrikeChosen(TimeSpan At, ChosenStage Stage, ChosenFate Fate, TimeSpan Delay, TimeSpan For, int Whom) : Fault(At)
{
    private static readonly TimeSpan s_atOnce = TimeSpan.FromMilliseconds(20);

    public override string Kind => $"StrikeChosen when {Stage}: {Fate}";

    public override bool Strike(World world)
    {
        string entered = Stage switch
        {
            ChosenStage.Selected => "+selected-slave",
            ChosenStage.Told => "+failover-state-wait-promotion",
            ChosenStage.Promoted => "+promoted-slave",
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        FailoverMoment.Await(world, entered, (leader, happened) =>
        {
            FailoverMoment.Count(world, leader, Kind);
            // Not within the step that has come to it: what is ordered there is done first.
            Later(world, Delay, () =>
            {
                if (world.NodeAt(happened.InstanceAddress!.Value) is { } chosen && Befall(world, chosen, leader.Machine) is { } node)
                    world.Note(node.Name, $"is {Fate} when it is {Stage}");
            });
        });
        return true;
    }

    /// <returns>The node; null: there was nothing to strike.</returns>
    private RedisNode? Befall(World world, RedisNode node, Machine leader)
    {
        Fault? fault = FaultOf(node);
        if (fault is not null)
            return fault.Strike(world) ? node : null;
        Cut.Between(world, [leader], [node.Machine], CutDirection.Both, For, Later);
        return node;
    }

    /// <summary>The fault of any node that it is for this one; null: it is none of a node.</summary>
    private Fault? FaultOf(RedisNode node)
    {
        int group = node.World.Groups.IndexOf(node.Group);
        var target = new NodeTarget(group, Part.Any, node.Group.Nodes.IndexOf(node));
        return Fate switch
        {
            ChosenFate.Killed => new KillNode(At, target, For, RestartConfiguration.Rewritten),
            ChosenFate.StartedAnew => new KillNode(At, target, s_atOnce, RestartConfiguration.Rewritten),
            ChosenFate.StartedAsItWas => new KillNode(At, target, s_atOnce, RestartConfiguration.Original),
            ChosenFate.Emptied => new EmptyNode(At, target, s_atOnce),
            ChosenFate.Frozen => new FreezeNode(At, target, For),
            ChosenFate.CutOff => null,
            ChosenFate.Mute => new SickenNode(At, target, Illness.HidesInfo, For),
            ChosenFate.Deaf => new SickenNode(At, target, Illness.IgnoresOrders, For),
            ChosenFate.MadeMaster => new OrderNode(At, target, Master: null),
            ChosenFate.MadeReplica => new OrderNode(At, target, new NodeTarget(group, Part.Any, Whom)),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }
}
