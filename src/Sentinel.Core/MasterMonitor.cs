using System.Collections.Immutable;

namespace Sentinel.Core;

/// <summary>What this Sentinel believes about one master and its group, and what it does about it.</summary>
/// <remarks>
/// One failure, in the order of the code:
/// <code>
///   silence longer than DownAfter    +sdown            this Sentinel alone believes it
///   Quorum Sentinels believe it      +odown            a failover may be needed
///   a majority votes for us          +elected-leader   we may act, in this epoch only
///   a replica has taken over         +switch-master    clients learn the new address
/// </code>
/// Facts are absorbed as they come; <see cref="Decide"/> then draws every conclusion, and says when it must look again.
/// </remarks>
internal sealed class MasterMonitor : IScheduled
{
    /// <summary>Bound of the peers of one master, so that nobody can make us open links without end by sending hellos.</summary>
    public const int PeersMax = 256;

    private readonly LocalSentinel _local;
    private readonly LinkTable _links;
    private readonly Wakeup _wake;
    private readonly Twins _twins;
    private readonly Hellos _hellos;
    private readonly ReplicaDiscovery _discovery;
    private readonly Reports _reports;
    private readonly Forgetting _forgetting;

    /// <summary>The save that takes back what was prepared; null: what is prepared is to come true.</summary>
    private SaveNumber? _renounced;

    public MasterMonitor(MasterState state, LocalSentinel local, LinkTable links, LineageState? lineage = null)
    {
        (Options, ConfigEpoch, _local, _links) = (state.Options, state.ConfigEpoch, local, links);
        _wake = new Wakeup(local);
        Judgement = new Judgement(this, local);
        _hellos = new Hellos(this, local);
        Strays = new Strays(this, local);
        Fence = new Fence(this, local);
        Preflight = new Preflight(this, local);
        _twins = new Twins(this, local);
        _discovery = new ReplicaDiscovery(this, local);
        _forgetting = new Forgetting(this, local);
        Lineage = new Lineage(this, local, links, lineage);
        Distrust = new Distrust(this, local);
        Succession = new Succession(this, local);
        _reports = new Reports(this, local, _discovery, _twins, Strays);
        Replies = new Replies(this, local, _reports);
        Election = new Election(this, local, state.LeaderEpoch);
        ConfiguredSince = local.Now;
        Node = new MasterNode(this, links.OpenNode(state.Address, Options.Credentials), local.Now);
        foreach (Address replica in state.Replicas.Where(replica => replica != state.Address).Distinct())
            AddReplica(replica);
        foreach (PeerState peer in state.Peers.Where(peer => peer.Id != local.Id).DistinctBy(peer => peer.Id).Take(PeersMax))
            AddPeer(peer.Id, peer.Address);
        local.Touch(this);
    }

    public string Name => Options.Name;
    public MasterOptions Options { get; private set; }

    /// <summary>The master's address as it was given.</summary>
    public Address Address => Node.Address;

    public Epoch ConfigEpoch { get; private set; }

    /// <summary>A configuration of ours that is on its way to disk, and that nobody else is told of before; null: none.</summary>
    public (Address Address, Epoch Epoch)? Prepared { get; private set; }

    /// <summary>The save of what was prepared last.</summary>
    private SaveNumber _preparedBy;

    /// <summary>What was last to survive a restart; null: nothing was yet. Kept, for most of many masters are as they were at the last save.</summary>
    public MasterState? Kept { get; set; }

    /// <summary>When the present address was learnt.</summary>
    public Instant ConfiguredSince { get; private set; }

    /// <summary>
    /// When others last told that the master is it, by a newer configuration; zero: we made it that, or know it from the start. What was seen of the nodes' parts before that may be of
    /// masters between.
    /// </summary>
    public Instant RenewedAt { get; private set; }

    public MasterNode Node { get; private set; }
    public List<Replica> Replicas { get; private set; } = [];
    public List<Peer> Peers { get; } = [];
    public Election Election { get; }

    /// <summary>The failover that this Sentinel leads or wants to lead; null: none.</summary>
    public Failover? Failover { get; private set; }

    public Judgement Judgement { get; }

    /// <summary>Who is astray.</summary>
    public Strays Strays { get; }

    /// <summary>Whose writes are held.</summary>
    public Fence Fence { get; }

    /// <summary>What would go wrong in a failover.</summary>
    public Preflight Preflight { get; }

    /// <summary>Which data are of this group.</summary>
    public Lineage Lineage { get; }

    /// <summary>Whether the master still is what the group had.</summary>
    public Distrust Distrust { get; }

    /// <summary>Who may take the master's place.</summary>
    public Succession Succession { get; }

    /// <summary>What instances answer.</summary>
    public Replies Replies { get; }

    /// <summary>The last switches.</summary>
    public FailoverHistory History { get; } = new();

    /// <summary>Whether replicas may be told to follow the master: not before its process of now has shown that it is one, and has the group's data.</summary>
    public bool MayBeFollowed => Node is { HasReported: true, ReportsMaster: true, IsLoading: false } && !Distrust.IsDoubted;

    /// <summary>Whether a quorum holds the master down.</summary>
    public bool IsObjectivelyDown => Judgement.IsObjectivelyDown;

    /// <summary>Votes that elect a leader.</summary>
    public int VotesNeeded => VoteCount.Needed(Peers.Count + 1, Options.Quorum);

    /// <summary>Whether it is no longer monitored.</summary>
    public bool IsRemoved { get; private set; }

    public Instant WakeAt => IsRemoved ? Instant.Never : _wake.At;
    public Instant ScheduledAt { get; set; } = Instant.Never;
    public bool IsTouched { get; set; }

    /// <summary>An address of it, of a replica or of a peer of which only the name is known; null: there is none.</summary>
    public Address? WithoutKnownIp()
    {
        foreach (Address address in Replicas.Select(replica => replica.Address).Concat(Peers.Select(peer => peer.Address)).Prepend(Address))
        {
            if (_local.Names.Reachable(address) is null)
                return address;
        }
        return null;
    }

    /// <summary>Draws every conclusion from what is known now.</summary>
    public void Decide()
    {
        _wake.Reset();
        if (IsRemoved)
            return;
        SettleRenounced();
        _discovery.Decide();
        _twins.Decide(_wake);
        if (!_local.IsInTilt)
        {
            Distrust.Decide(_wake);
            Judgement.Decide(_wake);
            Election.Decide(_wake);
            Failover?.Decide(_wake);
            Strays.Decide(_wake);
            _forgetting.Decide(_wake);
        }
        else
        {
            Judgement.AskPeers(_wake);    // that it is known when TILT ends
        }
        Fence.Decide(_wake);
        Preflight.Decide(_wake);
        _reports.Decide(_wake);
        _hellos.Decide(_wake);
    }

    /// <summary>Says that the master is monitored.</summary>
    public void Announce() =>
        _local.Publish(About("+monitor", EventLevel.Warning, $"{Node.Prefix} quorum {Options.Quorum}") with { Kind = InstanceKind.Master, InstanceAddress = Node.Told });

    /// <summary>Ends the monitoring.</summary>
    public void Remove()
    {
        _local.Publish(About("-monitor", EventLevel.Warning, Node));
        Fence.Abandon();
        IsRemoved = true;
        Judgement.Count(isDown: false);
        Lineage.Forget();
        foreach (Instance instance in Instances.ToArray())
            _links.Release(instance);
        _local.Touch(this);
    }

    /// <summary>Forgets all replicas and peers, and whatever was believed of the master; epochs and options stay.</summary>
    /// <remarks>A switch that is prepared is told of now, for who made it is forgotten with all else; so its save is to be waited for before (<see cref="UnsavedSwitch"/>).</remarks>
    public void Reset()
    {
        if (Prepared is { } next && next.Address != Address)
            SwitchTo(next.Address, next.Epoch);
        Fence.Abandon();
        foreach (Instance instance in Instances.ToArray())
            _links.Release(instance);
        Replicas.Clear();
        Peers.Clear();
        _discovery.Reset();
        Node = new MasterNode(this, _links.OpenNode(Address, Options.Credentials), _local.Now);
        Failover = null;
        Election.Reset();
        Strays.ForgetPoll();
        Judgement.Reset();
        Lineage.Forget();
        Distrust.Reset();
        Preflight.Forget();
        ConfiguredSince = _local.Now;
        _local.Publish(About("+reset-master", EventLevel.Warning, Node));
        _local.Touch(this);
    }

    /// <summary>Changes options, one after the other.</summary>
    public void Change(ImmutableArray<MasterChange> changes)
    {
        MasterOptions before = Options;
        foreach (MasterChange change in changes)
        {
            Options = change.Apply(Options);
            _local.Publish(About("+set", EventLevel.Warning, $"{Node.Prefix} {change.Option} {change.Shown}"));
        }
        foreach (DataNode node in Nodes)
        {
            node.Link.Credentials = Options.Credentials;
            if (Options.Credentials != before.Credentials)
                node.Link.Reconnect();
        }
        foreach (Instance instance in Instances)
            _local.Touch(instance.Link);
        if (before is { FenceAfter.Ticks: 0 })
        {
            foreach (DataNode node in Nodes)
                Fence.Connected(node);
        }
        _local.Touch(this);
    }

    /// <summary>Starts no failover by itself from now on, or does so again.</summary>
    /// <param name="reason">Why not; null: the pause is over.</param>
    public void Pause(string? reason)
    {
        string? before = Options.PauseReason;
        if (reason == before)
            return;
        Options = Options with { PauseReason = reason };
        string told = reason ?? before!;
        _local.Publish(About(reason is null ? "-pause" : "+pause", EventLevel.Warning, $"{Node.Prefix}{(told.Length > 0 ? $" #{told}" : "")}")
            with { Kind = InstanceKind.Master, InstanceAddress = Node.Told });
        // What is only wanted is not begun; what is at work comes to its end.
        if (reason is not null && Failover is { IsForced: false, Step: FailoverStep.WaitStart } wanted)
            wanted.GiveWay("an operator has paused the master");
        _local.Touch(this);
    }

    /// <summary>Periods have changed: what was put off by an old one is put off by the new one.</summary>
    public void TimingChanged(Timing before)
    {
        foreach (Instance instance in Instances)
        {
            if (instance.NextHelloAt > _local.Now)
                instance.NextHelloAt = instance.NextHelloAt - before.PublishPeriod + _local.Timing.PublishPeriod;
        }
        _local.Touch(this);
    }

    /// <summary>This process did not run for some time.</summary>
    /// <remarks>
    /// <para>Nothing is held against others for that time: no silence, no role, no reboot, no leader that did not report.</para>
    /// <para>
    /// After a pause in which the others may have acted without us (one as long as the silence after which they hold us
    /// down, or one that starts TILT) beliefs are old. What stays true for ever still counts: votes, epochs, configurations; a larger
    /// epoch wins as always. What was true at a time does not: who holds the master down, what a node or a peer said of
    /// itself, also in answers that come only now to what was asked before. And a right to act may have gone to
    /// another: see <see cref="Failover.Lapse"/>.
    /// </para>
    /// </remarks>
    public void Resume(TimeSpan missed)
    {
        Node.Miss(missed);
        Election.Miss(missed);
        Failover?.Miss();
        if (missed < Options.DownAfter && missed <= _local.Timing.TiltTrigger)
            return;
        Replies.Resume();
        Judgement.Resume();
        Fence.Resume();
        Strays.Resume();
        foreach (Peer peer in Peers)
            peer.MasterQuestion.Forsake();
        foreach (DataNode node in Nodes)
            node.Info.Forsake();
        Failover?.Lapse(missed);
        RequestNews();
    }

    /// <summary>Asks all data nodes how they stand.</summary>
    public void RequestNews()
    {
        foreach (DataNode node in Nodes)
            node.RequestInfo();
        _local.Touch(this);
    }

    /// <summary>An operator says that what the master has is the data of the group.</summary>
    public Answer Adopt()
    {
        Lineage.Forget();
        Distrust.Reset();
        _local.Publish(About("+master-data-adopted", EventLevel.Warning, Node));
        RequestNews();
        return new Answer.Ok();
    }

    /// <summary>Starts a failover that an operator ordered, or says what it would do.</summary>
    /// <returns>What is to be answered.</returns>
    public Answer Obey(FailoverOptions order)
    {
        var plan = new FailoverPlan(this, _local, order);
        if (order.IsDryRun)
            return new Answer.Words(plan.Lines());
        if (plan.Refusal() is { } refusal)
            return new Answer.Refused(refusal);
        _local.Log(EventLevel.Warning, $"Executing user requested FAILOVER of '{Name}'");
        Election.Stand(Claim.ByOrder, order);
        return new Answer.Ok();
    }

    /// <summary>Says how it stands with failing it over.</summary>
    public Answer Explain() => new Answer.Fields(new Explanation(this, _local).Fields());

    /// <summary>Forgets one replica or peer that an operator names.</summary>
    /// <returns>Why not; null: it is forgotten.</returns>
    public Answer.Refused? Forget(string? identity, Address? address) => _forgetting.Forget(identity, address);

    /// <summary>Answers a peer, and asks back when it may have come to hold the master down like us.</summary>
    public void Answer(DownQuestionReceived question)
    {
        if (question.Candidate is { } candidate)
            Election.AnswerVote(question.Id, question.Epoch, candidate);
        else
            Election.Answer(question.Id);
        if (!Node.IsSubjectivelyDown)
            return;
        Judgement.AskBack();
        _local.Touch(this);
    }

    /// <summary>A connection of an instance stands.</summary>
    public void Connected(Instance instance, LinkChannel channel)
    {
        if (channel == LinkChannel.Command && instance is DataNode node)
        {
            node.RequestInfo();
            if (node.Link.TakesReplicaOf is null)
                node.Link.Send(Request.ProbeReplicaOf.Instance);
            Fence.Connected(node);
        }
        // The sooner peers hear of us, the sooner they know us. The subscription first, that we hear our own.
        if (instance.Link.IsComplete)
            instance.NextHelloAt = _local.Now;
        _local.Touch(this);
    }

    /// <summary>Takes in what another Sentinel says about this master.</summary>
    public void HelloCame(HelloMessage hello) => _hellos.Absorb(hello);

    /// <summary>The present master is confirmed by a newer configuration.</summary>
    public void Renew(Epoch configEpoch)
    {
        ConfigEpoch = configEpoch;
        if (Prepared?.Epoch <= configEpoch)
            Prepared = null;
        if (Failover is { } overtaken && overtaken.Epoch < configEpoch)
            overtaken.GiveWay("a newer configuration confirms the master");
        // An epoch may be used up without a switch: that tells nothing of the data of a master that is doubted, or was before it came back as a replica.
        if (!Distrust.IsDoubted && !Lineage.HasDisproved(Node))
        {
            Lineage.MasterSwitched(Node);
            Distrust.Reset();
        }
        // There may have been other masters between, which we did not see: what nodes said of their parts is of before.
        RenewedAt = _local.Now;
        foreach (DataNode node in Nodes)
        {
            node.Info.Forsake();
            node.RequestInfo();
        }
        _local.Save();
    }

    /// <summary>Brings to disk what a switch will make true.</summary>
    public SaveNumber Prepare(Address address, Epoch configEpoch)
    {
        (Prepared, _renounced) = ((address, configEpoch), null);
        _preparedBy = _local.Save();
        _local.WhenSaved(_preparedBy, saved: () => _local.Touch(this), failed: _ => _local.Touch(this));
        return _preparedBy;
    }

    /// <summary>The save of a switch to another node that nobody was told of yet, for it may not be on disk; null: there is none.</summary>
    public SaveNumber? UnsavedSwitch => Prepared is { } next && next.Address != Address && !_local.IsDurable(_preparedBy) ? _preparedBy : null;

    /// <summary>
    /// What was prepared does not come true: in its epoch, which is ours, the master stays where it is. So no epoch goes back on disk. Nobody is told
    /// so before the disk knows: if we died until then, we would come back with the other master in the same epoch.
    /// </summary>
    public void Renounce()
    {
        if (Prepared is { } prepared)
            _renounced = Prepare(Address, prepared.Epoch);
    }

    private void SettleRenounced()
    {
        if (Prepared is { } prepared && _renounced is { } save && _local.IsDurable(save))
            (ConfigEpoch, Prepared) = (prepared.Epoch, null);
    }

    /// <summary>Makes another node the group's master. The former one becomes a replica; the links stay.</summary>
    /// <param name="address">That node.</param>
    /// <param name="configEpoch">The epoch of the configuration.</param>
    /// <param name="toldBy">Who told us of it, for people; null: it is a switch of ours.</param>
    public void SwitchTo(Address address, Epoch configEpoch, string? toldBy = null)
    {
        foreach (DataNode node in Nodes)
            node.Link.TakeBackOrders();
        if (configEpoch < ConfigEpoch)
            throw new InvariantViolationException($"the configuration epoch of {Name} would go back from {ConfigEpoch} to {configEpoch}");
        (ConfigEpoch, Prepared) = (configEpoch, null);
        // Known by name, it stays known by name, whatever the one who tells of the switch calls it.
        Replica? promoted = Replicas.Find(replica => replica.Address == address) ?? Replicas.Find(replica => _local.Names.AreSame(replica.Address, address));
        Address former = Node.Told, next = Told(promoted?.Address ?? address);
        _local.Publish(About("+switch-master", EventLevel.Warning, $"{Name} {former.Host} {former.Port} {next.Host} {next.Port}") with
        {
            Kind = InstanceKind.Master, InstanceAddress = next, NewAddress = next, Epoch = configEpoch,
        });
        History.Switched(new FailoverHistory.Switch(_local.Now, former, next, configEpoch) { ToldBy = toldBy });
        // What remains of a failover of ours is to see to the replicas of the node it promoted.
        if (Failover is { Step: not FailoverStep.ReconfReplicas } || (Failover is not null && Failover.Epoch != configEpoch))
            Failover = null;
        Election.MasterSwitched(isHeard: promoted is not { IsSubjectivelyDown: true });
        Judgement.Reset();
        MasterNode formerNode = Node;
        Node = promoted is not null
            ? new MasterNode(promoted, _local.Now)
            : new MasterNode(this, _links.OpenNode(address, Options.Credentials), _local.Now);
        Lineage.MasterSwitched(Node);
        Distrust.Reset();
        (ConfiguredSince, RenewedAt) = (_local.Now, toldBy is null ? Instant.Zero : _local.Now);
        if (Replicas.Count >= InfoReport.ReplicasMax && Replicas.FindLast(replica => replica != promoted) is { } surplus)
        {
            // Only forged switches come here.
            _links.Release(surplus);
            Replicas.Remove(surplus);
        }
        Replicas = [new Replica(formerNode), .. Replicas.Where(replica => replica != promoted).Select(replica => new Replica(replica))];
        foreach (Replica replica in Replicas)
            _local.Publish(About("+slave", EventLevel.Notice, replica));
        Strays.ForgetPoll();
        Fence.Switched();
        Preflight.Switched();
        _twins.LookAgain();
        foreach (Instance instance in Instances)
            _hellos.Send(instance);
        foreach (DataNode node in Nodes)
            node.RequestInfo();
        _local.Save();
        _local.Touch(this);
    }

    /// <summary>Called by the election: this Sentinel stands.</summary>
    public void StartFailover(Epoch epoch, Claim claim, FailoverOptions? order)
    {
        if (Failover is not null)
            throw new InvariantViolationException($"a second failover of {Name} while one is in progress");
        Failover = new Failover(this, _local, epoch, claim, order);
    }

    /// <summary>Called by the failover: it is over.</summary>
    public void EndFailover()
    {
        Failover = null;
        _local.Touch(this);
    }

    /// <summary>An event about an instance of this group.</summary>
    public SentinelEvent About(string name, EventLevel level, Instance instance) =>
        About(name, level, instance.Prefix) with { Kind = instance.Kind, InstanceAddress = instance.Told };

    /// <summary>An event about this group.</summary>
    public SentinelEvent About(string name, EventLevel level, string payload) =>
        new(name, level, payload)
        {
            MasterName = Name, MasterAddress = Node.Told, Epoch = _local.CurrentEpoch,
            NotificationScript = level == EventLevel.Warning ? Options.NotificationScript : null,
        };

    /// <summary>An address as events, nodes and peers are told it.</summary>
    public Address Told(Address address) => _local.Names.Told(address);

    /// <summary>Lets the operator's program bring clients to the new master.</summary>
    /// <param name="role">Ours in this switch: <c>leader</c> or <c>observer</c>.</param>
    /// <param name="from">The former master.</param>
    /// <param name="to">The new one.</param>
    public void CallReconfigScript(string role, Address from, Address to)
    {
        if (Options.ClientReconfigScript is { } script)
            _local.Do(new RunScript(script, [Name, role, "start", from.Host, $"{from.Port}", to.Host, $"{to.Port}"]));
    }

    /// <summary>The master and its replicas.</summary>
    public IEnumerable<DataNode> Nodes => Replicas.Prepend<DataNode>(Node);

    /// <summary>The master, its replicas, and the peers.</summary>
    public IEnumerable<Instance> Instances => Nodes.Concat<Instance>(Peers);

    /// <summary>A name of this group leads elsewhere, or a replica went down: somebody may be listed twice.</summary>
    public void LookForTwins() => _twins.LookAgain();

    /// <summary>Whether others who name a master may mean ours.</summary>
    /// <remarks>
    /// Of a name that leads to several addresses, each Sentinel uses the one that it could reach first. So all of them mean our master,
    /// unless they lead to another node of the group: a name may also be that of several machines.
    /// </remarks>
    public bool IsCalled(Address address) =>
        _local.Names.AreSame(Address, address)
        || (_local.Names.MayLeadTo(Address, address) && !Replicas.Exists(replica => _local.Names.AreSame(replica.Address, address)));

    /// <summary>Whether a replica is the master itself, which came in twice. Then it is not told anything.</summary>
    public bool IsMaster(Replica replica) => _twins.IsMaster(replica);

    /// <summary>Adds a replica.</summary>
    public Replica AddReplica(Address address)
    {
        var replica = new Replica(this, _links.OpenNode(address, Options.Credentials), _local.Now);
        Replicas.Add(replica);
        return replica;
    }

    /// <summary>Forgets a replica.</summary>
    public void Drop(Replica replica)
    {
        Replicas.Remove(replica);
        _links.Release(replica);
        _local.Save();
    }

    /// <summary>Adds a peer, on the one link that all masters share.</summary>
    public Peer AddPeer(SentinelId id, Address address)
    {
        InstanceLink link = _links.OpenPeer(id, address);
        var peer = new Peer(this, link, id, _local.Now) { NextHelloAt = _local.Now };
        link.Health.Masters = link.Users.Count;
        Peers.Add(peer);
        return peer;
    }

    /// <summary>Another Sentinel answers where a peer should.</summary>
    public void Mistook(Peer peer, SentinelId actual)
    {
        _local.Touch(this);
        // One that was there, has fallen silent, and has a successor there that is known, lost its identity when it was started anew.
        // One that never was there is only wrong about its address, and counts in every majority, silent or not.
        if (!peer.Link.OwnerWasThere || _local.Now - peer.LastHelloAt <= 3 * _local.Timing.PublishPeriod
            || !Peers.Exists(other => other.Id == actual && _local.Names.AreSame(other.Address, peer.Address)))
            return;
        _local.Publish(About("+sentinel-invalid-addr", EventLevel.Notice, peer));
        Forget(peer);
        _local.Save();
    }

    /// <summary>Drops a peer.</summary>
    public void Forget(Peer peer)
    {
        Peers.Remove(peer);
        _links.Release(peer);
        _local.Touch(this);
    }
}
