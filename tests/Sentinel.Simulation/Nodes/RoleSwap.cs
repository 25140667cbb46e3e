using Sentinel.Core;

namespace Sentinel.Simulation.Nodes;

/// <summary>Redis' own FAILOVER TO: a master holds writes back until a replica has all, and swaps roles with it.</summary>
internal sealed class RoleSwap(RedisNode node)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private Address? _target;
    private Instant _beganAt;

    /// <summary>Whether it is under way; the node takes no orders of role meanwhile.</summary>
    public bool IsUnderWay => _target is not null;

    public void Reset() => _target = null;

    public void Begin(Address target)
    {
        if (IsUnderWay || node.Master is not null || node.IsLoading || !node.Followers.All.Any(follower => follower.IsOnline && follower.Address == target))
            return;
        Instant beganAt = node.World.Agenda.Now;
        (_target, _beganAt) = (target, beganAt);
        node.PauseWrites(Timeout);
        node.After(Timeout, () =>
        {
            if (IsUnderWay && _beganAt == beganAt)
                Failed("it took too long");
        });
        node.Followers.Query();
    }

    /// <summary>A replica told how far it is.</summary>
    public void Acked(Follower follower)
    {
        if (_target is not { } target || follower.Address != target || follower.AckedOffset < node.Offset || node.Master is not null)
            return;
        node.Link.IsHandingOver = true;
        node.BeReplica(target, RoleReason.Operator);
    }

    /// <summary>The node remains, or is again, a master.</summary>
    public void Failed(string reason)
    {
        node.World.Note(node.Name, $"does not hand over: {reason}");
        _target = null;
        node.Link.IsHandingOver = false;
        if (node.Master is not null)
            node.BeMaster(RoleReason.Operator);
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
