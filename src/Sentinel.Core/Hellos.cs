namespace Sentinel.Core;

/// <summary>The hellos about one master: saying ours, and learning peers and newer configurations from those of others.</summary>
internal sealed class Hellos(MasterMonitor master, LocalSentinel local)
{
    /// <summary>Takes in what another Sentinel says about this master. Spec section 8.2.</summary>
    public void Absorb(HelloMessage hello)
    {
        if (!IsBelievable(hello))
            return;
        Peer? peer = master.Peers.Find(peer => peer.Id == hello.Id);
        if (peer is null || peer.Address != hello.Sentinel)
            peer = Meet(peer, hello);
        local.EnterEpoch(Epoch.Max(hello.CurrentEpoch, hello.ConfigEpoch), master);
        if (hello.ConfigEpoch > master.ConfigEpoch)
        {
            if (hello.Master != master.Address)
            {
                if (peer is not null)
                    local.Publish(master.About("+config-update-from", EventLevel.Warning, peer) with { Epoch = hello.ConfigEpoch });
                master.SwitchTo(hello.Master, hello.ConfigEpoch);
            }
            else
            {
                master.Renew(hello.ConfigEpoch);
            }
        }
        else if (hello.ConfigEpoch < master.ConfigEpoch && peer is not null && !peer.Hello.IsPending(peer.Link))
        {
            // It has missed something: it hears of it now, not in two seconds.
            peer.NextHelloAt = local.Now;
        }
        if (peer is not null)
            peer.LastHelloAt = local.Now;
        local.Touch(master);
    }

    /// <summary>Says hello to all to whom it is due.</summary>
    public void Decide(Wakeup wake)
    {
        foreach (Instance instance in master.Instances)
        {
            if (instance.Link.IsUsable && !instance.Hello.IsPending(instance.Link) && wake.IsDue(instance.NextHelloAt))
                Send(instance);
        }
    }

    /// <summary>Tells an instance who we are and what we believe, due or not.</summary>
    public void Send(Instance instance)
    {
        if (instance.Link.LocalHost is not { } localHost)
            return;
        SentinelOptions own = local.Options;
        var self = new Address(own.AnnounceIp ?? localHost, own.AnnouncePort != 0 ? own.AnnouncePort : own.Port);
        var hello = new HelloMessage(self, local.Id, local.CurrentEpoch, master.Name, master.Address, master.ConfigEpoch);
        if (!instance.Link.Send(new Request.PublishHello(hello)))
            return;
        instance.Hello.Sent(instance.Link);
        instance.NextHelloAt = local.Now + local.Timing.PublishPeriod;
    }

    /// <summary>
    /// Names that we do not resolve could be neither connected to nor kept in the configuration file, and an epoch out of
    /// nowhere would spoil all that come.
    /// </summary>
    private bool IsBelievable(HelloMessage hello) =>
        (local.Options.ResolveHostnames || (hello.Sentinel.IsLiteral && hello.Master.IsLiteral))
        && local.Believes(hello.CurrentEpoch) && local.Believes(hello.ConfigEpoch);

    /// <summary>Gets to know a peer, or that a known one has moved. Spec section 8.2, step 3.</summary>
    private Peer? Meet(Peer? known, HelloMessage hello)
    {
        if (known is not null)
        {
            local.Publish(master.About("+sentinel-address-switch", EventLevel.Notice, $"{master.Node.Prefix} ip {hello.Sentinel.Host} port {hello.Sentinel.Port} for {hello.Id}"));
            known.Link.MoveTo(hello.Sentinel);
            if (known.Link.Users.Count > 1)
                local.Publish(master.About("+sentinel-address-update", EventLevel.Notice, $"{known.Prefix} {known.Link.Users.Count - 1} additional matching instances"));
            local.Save();
            return known;
        }
        if (master.Peers.Find(peer => peer.Address == hello.Sentinel) is { } other)
        {
            local.Publish(master.About("+sentinel-invalid-addr", EventLevel.Notice, other));
            foreach (Peer entry in other.Link.Users.OfType<Peer>().ToArray())
                entry.Master.Forget(entry);
        }
        if (master.Peers.Count >= MasterMonitor.PeersMax)
        {
            local.Log(EventLevel.Warning, $"A hello of {hello.Id} is ignored: {master.Name} has {MasterMonitor.PeersMax} Sentinels already");
            return null;
        }
        Peer peer = master.AddPeer(hello.Id, hello.Sentinel);
        local.Publish(master.About("+sentinel", EventLevel.Notice, peer));
        local.Save();
        return peer;
    }
}
