using Sentinel.Core;

namespace Sentinel.Simulation.Nodes;

/// <summary>Redis' own FAILOVER TO: a master holds writes back until a replica has all, and swaps roles with it.</summary>
internal sealed class RoleSwap(RedisNode node)
{
    /// <summary>When an operator gives up.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private Address? _target;
    private Instant _beganAt;

    /// <summary>Who has it done.</summary>
    public RoleReason Reason { get; private set; }

    /// <summary>Whether it is under way; the node takes no orders of role meanwhile.</summary>
    public bool IsUnderWay => _target is not null;

    /// <summary>What INFO says of it.</summary>
    public string State => !IsUnderWay ? "no-failover" : node.Master is null ? "waiting-for-sync" : "failover-in-progress";

    public void Reset() => _target = null;

    /// <summary>Told by an operator, who asks the replicas how far they are, and ends what takes too long.</summary>
    public void Begin(Address target)
    {
        if (Objection(target) is not null)
            return;
        Begin(target, Timeout, RoleReason.Operator);
        Instant beganAt = _beganAt;
        node.After(Timeout, () => Expire(beganAt));
        node.Followers.Query();
    }

    /// <summary>Told by a Sentinel: the replica tells how far it is by itself once a second, or when it is asked to.</summary>
    /// <returns>The error; null: it has begun.</returns>
    public string? Begin(Address target, TimeSpan timeout)
    {
        if (Objection(target) is { } objection)
            return objection;
        Begin(target, timeout, RoleReason.Sentinel);
        // Who has stepped down waits for the replica for as long as it takes.
        Instant beganAt = _beganAt;
        node.After(timeout, () =>
        {
            if (node.Master is null)
                Expire(beganAt);
        });
        return null;
    }

    private void Begin(Address target, TimeSpan timeout, RoleReason reason)
    {
        (_target, _beganAt, Reason) = (target, node.World.Agenda.Now, reason);
        node.PauseWrites(timeout);
    }

    private string? Objection(Address target) =>
        IsUnderWay ? "ERR FAILOVER already in progress."
        : node.Master is not null ? "ERR FAILOVER is not valid when server is a replica."
        : node.IsLoading || !node.Followers.All.Any(follower => follower.IsOnline && follower.Address == target) ? "ERR FAILOVER target HOST and PORT is not a replica."
        : null;

    private void Expire(Instant beganAt)
    {
        if (IsUnderWay && _beganAt == beganAt)
            Failed("it took too long");
    }

    /// <summary>A replica told how far it is.</summary>
    public void Acked(Follower follower)
    {
        if (_target is not { } target || follower.Address != target || follower.AckedOffset < node.Offset || node.Master is not null)
            return;
        node.Link.IsHandingOver = true;
        node.BeReplica(target, Reason);
    }

    /// <summary>The node remains, or is again, a master.</summary>
    public void Failed(string reason)
    {
        node.World.Note(node.Name, $"does not hand over: {reason}");
        _target = null;
        node.Link.IsHandingOver = false;
        if (node.Master is not null)
            node.BeMaster(RoleReason.Resumed);
        node.ResumeWrites();
    }

    /// <summary>The link to the new master stands.</summary>
    public void Ended()
    {
        if (!IsUnderWay)
            return;
        _target = null;
        node.ResumeWrites();
    }
}
