namespace Sentinel.Core;

/// <summary>Whether the node at the master's address is still what the group had as its master: not one that restarted empty, and not another group's.</summary>
/// <remarks>
/// <para>
/// A master without its data is worse than none: its replicas throw theirs away to be like it. Redis Sentinel takes it for the master
/// as long as it answers. Here it is doubted when it is another process than before, and either began with nothing, or has data of a history
/// that neither is ours nor goes on from ours (of an unknown one, as far as the offset shows). When a replica that may be promoted still has the data, it counts as down at
/// once; the quorum comes to that by its own looks. When nobody has them any more, there is nothing to save, and it is believed.
/// </para>
/// <para>
/// A master that loaded an RDB file goes on from the history in it. One that loaded an AOF begins a history of its own from offset 0, and has keys:
/// it is believed, for nothing tells it from ours; one that found no AOF says so. (redis-server 7.0.)
/// </para>
/// </remarks>
internal sealed class Distrust(MasterMonitor master, LocalSentinel local)
{
    /// <summary>For so long, or the failover timeout if that is shorter, the others may look for themselves; if they do not come to the same, they know better.</summary>
    private static readonly TimeSpan PatienceWithOthers = TimeSpan.FromMinutes(1);

    /// <summary>
    /// The same where all that speaks against the master is that its histories are not known here: who was away for two of its restarts finds that of the right one, too.
    /// The others read INFO every ten seconds at least, so that by then they have said whether they doubt it.
    /// </summary>
    private static readonly TimeSpan PatienceOfTheUnsure = TimeSpan.FromSeconds(15);

    /// <summary>For how long those are waited for that followed an emptied master and are silent at the moment. What clients write to it meanwhile is lost.</summary>
    private static readonly TimeSpan PatienceWithFollowers = TimeSpan.FromSeconds(2);

    /// <summary>Nodes that one cut silences are found silent, and are heard again, within so long of each other: a PING period, and the pause before a connection is tried again.</summary>
    private static readonly TimeSpan PatienceWithAll = TimeSpan.FromSeconds(3);

    private Doubt? _doubt;

    /// <summary>Since when a quorum could have shared the doubt, and has not; null: it shares it, or cannot be asked.</summary>
    private Instant? _aloneSince;

    /// <summary>When the process began to be believed in whose doubt nobody was there who had the data. As long as it has no keys, who comes back with them is heard.</summary>
    private Instant _believedSince = local.Now;

    /// <summary>Whether the master is doubted, so that nobody is to be told to follow it.</summary>
    public bool IsDoubted => _doubt is not null;

    /// <summary>Whether it counts as down for that.</summary>
    public bool IsConfirmed => _doubt is { IsConfirmed: true };

    /// <summary>
    /// Whether it counts as down for no more than that its histories are not known here, and can be heard: who was away finds that of the right one, too. So another Sentinel has to
    /// come to it as well, where one answers, whatever the quorum.
    /// </summary>
    public bool IsUnsure => _doubt is { IsConfirmed: true, Wrong: { IsEmptyRestart: false, IsOfKnownGroup: false } } && master.Node.HasReported;

    /// <summary>Whether it surely has nothing of the group: it was emptied, or is another group's. Of data that nobody saw begin that is not sure.</summary>
    public bool HasLostAll => _doubt is { IsConfirmed: true } and ({ Wrong.IsEmptyRestart: true } or { Wrong.IsOfKnownGroup: true });

    /// <summary>Whether it is so early that a replica that followed it, and is silent at the moment, may still be heard before another one takes its place.</summary>
    public bool IsFresh { get; private set; }

    /// <summary>What speaks against it, for people; null: nothing does.</summary>
    public string? Words => _doubt?.Wrong.Text;

    /// <summary>Takes in what the master said of itself.</summary>
    /// <returns>Whether what it said is the group's.</returns>
    public bool Believes(MasterNode node)
    {
        if (node.IsLoading)
            return false;    // what it has is not seen yet
        if (WhatIsWrong(node) is not { } wrong)
        {
            if (_doubt is { IsAgain: true } || master.Lineage.BelievedEmpty != node.RunId)
                master.Lineage.BelievedEmpty = null;
            _doubt = null;
            return true;
        }
        if (_doubt?.RunId == node.RunId)
            return false;
        _doubt = new Doubt(wrong, node.RunId, local.Now);
        AskReplicas();
        return false;
    }

    /// <summary>Another node is the master, or what was known was forgotten.</summary>
    public void Reset()
    {
        (_doubt, _aloneSince) = (null, null);
        master.Lineage.BelievedEmpty = null;
    }

    /// <summary>Comes to a conclusion when the replicas have said what they have.</summary>
    public void Decide(Wakeup wake)
    {
        IsFresh = _doubt is { } first && !wake.IsDue(first.Since + PatienceWithFollowers);
        if (_doubt is null && master.Lineage.BelievedEmpty is { } believed && believed == master.Node.RunId && !master.Node.HoldsKeys
            && master.Replicas.Exists(replica => HasTheData(replica, _believedSince)))
        {
            _doubt = new Doubt(Emptied(master.Node), believed, local.Now) { IsAgain = true };
            master.Node.RequestInfo();
            AskReplicas();
        }
        if (_doubt is not { } doubt)
            return;
        if (doubt.IsAgain && !(master.Node.HasReported && master.Node.InfoAt > doubt.Since))
            return;
        if (doubt.Wrong.IsOfKnownGroup || master.Replicas.Exists(replica => HasTheData(replica, doubt.Since)))
            ConfirmOrYield(doubt, wake);
        else if (!MayBeCutOff(wake) && (!master.Replicas.Exists(replica => IsToBeHeard(replica, doubt)) || (!doubt.IsConfirmed && wake.IsDue(doubt.Since + master.Options.DownAfter))))
            Believe(doubt, "no replica that can be reached and promoted has other data of the group");
    }

    private void ConfirmOrYield(Doubt doubt, Wakeup wake)
    {
        if (!doubt.IsConfirmed)
            Confirm(doubt);
        bool isAlone = !doubt.Wrong.IsOfKnownGroup && !master.IsObjectivelyDown && master.Peers.Count(peer => peer.IsAvailable) + 1 >= master.Options.Quorum;
        _aloneSince = isAlone ? _aloneSince ?? local.Now : null;
        TimeSpan patience = doubt.Wrong.IsEmptyRestart ? PatienceWithOthers : PatienceOfTheUnsure;
        if (_aloneSince is { } since && wake.IsDue(since + (master.Options.FailoverTimeout < patience ? master.Options.FailoverTimeout : patience)))
            Believe(doubt with { IsSettled = true }, "the others of the quorum hear it, and do not doubt it");
    }

    private void Confirm(Doubt doubt)
    {
        _aloneSince = null;
        _doubt = doubt with { IsConfirmed = true };
        string reason = $"{doubt.Wrong.Text}; {(doubt.IsAgain ? "a replica is back that has keys" : $"the group had {master.Lineage.Known}")}. If what it has now is to be the data of the group, 'SENTINEL ADOPT {master.Name}' on each Sentinel says so";
        if (doubt.Wrong.IsEmptyRestart)
            master.Lineage.Disprove(master.Node);
        else
            master.Lineage.Disown(master.Node);
        local.Publish(master.About(doubt.Wrong.IsEmptyRestart ? "+master-lost-data" : "+master-foreign-data", EventLevel.Warning, master.Node) with { Reason = reason });
        local.Log(EventLevel.Warning, $"The master of {master.Name} at {master.Node.Told} counts as down: {reason}");
    }

    private void Believe(Doubt doubt, string why)
    {
        (_doubt, _aloneSince, _believedSince, master.Lineage.BelievedEmpty) = (null, null, doubt.Since, doubt is { Wrong.IsEmptyRestart: true, IsSettled: false } ? doubt.RunId : null);
        master.Lineage.Own();
        master.Lineage.Learn(master.Node);
        local.Log(EventLevel.Warning, $"The master of {master.Name} at {master.Node.Told} is believed, although {doubt.Wrong.Text}: {why}");
    }

    /// <summary>What speaks against the master; null: nothing that is sure.</summary>
    private Wrong? WhatIsWrong(MasterNode node)
    {
        Lineage lineage = master.Lineage;
        if (!master.Options.EmptyRestartFailover || !lineage.IsKnown || node.History is null)
            return null;
        if (node.RunId is not null && node.RunId == lineage.RunId && (_doubt is not { IsAgain: true } || node.HoldsKeys))
            return null;
        if (lineage.StrangerIn(node) is { } stranger)
            return lineage.IsOneWith(stranger) ? null : new Wrong($"it has the data of {stranger}") { IsOfKnownGroup = true };
        // Who says that it is a replica has not lost what its own master has.
        if (!node.ReportsMaster)
            return null;
        if (!node.HoldsKeys || HasBegunEmpty(node) || lineage.HasDisproved(node) || (_doubt is { Wrong.IsEmptyRestart: true } known && known.RunId == node.RunId))
            return Emptied(node);
        // Of one that was made the master by others, and not seen before, nothing is known that it could have lost.
        return lineage is { RunId: not null, HasSeenMaster: true } && !lineage.AreKinOfOurs(node) && node.FormerHistory is { } former
            ? new Wrong($"its data are of history {node.History}, which went on from {former} at offset {node.FormerHistoryEnd}, and neither is ours")
            : null;
    }

    private static Wrong Emptied(MasterNode node) =>
        new($"it restarted without its data: it has {(node.HoldsKeys ? "only keys written since" : "no keys")}, of history {node.History}") { IsEmptyRestart = true };

    /// <summary>Whether its process began without keys, which it may have got since from clients: with nothing at all, or with an RDB file of a time when the group had none.</summary>
    private bool HasBegunEmpty(MasterNode node) =>
        node.HasLoadedNothing && (node.FormerHistory is null ? !master.Lineage.HasOurs(node) : master.Lineage.RunId is not null && master.Lineage.IsBehind(node));

    /// <summary>Whether a replica that may be promoted can be reached, and has data of the group that it did not copy from the master of now.</summary>
    private bool HasTheData(Replica replica, Instant since) =>
        replica.Priority != 0 && master.Lineage.HoldsOurs(replica, since) && !replica.HasDataOf(master.Node.History);

    private void AskReplicas()
    {
        foreach (Replica replica in master.Replicas)
            replica.RequestInfo();
    }

    /// <summary>
    /// Whether it is too early to conclude anything from who is silent: the master is not heard either, or was not until a moment ago, so that we may be the one who is cut off. But a
    /// group must have a master: where one is silent for the failover timeout, and a replica is heard, it is not waited for any longer.
    /// </summary>
    private bool MayBeCutOff(Wakeup wake)
    {
        bool IsHeard(DataNode node) => node.HeardSince is { } since && wake.IsDue(since + PatienceWithAll);
        bool IsGoneForLong() => master.Node.Link.SilentSince is { } since && wake.IsDue(since + master.Options.FailoverTimeout) && master.Replicas.Exists(IsHeard);
        Replica[] silent = [.. master.Replicas.Where(replica => replica.IsSubjectivelyDown)];
        return silent.Length > 0
            && (!(IsHeard(master.Node) || IsGoneForLong()) || Array.Exists(silent, replica => replica.DownSince is { } since && !wake.IsDue(since + PatienceWithAll)));
    }

    /// <summary>Whether a replica may still say that it has the data.</summary>
    private static bool IsToBeHeard(Replica replica, Doubt doubt) =>
        !replica.IsSubjectivelyDown && !(replica.HasReported && replica.InfoAt >= doubt.Since);

    /// <param name="Text">What it is, in words.</param>
    private sealed record Wrong(string Text)
    {
        public bool IsEmptyRestart { get; init; }
        public bool IsOfKnownGroup { get; init; }
    }

    /// <param name="Wrong">What speaks against the master.</param>
    /// <param name="RunId">Its process.</param>
    /// <param name="Since">When that was first seen.</param>
    private sealed record Doubt(Wrong Wrong, string? RunId, Instant Since)
    {
        public bool IsConfirmed { get; init; }

        /// <summary>Whether it does not begin again when somebody comes back who has the data.</summary>
        public bool IsSettled { get; init; }

        /// <summary>Whether it was believed before.</summary>
        public bool IsAgain { get; init; }
    }
}
