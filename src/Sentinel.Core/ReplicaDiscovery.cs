namespace Sentinel.Core;

/// <summary>Finds the replicas of a group in what its master lists.</summary>
internal sealed class ReplicaDiscovery(MasterMonitor master, LocalSentinel local)
{
    private readonly List<Address> _unresolved = [];

    /// <summary>The master lists a replica.</summary>
    public void Listed(Address address)
    {
        NameTable names = local.Names;
        if (master.Replicas.Find(replica => names.AreSame(replica.Address, address)) is { } known)
        {
            if (known.Address.IsLiteral && !address.IsLiteral)
                Rename(known, address);
            return;
        }
        if (names.AreSame(address, master.Address) || master.Replicas.Count >= InfoReport.ReplicasMax)
            return;
        // It may be one that is known by its IP address.
        if (names.Awaits(address, master))
        {
            if (_unresolved.Count < InfoReport.ReplicasMax && !_unresolved.Contains(address))
                _unresolved.Add(address);
            return;
        }
        if (names.Reachable(address) is null)
        {
            local.LogOnce(address.Host, $"Replica {address} of {master.Name} is not watched: {names.WhyUnreachable}");
            return;
        }
        Replica replica = master.AddReplica(address);
        local.Publish(master.About("+slave", EventLevel.Notice, replica));
        local.Save();
    }

    /// <summary>Looks again at replicas that the master listed, now that their names may be resolved.</summary>
    public void Decide()
    {
        if (_unresolved.Count == 0)
            return;
        Address[] listed = [.. _unresolved];
        _unresolved.Clear();
        foreach (Address replica in listed)
            Listed(replica);
    }

    /// <summary>Forgets what was listed and could not be resolved.</summary>
    public void Reset() => _unresolved.Clear();

    /// <summary>A replica announces a name now: by that it is found when it has moved.</summary>
    private void Rename(Replica replica, Address name)
    {
        local.Log(EventLevel.Notice, $"Replica {replica.Address} of {master.Name} is known as {name} from now on");
        replica.Link.Rename(name);
        local.Save();
    }
}
