namespace Sentinel.Core;

/// <summary>Which master is at an address: found at once, however many there are.</summary>
/// <remarks>Masters that are known by a name are looked at one by one, and all are when it is asked by a name: where one leads may change without them.</remarks>
internal sealed class MasterAddresses(NameTable names)
{
    private readonly Dictionary<MasterMonitor, Address> _noted = [];
    private readonly Dictionary<Address, SortedDictionary<string, MasterMonitor>> _at = [];
    private readonly SortedDictionary<string, MasterMonitor> _named = new(StringComparer.Ordinal);

    /// <summary>Takes note of where a master is now, or that it is monitored no more.</summary>
    public void Note(MasterMonitor master)
    {
        bool isNoted = _noted.TryGetValue(master, out Address before);
        if (isNoted && !master.IsRemoved && before == master.Address)
            return;
        if (isNoted)
        {
            _noted.Remove(master);
            Take(before, master);
        }
        if (master.IsRemoved)
            return;
        _noted[master] = master.Address;
        Place(master.Address)[master.Name] = master;
    }

    /// <summary>The first by name of the masters that are at an address, or else of those that may be meant by it (<see cref="MasterMonitor.IsCalled"/>); null: none.</summary>
    public MasterMonitor? Find(Address address)
    {
        if (!address.IsLiteral)
            return FirstOf(_noted.Keys, master => names.AreSame(master.Address, address)) ?? FirstOf(_noted.Keys, master => master.IsCalled(address));
        MasterMonitor? found = _at.TryGetValue(address, out SortedDictionary<string, MasterMonitor>? here) ? here.First().Value : null;
        if (_named.Count == 0)
            return found;
        MasterMonitor? named = FirstOf(_named.Values, master => names.AreSame(master.Address, address));
        return (found, named) switch
        {
            (null, null) => FirstOf(_named.Values, master => master.IsCalled(address)),
            (null, _) => named,
            (_, null) => found,
            _ => string.CompareOrdinal(named.Name, found.Name) < 0 ? named : found,
        };
    }

    private static MasterMonitor? FirstOf(IEnumerable<MasterMonitor> masters, Func<MasterMonitor, bool> isIt) =>
        masters.Where(isIt).MinBy(master => master.Name, StringComparer.Ordinal);

    private SortedDictionary<string, MasterMonitor> Place(Address address)
    {
        if (!address.IsLiteral)
            return _named;
        if (!_at.TryGetValue(address, out SortedDictionary<string, MasterMonitor>? place))
            _at[address] = place = new SortedDictionary<string, MasterMonitor>(StringComparer.Ordinal);
        return place;
    }

    private void Take(Address address, MasterMonitor master)
    {
        SortedDictionary<string, MasterMonitor> place = Place(address);
        if (place.TryGetValue(master.Name, out MasterMonitor? there) && there == master)
            place.Remove(master.Name);
        if (place.Count == 0 && address.IsLiteral)
            _at.Remove(address);
    }
}
