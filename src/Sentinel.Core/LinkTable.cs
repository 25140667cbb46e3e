namespace Sentinel.Core;

/// <summary>All links: one for each data node of each master, and one for each peer whatever the number of masters.</summary>
internal sealed class LinkTable(LocalSentinel local)
{
    private readonly Dictionary<LinkId, InstanceLink> _links = [];
    private readonly Dictionary<SentinelId, InstanceLink> _peers = [];
    private int _last;

    public InstanceLink? Find(LinkId id) => _links.GetValueOrDefault(id);

    public InstanceLink? FindPeer(SentinelId id) => _peers.GetValueOrDefault(id);

    /// <summary>All links, to data nodes and peers.</summary>
    public IEnumerable<InstanceLink> All => _links.Values;

    /// <summary>The links to peers.</summary>
    public IEnumerable<InstanceLink> Peers => _peers.Values;

    public InstanceLink OpenNode(Address address, Credentials? credentials)
    {
        var link = new InstanceLink(new LinkId(++_last), address, hasSubscription: true, local) { Credentials = credentials };
        Add(link);
        return link;
    }

    /// <summary>The one link to a peer, made when it is first needed.</summary>
    public InstanceLink OpenPeer(SentinelId id, Address address)
    {
        if (_peers.TryGetValue(id, out InstanceLink? link))
            return link;
        link = new InstanceLink(new LinkId(++_last), address, hasSubscription: false, local) { Owner = id, Credentials = local.Options.PeerCredentials };
        _peers.Add(id, link);
        Add(link);
        return link;
    }

    /// <summary>Takes an instance off its link, and closes the link when nobody uses it any more.</summary>
    public void Release(Instance instance)
    {
        InstanceLink link = instance.Link;
        link.Users.Remove(instance);
        link.Health.Masters = Math.Max(1, link.Users.Count);
        if (link.Users.Count > 0)
            return;
        link.Retire();
        _links.Remove(link.Id);
        local.Links = _links.Count;
        if (instance is Peer peer)
            _peers.Remove(peer.Id);
    }

    private void Add(InstanceLink link)
    {
        _links.Add(link.Id, link);
        local.Links = _links.Count;
        local.Touch(link);
    }
}
