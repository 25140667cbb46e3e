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
    private const int PeersMax = 256;

    private readonly LocalSentinel _local;
    private readonly LinkTable _links;
    private readonly Wakeup _wake;
    private readonly Strays _strays;
    private Instant? _objectivelyDownSince;

    public MasterMonitor(MasterState state, LocalSentinel local, LinkTable links)
    {
        (Options, ConfigEpoch, _local, _links) = (state.Options, state.ConfigEpoch, local, links);
        _wake = new Wakeup(local);
        _strays = new Strays(this, local);
        Election = new Election(this, local, state.LeaderEpoch);
        ConfiguredSince = local.Now;
        Node = new MasterNode(this, links.OpenNode(state.Address, Options.Credentials), local.Now);
        foreach (Address replica in state.Replicas.Where(replica => replica != state.Address).Distinct())
            Replicas.Add(new Replica(this, links.OpenNode(replica, Options.Credentials), local.Now));
        foreach (PeerState peer in state.Peers.Where(peer => peer.Id != local.Id).DistinctBy(peer => peer.Id).Take(PeersMax))
            AddPeer(peer.Id, peer.Address);
        local.Touch(this);
    }

    public string Name => Options.Name;
    public MasterOptions Options { get; private set; }
    public Address Address => Node.Address;
    public Epoch ConfigEpoch { get; private set; }

    /// <summary>When the present address was learnt.</summary>
    public Instant ConfiguredSince { get; private set; }

    public MasterNode Node { get; private set; }
    public List<Replica> Replicas { get; private set; } = [];
    public List<Peer> Peers { get; } = [];
    public Election Election { get; }

    /// <summary>The failover that this Sentinel leads or wants to lead; null: none.</summary>
    public Failover? Failover { get; private set; }

    /// <summary>Whether a quorum holds the master down.</summary>
    public bool IsObjectivelyDown { get; private set; }

    /// <summary>Votes that elect a leader.</summary>
    public int VotesNeeded => VoteCount.Needed(Peers.Count + 1, Options.Quorum);

    /// <summary>Whether it is no longer monitored.</summary>
    public bool IsRemoved { get; private set; }

    public Instant WakeAt => IsRemoved ? Instant.Never : _wake.At;
    public Instant ScheduledAt { get; set; } = Instant.Never;
    public bool IsTouched { get; set; }

    /// <summary>Draws every conclusion from what is known now.</summary>
    public void Decide()
    {
        _wake.Reset();
        if (IsRemoved)
            return;
        if (!_local.IsInTilt)
        {
            JudgeSilence();
            JudgeTogether();
            AskPeers();
            Election.Decide(_wake);
            Failover?.Decide(_wake);
            _strays.Decide(_wake);
        }
        RefreshInfo();
        SayHello();
    }

    /// <summary>Says that the master is monitored.</summary>
    public void Announce() =>
        _local.Publish(About("+monitor", EventLevel.Warning, $"{Node.Prefix} quorum {Options.Quorum}") with { Kind = InstanceKind.Master, InstanceAddress = Address });

    /// <summary>Ends the monitoring.</summary>
    public void Remove()
    {
        _local.Publish(About("-monitor", EventLevel.Warning, Node));
        IsRemoved = true;
        foreach (Instance instance in Instances.ToArray())
            _links.Release(instance);
    }

    /// <summary>Forgets all replicas and peers, and whatever was believed of the master; epochs and options stay.</summary>
    public void Reset()
    {
        foreach (Instance instance in Instances.ToArray())
            _links.Release(instance);
        Replicas.Clear();
        Peers.Clear();
        Node = new MasterNode(this, _links.OpenNode(Address, Options.Credentials), _local.Now);
        Failover = null;
        Election.Reset();
        _strays.ForgetPoll();
        IsObjectivelyDown = false;
        ConfiguredSince = _local.Now;
        _local.Publish(About("+reset-master", EventLevel.Warning, Node));
        _local.Touch(this);
    }

    /// <summary>Changes options, one after the other.</summary>
    public void Change(ImmutableArray<MasterChange> changes)
    {
        Credentials? before = Options.Credentials;
        foreach (MasterChange change in changes)
        {
            Options = change.Apply(Options);
            _local.Publish(About("+set", EventLevel.Warning, $"{Node.Prefix} {change.Option} {change.Shown}"));
        }
        foreach (DataNode node in Nodes)
        {
            node.Link.Credentials = Options.Credentials;
            if (Options.Credentials != before)
                node.Link.Reconnect();
        }
        foreach (Instance instance in Instances)
            _local.Touch(instance.Link);
        _local.Touch(this);
    }

    /// <summary>Starts a failover that an operator ordered.</summary>
    /// <returns>What is to be answered.</returns>
    public Answer Force()
    {
        if (Failover is not null)
            return new Answer.Refused("INPROG Failover already in progress");
        if (BestReplica() is null)
            return new Answer.Refused("NOGOODSLAVE No suitable replica to promote");
        _local.Log(EventLevel.Warning, $"Executing user requested FAILOVER of '{Name}'");
        Election.Stand(forced: true);
        return new Answer.Ok();
    }

    /// <summary>Answers a peer, and asks back when it may have come to hold the master down like us.</summary>
    public void Answer(DownQuestionReceived question)
    {
        if (question.Candidate is { } candidate)
            Election.AnswerVote(question.Id, question.Epoch, candidate);
        else
            Election.Answer(question.Id);
        if (!Node.IsSubjectivelyDown)
            return;
        // It asks only about a master that it holds down itself. Which peer it is, the question does not say.
        foreach (Peer peer in Peers.Where(peer => !peer.SaysMasterDown))
            peer.AskNow = true;
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
        }
        // The sooner peers hear of us, the sooner they know us. The subscription first, that we hear our own.
        if (instance.Link.IsComplete)
            instance.NextHelloAt = _local.Now;
        _local.Touch(this);
    }

    /// <summary>A PING was answered; only a change of what is believed makes work.</summary>
    public void PingAnswered(Instance instance, Reply reply)
    {
        if (instance is MasterNode { RebootedAt: not null } master && reply is Reply.Text { Value: "PONG" })
            master.RebootedAt = null;
        if (!instance.IsSubjectivelyDown)
            return;
        if (instance is DataNode node && !node.IsScriptKillSent && reply is Reply.Error { Message: var error }
            && error.StartsWith("BUSY", StringComparison.Ordinal) && !_local.IsInTilt)
            node.IsScriptKillSent = node.Link.Send(new Request.KillScript());
        _local.Touch(this);
    }

    /// <summary>A data node answered INFO.</summary>
    public void InfoAnswered(DataNode node, Reply reply)
    {
        node.Info.Done();
        if (reply is Reply.Text { Value: var text })
            AbsorbInfo(node, text);
        else
            node.NextInfoAt = _local.Now + _local.Timing.InfoPeriodInTrouble;
        _local.Touch(this);
    }

    /// <summary>A data node answered whether it takes <c>REPLICAOF</c>.</summary>
    public static void ProbeAnswered(DataNode node, Reply reply) =>
        node.Link.TakesReplicaOf = reply is not Reply.Error { Message: var error}
            || !(error.StartsWith("NOPERM", StringComparison.Ordinal) || error.Contains("unknown command", StringComparison.OrdinalIgnoreCase));

    /// <summary>A data node answered that it is to change its role or master.</summary>
    public void ReconfigureAnswered(DataNode node, Request.Reconfigure request, Reply reply)
    {
        if (TransactionReply.Complaint(reply) is { } complaint)
            _local.Log(EventLevel.Warning, $"{node.Name} of {Name} changed its role, but may forget it at a restart: CONFIG REWRITE says: {complaint}");
        string? refusal = TransactionReply.Refusal(request, reply);
        if (TransactionReply.Info(reply) is { } info && (refusal is null || request.Master is null))
            AbsorbInfo(node, info);
        if (refusal is not null && node is Replica replica)
        {
            // Rights may have changed since the probe: it is asked again before the next use.
            node.Link.TakesReplicaOf = null;
            node.Link.Send(Request.ProbeReplicaOf.Instance);
            if (request.Master is null)
                Failover?.PromotionAnswered(replica, request, reply);
            else
                _local.Log(EventLevel.Warning, $"{node.Name} refused to follow {request.Master} for {Name}: {refusal}");
        }
        _local.Touch(this);
    }

    /// <summary>An instance acknowledged our hello, or refused it.</summary>
    public void HelloAnswered(Instance instance)
    {
        instance.Hello.Done();
        _local.Touch(this);
    }

    /// <summary>A peer answered whether it holds the master down, perhaps with a vote.</summary>
    public void DownAnswered(Peer peer, Request.AskIfDown request, Reply reply)
    {
        if (request.Candidate is null)
            peer.DownQuestion.Done();
        if (reply is Reply.List { Items: [Reply.Integer down, Reply.Text leader, Reply.Integer leaderEpoch] } && request.Master == Address)
        {
            (peer.SaysMasterDown, peer.SaidAt) = (down.Value == 1, _local.Now);
            peer.AskNow &= !peer.SaysMasterDown;
            if (SentinelId.TryParse(leader.Value, out SentinelId id) && leaderEpoch.Value >= 0)
            {
                var epoch = new Epoch((ulong)leaderEpoch.Value);
                if (peer.VotedEpoch != epoch)
                    _local.Log(EventLevel.Warning, $"{peer.Name} voted for {id} {epoch}");
                (peer.VotedLeader, peer.VotedEpoch) = (id, epoch);
            }
        }
        if (request.Candidate is not null)
            peer.AnsweredVoteOf = Epoch.Max(peer.AnsweredVoteOf, request.Epoch);
        _local.Touch(this);
    }

    /// <summary>A peer answered what it believes about the master.</summary>
    public void BeliefAnswered(Peer peer, Reply reply)
    {
        peer.MasterQuestion.Done();
        PeerBelief? belief = PeerBelief.Parse(reply);
        Election.LeaderSaid(peer.Id, belief);
        _strays.PeerSaid(peer.Id, belief);
        _local.Touch(this);
    }

    /// <summary>Takes in what another Sentinel says about this master. Spec section 8.2.</summary>
    public void HelloCame(HelloMessage hello)
    {
        Peer? peer = Peers.Find(peer => peer.Id == hello.Id);
        if (peer is null || peer.Address != hello.Sentinel)
            peer = Meet(peer, hello);
        _local.EnterEpoch(hello.CurrentEpoch, this);
        if (hello.ConfigEpoch > ConfigEpoch)
        {
            ConfigEpoch = hello.ConfigEpoch;
            if (hello.Master != Address)
            {
                if (peer is not null)
                    _local.Publish(About("+config-update-from", EventLevel.Warning, peer) with { Epoch = ConfigEpoch });
                SwitchTo(hello.Master, ConfigEpoch);
            }
            _local.Save();
        }
        else if (hello.ConfigEpoch < ConfigEpoch && peer is not null && !peer.Hello.IsPending(peer.Link))
        {
            // It has missed something: it hears of it now, not in two seconds.
            peer.NextHelloAt = _local.Now;
        }
        if (peer is not null)
            peer.LastHelloAt = _local.Now;
        _local.Touch(this);
    }

    /// <summary>Makes another node the group's master. The former one becomes a replica; the links stay.</summary>
    public void SwitchTo(Address address, Epoch configEpoch)
    {
        if (configEpoch < ConfigEpoch)
            throw new InvariantViolationException($"the configuration epoch of {Name} would go back from {ConfigEpoch} to {configEpoch}");
        ConfigEpoch = configEpoch;
        Address former = Address;
        _local.Publish(About("+switch-master", EventLevel.Warning, $"{Name} {former.Host} {former.Port} {address.Host} {address.Port}") with
        {
            Kind = InstanceKind.Master, InstanceAddress = address, NewAddress = address, Epoch = configEpoch,
        });
        // What remains of a failover of ours is to see to the replicas of the node it promoted.
        if (Failover is { Step: not FailoverStep.ReconfReplicas } || (Failover is not null && Failover.Epoch != configEpoch))
            Failover = null;
        Election.Reset();
        IsObjectivelyDown = false;
        MasterNode formerNode = Node;
        Replica? promoted = Replicas.Find(replica => replica.Address == address);
        Node = promoted is not null
            ? new MasterNode(promoted, _local.Now)
            : new MasterNode(this, _links.OpenNode(address, Options.Credentials), _local.Now);
        ConfiguredSince = _local.Now;
        Replicas = [new Replica(formerNode), .. Replicas.Where(replica => replica != promoted).Select(replica => new Replica(replica))];
        foreach (Peer peer in Peers)
        {
            (peer.SaysMasterDown, peer.SaidAt, peer.AskNow) = (false, null, false);
            peer.DownQuestion.Done();
        }
        foreach (Replica replica in Replicas)
            _local.Publish(About("+slave", EventLevel.Notice, replica));
        _strays.ForgetPoll();
        foreach (Instance instance in Instances)
            SendHello(instance);
        foreach (DataNode node in Nodes)
            node.RequestInfo();
        _local.Save();
        _local.Touch(this);
    }

    /// <summary>Called by the election: this Sentinel stands.</summary>
    public void StartFailover(Epoch epoch, bool forced)
    {
        if (Failover is not null)
            throw new InvariantViolationException($"a second failover of {Name} while one is in progress");
        Failover = new Failover(this, _local, epoch, forced);
    }

    /// <summary>Called by the failover: it is over.</summary>
    public void EndFailover()
    {
        Failover = null;
        _local.Touch(this);
    }

    /// <summary>The replica that would be promoted now; null: none is fit.</summary>
    public Replica? BestReplica(HashSet<Address>? except = null)
    {
        Candidate? best = Selection.Best(Replicas.Where(replica => except?.Contains(replica.Address) != true).Select(AsCandidate));
        return best is null ? null : Replicas.Find(replica => replica.Address == best.Address);
    }

    /// <summary>Why a replica must not be promoted; null: it may.</summary>
    public string? Objection(Replica replica) => Selection.Objection(AsCandidate(replica));

    /// <summary>An event about an instance of this group.</summary>
    public SentinelEvent About(string name, EventLevel level, Instance instance) =>
        About(name, level, instance.Prefix) with { Kind = instance.Kind, InstanceAddress = instance.Address };

    /// <summary>An event about this group.</summary>
    public SentinelEvent About(string name, EventLevel level, string payload) =>
        new(name, level, payload) { MasterName = Name, MasterAddress = Address, Epoch = _local.CurrentEpoch };

    public MasterState State => new()
    {
        Options = Options,
        Address = Address,
        ConfigEpoch = ConfigEpoch,
        LeaderEpoch = Election.LeaderEpoch,
        Replicas = [.. Replicas.Select(replica => replica.Address)],
        Peers = [.. Peers.Select(peer => new PeerState(peer.Id, peer.Address))],
    };

    public MasterView View => new()
    {
        Name = Name,
        Address = Address,
        RunId = Node.RunId,
        Flags = MasterFlags,
        Link = Node.Link.Health,
        DownSince = Node.DownSince,
        DownAfter = Options.DownAfter,
        InfoAt = Node.InfoAt,
        Info = Node.InfoText,
        ReportsMaster = Node.ReportsMaster,
        RoleSince = Node.RoleSince,
        Options = Options,
        ConfigEpoch = ConfigEpoch,
        ObjectivelyDownSince = _objectivelyDownSince,
        Failover = Failover?.Step ?? FailoverStep.None,
        Replicas = [.. Replicas.Select(ViewOf)],
        Peers = [.. Peers.Select(ViewOf)],
    };

    private IEnumerable<DataNode> Nodes => Replicas.Prepend<DataNode>(Node);

    private IEnumerable<Instance> Instances => Nodes.Concat<Instance>(Peers);

    private InstanceFlags MasterFlags =>
        (Node.IsSubjectivelyDown ? InstanceFlags.SubjectivelyDown : InstanceFlags.None)
        | (IsObjectivelyDown ? InstanceFlags.ObjectivelyDown : InstanceFlags.None)
        | InstanceFlags.Master
        | (Failover is not null ? InstanceFlags.FailoverInProgress : InstanceFlags.None)
        | (Failover is { IsForced: true } ? InstanceFlags.ForceFailover : InstanceFlags.None)
        | (Node.IsScriptKillSent ? InstanceFlags.ScriptKillSent : InstanceFlags.None)
        | (Node.RebootedAt is not null ? InstanceFlags.MasterReboot : InstanceFlags.None);

    private ReplicaSelection Selection => new(_local.Now, MasterDownFor, Options.DownAfter, _local.Timing);

    private TimeSpan MasterDownFor => Node is { IsSubjectivelyDown: true, DownSince: { } since } ? _local.Now - since + TimeSpan.FromTicks(1) : TimeSpan.Zero;

    private bool IsInTrouble => Node.IsSubjectivelyDown || IsObjectivelyDown || Failover is not null;

    private Candidate AsCandidate(Replica replica) => new()
    {
        Address = replica.Address,
        RunId = replica.RunId,
        IsDown = replica.IsSubjectivelyDown,
        IsConnected = replica.Link.IsUsable,
        LastValidReplyAt = replica.Link.Health.LastValidReplyAt,
        InfoAt = replica.InfoAt,
        ReportsReplica = !replica.ReportsMaster,
        WasPromotedMeanwhile = Node is { IsSubjectivelyDown: true, DownSince: { } downSince }
            && replica.ReportsMaster && replica.RoleSince >= downSince && replica.RunId is not null && replica.RunId == replica.RunIdAsReplica,
        MasterLinkDownTime = replica.MasterLinkDownTime,
        Priority = replica.Priority,
        Offset = replica.Offset,
    };

    private void JudgeSilence()
    {
        foreach (Instance instance in Instances)
            Judge(instance);
    }

    /// <summary>Subjectively down: this Sentinel alone believes it. Spec section 9.1.</summary>
    private void Judge(Instance instance)
    {
        InstanceLink link = instance.Link;
        Instant deadline = (link.SilentSince ?? link.Health.LastValidReplyAt) + Options.DownAfter + TimeSpan.FromTicks(1);
        bool isDown;
        if (link.SilentSince is null)
        {
            isDown = false;
            // Nothing is owed, and will not be before the next PING.
            _wake.IsDue(Instant.Max(deadline, _local.Now + _local.Timing.PingPeriodMin));
        }
        else
        {
            isDown = _wake.IsDue(deadline) && (instance.IsSubjectivelyDown || _wake.IsDue(_local.JudgeAfter));
        }
        if (instance is MasterNode master)
        {
            if (!master.ReportsMaster)
                isDown |= _wake.IsDue(master.RoleSince + Options.DownAfter + 2 * _local.Timing.InfoPeriod);
            if (master.RebootedAt is { } rebootedAt && Options.RebootDownAfter > TimeSpan.Zero)
                isDown |= _wake.IsDue(rebootedAt + Options.RebootDownAfter);
        }
        if (isDown == instance.IsSubjectivelyDown)
            return;
        instance.IsSubjectivelyDown = isDown;
        if (isDown)
            instance.DownSince = _local.Now;
        else
            instance.IsScriptKillSent = false;
        _local.Publish(About(isDown ? "+sdown" : "-sdown", EventLevel.Warning, instance));
        if (instance is MasterNode && isDown)
            AskAllNow();
        if (instance is DataNode node && !isDown)
            node.RequestInfo();
    }

    private void AskAllNow()
    {
        foreach (Peer peer in Peers)
            peer.AskNow = true;
        foreach (Replica replica in Replicas)
            replica.RequestInfo();
    }

    /// <summary>Objectively down: a quorum believes it. Spec section 9.2.</summary>
    private void JudgeTogether()
    {
        foreach (Peer peer in Peers.Where(peer => peer.SaidAt is not null))
        {
            if (!_wake.IsDue(peer.SaidAt!.Value + 5 * _local.Timing.AskPeriod))
                continue;
            (peer.SaidAt, peer.SaysMasterDown, peer.VotedLeader) = (null, false, null);
        }
        int votes = 1 + Peers.Count(peer => peer.SaysMasterDown);
        bool isDown = Node.IsSubjectivelyDown && votes >= Options.Quorum;
        if (isDown == IsObjectivelyDown)
            return;
        IsObjectivelyDown = isDown;
        if (isDown)
            _objectivelyDownSince = _local.Now;
        _local.Publish(isDown
            ? About("+odown", EventLevel.Warning, $"{Node.Prefix} #quorum {votes}/{Options.Quorum}") with { Kind = InstanceKind.Master, InstanceAddress = Address }
            : About("-odown", EventLevel.Warning, Node));
    }

    private void AskPeers()
    {
        if (!Node.IsSubjectivelyDown)
            return;
        foreach (Peer peer in Peers)
        {
            bool isEarly = Node.DownSince is { } since && _local.Now - since < _local.Timing.AskOftenFor;
            TimeSpan period = isEarly && !peer.SaysMasterDown ? _local.Timing.AskPeriodAtFirst : _local.Timing.AskPeriod;
            bool isTime = peer.AskNow || peer.AskedAt is null || _wake.IsDue(peer.AskedAt.Value + period);
            if (!isTime || !peer.Link.IsUsable)
                continue;
            if (peer.DownQuestion.IsPending(peer.Link))
            {
                // What made us ask again may have come after the peer answered: its answer lets us decide anew.
                continue;
            }
            if (!peer.Link.Send(new Request.AskIfDown(Name, Address, _local.CurrentEpoch, Candidate: null)))
                continue;
            peer.DownQuestion.Sent(peer.Link);
            (peer.AskedAt, peer.AskNow) = (_local.Now, false);
            _wake.IsDue(_local.Now + period);
        }
    }

    private void RefreshInfo()
    {
        foreach (DataNode node in Nodes)
        {
            if (!node.Link.IsUsable || node.Info.IsPending(node.Link))
                continue;
            if (_wake.IsDue(Instant.Max(node.NextInfoAt, (node.InfoAt ?? Instant.Zero) + InfoPeriod(node))))
                node.RequestInfo();
        }
    }

    private TimeSpan InfoPeriod(DataNode node)
    {
        if (node is not Replica replica)
            return _local.Timing.InfoPeriod;
        if (replica == Failover?.Promoted || replica.Reconf is ReconfStep.Sent or ReconfStep.InProgress)
            return _local.Timing.InfoPeriodOfChange;
        return IsInTrouble || replica.MasterLinkDownTime != TimeSpan.Zero ? _local.Timing.InfoPeriodInTrouble : _local.Timing.InfoPeriod;
    }

    private void SayHello()
    {
        foreach (Instance instance in Instances)
        {
            if (instance.Link.IsUsable && !instance.Hello.IsPending(instance.Link) && _wake.IsDue(instance.NextHelloAt))
                SendHello(instance);
        }
    }

    private void SendHello(Instance instance)
    {
        if (instance.Link.LocalHost is not { } localHost)
            return;
        SentinelOptions own = _local.Options;
        var self = new Address(own.AnnounceIp ?? localHost, own.AnnouncePort != 0 ? own.AnnouncePort : own.Port);
        var hello = new HelloMessage(self, _local.Id, _local.CurrentEpoch, Name, Address, ConfigEpoch);
        if (!instance.Link.Send(new Request.PublishHello(hello)))
            return;
        instance.Hello.Sent(instance.Link);
        instance.NextHelloAt = _local.Now + _local.Timing.PublishPeriod;
        _wake.IsDue(instance.NextHelloAt);
    }

    private void AbsorbInfo(DataNode node, string text)
    {
        InfoReport report = InfoReport.Parse(text);
        DataNode.Change change = node.Absorb(report, text, _local.Now);
        if (change.Rebooted)
        {
            node.Link.TakesReplicaOf = null;
            node.Link.Send(Request.ProbeReplicaOf.Instance);
            if (node is MasterNode master && Options.RebootDownAfter > TimeSpan.Zero)
                master.RebootedAt = _local.Now;
            _local.Publish(About("+reboot", EventLevel.Notice, node));
        }
        if (change.RoleChanged)
        {
            bool asConfigured = node.ReportsMaster == node is MasterNode;
            string role = node.ReportsMaster ? "master" : "slave";
            _local.Publish(About(asConfigured ? "+role-change" : "-role-change", EventLevel.Verbose, $"{node.Prefix} new reported role is {role}")
                with { Kind = node.Kind, InstanceAddress = node.Address });
        }
        if (node is MasterNode)
        {
            foreach (Address replica in report.Replicas)
                DiscoverReplica(replica);
        }
        else if (node is Replica replica && !_local.IsInTilt)
        {
            JudgeRole(replica);
        }
    }

    private void DiscoverReplica(Address address)
    {
        if (address == Address || Replicas.Exists(replica => replica.Address == address) || Replicas.Count >= InfoReport.ReplicasMax)
            return;
        var replica = new Replica(this, _links.OpenNode(address, Options.Credentials), _local.Now);
        Replicas.Add(replica);
        _local.Publish(About("+slave", EventLevel.Notice, replica));
        _local.Save();
    }

    private void JudgeRole(Replica replica)
    {
        if (replica.ReportsMaster)
        {
            Failover?.ReportedMaster(replica);
        }
        else
        {
            replica.RunIdAsReplica = replica.RunId;
            Failover?.ReportedReplica(replica);
        }
        // It may have become the master just now.
        if (Replicas.Contains(replica))
            _strays.Reported(replica);
    }

    /// <summary>Gets to know a peer, or that a known one has moved. Spec section 8.2, step 3.</summary>
    private Peer? Meet(Peer? known, HelloMessage hello)
    {
        if (known is not null)
        {
            _local.Publish(About("+sentinel-address-switch", EventLevel.Notice, $"{Node.Prefix} ip {hello.Sentinel.Host} port {hello.Sentinel.Port} for {hello.Id}"));
            known.Link.MoveTo(hello.Sentinel);
            if (known.Link.Users.Count > 1)
                _local.Publish(About("+sentinel-address-update", EventLevel.Notice, $"{known.Prefix} {known.Link.Users.Count - 1} additional matching instances"));
            _local.Save();
            return known;
        }
        if (Peers.Find(peer => peer.Address == hello.Sentinel) is { } other)
        {
            _local.Publish(About("+sentinel-invalid-addr", EventLevel.Notice, other));
            foreach (Peer entry in other.Link.Users.OfType<Peer>().ToArray())
                entry.Master.Forget(entry);
        }
        if (Peers.Count >= PeersMax)
        {
            _local.Log(EventLevel.Warning, $"A hello of {hello.Id} is ignored: {Name} has {PeersMax} Sentinels already");
            return null;
        }
        Peer peer = AddPeer(hello.Id, hello.Sentinel);
        _local.Publish(About("+sentinel", EventLevel.Notice, peer));
        _local.Save();
        return peer;
    }

    private Peer AddPeer(SentinelId id, Address address)
    {
        InstanceLink link = _links.OpenPeer(id, address);
        var peer = new Peer(this, link, id, _local.Now) { NextHelloAt = _local.Now };
        link.Health.Masters = link.Users.Count;
        Peers.Add(peer);
        return peer;
    }

    private void Forget(Peer peer)
    {
        Peers.Remove(peer);
        _links.Release(peer);
        _local.Touch(this);
    }

    private ReplicaView ViewOf(Replica replica) => new()
    {
        Name = replica.Name,
        Address = replica.Address,
        RunId = replica.RunId,
        Flags = replica.Flags(replica == Failover?.Promoted),
        Link = replica.Link.Health,
        DownSince = replica.DownSince,
        DownAfter = Options.DownAfter,
        InfoAt = replica.InfoAt,
        Info = replica.InfoText,
        ReportsMaster = replica.ReportsMaster,
        RoleSince = replica.RoleSince,
        MasterLinkDownTime = replica.MasterLinkDownTime,
        IsMasterLinkUp = replica.IsMasterLinkUp,
        Master = replica.ReportedMaster,
        Priority = replica.Priority,
        Offset = replica.Offset,
        IsAnnounced = replica.IsAnnounced,
    };

    private PeerView ViewOf(Peer peer) => new()
    {
        Name = peer.Name,
        Address = peer.Address,
        RunId = peer.Id.Text,
        Flags = peer.Flags,
        Link = peer.Link.Health,
        DownSince = peer.DownSince,
        DownAfter = Options.DownAfter,
        LastHelloAt = peer.LastHelloAt,
        VotedLeader = peer.VotedLeader,
        VotedEpoch = peer.VotedEpoch,
    };
}
