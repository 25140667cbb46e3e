using System.Globalization;
using Sentinel.Core;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Sentinels.Legacy;

namespace Sentinel.Simulation.Sentinels;

/// <summary>A Sentinel that behaves like redis-sentinel: slow ticks, its waits, its vote rules, its known flaws.</summary>
/// <remarks>
/// Written from what redis-sentinel 7.0 is seen to do, for what ours must live with in a mixed cluster. Names, scripts, passwords and
/// INFO of its own are not modelled. Its disk always works, and a save is over at once, as it is for the one thread of redis-sentinel.
/// </remarks>
internal sealed class LegacySentinel : SimSentinel
{
    private static readonly TimeSpan FirstTickAfter = TimeSpan.FromMilliseconds(1);

    private readonly Random _random;
    private readonly Judgement _judgement;
    private readonly Votes _votes;
    private readonly Failovers _failovers;
    private readonly Reports _reports;
    private readonly Hellos _hellos;
    private readonly Orders _orders;
    private SentinelState _file;
    private SentinelId _id;
    private Instant _tickedAt;
    private Instant? _tiltSince;
    private bool _isTickHeld;

    public LegacySentinel(World world, Machine machine, int port, string name)
        : base(world, machine, port, name)
    {
        _random = Chance.Stream(world.Seed, "sentinel " + name);
        _file = Pristine();
        _id = _file.Id;
        _judgement = new Judgement(this);
        _votes = new Votes(this);
        _failovers = new Failovers(this, _votes);
        _reports = new Reports(this, _failovers);
        _hellos = new Hellos(this);
        _orders = new Orders(this, _failovers);
    }

    public override SentinelId Id => _id;
    public override bool IsLegacy => true;

    /// <summary>All times are of the wall clock.</summary>
    public Instant Now => Machine.Clock.Wall;

    public Epoch CurrentEpoch { get; private set; }
    public bool IsInTilt => _tiltSince is not null;
    public List<Master> Masters { get; } = [];

    public override Address? MasterOf(string master) => Find(master)?.CurrentAddress;

    public override bool HasSaved(string master) => _file.Masters.Any(state => state.Options.Name == master);

    public override Epoch ConfigEpochOf(string master) => Find(master)?.ConfigEpoch ?? Epoch.Zero;

    public override FailoverStep FailoverOf(string master) => Find(master)?.Step ?? FailoverStep.None;

    public override bool HoldsDown(string master) => Find(master)?.IsDown ?? false;

    public override TimeSpan DownAfterOf(string master) => Find(master)?.DownAfter ?? TimeSpan.MaxValue;

    public override int PeersOf(string master) => Find(master)?.Peers.Count ?? 0;

    public override bool KnowsAllReplicas(string master, int count) =>
        Find(master) is { } found && found.Replicas.Count == count && found.Replicas.TrueForAll(replica => replica.InfoAt is not null);

    public override bool KnowsReplica(string master, Address replica) => Find(master)?.Replicas.Exists(known => known.Address == replica) ?? false;

    public override void Order(Func<RequestId, Input> order) => Do(() =>
    {
        _orders.Obey(order(new RequestId(0)));
        TellChanges();
    });

    protected override void ReplaceFile() => _file = Pristine();

    public Master? Find(string name)
    {
        foreach (Master master in Masters)
        {
            if (master.Options.Name == name)
                return master;
        }
        return null;
    }

    // What its parts share.

    /// <summary>Opens a new epoch for a failover of ours.</summary>
    public Epoch NextEpoch(Master because)
    {
        CurrentEpoch = CurrentEpoch.Next;
        PublishText("+new-epoch", EventLevel.Warning, because, $"{CurrentEpoch}", CurrentEpoch);
        return CurrentEpoch;
    }

    /// <summary>Takes over a larger epoch of others.</summary>
    public void Adopt(Epoch epoch, Master because)
    {
        CurrentEpoch = epoch;
        Save();
        PublishText("+new-epoch", EventLevel.Warning, because, $"{epoch}", epoch);
    }

    /// <summary>Now, and up to a second more.</summary>
    public Instant Desynced() => Now + TimeSpan.FromMilliseconds(_random.Next(Periods.DesyncMs));

    public void AddReplica(Master master, Address address)
    {
        var replica = new Replica(this, master, address);
        master.Replicas.Add(replica);
        Publish("+slave", EventLevel.Notice, replica);
    }

    /// <summary>Makes an entry, with the link that another master has to the same Sentinel, if any.</summary>
    public Peer AddPeer(Master master, SentinelId id, Address address)
    {
        Link? shared = null;
        foreach (Master other in Masters)
            shared ??= other == master ? null : other.Peers.Find(peer => peer.Id == id)?.Link;
        if (shared is not null)
            shared.Users++;
        var added = new Peer(this, master, shared ?? new Link(this, hasSubscription: false), id, address);
        master.Peers.Add(added);
        return added;
    }

    /// <summary>Brings to disk what redis-sentinel writes into its file: of a vote only its epoch.</summary>
    public void Save()
    {
        _file = new SentinelState(_id, CurrentEpoch, [.. Masters.Select(Lasting)]);
        World.Saved(this, _file);
    }

    /// <summary>Tells an event about an instance.</summary>
    /// <param name="name">The event.</param>
    /// <param name="level">Its level.</param>
    /// <param name="about">The instance.</param>
    /// <param name="more">What follows the instance in the payload.</param>
    /// <param name="epoch">Of what is told; null: the current one.</param>
    public void Publish(string name, EventLevel level, Instance about, string more = "", Epoch? epoch = null) =>
        World.Happened(this, About(name, level, about.Owner, about.Prefix + more, epoch) with { Kind = about.Kind, InstanceAddress = about.Address });

    /// <summary>Tells an event whose payload names no instance.</summary>
    public void PublishText(string name, EventLevel level, Master master, string payload, Epoch epoch) =>
        World.Happened(this, About(name, level, master, payload, epoch));

    /// <summary>Tells that a master is about to be another node.</summary>
    public void PublishSwitch(Master master, Address next)
    {
        string payload = $"{master.Options.Name} {master.Address.Host} {master.Address.Port} {next.Host} {next.Port}";
        SentinelEvent happened = About("+switch-master", EventLevel.Warning, master, payload, master.ConfigEpoch);
        World.Happened(this, happened with { Kind = InstanceKind.Master, InstanceAddress = next, NewAddress = next });
        TellSwitch(master.Options.Name);
    }

    public void PublishMonitored(Master master) => Publish("+monitor", EventLevel.Warning, master, $" quorum {master.Options.Quorum}");

    // The process.

    public override void Connected(Connection connection) => ((Line)connection.ClientState!).Established();

    public override void Lost(Connection connection, string reason)
    {
        if (connection.Client == this)
        {
            var line = (Line)connection.ClientState!;
            line.Link.Lost(line);
        }
    }

    public override void Received(Connection connection, object message)
    {
        // Not by who is the client: a Sentinel that lost its identity hears of its former one at its own address, and connects to itself.
        if (message is not (Reply or HelloPush))
        {
            Serve(connection, message);
            return;
        }
        var line = (Line)connection.ClientState!;
        if (message is HelloPush hello)
        {
            line.Link.HeardAt = Now;
            // Our own hellos come back to us; a twin of ours is not told from us.
            if (!hello.Payload.Contains(_id.Text, StringComparison.Ordinal))
                Absorb(hello.Payload);
            return;
        }
        (Request request, Instance asker) = line.Answered();
        if (!asker.IsGone)
            TakeReply(asker, request, (Reply)message);
    }

    protected override void OnStarted()
    {
        Masters.Clear();
        (_tiltSince, _tickedAt, _isTickHeld) = (null, Now, false);
        (_id, CurrentEpoch) = (_file.Id, _file.CurrentEpoch);
        World.Note(Name, $"starts");
        World.Restored(this, _file);
        foreach (MasterState state in _file.Masters)
            Load(state);
        foreach (Master master in Masters)
            PublishMonitored(master);
        PlanTick(FirstTickAfter);
        TellChanges();
    }

    /// <summary>What waits in sockets is read before a timer that is due, as in an event loop.</summary>
    protected override void OnThawed()
    {
        if (_isTickHeld)
            Tick();
    }

    private void PlanTick(TimeSpan period)
    {
        int life = Life;
        World.Agenda.At(Machine.Clock.TrueTimeOf(Machine.Clock.Now + period), () =>
        {
            if (life != Life)
                return;
            _isTickHeld = IsFrozen;
            if (!IsFrozen)
                Tick();
        });
    }

    private void Tick()
    {
        _isTickHeld = false;
        WatchClock();
        Master? toSwitch = null;
        foreach (Master master in Masters)
        {
            Handle(master);
            foreach (Replica replica in master.Replicas)
                HandleAny(replica);
            foreach (Peer peer in master.Peers)
                HandleAny(peer);
            if (master.IsSwitchDue)
                toSwitch = master;
        }
        if (toSwitch is not null)
            _failovers.Switch(toSwitch);
        PlanTick(TimeSpan.FromMilliseconds(1000 / (10 + _random.Next(10))));
        TellChanges();
    }

    private void Absorb(string hello)
    {
        _hellos.Absorb(hello);
        TellChanges();
    }

    /// <summary>Tells the world what is believed now; last of all, for who watches may end this process.</summary>
    private void TellChanges()
    {
        for (int i = 0; i < Masters.Count && IsRunning; i++)
        {
            Master master = Masters[i];
            var now = (master.CurrentAddress, master.ConfigEpoch);
            if (master.Told == now)
                continue;
            master.Told = now;
            World.Believes(this, master.Options.Name, now.CurrentAddress, now.ConfigEpoch);
        }
    }

    /// <summary>A tick that comes much too late, or before the last one, shows that no time can be trusted for a while.</summary>
    private void WatchClock()
    {
        TimeSpan sinceLast = Now - _tickedAt;
        _tickedAt = Now;
        if (sinceLast >= TimeSpan.Zero && sinceLast <= Periods.TiltTrigger)
            return;
        _tiltSince = _tickedAt;
        World.Happened(this, new SentinelEvent("+tilt", EventLevel.Warning, "#tilt mode entered") { Epoch = CurrentEpoch });
    }

    private void Handle(Master master)
    {
        if (!HandleAny(master))
            return;
        _judgement.JudgeTogether(master);
        if (_failovers.StartIfDue(master))
            _judgement.Ask(master, isForced: true);
        _failovers.Advance(master);
        _judgement.Ask(master, isForced: false);
    }

    /// <returns>False in TILT, when it is watched and nothing follows.</returns>
    private bool HandleAny(Instance instance)
    {
        instance.Link.Reconnect(instance);
        instance.SendPeriodic();
        if (_tiltSince is { } since)
        {
            if (Now - since < Periods.Tilt)
                return false;
            _tiltSince = null;
            World.Happened(this, new SentinelEvent("-tilt", EventLevel.Warning, "#tilt mode exited") { Epoch = CurrentEpoch });
        }
        _judgement.Judge(instance);
        return true;
    }

    private void TakeReply(Instance asker, Request request, Reply reply)
    {
        switch (request)
        {
            case Request.Ping:
                TakePong(asker, reply);
                break;
            case Request.Info when reply is Reply.Text info:
                _reports.Absorb((DataNode)asker, InfoReport.Parse(info.Value));
                TellChanges();
                break;
            case Request.PublishHello when reply is not Reply.Error:
                asker.HelloTakenAt = Now;
                break;
            case Request.AskIfDown:
                _judgement.Answered((Peer)asker, reply);
                break;
            default:
                break;    // nobody reads what transactions are answered with
        }
    }

    private void TakePong(Instance asker, Reply reply)
    {
        string text = reply switch
        {
            Reply.Text said => said.Value,
            Reply.Error error => error.Message,
            _ => "",
        };
        bool isPong = text.StartsWith("PONG", StringComparison.Ordinal);
        bool isValid = isPong || text.StartsWith("LOADING", StringComparison.Ordinal) || text.StartsWith("MASTERDOWN", StringComparison.Ordinal);
        asker.Link.Pong(isValid);
        if (isPong && asker is Master master)
            master.RebootedAt = null;
        if (isValid && asker is DataNode)
            NoteHeard(asker.Address, asker.DownAfter);
        if (asker is { IsDown: true, IsScriptKillSent: false } && text.StartsWith("BUSY", StringComparison.Ordinal))
        {
            asker.IsScriptKillSent = true;
            asker.Link.Ask(new Request.KillScript(), asker);
        }
    }

    // What it answers.

    private void Serve(Connection connection, object message)
    {
        switch (message)
        {
            case AddressQuery query:
                connection.Send(this, new AddressAnswer(MasterOf(query.MasterName)));
                break;
            case SubscribeSwitches:
                SubscribeToSwitches(connection);
                break;
            case Request.Ping:
                connection.Send(this, new Reply.Text("PONG"));
                break;
            case Request.PublishHello hello:
                connection.Send(this, new Reply.Integer(1));
                Absorb(hello.Hello.ToString());
                break;
            case Request.AskIdentity:
                connection.Send(this, new Reply.Text(_id.Text));
                break;
            case Request.AskIfDown question:
                connection.Send(this, AnswerIfDown(question));
                break;
            case Request.AskMaster question when Find(question.MasterName) is { } master:
                connection.Send(this, Describe(master));
                break;
            default:
                connection.Send(this, new Reply.Error("ERR No such master with that name"));
                break;
        }
    }

    /// <summary>Says whether a master is down, and votes if asked to. In TILT nobody is down, but votes are given.</summary>
    private Reply.List AnswerIfDown(Request.AskIfDown question)
    {
        // By the address: the name plays no role.
        Master? master = Masters.Find(any => any.Address == question.Master);
        SentinelId? leader = null;
        Epoch epoch = Epoch.Zero;
        if (master is not null && question.Candidate is { } candidate)
        {
            _votes.Vote(master, question.Epoch, candidate);
            (leader, epoch) = (master.Leader, master.LeaderEpoch);
        }
        if (leader is { } spoken)
            World.Voted(this, master!.Options.Name, epoch, spoken);
        bool isDown = master is { IsDown: true } && !IsInTilt;
        return new Reply.List([new Reply.Integer(isDown ? 1 : 0), new Reply.Text(leader?.Text ?? "*"), new Reply.Integer((long)epoch.Number)]);
    }

    /// <summary>Of SENTINEL MASTER the fields that our core reads. The address is the configured one, even while a promoted replica is told to clients.</summary>
    private static Reply.List Describe(Master master)
    {
        Reply[] address = [Text("ip"), Text(master.Address.Host), Text("port"), Text(master.Address.Port.ToString(CultureInfo.InvariantCulture))];
        Reply[] failover = master.Step is FailoverStep.None ? [] : [Text("failover-state"), Text(master.IsSwitchDue ? "update_config" : master.Step.Word())];
        Reply[] flags = master.IsDown ? [Text("flags"), Text("s_down,master")] : [];
        return new Reply.List([.. address, .. flags, .. failover, Text("config-epoch"), Text(master.ConfigEpoch.ToString())]);
    }

    private static Reply.Text Text(string value) => new(value);

    // Its file.

    private SentinelState Pristine() =>
        new(SentinelId.Draw(_random), Epoch.Zero, [.. World.Groups.Select(group => group.Original).OrderBy(master => master.Options.Name, StringComparer.Ordinal)]);

    private static MasterState Lasting(Master master)
    {
        Address current = master.CurrentAddress;
        return new MasterState
        {
            Options = master.Options,
            Address = current,
            ConfigEpoch = master.ConfigEpoch,
            LeaderEpoch = master.LeaderEpoch,
            // A promoted replica changes places with the old master, so that a restart comes back with the new one.
            Replicas = [.. master.Replicas.Select(replica => replica.Address == current ? master.Address : replica.Address)],
            Peers = [.. master.Peers.Select(peer => new PeerState(peer.Id, peer.Address))],
        };
    }

    private void Load(MasterState state)
    {
        var master = new Master(this, state.Options, state.Address) { ConfigEpoch = state.ConfigEpoch, LeaderEpoch = state.LeaderEpoch };
        Masters.Add(master);
        CurrentEpoch = Epoch.Max(CurrentEpoch, state.ConfigEpoch);
        foreach (Address replica in state.Replicas)
            master.Replicas.Add(new Replica(this, master, replica));
        foreach (PeerState peer in state.Peers)
            AddPeer(master, peer.Id, peer.Address);
    }

    private SentinelEvent About(string name, EventLevel level, Master master, string payload, Epoch? epoch) =>
        new(name, level, payload) { MasterName = master.Options.Name, MasterAddress = master.Address, Epoch = epoch ?? CurrentEpoch };
}
