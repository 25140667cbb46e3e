namespace Sentinel.Core;

/// <summary>The writes of one node, held by orders that expire by themselves and are renewed as long as there is a reason.</summary>
/// <param name="node">The node as it was known when this began; its link stays, whatever it becomes.</param>
/// <param name="reason">Why, in words.</param>
/// <param name="now">The time.</param>
internal sealed class WriteLease(DataNode node, string reason, Instant now)
{
    private RequestSlot _order;
    private Instant _nextAt = now;

    public InstanceLink Link { get; } = node.Link;
    public string Reason { get; } = reason;

    /// <summary>When we began to hold them.</summary>
    public Instant Since { get; } = now;

    /// <summary>Whether it was the configured master when this began: it may be one that was replaced, and then is one for sure.</summary>
    public bool IsOfMaster { get; } = node is MasterNode;

    /// <summary>Whether the node has taken an order to hold them.</summary>
    public bool IsInForce { get; private set; }

    /// <summary>When the last order that may have been taken runs out.</summary>
    public Instant Until { get; private set; } = now;

    /// <summary>Renews it when it is time.</summary>
    public void KeepUp(Timing timing, Instant now, Wakeup wake)
    {
        if (_order.IsPending(Link) || !wake.IsDue(_nextAt) || !Link.Send(new Request.HoldWrites(timing.FenceLease)))
            return;
        _order.Sent(Link);
        (_nextAt, Until) = (now + timing.FencePeriod, now + timing.FenceLease);
    }

    /// <summary>The node took an order.</summary>
    public void Taken(Timing timing, Instant now)
    {
        _order.Done();
        // It may have lain in the node's socket until now.
        (IsInForce, Until) = (true, now + timing.FenceLease);
    }
}
