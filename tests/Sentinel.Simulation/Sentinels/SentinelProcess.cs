using System.Collections.Immutable;
using System.Globalization;
using Sentinel.Core;
using Sentinel.Simulation.Kernel;

namespace Sentinel.Simulation.Sentinels;

/// <summary>A Sentinel of ours: the real core, and a shell around it that does what the daemon's does.</summary>
internal sealed class SentinelProcess : SimSentinel
{
    /// <summary>Longest time that a thread waits for its turn when nothing is wrong.</summary>
    private static readonly TimeSpan SchedulingNoise = TimeSpan.FromMilliseconds(1);

    private readonly int _number;
    private readonly Random _random;
    private readonly Random _lineageRandom;
    private readonly Dictionary<(LinkId, LinkChannel), Line> _lines = [];
    private readonly Dictionary<RequestId, Action<Answer>> _asked = [];
    private readonly Dictionary<string, (Address Address, Epoch ConfigEpoch)> _believed = new(StringComparer.Ordinal);
    private readonly Action _wake;
    private SentinelCore _core;
    private ImmutableDictionary<string, MasterView>? _seen;
    private ImmutableArray<LineageState> _lineages = [];
    private Instant _wakeAt = Instant.Never;
    private long _lastRequest;

    public SentinelProcess(World world, Machine machine, int port, string name, int number)
        : base(world, machine, port, name)
    {
        _number = number;
        _random = Chance.Stream(world.Seed, "sentinel " + name);
        _lineageRandom = Chance.Stream(world.Seed, "lineages of " + name);
        Disk = new StateDisk(this, Pristine());
        _core = NewCore(Disk.Read());
        _wake = Wake;
    }

    public StateDisk Disk { get; }
    public override SentinelId Id => _core.View.Id;
    public override bool IsLegacy => false;
    public SentinelView View => _core.View;

    public override Address? MasterOf(string master) => _core.View.Masters.TryGetValue(master, out MasterView? view) ? view.Address : null;

    public override bool HasSaved(string master) => Disk.Durable.Masters.Any(state => state.Options.Name == master);

    public override Epoch ConfigEpochOf(string master) => _core.View.Masters.TryGetValue(master, out MasterView? view) ? view.ConfigEpoch : Epoch.Zero;

    public override FailoverStep FailoverOf(string master) => _core.View.Masters.TryGetValue(master, out MasterView? view) ? view.Failover : FailoverStep.None;

    public override bool HoldsDown(string master) => _core.View.Masters.TryGetValue(master, out MasterView? view) && view.IsSubjectivelyDown;

    public override TimeSpan DownAfterOf(string master) => _core.View.Masters.TryGetValue(master, out MasterView? view) ? view.DownAfter : TimeSpan.MaxValue;

    public override int PeersOf(string master) => _core.View.Masters.TryGetValue(master, out MasterView? view) ? view.Peers.Length : 0;

    public override bool KnowsAllReplicas(string master, int count) =>
        _core.View.Masters.TryGetValue(master, out MasterView? view) && view.Replicas.Length == count && view.Replicas.All(replica => replica.InfoAt is not null);

    public override bool KnowsReplica(string master, Address replica) =>
        _core.View.Masters.TryGetValue(master, out MasterView? view) && view.Replicas.Any(known => known.Address == replica);

    public override void Order(Func<RequestId, Input> order) => Do(() => Ask(order, _ => { }));

    /// <summary>Since when it can send requests to a node, by its clock; null: it cannot.</summary>
    public Instant? ConnectedSince(Address node) => _lines.Values.FirstOrDefault(line => line.Order.Channel == LinkChannel.Command && line.Connection.Target == node)?.UpSince;

    /// <summary>Called once when it dies as it was told to with SIMULATE-FAILURE.</summary>
    public Action? WhenItCrashes { get; set; }

    /// <summary>When it lost last what it knew of the groups' data.</summary>
    public Instant? LineagesLostAt { get; private set; }

    /// <summary>Whether it knows that a group had keys when its master was seen last, or will when it is started.</summary>
    public bool KnowsOfKeysOf(string master) => (IsRunning ? _core.Lineages : _lineages).Any(lineage => lineage.MasterName == master && lineage.HadKeys);

    protected override void ReplaceFile()
    {
        Disk.Replace(Pristine());
        LoseLineages();
    }

    private void LoseLineages()
    {
        (_lineages, LineagesLostAt) = ([], World.Agenda.Now);
        ForgetTraces();
    }

    public override void Recover()
    {
        (Disk.Error, Disk.SaveTime, Disk.Crash) = (null, World.Topology.SaveTime, null);
        base.Recover();
        if (WhenItCrashes is null)
            return;
        WhenItCrashes = null;
        Order(id => new FailureSimulationRequested(id, SimulatedFailures.None));
    }

    /// <summary>Takes in a fact and does what follows.</summary>
    public void Take(Input input)
    {
        if (!IsRunning)
            return;
        IReadOnlyList<Effect> effects;
        try
        {
            effects = _core.Step(input, Machine.Clock.Now);
        }
        catch (InvariantViolationException broken)
        {
            // The daemon ends itself then, and is started anew by whoever supervises it.
            World.Broke(this, broken);
            Kill();
            return;
        }
        if (input is FailoverRequested { Options.IsDryRun: false } order)
            TellOrder(order, effects);
        for (int i = 0; i < effects.Count && IsRunning; i++)
            Perform(effects[i]);
        if (!IsRunning)
            return;
        TellBeliefs();
        PlanWake();
    }

    /// <summary>Something that the disk does for this process; it goes on while the process is frozen, and ends with it.</summary>
    public void AfterOnDisk(TimeSpan delay, Action work)
    {
        int life = Life;
        World.Agenda.After(delay, () =>
        {
            if (life == Life)
                work();
        });
    }

    /// <summary>A planned crash in the middle of a save.</summary>
    public void CrashInSave(PlannedCrash crash)
    {
        World.Note(Name, $"crashes in a save{(crash.WithMachine ? " with its machine" : "")}: {crash.Stage}");
        if (crash.WithMachine)
            Machine.LosePower();
        else
            Kill();
        crash.Then();
    }

    public override void Connected(Connection connection)
    {
        var line = (Line)connection.ClientState!;
        line.UpSince = Machine.Clock.Now;
        if (line.Order.Channel == LinkChannel.Subscription)
            connection.Send(this, Subscribe.Instance);
        else
            NoteReached(connection.Target);
        Take(new LinkConnected(line.Order.Link, line.Order.Attempt, line.Order.Channel, Machine.Ip));
    }

    public override void Accepted(Connection connection) => connection.ServerState = new ReplyLine(this, connection);

    public override void Lost(Connection connection, string reason)
    {
        if (connection.Client != this)
            return;
        var line = (Line)connection.ClientState!;
        if (_lines.TryGetValue((line.Order.Link, line.Order.Channel), out Line? current) && current == line)
            _lines.Remove((line.Order.Link, line.Order.Channel));
        Take(new LinkLost(line.Order.Link, line.Order.Attempt, line.Order.Channel, reason) { Cause = CauseOf(reason) });
    }

    public override void Received(Connection connection, object message)
    {
        // Not by who is the client: a Sentinel that lost its identity hears of its former one at its own address, and connects to itself.
        if (message is Reply or HelloPush)
            ReceiveAnswer(connection, (Line)connection.ClientState!, message);
        else
            Serve(connection, (ReplyLine)connection.ServerState!, message);
    }

    protected override void OnStarted()
    {
        SentinelState state = Disk.Read();
        _core = NewCore(state);
        _believed.Clear();
        _seen = null;
        World.Note(Name, $"starts");
        World.Restored(this, state);
        Take(new Started());
    }

    protected override void OnThawed() => Take(Tick.Instance);

    protected override void OnDied(bool withMachine)
    {
        base.OnDied(withMachine);
        Disk.OwnerDied(withMachine, _random);
        // What is known of the groups' data lies beside, is written without haste, and may be lost.
        if (withMachine && _lineageRandom.OneIn(3))
            LoseLineages();
        _lines.Clear();
        _asked.Clear();
        _wakeAt = Instant.Never;
    }

    private SentinelState Pristine() =>
        new(SentinelId.Draw(_random), Epoch.Zero, [.. World.Groups.Select(group => group.Original).OrderBy(master => master.Options.Name, StringComparer.Ordinal)]);

    private SentinelCore NewCore(SentinelState state) =>
        new(state, new SentinelOptions { Port = Port, Timing = World.Topology.Timing }, new Random(_random.Next()), Machine.Clock.Now, _lineages);

    private void Wake()
    {
        // Of several that were planned for the same deadline, or of an earlier life, one is enough.
        if (!IsRunning || World.Agenda.Now < _wakeAt)
            return;
        _wakeAt = Instant.Never;
        Do(() =>
        {
            if (_core.WakeAt <= Machine.Clock.Now)
                Take(Tick.Instance);
            else
                PlanWake();
        });
    }

    private void PlanWake()
    {
        // Deadlines move mostly away: an early wake that is planned already looks again.
        Instant due = Machine.Clock.TrueTimeOf(_core.WakeAt);
        if (_wakeAt <= due)
            return;
        _wakeAt = Instant.Max(due, World.Agenda.Now) + TimeSpan.FromTicks((long)(_random.NextDouble() * SchedulingNoise.Ticks));
        World.Agenda.At(_wakeAt, _wake);
    }

    private void TellBeliefs()
    {
        ImmutableDictionary<string, MasterView> masters = _core.View.Masters;
        if (ReferenceEquals(masters, _seen))
            return;
        _seen = masters;
        // Not in the dictionary's own order, which differs from process to process.
        foreach (Group group in World.Groups)
        {
            string name = group.Name;
            if (!masters.TryGetValue(name, out MasterView? view))
            {
                _believed.Remove(name);
                continue;
            }
            bool isKnown = _believed.TryGetValue(name, out var before);
            _believed[name] = (view.Address, view.ConfigEpoch);
            if (!isKnown || before.Address != view.Address || before.ConfigEpoch != view.ConfigEpoch)
                World.Believes(this, name, view.Address, view.ConfigEpoch);
        }
    }

    private void Perform(Effect effect)
    {
        switch (effect)
        {
            case Send order:
                if (_lines.TryGetValue((order.Link, LinkChannel.Command), out Line? line) && line.UpSince is not null)
                {
                    if (line.Order.Group is { } group && PromotedBy(order.Request, line) is { } promoted)
                        World.Promoting(this, group, promoted);
                    line.Asked.Enqueue(order.Request);
                    line.Connection.Send(this, order.Request);
                }
                break;
            case Connect order:
                Connect(order);
                break;
            case Disconnect order:
                if (_lines.Remove((order.Link, order.Channel), out Line? closed))
                    closed.Connection.Abort();
                break;
            case PersistState order:
                Disk.Write(order.Number, _core.State);
                break;
            case KeepLineages:
                _lineages = _core.Lineages;
                break;
            case PublishEvent published:
                World.Happened(this, published.Event);
                if (published.Event.Name == "+switch-master")
                    TellSwitch(published.Event.MasterName!);
                break;
            case WriteLog written:
                World.Coverage.CountLine(written.Text);
                if (written.Level > EventLevel.Notice)
                    World.Note(Name, $"log: {written.Text}");
                break;
            case GiveAnswer given:
                if (_asked.Remove(given.Id, out Action<Answer>? then))
                    then(given.Answer);
                break;
            case SimulateCrash:
                World.Note(Name, $"crashes as it was told to");
                Kill();
                WhenItCrashes?.Invoke();
                WhenItCrashes = null;
                break;
            case RunScript or ResolveName:
                throw new InvalidOperationException($"{effect} was not expected: there are no scripts and no names here");
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>Who is to be the master when a request is obeyed; null: it makes nobody one.</summary>
    private static Address? PromotedBy(Request request, Line line) => request switch
    {
        Request.Reconfigure { Master: null } => line.Connection.Target,
        Request.HandOver handOver => handOver.Replica,
        _ => null,
    };

    private void Connect(Connect order)
    {
        var line = new Line(order, World.Network.Connect(this, order.Address));
        line.Connection.ClientState = line;
        _lines[(order.Link, order.Channel)] = line;
    }

    private void ReceiveAnswer(Connection connection, Line line, object message)
    {
        Connect order = line.Order;
        if (message is HelloPush hello)
        {
            Take(new HelloHeard(order.Link, order.Attempt, hello.Payload));
            return;
        }
        Request request = line.Asked.Dequeue();
        var reply = (Reply)message;
        if (request is Request.Ping && order.Group is { } group && IsValid(reply) && _core.View.Masters.TryGetValue(group, out MasterView? view))
            NoteHeard(connection.Target, view.DownAfter);
        if (request is Request.Info && reply is Reply.Text)
            NoteInformed(connection.Target);
        Take(new Answered(order.Link, order.Attempt, request, reply));
    }

    private static LinkLossCause CauseOf(string reason) => reason switch
    {
        "Connection refused" => LinkLossCause.Refused,
        "Server closed the connection" or "Connection reset by peer" => LinkLossCause.ClosedByPeer,
        "Connection timed out" => LinkLossCause.Unknown,
        _ => throw new System.Diagnostics.UnreachableException(reason),
    };

    private static bool IsValid(Reply reply) => reply switch
    {
        Reply.Text text => text.Value == "PONG",
        Reply.Error error => error.Message.StartsWith("LOADING", StringComparison.Ordinal) || error.Message.StartsWith("MASTERDOWN", StringComparison.Ordinal),
        _ => false,
    };

    /// <summary>Asks the core; the answer may come at once or after a save.</summary>
    private void Ask(Func<RequestId, Input> question, Action<Answer> then)
    {
        var id = new RequestId(++_lastRequest);
        _asked[id] = then;
        Take(question(id));
    }

    /// <summary>Tells of an order to fail over that is not refused at once, before anything is done for it: it may be refused later, when it cannot be saved.</summary>
    private void TellOrder(FailoverRequested order, IReadOnlyList<Effect> effects)
    {
        if (effects.Any(effect => effect is GiveAnswer { Answer: not Answer.Ok } given && given.Id == order.Id))
            return;
        World.OrderedFailover(this, order.MasterName, order.Options);
        if (!_asked.TryGetValue(order.Id, out Action<Answer>? then))
            return;
        _asked[order.Id] = answer =>
        {
            if (answer is not Answer.Ok)
                World.RefusedFailover(this, order.MasterName);
            then(answer);
        };
    }

    private void Serve(Connection connection, ReplyLine replies, object message)
    {
        switch (message)
        {
            case AddressQuery query:
                replies.Give(new AddressAnswer(MasterOf(query.MasterName)));
                break;
            case SubscribeSwitches:
                SubscribeToSwitches(connection);
                break;
            case Request.Ping:
                replies.Give(new Reply.Text("PONG"));
                break;
            case Request.PublishHello hello:
                replies.Give(new Reply.Integer(1));
                Take(new HelloReceived(hello.Hello.ToString()));
                break;
            case Request.AskIdentity:
                replies.Give(new Reply.Text(Id.Text));
                break;
            case Request.AskIfDown ask:
                Action<object> answer = replies.Reserve();
                Ask(id => new DownQuestionReceived(id, ask.Master, ask.Epoch, ask.Candidate), given => answer(DownReply(ask, (Answer.Down)given)));
                break;
            case Request.AskMaster ask when _core.View.Masters.TryGetValue(ask.MasterName, out MasterView? view):
                replies.Give(new Reply.List([.. Pairs(view).Select(word => new Reply.Text(word))]));
                break;
            default:
                replies.Give(new Reply.Error("ERR No such master with that name"));
                break;
        }
    }

    private Reply.List DownReply(Request.AskIfDown ask, Answer.Down down)
    {
        // By the address, not by the name: so does the core.
        if (down.Leader is { } leader && World.Groups.Find(group => MasterOf(group.Name) == ask.Master) is { } voted)
            World.Voted(this, voted.Name, down.LeaderEpoch, leader);
        return new Reply.List([new Reply.Integer(down.IsDown ? 1 : 0), new Reply.Text(down.Leader?.Text ?? "*"), new Reply.Integer((long)down.LeaderEpoch.Number)]);
    }

    private static string[] Pairs(MasterView view) =>
    [
        "ip", view.Address.Host, "port", view.Address.Port.ToString(CultureInfo.InvariantCulture), "config-epoch", view.ConfigEpoch.ToString(),
        .. view.Failover is FailoverStep.None ? (string[])[] : ["failover-state", view.Failover.Word()],
        .. view.IsSubjectivelyDown ? (string[])["flags", "s_down,master"] : [],
        .. view.LeaderToSwitch is not { } leader ? (string[])[] : ["awaited-leader", leader.Text],
    ];

    /// <summary>A connection that the core ordered.</summary>
    private sealed class Line(Connect order, Connection connection)
    {
        public Connect Order { get; } = order;
        public Connection Connection { get; } = connection;

        /// <summary>Since when it is connected, by the clock of its owner; null: not yet.</summary>
        public Instant? UpSince { get; set; }

        /// <summary>What was asked on it and is not answered, the oldest first.</summary>
        public Queue<Request> Asked { get; } = new();
    }
}
