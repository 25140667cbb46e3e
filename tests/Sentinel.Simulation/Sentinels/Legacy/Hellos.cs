using Sentinel.Core;

namespace Sentinel.Simulation.Sentinels.Legacy;

/// <summary>What follows from a hello.</summary>
internal sealed class Hellos(LegacySentinel sentinel)
{
    public void Absorb(string text)
    {
        if (!HelloMessage.TryParse(text, out HelloMessage? hello) || sentinel.Find(hello!.MasterName) is not { } master)
            return;
        Peer peer = Known(master, hello) ?? Meet(master, hello);
        if (hello.CurrentEpoch > sentinel.CurrentEpoch)
            sentinel.Adopt(hello.CurrentEpoch, master);
        if (hello.ConfigEpoch > master.ConfigEpoch)
            Follow(master, peer, hello);
    }

    private static Peer? Known(Master master, HelloMessage hello)
    {
        foreach (Peer peer in master.Peers)
        {
            if (peer.Id == hello.Id && peer.Address == hello.Sentinel)
                return peer;
        }
        return null;
    }

    private Peer Meet(Master master, HelloMessage hello)
    {
        Peer? former = master.Peers.Find(peer => peer.Id == hello.Id);
        if (former is not null)
        {
            sentinel.Publish("+sentinel-address-switch", EventLevel.Notice, master, $" ip {hello.Sentinel.Host} port {hello.Sentinel.Port} for {hello.Id}");
            master.Remove(former);
        }
        else if (master.Peers.Find(peer => peer.Address == hello.Sentinel) is { } replaced)
        {
            sentinel.Publish("+sentinel-invalid-addr", EventLevel.Notice, replaced);
            foreach (Master any in sentinel.Masters)
            {
                if (any.Peers.Find(peer => peer.Id == replaced.Id) is { } entry)
                    any.Remove(entry);
            }
        }
        Peer met = sentinel.AddPeer(master, hello.Id, hello.Sentinel);
        if (former is not null)
            MoveElsewhere(met);
        else
            sentinel.Publish("+sentinel", EventLevel.Notice, met);
        sentinel.Save();
        return met;
    }

    /// <summary>What other masters know of a Sentinel that moved.</summary>
    private void MoveElsewhere(Peer moved)
    {
        int others = 0;
        foreach (Master master in sentinel.Masters)
        {
            if (master == moved.Owner || master.Peers.Find(peer => peer.Id == moved.Id) is not { } entry)
                continue;
            entry.Address = moved.Address;
            entry.Link.CloseCommand();
            others++;
        }
        if (others > 0)
            sentinel.Publish("+sentinel-address-update", EventLevel.Notice, moved, $" {others} additional matching instances");
    }

    private void Follow(Master master, Peer peer, HelloMessage hello)
    {
        master.ConfigEpoch = hello.ConfigEpoch;
        if (hello.Master != master.Address)
        {
            sentinel.Publish("+config-update-from", EventLevel.Warning, peer, epoch: hello.ConfigEpoch);
            sentinel.PublishSwitch(master, hello.Master);
            master.SwitchTo(hello.Master);
        }
    }
}
