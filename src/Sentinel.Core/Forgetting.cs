namespace Sentinel.Core;

/// <summary>Replicas and peers that are gone for good: forgotten by order, or when they have been down for long.</summary>
/// <remarks>
/// Redis Sentinel forgets only all of them at once (<c>SENTINEL RESET</c>), and knows none for a while then. Of what is forgotten here
/// whoever lives comes back by itself: a replica with the next INFO of its master, a peer with its next hello.
/// </remarks>
internal sealed class Forgetting(MasterMonitor master, LocalSentinel local)
{
    /// <summary>An operator names one replica or peer.</summary>
    /// <param name="identity">The run id of a replica, or the identity of a peer; null: not given.</param>
    /// <param name="address">Its address; null: not given.</param>
    /// <returns>Why not; null: it is forgotten.</returns>
    public Answer.Refused? Forget(string? identity, Address? address)
    {
        if (Is(master.Node, master.Node.RunId))
            return new Answer.Refused($"ERR {master.Node.Told} is the master of '{master.Name}'. 'SENTINEL REMOVE {master.Name}' ends its monitoring");
        Replica? replica = master.Replicas.Find(replica => Is(replica, replica.RunId));
        Peer? peer = replica is null ? master.Peers.Find(peer => Is(peer, peer.Id.Text)) : null;
        if (replica is null && peer is null)
            return new Answer.Refused($"ERR No replica or Sentinel of '{master.Name}' has that run id or address");
        // It counts on its replicas, and its majority on its peers.
        if (master.Failover is not null)
            return new Answer.Refused($"INPROG A failover of '{master.Name}' is in progress; try again when it is over");
        if (replica is not null)
            Drop(replica, "by order");
        else
            Drop(peer!, "by order");
        return null;

        bool Is(Instance instance, string? itsIdentity) =>
            identity is not null ? identity.Equals(itsIdentity, StringComparison.OrdinalIgnoreCase) : address is { } at && local.Names.AreSame(instance.Address, at);
    }

    /// <summary>Forgets who has been down for longer than the configuration allows.</summary>
    /// <remarks>
    /// Nobody goes while the master is in trouble, when each of them may be wanted. A node that was a master when it was last seen, or
    /// was not seen at all since this process started, stays: forgotten, it would not be noticed when it came back as a master.
    /// A peer goes only while a majority of all that are known, it included, can be reached: else the small side of a partition would
    /// forget the other one, and be a majority of itself. At least as many Sentinels as the quorum stay known.
    /// </remarks>
    public void Decide(Wakeup wake)
    {
        if (master.Options.AutoForgetAfter == TimeSpan.Zero || master.Failover is not null
            || master.Node is not { IsSubjectivelyDown: false, ReportsMaster: true, Link.IsUsable: true })
            return;
        foreach (Replica replica in master.Replicas.Where(replica => replica is { InfoAt: not null, ReportsMaster: false }).ToArray())
        {
            if (IsDue(replica, wake))
                Drop(replica, Silence);
        }
        foreach (Peer peer in master.Peers.ToArray())
        {
            if (IsDue(peer, wake) && IsMajorityAvailable && master.Peers.Count >= master.Options.Quorum)
                Drop(peer, Silence);
        }
    }

    private string Silence => $"down for more than {(long)master.Options.AutoForgetAfter.TotalSeconds} s";

    private bool IsMajorityAvailable =>
        1 + master.Peers.Count(peer => peer.IsAvailable) >= VoteCount.Needed(master.Peers.Count + 1, quorum: 1);

    private bool IsDue(Instance instance, Wakeup wake) =>
        instance is { IsSubjectivelyDown: true, DownSince: { } since } && wake.IsDue(since + master.Options.AutoForgetAfter);

    private void Drop(Replica replica, string reason)
    {
        local.Publish(master.About("-slave", EventLevel.Notice, replica) with { Reason = reason });
        master.Drop(replica);
        local.Touch(master);
    }

    private void Drop(Peer peer, string reason)
    {
        local.Publish(master.About("-sentinel", EventLevel.Notice, peer) with { Reason = reason });
        master.Forget(peer);
        local.Save();
    }
}
