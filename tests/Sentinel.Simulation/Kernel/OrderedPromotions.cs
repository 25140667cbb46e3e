using Sentinel.Core;
using Sentinel.Simulation.Nodes;
using Sentinel.Simulation.Sentinels;

namespace Sentinel.Simulation.Kernel;

/// <summary>Which failovers of a group operators have ordered that may cost what the master has not passed on.</summary>
/// <remarks>One that has to be coordinated is not among them: it loses nothing, or changes nothing.</remarks>
internal sealed class OrderedPromotions(string group)
{
    private readonly HashSet<SimSentinel> _ordered = [];
    private readonly HashSet<SimSentinel> _begun = [];

    /// <summary>A Sentinel is told to fail the group over.</summary>
    public void Ordered(SimSentinel sentinel, FailoverOptions order)
    {
        if (order.Mode is not FailoverMode.CoordinatedOnly)
            _ordered.Add(sentinel);
    }

    /// <summary>It does not.</summary>
    public void Refused(SimSentinel sentinel) => _ordered.Remove(sentinel);

    /// <summary>A Sentinel begins a failover of the group: the ordered one, or another.</summary>
    /// <param name="sentinel">Who.</param>
    /// <param name="ordered">How what it does was ordered, which may go on from another epoch; null: it was not.</param>
    public void Began(SimSentinel sentinel, FailoverOptions? ordered)
    {
        if (_ordered.Remove(sentinel))
            _begun.Add(sentinel);
        else if (ordered is not { Mode: not FailoverMode.CoordinatedOnly })
            _begun.Remove(sentinel);
    }

    /// <summary>Whether a node is made the master by the last failover that a Sentinel began, and that one was ordered, however long its order was on the way.</summary>
    public bool Promote(RedisNode node, SimSentinel by) => _begun.Contains(by) && by.MasterOf(group) != node.Address;
}
