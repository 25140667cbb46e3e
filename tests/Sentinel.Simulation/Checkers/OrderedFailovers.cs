using Sentinel.Core;
using Sentinel.Simulation.Sentinels;

namespace Sentinel.Simulation.Checkers;

/// <summary>The failovers that operators ordered and that are not over.</summary>
/// <remarks>
/// What an order excuses ends with it: when the failover ends or is given up, when a newer configuration takes its place, when the Sentinel forgets the master or what it
/// knew of it, and when it is started anew. What it does next is its own doing.
/// </remarks>
internal sealed class OrderedFailovers
{
    private readonly Dictionary<(SimSentinel Sentinel, string Master), FailoverOptions> _orders = [];

    /// <summary>Orders that came while another one's failover was not over, as to a Sentinel that is frozen: they hold when it is, unless they are refused.</summary>
    private readonly Dictionary<(SimSentinel Sentinel, string Master), FailoverOptions> _next = [];

    /// <summary>How the failover was ordered that a Sentinel leads or stands for; null: nobody ordered it, or there is none.</summary>
    public FailoverOptions? Of(SimSentinel sentinel, string master) => _orders.GetValueOrDefault((sentinel, master));

    public void Add(SimSentinel sentinel, string master, FailoverOptions order)
    {
        if (!_orders.TryAdd((sentinel, master), order))
            _next[(sentinel, master)] = order;
    }

    /// <summary>The last order is refused.</summary>
    public void Remove(SimSentinel sentinel, string master)
    {
        if (!_next.Remove((sentinel, master)))
            _orders.Remove((sentinel, master));
    }

    /// <summary>A Sentinel starts from what its disk has: an order is not on it.</summary>
    public void Restored(SimSentinel sentinel)
    {
        foreach ((SimSentinel Sentinel, string Master) ordered in _orders.Keys.Where(ordered => ordered.Sentinel == sentinel).ToArray())
        {
            _orders.Remove(ordered);
            _next.Remove(ordered);
        }
    }

    public void Happened(SimSentinel sentinel, SentinelEvent happened)
    {
        if (happened.MasterName is not { } master || !Ends(happened.Name))
            return;
        _orders.Remove((sentinel, master));
        if (_next.Remove((sentinel, master), out FailoverOptions? next))
            _orders.Add((sentinel, master), next);
    }

    /// <summary>Whether a failover is over, in whatever way, with an event.</summary>
    public static bool Ends(string eventName) =>
        eventName is "+failover-end" or "+switch-master" or "-monitor" or "+reset-master" || eventName.StartsWith("-failover-abort", StringComparison.Ordinal);
}
