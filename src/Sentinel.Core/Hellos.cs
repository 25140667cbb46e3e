namespace Sentinel.Core;

/// <summary>The hellos about one master: saying ours, and learning peers and newer configurations from those of others.</summary>
internal sealed class Hellos(MasterMonitor master, LocalSentinel local)
{
    /// <summary>In this time at most so many Sentinels are met, or found moved, as one master can have. Real ones say hello again.</summary>
    private static readonly TimeSpan MeetingPeriod = TimeSpan.FromSeconds(10);

    /// <summary>How long a Sentinel may be silent from the first hello on before another may have its place.</summary>
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(10);

    /// <summary>How long the name of our own master may stay unresolved before somebody else's newer configuration is taken over all the same.</summary>
    private static readonly TimeSpan UnsureMax = TimeSpan.FromSeconds(10);

    private readonly LineThrottle _refusals = new(MeetingPeriod);
    private Instant _meetingsUntil;
    private Instant? _unsureSince;
    private int _meetings;

    /// <summary>Takes in what another Sentinel says about this master.</summary>
    public void Absorb(HelloMessage hello)
    {
        // An epoch out of nowhere would spoil all that come.
        if (!local.Believes(hello.CurrentEpoch) || !local.Believes(hello.ConfigEpoch))
        {
            // Once for each that we know, and once for all others, who may be made up.
            local.LogOnce(
                $"leap {(master.Peers.Exists(known => known.Id == hello.Id) ? hello.Id : master.Name)}",
                $"Hellos of {hello.Id} ({hello.Sentinel}) about {master.Name} are not followed: their epochs ({hello.CurrentEpoch}, {hello.ConfigEpoch}) are too far beyond ours ({local.CurrentEpoch}). "
                + "If theirs are wrong, correct the file of that Sentinel; if ours is, raise 'sentinel current-epoch' in our file, and start anew");
            return;
        }
        Peer? peer = master.Peers.Find(peer => peer.Id == hello.Id);
        if (peer is null || !local.Names.AreSame(peer.Address, hello.Sentinel))
        {
            if (local.Names.Reachable(hello.Sentinel) is not null)
                peer = Meet(peer, hello);
            else if (peer is null)
            {
                Ignore(hello, hello.Sentinel);
                return;
            }
        }
        else
        {
            peer.SaidToBeAt = null;
            if (peer.Address.IsLiteral && !hello.Sentinel.IsLiteral)
            {
                // It calls itself by a name now, and will do so when it has moved.
                peer.Link.Rename(hello.Sentinel);
                local.Save();
            }
        }
        if (hello.CurrentEpoch > local.CurrentEpoch)
            master.Election.PeerIsAhead();
        local.EnterEpoch(hello.CurrentEpoch, master);
        if (hello.ConfigEpoch <= master.Prepared?.Epoch)
        {
            // It hears of ours when that is on disk.
        }
        else if (hello.ConfigEpoch > master.ConfigEpoch)
        {
            AdoptFrom(peer, hello);
        }
        else if (hello.ConfigEpoch == master.ConfigEpoch && hello.ConfigEpoch > Epoch.Zero && peer is not null)
        {
            Compare(peer, hello);
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

    /// <summary>Takes over a newer configuration, unless it names a master that we could not reach: the epoch stays then, and the next hello is looked at anew.</summary>
    private void AdoptFrom(Peer? peer, HelloMessage hello)
    {
        bool isSame = local.Names.AreSame(hello.Master, master.Address);
        if (!isSame && local.Names.Reachable(hello.Master) is null)
        {
            Ignore(hello, hello.Master);
            return;
        }
        if (!isSame && !local.Names.AreDifferent(hello.Master, master.Address))
        {
            // Where our own master is, we do not know: nothing may have switched. The next hello is looked at anew, but not for ever.
            _unsureSince ??= local.Now;
            if (local.Now - _unsureSince.Value < UnsureMax)
                return;
        }
        _unsureSince = null;
        local.EnterEpoch(hello.ConfigEpoch, master);
        if (isSame)
        {
            master.Renew(hello.ConfigEpoch);
            return;
        }
        if (peer is not null)
            local.Publish(master.About("+config-update-from", EventLevel.Warning, peer) with { Epoch = hello.ConfigEpoch });
        Address former = master.Node.Told;
        master.SwitchTo(hello.Master, hello.ConfigEpoch, $"Sentinel {hello.Id} at {local.Names.Told(hello.Sentinel)}");
        master.CallReconfigScript("observer", former, master.Node.Told);
    }

    /// <summary>
    /// Two configurations of one epoch are made only by Sentinels that forgot their vote, as with a file restored from a backup, and by
    /// Redis' kind. Nothing would ever reconcile them; so the one that a majority of all holds becomes ours too. Not in epoch 0:
    /// that is what operators said to each, who may be about to say something else to the others.
    /// </summary>
    private void Compare(Peer peer, HelloMessage hello)
    {
        peer.OtherMaster = local.Names.AreDifferent(hello.Master, master.Address) && !master.IsCalled(hello.Master) ? new OtherMaster(hello.Master, hello.ConfigEpoch, local.Now) : null;
        if (peer.OtherMaster is null || master.Failover is not null)
            return;
        int holding = master.Peers.Count(other => !other.IsSubjectivelyDown && other.OtherMaster is { } said && said.Epoch == master.ConfigEpoch
            && local.Now - said.SaidAt <= 3 * local.Timing.PublishPeriod && local.Names.AreSame(said.Address, hello.Master));
        if (holding < VoteCount.Needed(master.Peers.Count + 1, quorum: 1))
            return;
        local.Log(EventLevel.Warning, $"Two configurations of {master.Name} have epoch {master.ConfigEpoch}: the one of {holding} of {master.Peers.Count + 1} Sentinels, with {master.Told(hello.Master)}, is taken over");
        AdoptFrom(peer, hello);
    }

    private void Ignore(HelloMessage hello, Address name) =>
        local.LogOnce(name.Host, $"A hello of {hello.Id} about {master.Name} names {name} and is not followed: {local.Names.WhyUnreachable}");

    /// <summary>Says hello to all to whom it is due.</summary>
    public void Decide(Wakeup wake)
    {
        SendIfDue(master.Node, wake);
        foreach (Replica replica in master.Replicas)
            SendIfDue(replica, wake);
        foreach (Peer peer in master.Peers)
            SendIfDue(peer, wake);
    }

    private void SendIfDue(Instance instance, Wakeup wake)
    {
        if (instance.Link.IsUsable && !instance.Hello.IsPending(instance.Link) && wake.IsDue(Instant.Max(instance.NextHelloAt, MutedUntil(instance))))
            Send(instance);
    }

    /// <summary>Tells an instance who we are and what we believe, due or not.</summary>
    public void Send(Instance instance)
    {
        if (instance.Link.LocalHost is not { } localHost)
            return;
        if (MutedUntil(instance) > local.Now)
        {
            instance.NextHelloAt = local.Now;    // due as soon as it lets writes through
            return;
        }
        SentinelOptions own = local.Options;
        // What is neither resolved nor to be announced by name would only confuse: redis-sentinel forgets us for it.
        if (!own.AnnounceHostnames && local.Names.Reachable(master.Address) is null)
            return;
        var self = new Address(own.AnnounceIp is { } announced && HelloMessage.IsHost(announced) ? announced : localHost, own.AnnouncedPort);
        var hello = new HelloMessage(self, local.Id, local.CurrentEpoch, master.Name, master.Node.Told, master.ConfigEpoch);
        if (!instance.Link.Send(new Request.PublishHello(hello)))
            return;
        instance.Hello.Sent(instance.Link);
        instance.NextHelloAt = instance.Link.WithPing(local.Now + local.Timing.PublishPeriod);
    }

    private Instant MutedUntil(Instance instance) =>
        Instant.Max(master.Fence.PublishAfter(instance), instance is DataNode node ? node.WritesHeldUntil : Instant.Zero);

    /// <summary>Gets to know a peer, or that a known one has moved.</summary>
    /// <remarks>
    /// Anybody who may publish on a data node can make up Sentinels. So those that never answered give way to others, those
    /// that did stay, and not more are met in a while than there is room for: each is an event, a link and a save.
    /// </remarks>
    private Peer? Meet(Peer? known, HelloMessage hello)
    {
        if (known is not null && !HasMoved(known, hello))
            return known;
        if (IsTooMuch())
        {
            Refuse(hello, "too many Sentinels are new or have moved");
            return known;
        }
        if (known is not null)
        {
            Address moved = local.Names.Told(hello.Sentinel);
            local.Publish(master.About("+sentinel-address-switch", EventLevel.Notice, $"{master.Node.Prefix} ip {moved.Host} port {moved.Port} for {hello.Id}"));
            known.Link.MoveTo(hello.Sentinel);
            if (known.Link.Users.Count > 1)
                local.Publish(master.About("+sentinel-address-update", EventLevel.Notice, $"{known.Prefix} {known.Link.Users.Count - 1} additional matching instances"));
            local.Save();
            return known;
        }
        // Two that announce one address, as behind a badly configured NAT, must not take turns in replacing each other.
        if (master.Peers.Find(peer => local.Names.AreSame(peer.Address, hello.Sentinel)) is { Link.IsIdentityConfirmed: false } other)
        {
            local.Publish(master.About("+sentinel-invalid-addr", EventLevel.Notice, other));
            foreach (Peer entry in other.Link.Users.OfType<Peer>().ToArray())
                entry.Master.Forget(entry);
        }
        if (master.Peers.Count >= MasterMonitor.PeersMax && !MakeRoom())
        {
            Refuse(hello, $"{MasterMonitor.PeersMax} are known already");
            return null;
        }
        Peer peer = master.AddPeer(hello.Id, hello.Sentinel);
        local.Publish(master.About("+sentinel", EventLevel.Notice, peer));
        local.Save();
        return peer;
    }

    /// <summary>
    /// Whether a known peer is believed to be elsewhere now. One that answers where it is known to be, and has said who it is there, is
    /// so only when the hellos of a later time say it again, and none came from where it is: a hello of its former life may come late.
    /// </summary>
    private bool HasMoved(Peer known, HelloMessage hello)
    {
        bool isSaidAgain = known.SaidToBeAt is { } said && said.Address == hello.Sentinel && local.Now - said.Since >= local.Timing.PublishPeriod / 2;
        if (!isSaidAgain && known.IsAvailable && known.Link.IsIdentityConfirmed)
        {
            if (known.SaidToBeAt?.Address != hello.Sentinel)
                known.SaidToBeAt = (hello.Sentinel, local.Now);
            return false;
        }
        known.SaidToBeAt = null;
        return true;
    }

    private bool IsTooMuch()
    {
        if (local.Now >= _meetingsUntil)
            (_meetingsUntil, _meetings) = (local.Now + MeetingPeriod, 0);
        return ++_meetings > MasterMonitor.PeersMax;
    }

    /// <summary>Forgets the first Sentinel that never answered although it had time to.</summary>
    private bool MakeRoom()
    {
        if (master.Peers.Find(peer => !peer.Link.HasAnswered && local.Now - peer.Link.OpenedAt > AnswerPatience) is not { } silent)
            return false;
        master.Forget(silent);
        return true;
    }

    private void Refuse(HelloMessage hello, string reason)
    {
        if (_refusals.Lets(local.Now, out long more))
            local.Log(EventLevel.Warning, $"A hello of {hello.Id} about {master.Name} is not followed: {reason}{(more > 0 ? $" ({more} others before it)" : "")}");
    }
}
