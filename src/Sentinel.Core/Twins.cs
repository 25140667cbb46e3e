namespace Sentinel.Core;

/// <summary>
/// Nodes of a group that are listed twice: by an IP address and by a name that could not be resolved then, by two names, or by the
/// address that they had and the one that they have.
/// </summary>
/// <remarks>
/// One of the two may be the master. It must never be told to follow itself, which is why <see cref="IsMaster"/> is asked before
/// anything is told or judged; that the list becomes right is less urgent.
/// </remarks>
internal sealed class Twins(MasterMonitor master, LocalSentinel local)
{
    /// <summary>How long two names lead to one place before one of them goes. DNS caches hold what is old for half as long (30 s in Kubernetes).</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private Instant _lookAt = Instant.Never;

    /// <summary>Something changed of which it may follow that two are one.</summary>
    public void LookAgain()
    {
        _lookAt = local.Now;
        local.Touch(master);
    }

    /// <summary>Whether a replica is the master itself: by its address, or because the same process answers.</summary>
    public bool IsMaster(Replica replica) =>
        local.Names.AreSame(replica.Address, master.Address) || (replica.RunId is not null && replica.RunId == master.Node.RunId);

    /// <summary>Drops replicas that are listed a second time; not during a failover, which counts on its replicas.</summary>
    public void Decide(Wakeup wake)
    {
        if (master.Failover is not null || !wake.IsDue(_lookAt))
            return;
        _lookAt = Instant.Never;
        foreach (Replica replica in master.Replicas.ToArray())
        {
            if (TwinOf(replica) is not { } twin)
            {
                replica.TwinSince = null;
                continue;
            }
            if (!MayGo(replica, twin))
            {
                _lookAt = Instant.Min(_lookAt, replica.TwinSince!.Value + Patience);
                wake.IsDue(_lookAt);
                continue;
            }
            local.Log(EventLevel.Notice, $"Replica {replica.Address} of {master.Name} is {twin.Address}, and is not listed twice any more");
            master.Drop(replica);
        }
    }

    /// <summary>Which node a replica is too, and is to be known as: the master stays in any case, and a name stays, for it may move.</summary>
    private DataNode? TwinOf(Replica replica) =>
        IsMaster(replica) ? master.Node
        : MovedTo(replica) is { } moved ? moved
        : replica.Address.IsLiteral ? master.Replicas.Find(other => !other.Address.IsLiteral && local.Names.AreSame(other.Address, replica.Address))
        : master.Replicas.TakeWhile(other => other != replica).FirstOrDefault(other => !other.Address.IsLiteral && local.Names.AreSame(other.Address, replica.Address));

    /// <summary>The place where a process answers that was at the address of a replica that is down; null: there is none.</summary>
    private Replica? MovedTo(Replica replica) =>
        replica is { IsSubjectivelyDown: true, RunId: { } runId }
            ? master.Replicas.Find(other => other != replica && other is { IsSubjectivelyDown: false, Link.IsUsable: true } && other.RunId == runId && other.InfoAt > replica.InfoAt)
            : null;

    /// <remarks>
    /// Of two names one may be about to move, or be the name of a node that is away, whose last address another node has by now:
    /// dropped, it would not be recognised when it comes back. So both must be resolved, and lead to one place for a while.
    /// </remarks>
    private bool MayGo(Replica replica, DataNode twin)
    {
        if (replica.Address.IsLiteral != twin.Address.IsLiteral && local.Names.AreSame(replica.Address, twin.Address))
            return true;
        if (MovedTo(replica) == twin)
            return true;
        replica.TwinSince ??= local.Now;
        if (local.Now < replica.TwinSince.Value + Patience)
            return false;
        if (local.Names.IsUpToDate(replica.Address) && local.Names.IsUpToDate(twin.Address))
            return true;
        replica.TwinSince = local.Now;
        return false;
    }
}
