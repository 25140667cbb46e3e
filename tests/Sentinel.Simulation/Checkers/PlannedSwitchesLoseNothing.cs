using Sentinel.Core;
using Sentinel.Simulation.Clients;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Nodes;
using Sentinel.Simulation.Sentinels;

namespace Sentinel.Simulation.Checkers;

/// <summary>Whom a master makes way for in a coordinated failover has all that the master acknowledged.</summary>
internal sealed class PlannedSwitchesLoseNothing(World world) : Checker(world)
{
    /// <summary>How long an order to be the master may be on its way: longer, and the master may have given up waiting.</summary>
    private static readonly TimeSpan s_wayMax = TimeSpan.FromMilliseconds(100);

    private readonly Dictionary<(SimSentinel Sentinel, string Master), Switch> _ordered = [];

    public override string Name => "planned-switches-lose-nothing";

    public override void OrderedFailover(SimSentinel sentinel, string master, FailoverOptions order)
    {
        _ordered.Remove((sentinel, master));
        if (order.Mode is FailoverMode.CoordinatedOnly && sentinel.MasterOf(master) is { } address && World.NodeAt(address) is { } node)
            _ordered[(sentinel, master)] = new Switch(node, node.Branch, World.Agenda.Now);
    }

    public override void RefusedFailover(SimSentinel sentinel, string master) => _ordered.Remove((sentinel, master));

    public override void HandingOver(RedisNode node, SimSentinel by, RedisNode replica)
    {
        if (_ordered.TryGetValue((by, node.Group.Name), out Switch? known))
            _ordered[(by, node.Group.Name)] = known with { IsMastersOwn = true };
    }

    public override void Reconfiguring(RedisNode node, SimSentinel by, Address? master)
    {
        if (!_ordered.TryGetValue((by, node.Group.Name), out Switch? planned) || planned.IsMastersOwn)
            return;
        Instant now = World.Agenda.Now, since = now - s_wayMax;
        if (node == planned.Former)
        {
            // Between the two it held writes back, unless the second order came too late.
            if (master is not null && planned is { Promoted: { } promoted, PromotedAt: var promotedAt } && promotedAt >= since)
                Judge(planned, promoted, by);
        }
        // The order was given when all was there; one that comes late was not.
        else if (master is null && planned.Promoted is null && !World.Network.WasBlocked(by.Machine, node.Machine, since, now)
            && World.Network.ExtraDelay(by.Machine, node.Machine, since, now) == TimeSpan.Zero && !node.FrozenSpells.Any(spell => spell.Until >= since))
        {
            Judge(planned, node, by);
            _ordered[(by, node.Group.Name)] = planned with { Promoted = node, PromotedAt = now };
        }
    }

    public override void Happened(SimSentinel sentinel, SentinelEvent happened)
    {
        if (happened.MasterName is not { } name || !_ordered.TryGetValue((sentinel, name), out Switch? planned))
            return;
        if (happened.Name is "+promoted-slave" && planned.IsMastersOwn && World.NodeAt(happened.InstanceAddress!.Value) is { } promoted)
            Judge(planned, promoted, sentinel);
        // What another one was told before it failed says nothing of the next one.
        if (happened.Name is "-promotion-failed")
            _ordered[(sentinel, name)] = planned with { IsMastersOwn = false, Promoted = null };
        if (happened.Name.StartsWith("+failover-end", StringComparison.Ordinal) || happened.Name.StartsWith("-failover-abort", StringComparison.Ordinal))
            _ordered.Remove((sentinel, name));
    }

    private void Judge(Switch planned, RedisNode promoted, SimSentinel by)
    {
        // What a restart has taken was not lost by the switch.
        if (promoted.StartedAt > planned.OrderedAt || planned.Former.StartedAt > planned.OrderedAt)
            return;
        foreach (WriteAccepted write in World.Writes.Of(planned.Former.Group))
        {
            if (write.Branch == planned.Branch && !promoted.Data.Contains(write.Branch, write.Offset))
            {
                Violated($"{by.Name} makes {promoted.Name} the master in a coordinated failover, and it lacks a write that was taken {LossReport.Describe(write)}");
                return;
            }
        }
    }

    /// <param name="Former">The master at the time of the order.</param>
    /// <param name="Branch">What it wrote to then.</param>
    /// <param name="OrderedAt">When it was ordered.</param>
    private sealed record Switch(RedisNode Former, Branch Branch, Instant OrderedAt)
    {
        /// <summary>Whether the master hands over by itself.</summary>
        public bool IsMastersOwn { get; init; }

        /// <summary>Who was told to be the master; null: nobody yet.</summary>
        public RedisNode? Promoted { get; init; }

        public Instant PromotedAt { get; init; }
    }
}
