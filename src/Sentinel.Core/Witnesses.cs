namespace Sentinel.Core;

/// <summary>What the replicas say of a master that this Sentinel holds down: whether they hear it.</summary>
/// <remarks>
/// Sentinels that all lose the master may have lost no more than their own way to it, and then it works: clients and replicas
/// hear it. What a replica says of its link counts when it was asked after the master was held down.
/// </remarks>
internal sealed class Witnesses(MasterMonitor master, LocalSentinel local)
{
    /// <summary>A master that says nothing else pings its replicas each 10 s (the default of <c>repl-ping-replica-period</c>); INFO tells whole seconds.</summary>
    private static readonly TimeSpan HeardFor = TimeSpan.FromSeconds(11);

    /// <summary>How long those that can be reached are waited for that have not been heard since the master was held down.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Whether the master is held down for its silence alone: not because it refuses connections, says that it is a replica, loads for
    /// too long, or answers with errors. All those are its own words, or its machine's.
    /// </summary>
    public bool AreNeeded =>
        master.Node is { CrashedAt: null, ReportsMaster: true, RebootedAt: null } node && local.Now - node.Link.Health.LastReplyAt >= master.Options.DownAfter;

    /// <summary>The first replica that can be reached and hears the master; null: none does, as far as they have said.</summary>
    public Replica? Hearing(Wakeup wake) =>
        Reachable.FirstOrDefault(replica => HasSaid(replica) && replica is { ReportsMaster: false, IsMasterLinkUp: true, MasterHeardAt: { } heardAt, ReportedMaster: { } followed }
            && local.Names.AreSame(followed, master.Address) && !wake.IsDue(heardAt + HeardFor));

    /// <summary>Whether one that can be reached is still to say.</summary>
    public bool AreAwaited(Wakeup wake) => Reachable.Any(replica => !HasSaid(replica)) && !wake.IsDue(DownSince + Patience);

    private Instant DownSince => master.Node.DownSince ?? local.Now;

    private IEnumerable<Replica> Reachable =>
        master.Replicas.Where(replica => replica is { IsSubjectivelyDown: false, Link.IsUsable: true } && !master.IsMaster(replica));

    private bool HasSaid(Replica replica) => replica.ReportAskedAt >= DownSince;
}
