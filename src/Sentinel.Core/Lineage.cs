namespace Sentinel.Core;

/// <summary>Which replication histories are of a group: so a node of another group is told from one of its own, whatever its address.</summary>
/// <remarks>
/// Containers and clouds give the address of a dead node to the next that comes. Redis Sentinel goes by the address alone, and makes
/// that node a replica of its master: its data are overwritten. Here it is left alone, and never promoted, as long as its data are of
/// a history that another monitored group is known to have, and not of ours, or as it follows a node of such a group. Nothing is
/// concluded from a history that is not known.
/// </remarks>
internal sealed class Lineage(MasterMonitor master, LocalSentinel local, LinkTable links)
{
    /// <summary>Histories kept: as many failovers back.</summary>
    private const int HistoriesMax = 16;

    /// <summary>Replicas of replicas that are followed up to a node that is known.</summary>
    private const int HopsMax = 4;

    private readonly List<string> _histories = [];

    /// <summary>
    /// The history that the master's went on from: who has it and was away since is of the group, though we did not see the group when
    /// it was its own. A copy of another group goes on from that one's: so it counts only as long as nobody else has it as its own.
    /// </summary>
    private string? _former;

    /// <summary>Takes in what the master says its data are of. What is another group's is ours only if it goes on from ours.</summary>
    public void Learn(MasterNode node, InfoReport report)
    {
        if (!node.ReportsMaster || report.History is not { } history)
            return;
        if (_histories.Count > 0 && OwnerOf(history) is not null && !IsOurs(history) && !IsOurs(report.FormerHistory))
            return;
        Add(history);
        if (report.FormerHistory != _former)
            GoesOnFrom(report.FormerHistory);
    }

    /// <summary>The other group whose data a node has; null: none that we know of.</summary>
    public string? StrangerIn(DataNode node) => StrangerIn(node, HopsMax);

    /// <summary>Forgets them all.</summary>
    public void Forget()
    {
        foreach (string history in _histories)
            Disown(history, local.Histories);
        _histories.Clear();
        GoesOnFrom(null);
    }

    private bool IsOurs(string? history) =>
        history is not null && (_histories.Contains(history) || (history == _former && !local.Histories.ContainsKey(history)));

    private string? OwnerOf(string? history) =>
        history is not null && (local.Histories.TryGetValue(history, out string? owner) || local.FormerHistories.TryGetValue(history, out owner)) && owner != master.Name ? owner : null;

    private string? StrangerIn(DataNode node, int hops)
    {
        if (node.History is not { } history || IsOurs(history))
            return null;
        if (OwnerOf(history) is { } owner)
            return owner;
        // A history that just began with a promotion is not known yet, but the one that it went on from is.
        if (IsOurs(node.FormerHistory))
            return null;
        return OwnerOf(node.FormerHistory) ?? (node is { ReportsMaster: false, ReportedMaster: { } followed } && hops > 0 ? GroupOf(followed, hops - 1) : null);
    }

    /// <summary>The other group that has a node at an address; null: none, or ours has one there, too.</summary>
    /// <remarks>A node that is a stranger in a group is none of it: addresses that were used again may be known to both.</remarks>
    private string? GroupOf(Address address, int hops)
    {
        if (master.Nodes.Any(node => IsAt(node) && StrangerIn(node, hops) is null))
            return null;
        foreach (InstanceLink link in links.All)
        {
            foreach (Instance user in link.Users)
            {
                if (user is DataNode node && node.Master != master && IsAt(node) && node.Master.Lineage.StrangerIn(node, hops) is null)
                    return node.Master.Name;
            }
        }
        return null;

        bool IsAt(DataNode node) => local.Names.AreSame(node.Address, address);
    }

    private void Add(string history)
    {
        if (_histories.Contains(history))
            return;
        if (_histories.Count == HistoriesMax)
        {
            Disown(_histories[0], local.Histories);
            _histories.RemoveAt(0);
        }
        _histories.Add(history);
        local.Histories.TryAdd(history, master.Name);
    }

    private void GoesOnFrom(string? former)
    {
        if (_former is not null)
            Disown(_former, local.FormerHistories);
        _former = former;
        if (former is not null)
            local.FormerHistories.TryAdd(former, master.Name);
    }

    private void Disown(string history, Dictionary<string, string> owners)
    {
        if (owners.TryGetValue(history, out string? owner) && owner == master.Name)
            owners.Remove(history);
    }
}
