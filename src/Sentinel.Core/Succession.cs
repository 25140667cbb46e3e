namespace Sentinel.Core;

/// <summary>Who may take the master's place: what the choice looks at, in each replica as it is seen now.</summary>
internal sealed class Succession(MasterMonitor master, LocalSentinel local)
{
    /// <summary>The replica that would be promoted now; null: none is fit.</summary>
    /// <param name="except">Those that are not to be.</param>
    /// <param name="only">The one that may be; null: every other.</param>
    public Replica? Best(IReadOnlySet<Address>? except = null, Address? only = null)
    {
        Candidate? best = Selection.Best(master.Replicas
            .Where(replica => except?.Contains(replica.Address) != true && (only is not { } target || local.Names.AreSame(replica.Address, target)))
            .Select(AsCandidate));
        return best is null ? null : master.Replicas.Find(replica => replica.Address == best.Address);
    }

    /// <summary>Why a replica must not be promoted; null: it may.</summary>
    public string? Objection(Replica replica) =>
        Selection.Objection(AsCandidate(replica))
        ?? (Preflight.Refusal(replica) is { } refusal && Best() is { } best && Preflight.Refusal(best) is null ? $"{refusal}, and others are fit" : null);

    /// <summary>Why no replica may be promoted, replica by replica.</summary>
    /// <param name="tried">Those that were told, in vain.</param>
    public string WhyNobody(IReadOnlySet<Address>? tried = null)
    {
        string reasons = string.Join("; ", master.Replicas.Select(replica => $"{replica.Name}: {(tried?.Contains(replica.Address) is true ? "tried already" : Objection(replica))}"));
        return reasons.Length == 0 ? "no replica is known" : reasons;
    }

    /// <summary>
    /// Called by the failover when nobody can take the master's place: one that came back as a replica, as with a configuration from
    /// before a switch, and has nobody to follow, is told to be what it is known as. Else the group had no master for ever.
    /// </summary>
    /// <returns>False when it was not told: it is a master, or cannot be reached, or follows one that lives and is no replica of its own, or has not the group's data.</returns>
    public bool TryRestoreMaster() => CanRestoreMaster && master.Node.Link.Send(new Request.Reconfigure(master.Node.ReplicaOfVerb, Master: null));

    /// <summary>Whether the master says that it is a replica, follows nobody who answers it, or nobody who is or can be a master, and could be told to be the master again.</summary>
    public bool CanRestoreMaster => master.Node is { ReportsMaster: false, Link.IsUsable: true, InfoAt: not null } && (!master.Node.IsMasterLinkUp || FollowsInCircle || FollowsTheDead) && WhyNotRestored() is null;

    /// <summary>Whether the master says that it follows one that follows it, perhaps over others, as orders by hand make them: none of them is a master, though their links may be up.</summary>
    private bool FollowsInCircle
    {
        get
        {
            Address? followed = master.Node.ReportedMaster;
            for (int hops = 0; hops < master.Replicas.Count && followed is { } address; hops++)
            {
                if (master.Replicas.Find(other => local.Names.AreSame(other.Address, address)) is not { HasReported: true, ReportsMaster: false } replica)
                    return false;
                followed = replica.ReportedMaster;
                if (followed is { } next && local.Names.AreSame(next, master.Address))
                    return true;
            }
            return false;
        }
    }

    /// <summary>Why the master, which says that it is a replica, is not told to be the master again because of what it has; null: it may be told.</summary>
    public string? WhyNotRestored() =>
        master.Node.ReportsMaster ? null
        : master.Lineage.StrangerIn(master.Node) is { } stranger ? $"the master is not told to be the master again, for it has the data of {stranger}"
        : HasMasterLostData
            ? $"the master is not told to be the master again, for it lost the data of the group, and another node may have those; 'SENTINEL ADOPT {master.Name}' says that it is right so"
        : null;

    /// <summary>Whether the master has no keys, or such as were written after it lost those of the group, and another node has or may have them.</summary>
    private bool HasMasterLostData => master.Node.HoldsKeys
        ? master.Lineage.HasDisproved(master.Node) && master.Replicas.Exists(MayHaveOurs)
        : master.Lineage.HadKeys && master.Replicas.Exists(replica => replica.HoldsKeys || replica.IsSubjectivelyDown || replica.InfoAt is null);

    /// <summary>Whether the master says that it follows one that answers it, and that we have held down for all the failover timeout: it may not have noticed, or only it be heard by it.</summary>
    private bool FollowsTheDead =>
        MasterDownFor >= master.Options.FailoverTimeout && master.Node.ReportedMaster is { } followed
        && master.Replicas.Exists(other => local.Names.AreSame(other.Address, followed) && other.IsSubjectivelyDown && other.DownSince + master.Options.FailoverTimeout <= local.Now);

    private ReplicaSelection Selection => new(local.Now, MasterDownFor, master.Options.DownAfter, local.Timing)
    {
        IsMasterReplica = SaysMasterReplica,
        IsMasterDistrusted = master.Distrust.IsConfirmed,
        HasMasterLostAll = master.Distrust.HasLostAll,
        IsMasterRestorable = master.Node.HoldsKeys && CanRestoreMaster,
        AwaitsFollower = master.Distrust.IsFresh && master.Replicas.Exists(IsAwaitedFollower),
        SomeHaveKeys = master.Replicas.Exists(replica => HasKeys(replica)) || MasterMayBeRestored,
        SomeHaveOurs = master.Replicas.Exists(HasOurs) || (CanRestoreMaster && master.Lineage.HeldOurs(master.Node, since: default)),
    };

    /// <summary>Whether a replica that can be reached and promoted has the group's own data.</summary>
    private bool HasOurs(Replica replica) => replica.Priority != 0 && master.Lineage.HoldsOurs(replica, since: default);

    /// <summary>The same, or whether it had them, says nothing at the moment, and is not held down: it is waited for for the failover timeout.</summary>
    private bool MayHaveOurs(Replica replica) =>
        HasOurs(replica) || (replica is { Priority: not 0, IsSubjectivelyDown: false } && master.Lineage.HeldOurs(replica, since: local.Now - master.Options.FailoverTimeout));

    /// <summary>Whether the master says that it is a replica, and not only before others told that it is the master.</summary>
    private bool SaysMasterReplica => !master.Node.ReportsMaster && master.Node.InfoAt >= master.RenewedAt;

    private TimeSpan MasterDownFor => master.Node is { IsSubjectivelyDown: true, DownSince: { } since } ? local.Now - since + TimeSpan.FromTicks(1) : TimeSpan.Zero;

    /// <summary>Whether a replica that followed the configured master, with data of the group, has not been heard lately, and is not held down.</summary>
    private bool IsAwaitedFollower(Replica replica) =>
        replica is { ReportsMaster: false, ReportedMaster: { } followed, HoldsKeys: true, IsSubjectivelyDown: false, Priority: not 0, InfoAt: { } infoAt }
        && local.Names.AreSame(followed, master.Address) && master.Lineage.HasOurs(replica)
        && !(replica.Link.IsUsable && infoAt >= replica.Link.ConnectedSince && local.Now - Instant.Min(infoAt, replica.Link.Health.LastValidReplyAt) <= local.Timing.SelectionFreshness);

    /// <summary>Whether the configured master is there as a replica, with keys that nobody is to lose for one without.</summary>
    private bool MasterMayBeRestored => master.Node is { ReportsMaster: false, HoldsKeys: true, Link.IsUsable: true } && WhyNotRestored() is null;

    /// <summary>Whether there are keys in a replica that it would keep: of one that is about to copy a master without data, those that it has until then.</summary>
    private bool HasKeys(Replica replica) => master.Distrust.IsConfirmed ? replica.HoldsKeys : replica.HasKeys;

    /// <summary>
    /// Whether the configured master itself says that it follows a replica: an operator made them change parts. Not one that came back empty, nor one
    /// that came back as a master where another has become it: that the master follows it then, its file says, from before.
    /// </summary>
    private bool IsFollowedByMaster(Replica replica) =>
        SaysMasterReplica && (replica.HasBecomeMaster || !master.Replicas.Exists(WasPromotedMeanwhile)) && (replica.HasKeys || !(master.Replicas.Exists(other => other.HasKeys) || (master.Node.HoldsKeys && master.Node.History != replica.History))) && master.Node.ReportedMaster is { } followed && local.Names.AreSame(followed, replica.Address);

    /// <summary>Whether the master says that it follows another replica of the group, which answers it, and was not held down for the failover timeout yet: after that time a group must have a master.</summary>
    private bool IsMasterWithAnotherThan(Replica replica) =>
        master.Node is { ReportsMaster: false, IsMasterLinkUp: true, ReportedMaster: { } followed } && MasterDownFor < master.Options.FailoverTimeout && !FollowsInCircle
        && !local.Names.AreSame(followed, replica.Address) && master.Replicas.Exists(other => local.Names.AreSame(other.Address, followed));

    /// <summary>
    /// Whether it turned from replica to master, without a restart, while the master was down, or as it became a replica: who had it hand over could not tell of it. One that was
    /// last seen as a replica before a newer configuration confirmed the master may have been the master between, and no more.
    /// </summary>
    private bool WasPromotedMeanwhile(Replica replica) =>
        replica.HasBecomeMaster && replica.SeenAsReplicaAt >= master.RenewedAt
        && ((master.Node is { IsSubjectivelyDown: true, DownSince: { } downSince } && replica.RoleSince >= downSince)
            || (SaysMasterReplica && replica.RoleSince >= master.Node.RoleSince - local.Timing.InfoPeriod));

    /// <summary>Whether the data of a replica went their own way earlier than those of the master did: it became a master before that one, and has nothing of it.</summary>
    private bool WentOnBeforeMaster(Replica replica) =>
        master.Node.ReportsMaster && replica.History != master.Node.History && replica.FormerHistory is { } former
        && (former == master.Node.FormerHistory ? replica.FormerHistoryEnd < master.Node.FormerHistoryEnd : master.Lineage.IsPast(former));

    /// <summary>Whether a node says of its data that they began with nothing, or went on from others. Who copied them has what its master had, whatever itself began with.</summary>
    private static bool IsOfUnknownOrigin(Replica replica) =>
        replica.FormerHistory is not null || (replica.HasLoadedNothing && (replica.ReportsMaster || replica.MasterLinkDownTime < TimeSpan.Zero));

    /// <summary>Whether a replica's data are none of the group's, as it says itself. What it copied, or went on from, others may have without saying so.</summary>
    private bool IsForeign(Replica replica) => master.Lineage.IsKnown && !master.Lineage.AreKinOfOurs(replica) && IsOfUnknownOrigin(replica);

    private Candidate AsCandidate(Replica replica) => new()
    {
        Address = replica.Address,
        RunId = replica.RunId,
        IsDown = replica.IsSubjectivelyDown,
        IsConnected = replica.Link.IsUsable,
        LastValidReplyAt = replica.Link.Health.LastValidReplyAt,
        InfoAt = replica.InfoAt >= replica.Link.ConnectedSince ? replica.InfoAt : null,
        ReportsReplica = !replica.ReportsMaster,
        IsMaster = master.IsMaster(replica),
        HasDataOf = master.Lineage.StrangerIn(replica),
        WasPromotedMeanwhile = !master.IsMaster(replica) && WasPromotedMeanwhile(replica) && !WentOnBeforeMaster(replica),
        IsLastResort = replica.HasBecomeMaster && WentOnBeforeMaster(replica) && MasterDownFor >= master.Options.FailoverTimeout,
        IsFollowedByMaster = !master.IsMaster(replica) && replica.ReportsMaster && IsFollowedByMaster(replica),
        IsMasterWithAnother = IsMasterWithAnotherThan(replica),
        MasterLinkDownTime = replica.WithoutMasterFor,
        HasKeys = HasKeys(replica),
        HasForeignHistory = master.Lineage.HasDisproved(replica) || IsForeign(replica) || master.Replicas.Exists(other => other.HasDataOf(replica.History) && IsForeign(other)),
        Recency = master.Lineage.RecencyOf(replica),
        HasCopiedMaster = replica.HasDataOf(master.Node.History),
        History = replica.History,
        WouldRefuse = Preflight.Refusal(replica) is not null,
        Priority = replica.Priority,
        Offset = replica.ReportsMaster ? replica.StreamOffset : replica.Offset,
    };
}
