namespace Sentinel.Core;

/// <summary>Which replication histories are of a group: so a node of another group is told from one of its own, whatever its address.</summary>
/// <remarks>
/// Containers and clouds give the address of a dead node to the next that comes. Redis Sentinel goes by the address alone, and makes
/// that node a replica of its master: its data are overwritten. Here it is left alone, and never promoted, as long as its data are of
/// a history that another monitored group is known to have, and not of ours, or as it follows a node of such a group. Nothing is
/// concluded from a history that is not known. What is known is kept over restarts, too (<see cref="LineageState"/>).
/// </remarks>
internal sealed class Lineage
{
    /// <summary>So many disproved histories are remembered.</summary>
    private const int DisprovedMax = 8;

    /// <summary>Replicas of replicas that are followed up to a node that is known.</summary>
    private const int HopsMax = 4;

    private readonly MasterMonitor _master;
    private readonly LocalSentinel _local;
    private readonly LinkTable _links;
    private readonly List<string> _histories = [];

    /// <summary>
    /// Histories that began when a master had lost its data, and that nobody came to believe in: what has them, or went on from them, is none of the group's, whatever has become of that
    /// master since. The newest last.
    /// </summary>
    private readonly List<string> _disproved = [];

    /// <summary>
    /// The history that the first one known went on from, or the last one that came after a gap: who has it and was away since is of the group, though we did not see the group when
    /// it was its own. A copy of another group goes on from that one's: so it counts only as long as nobody else has it as its own.
    /// </summary>
    private string? _former;

    /// <summary>A process that showed itself at our master's address with data that are of no group known here.</summary>
    private string? _unknownStranger;

    private ulong _offset;
    private Instant? _learntAt;
    private Instant _keptAt;

    public Lineage(MasterMonitor master, LocalSentinel local, LinkTable links, LineageState? kept)
    {
        (_master, _local, _links) = (master, local, links);
        if (kept is null)
            return;
        foreach (string history in kept.Histories)
            Add(history, at: _histories.Count);
        GoesOnFrom(kept.FormerHistory);
        (RunId, _offset, HadKeys, BelievedEmpty, HasSeenMaster) = (kept.RunId, kept.Offset, kept.HadKeys, kept.BelievedEmpty, kept.HasSeenMaster);
    }

    /// <summary>What the master's data are of; null: not known.</summary>
    private string? Current => IsKnown ? _histories[^1] : null;

    /// <summary>Whether anything is known of the data of the group.</summary>
    public bool IsKnown => _histories.Count > 0;

    /// <summary>The process that was the master when it was last sure that its data are the group's; null: not known.</summary>
    public string? RunId { get; private set; }

    /// <summary>
    /// Whether the master of now was seen as one. One that others made the master has a history since then that we do not know; when it is started
    /// anew before we hear it, it has one more, and neither tells of ours.
    /// </summary>
    public bool HasSeenMaster { get; private set; }

    /// <summary>Whether it had keys.</summary>
    public bool HadKeys { get; private set; }

    /// <summary>The process that was believed although it began without the data, for nobody who had them could be asked; null: none.</summary>
    public string? BelievedEmpty
    {
        get;
        set
        {
            if (field == value)
                return;
            field = value;
            Keep();
        }
    }

    /// <summary>What is to be kept; null: nothing is known.</summary>
    public LineageState? State => !IsKnown ? null : new LineageState
    {
        MasterName = _master.Name, Histories = [.. _histories], FormerHistory = _former, RunId = RunId, HasSeenMaster = HasSeenMaster, Offset = _offset, HadKeys = HadKeys, BelievedEmpty = BelievedEmpty,
    };

    /// <summary>What the group was last known to have, in words.</summary>
    public string Known => $"{(HadKeys ? "keys" : "no keys")} of history {Current ?? "unknown"} at offset {_offset}";

    /// <summary>Where the group's master was last seen, and when, if it was so in a history; null: that is not known. A time of null: before this process began.</summary>
    public (ulong Offset, Instant? At)? LastSeenIn(string? history) => HasSeenMaster && Current == history ? (_offset, _learntAt) : null;

    /// <summary>
    /// Takes in what the master says its data are of. What is another group's is ours only if it goes on from ours. What it has as somebody's
    /// replica is the group's as far as nothing else is known.
    /// </summary>
    public void Learn(MasterNode node)
    {
        if (node.History is not { } history || (!node.ReportsMaster && (IsKnown || !node.HoldsKeys)))
            return;
        if (IsKnown && OwnerOf(history) is not null && !IsOurs(history) && !IsOurs(node.FormerHistory))
            return;
        _disproved.RemoveAll(node.HasDataOf);
        bool isNews = (history != Current && (_histories.Remove(history) | Add(history, at: _histories.Count))) | node.RunId != RunId | node.ReportsMaster != HasSeenMaster | node.HasKeys != HadKeys;
        // One that began with nothing goes on from nothing; what the group had before is still its own. So is what it had before we knew of any, while the next ones are known.
        if (node.FormerHistory is { } former && former != _former && !_histories.Contains(former))
        {
            GoesOnFrom(former);
            isNews = true;
        }
        isNews |= node.StreamOffset != _offset && _local.Now - _keptAt >= _local.Timing.LineagePeriod;
        (RunId, _offset, HadKeys, HasSeenMaster, _learntAt) = (node.RunId, node.StreamOffset, node.HasKeys, node.ReportsMaster, _local.Now);
        if (isNews)
            Keep();
    }

    /// <summary>
    /// Takes in what a node that is not the master says its data are of: what goes on from ours is ours. It may become the master's, and
    /// the master go on from it, while we cannot see that.
    /// </summary>
    public void LearnKin(DataNode node)
    {
        if (node.History is not { } history || node.FormerHistory is not { } former || !_histories.Contains(former) || OwnerOf(history) is not null)
            return;
        if (Add(history, at: Math.Min(_histories.IndexOf(former) + 1, _histories.Count - 1)))    // older than what the group went on to from there
            Keep();
    }

    /// <summary>
    /// Another node is the master, and what it has is what the group has: those who decided that may know what we do not. But it should be
    /// the process that was seen as the master with keys, and not one that was started since. It may have less of our history than the group
    /// had, but what it has of another one tells nothing of ours.
    /// </summary>
    public void MasterSwitched(MasterNode node)
    {
        (RunId, _offset, HasSeenMaster) = (HasOurs(node) || node.HoldsKeys ? node.RunId : null, Math.Min(_offset, node.StreamOffset), false);
        if (node.RunId == _unknownStranger)
            _unknownStranger = null;
        if (IsKnown)
            Keep();
    }

    /// <summary>Whether the data of a node are the group's, or go on from them.</summary>
    public bool HasOurs(DataNode node) => IsOurs(node.History) || IsOurs(node.FormerHistory);

    /// <summary>
    /// Whether the data of a node are the group's, as far as can be told: they go on from ours, or from those of another node of the
    /// group that has ours, or from as much as the group is known to have had. There may have been masters that we did not see.
    /// </summary>
    public bool AreKinOfOurs(DataNode node) =>
        HasOurs(node) || MayGoOnFromOurs(node) || _master.Replicas.Exists(replica => replica != node && replica.History is { } history && HasOurs(replica) && (history == node.FormerHistory || history == node.History));

    /// <summary>Whether a node went on from what the group had longer ago than it is known to have been further: from an old RDB file.</summary>
    public bool IsBehind(DataNode node) =>
        node is { FormerHistory: { } former, FormerHistoryEnd: { } end } && _histories.Contains(former) && !_histories.Contains(node.History!) && (former != Current || end < _offset);

    /// <summary>Whether the group had a history before the one that its master was seen with last.</summary>
    public bool IsPast(string history) => HasSeenMaster && history != Current && _histories.Contains(history);

    /// <summary>
    /// How new the data of a node are, by the group's histories in their order: greater is newer; 0: of none of them. One that went on from a history
    /// has less than who has it, except from as much of the newest one as the group is known to have had.
    /// </summary>
    public int RecencyOf(DataNode node)
    {
        bool hasAll = node.FormerHistory == Current && node.FormerHistoryEnd >= _offset;
        int own = node.History is { } history ? 2 * _histories.IndexOf(history) + 2 : 0;
        int former = node.FormerHistory is { } before ? 2 * _histories.IndexOf(before) + (hasAll ? 2 : 1) : 0;
        return Math.Max(0, Math.Max(own, former));
    }

    /// <summary>Whether a node that can be reached has the group's data still, and said so not before a time.</summary>
    public bool HoldsOurs(DataNode node, Instant since) => node is { IsSubjectivelyDown: false, HasReported: true } && HeldOurs(node, since);

    /// <summary>Whether a node had the group's data when it last said what it has, and that was not before a time.</summary>
    public bool HeldOurs(DataNode node, Instant since) =>
        node.HoldsKeys && node.InfoAt >= since && (HasOurs(node) || MayGoOnFromOurs(node)) && StrangerIn(node) is null && !HasDisproved(node);

    /// <summary>The other group whose data a node has; null: none that we know of.</summary>
    public string? StrangerIn(DataNode node) => StrangerIn(node, HopsMax);

    /// <summary>
    /// Whether a node may be another group's, and it is not known yet: nothing shows whose data it has, and either it says that it is a master, at an
    /// address where another group has or had one of its own, or the one that it follows, whom another group knows, too, has not said there whose it is
    /// now. What was known of that one may be of another node that had its address.
    /// </summary>
    public bool MayBeAStranger(DataNode node) =>
        node.History is { } history && !IsOurs(history) && !IsOurs(node.FormerHistory)
        && (node.ReportsMaster ? OthersAt(node.Address).Any(known => known.RunId != node.RunId || known.Master.Lineage.StrangerIn(known, HopsMax) is null)
            : node.ReportedMaster is { } followed && !IsOneOfUs(followed, HopsMax) && OthersAt(followed).Any(known => !known.HasReported));

    /// <summary>The master lost its data: what it has since is not the group's.</summary>
    public void Disprove(MasterNode node)
    {
        if (node.History is not { } history || _disproved.Contains(history))
            return;
        _disproved.Add(history);
        if (_disproved.Count > DisprovedMax)
            _disproved.RemoveAt(0);
    }

    /// <summary>Whether a node has data that a master began with nothing, or such as went on from them (<see cref="Disprove"/>).</summary>
    public bool HasDisproved(DataNode node) => _disproved.Exists(node.HasDataOf);

    /// <summary>The process of a node is none of the group's, though it is not known of which group it is.</summary>
    public void Disown(DataNode node) => _unknownStranger = node.RunId;

    /// <summary>Takes back <see cref="Disown(DataNode)"/>.</summary>
    public void Own() => _unknownStranger = null;

    /// <summary>
    /// Whether another monitored group has our master, and we have its: then one group is monitored by two names, and one may have switched before the other.
    /// But where both are known to have had data, and never the same, two groups believe in one address, and one of them is wrong.
    /// </summary>
    public bool IsOneWith(string group) =>
        _links.All.SelectMany(link => link.Users).OfType<MasterNode>().FirstOrDefault(node => node.Master.Name == group) is { } theirs
        && Has(theirs.Master, _master.Address) && Has(_master, theirs.Address)
        && (!IsKnown || !theirs.Master.Lineage.IsKnown || _histories.Exists(theirs.Master.Lineage._histories.Contains));

    /// <summary>Forgets them all.</summary>
    public void Forget()
    {
        foreach (string history in _histories)
            Disown(history, _local.Histories);
        _histories.Clear();
        _disproved.Clear();
        GoesOnFrom(null);
        (RunId, _offset, HadKeys, HasSeenMaster, BelievedEmpty, _unknownStranger, _learntAt) = (null, 0, false, false, null, null, null);
        Keep();
    }

    /// <summary>Whether a node went on, in histories that nobody saw begin, from as much as the group had, as far as the offset shows.</summary>
    private bool MayGoOnFromOurs(DataNode node) => node.FormerHistoryEnd >= _offset;

    private void Keep()
    {
        _keptAt = _local.Now;
        _local.Do(KeepLineages.Instance);
    }

    private bool IsOurs(string? history) =>
        history is not null && (_histories.Contains(history) || (history == _former && !_local.Histories.ContainsKey(history)));

    private bool Has(MasterMonitor master, Address address) => master.Nodes.Any(node => _local.Names.AreSame(node.Address, address));

    private string? OwnerOf(string? history) =>
        history is not null && (_local.Histories.TryGetValue(history, out string? owner) || _local.FormerHistories.TryGetValue(history, out owner))
        && owner != _master.Name && !IsOneWith(owner) ? owner : null;

    private string? StrangerIn(DataNode node, int hops)
    {
        if (node.History is not { } history || IsOurs(history))
            return null;
        if (OwnerOf(history) is { } owner)
            return owner;
        // A history that just began with a promotion is not known yet, but the one that it went on from is.
        if (IsOurs(node.FormerHistory))
            return null;
        return OwnerOf(node.FormerHistory)
            ?? (node is { ReportsMaster: false, ReportedMaster: { } followed } && hops > 0 ? GroupOf(followed, hops - 1) : null)
            ?? (node.RunId is not null && node.RunId == _unknownStranger ? "a group that is not known here" : null);
    }

    /// <summary>The other group that has a node at an address; null: none, or ours has one there, too.</summary>
    /// <remarks>A node that is a stranger in a group is none of it: addresses that were used again may be known to both. What we know of one that is not there now may be old.</remarks>
    private string? GroupOf(Address address, int hops)
    {
        if (IsOneOfUs(address, hops))
            return null;
        return NodesAt(address).FirstOrDefault(node => node.Master != _master && node.Master.Lineage.StrangerIn(node, hops) is null)?.Master.Name;
    }

    /// <summary>Whether a node of ours has said that it is at an address.</summary>
    private bool IsOneOfUs(Address address, int hops) =>
        _master.Nodes.Any(node => _local.Names.AreSame(node.Address, address) && node.HasReported && StrangerIn(node, hops) is null);

    /// <summary>What groups that are not this one by another name know of an address.</summary>
    private IEnumerable<DataNode> OthersAt(Address address) => NodesAt(address).Where(known => known.Master != _master && !IsOneWith(known.Master.Name));

    /// <summary>What all groups know of an address.</summary>
    private IEnumerable<DataNode> NodesAt(Address address) =>
        _links.All.SelectMany(link => link.Users).OfType<DataNode>().Where(node => _local.Names.AreSame(node.Address, address));

    private bool Add(string history, int at)
    {
        if (_histories.Contains(history))
            return false;
        _histories.Insert(at, history);
        _local.Histories.TryAdd(history, _master.Name);
        if (_histories.Count > LineageState.HistoriesMax)
        {
            Disown(_histories[0], _local.Histories);
            _histories.RemoveAt(0);
        }
        return true;
    }

    private void GoesOnFrom(string? former)
    {
        if (_former is not null)
            Disown(_former, _local.FormerHistories);
        _former = former;
        if (former is not null)
            _local.FormerHistories.TryAdd(former, _master.Name);
    }

    private void Disown(string history, Dictionary<string, string> owners)
    {
        if (owners.TryGetValue(history, out string? owner) && owner == _master.Name)
            owners.Remove(history);
    }
}
