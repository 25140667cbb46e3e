namespace Sentinel.Core;

/// <summary>What the choice of a new master looks at in one replica.</summary>
public sealed record Candidate
{
    /// <summary>Where it listens.</summary>
    public required Address Address { get; init; }

    /// <summary>Its process; null: not known.</summary>
    public string? RunId { get; init; }

    /// <summary>Whether this Sentinel holds it down.</summary>
    public bool IsDown { get; init; }

    /// <summary>Whether its link is complete.</summary>
    public bool IsConnected { get; init; } = true;

    /// <summary>When it last gave a valid reply to a PING.</summary>
    public Instant LastValidReplyAt { get; init; }

    /// <summary>When it last answered INFO; null: never.</summary>
    public Instant? InfoAt { get; init; }

    /// <summary>Whether it says that it is a replica.</summary>
    public bool ReportsReplica { get; init; } = true;

    /// <summary>The other group that its data are of; null: none that is known.</summary>
    public string? HasDataOf { get; init; }

    /// <summary>
    /// Whether it turned from replica to master, without a restart, while the master was down: a failover that another leader
    /// began and could not finish. To choose another one would make two of one fault.
    /// </summary>
    public bool WasPromotedMeanwhile { get; init; }

    /// <summary>
    /// Whether it became a master before the one that failed did, and has nothing of what that one took since, which has been down for so long that the group must have a
    /// master: it is better than none.
    /// </summary>
    public bool IsLastResort { get; init; }

    /// <summary>Whether it says that it is a master, and the configured master that it follows it: an operator made them change parts.</summary>
    public bool IsFollowedByMaster { get; init; }

    /// <summary>
    /// Whether the configured master says that it follows another one of the group, which answers it, and was not held down for long: who can reach that one is to
    /// make it the group's master.
    /// </summary>
    public bool IsMasterWithAnother { get; init; }

    /// <summary>Whether it is the master itself by another name, as far as can be told.</summary>
    public bool IsMaster { get; init; }

    /// <summary>How long its link to the master has been down; −1 s: it never was up.</summary>
    public TimeSpan MasterLinkDownTime { get; init; }

    /// <summary>Whether there are keys in it.</summary>
    public bool HasKeys { get; init; }

    /// <summary>Whether its data are not of the group, as far as is known: of a history that neither is the group's nor goes on from it.</summary>
    public bool HasForeignHistory { get; init; }

    /// <summary>How new its data are, by the histories that the group is known to have had: greater is newer; 0: they are of none of them.</summary>
    public int Recency { get; init; }

    /// <summary>Whether it has what the configured master has now, and nothing of before.</summary>
    public bool HasCopiedMaster { get; init; }

    /// <summary>The replication history that its data are of; null: it does not say.</summary>
    public string? History { get; init; }

    /// <summary>Whether it may have started empty, whatever its offset says: it has no keys, and was never linked to a master since.</summary>
    public bool MayBeEmpty => !HasKeys && MasterLinkDownTime < TimeSpan.Zero;

    /// <summary>Whether it is known that it would refuse to be promoted, as for want of a right.</summary>
    public bool WouldRefuse { get; init; }

    /// <summary>Smaller is better; 0: never.</summary>
    public int Priority { get; init; } = 100;

    /// <summary>How much of the master's stream it has; of one that is a master itself, where its own stream has come to.</summary>
    public ulong Offset { get; init; }
}

/// <summary>The choice of the replica to promote.</summary>
/// <param name="Now">The time of the choice.</param>
/// <param name="MasterDownFor">How long the master has been subjectively down; zero: it is up.</param>
/// <param name="DownAfter">The master's <see cref="MasterOptions.DownAfter"/>.</param>
/// <param name="Timing">Bounds of freshness.</param>
public sealed record ReplicaSelection(Instant Now, TimeSpan MasterDownFor, TimeSpan DownAfter, Timing Timing)
{
    /// <summary>Whether any replica of the group, fit or not, was seen with keys, or the configured master has them and could be the master again.</summary>
    public bool SomeHaveKeys { get; init; }

    /// <summary>Whether any replica that can be reached has the group's own data, or the configured master has them and can be told to be the master again.</summary>
    public bool SomeHaveOurs { get; init; }

    /// <summary>Whether the configured master restarted without its data, or is another group's.</summary>
    public bool IsMasterDistrusted { get; init; }

    /// <summary>Whether the configured master surely has nothing of the group any more: it restarted without its data, or is another group's.</summary>
    public bool HasMasterLostAll { get; init; }

    /// <summary>Whether the configured master says that it is a replica.</summary>
    public bool IsMasterReplica { get; init; }

    /// <summary>Whether the configured master says that it is a replica of somebody whom it does not reach, or who cannot be the master, has keys of the group, and can be told to be the master again.</summary>
    public bool IsMasterRestorable { get; init; }

    /// <summary>
    /// Whether a replica that followed the configured master when it was last seen, and had the group's data, has not been heard lately, is not held down, and
    /// is still waited for: it may have what nobody else has.
    /// </summary>
    public bool AwaitsFollower { get; init; }

    /// <summary>The offset of a node that has no data of its master. Source: redis-server 7.0 shows 0 or 1.</summary>
    private const ulong NoDataOffset = 1;

    /// <summary>The best of the fit: one already promoted, else the one with the smallest priority, then most data, then smallest run id.</summary>
    /// <remarks>
    /// An empty one comes after those with keys, whatever its priority, unless it is their history that it has, and as much of it or
    /// more: then the keys were deleted, and are not to come back. One that was never linked to its master, as a former master that is to follow its successor, comes after the replicas
    /// that have a newer history of the group's, whatever its priority: its offset tells how far it came in a stream that is over. One that would refuse is tried only where no other has as much.
    /// In the place of a master that lost its data one that says it is a master comes first if it has newer of the group's histories than all replicas: those may have been told to
    /// follow a moment ago, and have what they had long before. Of several that say they are masters, the one with the newest of the group's histories comes first, whatever its
    /// priority: to compare their offsets would tell little, for each has a stream of its own.
    /// What seems to be the master itself comes last, but it comes: when it answers, and as a replica, then the master's name may lead
    /// to a replica that has the address of the dead master by now.
    /// </remarks>
    /// <returns>Null when none is fit.</returns>
    public Candidate? Best(IEnumerable<Candidate> candidates)
    {
        Candidate[] fit = [.. candidates.Where(candidate => Objection(candidate) is null)];
        int newestOfReplicas = fit.Where(candidate => candidate.ReportsReplica).Select(candidate => candidate.Recency).DefaultIfEmpty().Max();
        return fit
            .OrderByDescending(IsMasterAlready)
            .ThenByDescending(candidate => HasMasterLostAll && !candidate.ReportsReplica && candidate.Recency > newestOfReplicas)
            .ThenByDescending(candidate => candidate.ReportsReplica)
            .ThenByDescending(candidate => candidate.ReportsReplica ? 0 : candidate.Recency)
            .ThenBy(candidate => HasMasterLostAll && candidate.ReportsReplica && IsStale(candidate))
            .ThenBy(candidate => candidate.IsMaster)
            .ThenBy(candidate => LacksKeysOf(fit, candidate))
            .ThenBy(candidate => HasOnlyThePast(fit, candidate))
            .ThenBy(candidate => candidate.WouldRefuse)
            .ThenBy(candidate => candidate.Priority)
            .ThenByDescending(candidate => candidate.Offset)
            .ThenBy(candidate => candidate.RunId is null)
            .ThenBy(candidate => candidate.RunId, StringComparer.OrdinalIgnoreCase)
            .FirstOrDefault();
    }

    /// <summary>Why a replica must not be promoted, in words for its operator.</summary>
    /// <returns>Null when it may be.</returns>
    public string? Objection(Candidate candidate)
    {
        if (candidate.IsDown)
            return "it is down";
        if (!candidate.IsConnected)
            return "it is not connected";
        if (Now - candidate.LastValidReplyAt > Timing.SelectionFreshness)
            return "it has not answered a PING lately";
        // Who is the master already, by an operator's choice, is taken for what it is; that it is told to be one changes nothing.
        if (candidate.Priority == 0 && !candidate.IsFollowedByMaster)
            return "its priority is 0";
        if (candidate.InfoAt is not { } infoAt || Now - infoAt > InfoAgeMax)
            return "it has not answered INFO lately";
        if (candidate.HasDataOf is { } stranger)
            return $"it has the data of {stranger}";
        if (candidate.HasForeignHistory && SomeHaveOurs)
            return "its data are of another history, and others have those of the group";
        if (IsMasterAlready(candidate))
            return null;
        // In the place of a master without its data it would make those throw theirs away that still have them.
        if (IsMasterDistrusted && candidate.HasCopiedMaster)
            return "it has copied what the master has now, and others have the data of the group";
        // A stray master is not a replica with less data: it may hold other data. Redis Sentinel does not look at the role. But where the master is none any more
        // there is nothing that will come back, or has come back for the failover timeout, and a stray one is better than none.
        if (!candidate.ReportsReplica)
        {
            return !((IsMasterReplica || IsMasterDistrusted || candidate.IsLastResort) && (candidate.HasKeys || !SomeHaveKeys)) ? "it reports the role of a master"
                : candidate.IsMasterWithAnother ? "it reports the role of a master, and the master follows another one, which answers it"
                : IsMasterRestorable ? "it reports the role of a master, and the master, which follows nobody who can be reached, can be told to be the master again"
                : IsMasterDistrusted && AwaitsFollower ? "it reports the role of a master, and a replica is waited for that followed the master when it was last seen"
                : null;
        }
        // A replica that never finished its first synchronisation is empty or half filled; Redis Sentinel may promote it. One that restarted
        // while its master was away says the same of its link, but knows from its RDB file how far it had come, or at least has keys from its AOF.
        if (candidate.MayBeEmpty && SomeHaveKeys)
            return "it has no keys and was never linked to the master since it started, but others have keys";
        if (candidate.MasterLinkDownTime < TimeSpan.Zero && MasterDownFor == TimeSpan.Zero && !IsMasterReplica)
            return "it has not synchronised with the master yet, and the master is up";
        if (candidate.MasterLinkDownTime < TimeSpan.Zero && candidate.Offset <= NoDataOffset && !candidate.HasKeys)
            return "it never synchronised with the master";
        // Where the master is a replica itself, nobody knows since when; those that followed it may even be what it is told to follow. One that lost its data brings nothing
        // back that others lack: who lost it long ago is better than nobody, when none that followed it is waited for.
        if (!IsMasterReplica && (!HasMasterLostAll || AwaitsFollower) && IsStale(candidate))
            return "its link to the master was down long before the master was";
        return null;
    }

    private static bool LacksKeysOf(Candidate[] others, Candidate candidate) =>
        !candidate.HasKeys && Array.Exists(others, other => other.HasKeys && (other.History != candidate.History || other.History is null || other.Offset > candidate.Offset));

    private static bool HasOnlyThePast(Candidate[] others, Candidate candidate) =>
        candidate is { ReportsReplica: true, Recency: > 0, MasterLinkDownTime.Ticks: < 0 } && Array.Exists(others, other => other.ReportsReplica && other.Recency > candidate.Recency);

    private bool IsStale(Candidate candidate) => candidate.MasterLinkDownTime > MasterDownFor + 10 * DownAfter;

    private static bool IsMasterAlready(Candidate candidate) => candidate.WasPromotedMeanwhile || candidate.IsFollowedByMaster;

    private TimeSpan InfoAgeMax => MasterDownFor > TimeSpan.Zero ? Timing.SelectionFreshness : 3 * Timing.InfoPeriod;
}
