using System.Collections.Immutable;
using System.Globalization;

namespace Sentinel.Core.Tests.Cluster;

/// <summary>The real core of one Sentinel, with a modelled shell around it.</summary>
internal sealed class FakeSentinel
{
    private readonly World _world;
    private readonly int _number;
    private readonly Dictionary<(LinkId, LinkChannel), Connection> _connections = [];
    private readonly Dictionary<RequestId, Action<Answer>> _asked = [];
    private SentinelState _disk;
    private ImmutableArray<LineageState> _lineages = [];
    private SentinelCore _core;
    private readonly Queue<Action> _unread = [];
    private readonly Dictionary<Address, int> _attempts = [];
    private long _lastRequest;
    private int _life;

    public FakeSentinel(World world, int number, MasterState master)
    {
        (_world, _number, Options) = (world, number, world.Options);
        Id = SentinelId.Draw(new Random(number));
        _disk = new SentinelState(Id, Epoch.Zero, [master]);
        _core = NewCore();
    }

    public SentinelId Id { get; private set; }

    /// <summary>What it is configured with at its next start.</summary>
    public SentinelOptions Options { get; set; }

    public Address Address => new("10.0.1.1", 26000 + _number);
    public bool IsRunning { get; private set; }

    /// <summary>A frozen one runs too.</summary>
    public bool IsFrozen { get; private set; }

    public List<SentinelEvent> Events { get; } = [];
    public List<string> Log { get; } = [];

    /// <summary>The scripts it wanted run: path, then arguments with bars between them.</summary>
    public List<string> Scripts { get; } = [];
    public MasterView View => _core.View.Masters[World.Master];
    public SentinelView Whole => _core.View;
    public Instant WakeAt => IsFrozen ? Instant.Never : _core.WakeAt;

    /// <summary>Whether it does not tell peers what it believes, as with an ACL that does not let them ask.</summary>
    public bool IsSecretive { get; set; }

    /// <summary>What the disk says to a save; null: it is done.</summary>
    public string? DiskError { get; set; }

    /// <summary>Whether it refuses PING, as by its ACL, and answers all else.</summary>
    public bool RefusesPing { get; set; }

    /// <summary>How often it was asked whether the master is down.</summary>
    public int DownQuestions { get; private set; }

    /// <summary>How often it had a name resolved.</summary>
    public int Resolutions { get; private set; }

    /// <summary>What it is to keep of which data are of the group.</summary>
    public LineageState Lineage => _core.Lineages.Single(lineage => lineage.MasterName == World.Master);

    /// <summary>What is on disk.</summary>
    public SentinelState Disk => _disk;

    /// <summary>Connections that stand.</summary>
    public int OpenConnections => _connections.Values.Count(connection => connection.IsUp);

    /// <summary>The orders by which the connections to data nodes were made.</summary>
    public IEnumerable<Connect> NodeConnections =>
        _connections.Values.Where(connection => connection.IsUp && _world.Nodes.Exists(node => node.Address == connection.Order.Address)).Select(connection => connection.Order);

    /// <summary>The orders by which the connections to peers were made.</summary>
    public IEnumerable<Connect> PeerConnections =>
        _connections.Values.Where(connection => connection.IsUp && _world.Sentinels.Exists(peer => peer.Address == connection.Order.Address)).Select(connection => connection.Order);

    /// <summary>Sentinels that cannot be reached, and nodes.</summary>
    public HashSet<Address> Unreachable { get; } = [];

    /// <summary>Every vote spoken: master, epoch, candidate.</summary>
    public List<(Epoch Epoch, SentinelId Leader)> VotesSpoken { get; } = [];

    public void Start()
    {
        IsRunning = true;
        Input(new Started());
    }

    public void Kill()
    {
        IsRunning = false;
        _life++;
        IsFrozen = false;
        _unread.Clear();
        _connections.Clear();
        _asked.Clear();
        foreach (FakeSentinel other in _world.Sentinels)
            other.ConnectionsBreak(Address);
    }

    public void Restart()
    {
        _core = NewCore();
        Start();
    }

    /// <summary>Starts a new process, which is ready only after some time.</summary>
    public void RestartAfter(double seconds)
    {
        _core = NewCore();
        _world.After(TimeSpan.FromSeconds(seconds), Start);
    }

    /// <summary>Starts it anew with a file of its own master that was written by hand.</summary>
    public void RestartFrom(MasterState master)
    {
        Kill();
        _disk = new SentinelState(Id, Epoch.Zero, [master]);
        Restart();
    }

    /// <summary>Starts it anew with nothing but its file's masters, as another Sentinel.</summary>
    public void LoseIdentity(SentinelId id)
    {
        Kill();
        Id = id;
        _disk = new SentinelState(id, Epoch.Zero, [new MasterState { Options = _disk.Masters[0].Options, Address = _disk.Masters[0].Address }]);
        Restart();
    }

    /// <summary>Lets the process miss some time, as SIGSTOP does. What comes meanwhile waits in its sockets.</summary>
    public void Freeze() => IsFrozen = true;

    /// <summary>Ends that: what waited is read before anything else, old as it is.</summary>
    public void Thaw()
    {
        IsFrozen = false;
        while (_unread.TryDequeue(out Action? read))
            read();
        Input(Tick.Instance);
    }

    public Answer? Ask(Func<RequestId, Input> question)
    {
        Answer? given = null;
        AskThen(question, answer => given = answer);
        _world.RunUntil(() => given is not null, "an answer");
        return given;
    }

    public void Input(Input input)
    {
        if (!IsRunning)
            return;
        if (IsFrozen)
        {
            _unread.Enqueue(() => Input(input));
            return;
        }
        foreach (Effect effect in _core.Step(input, _world.Now).ToArray())
        {
            if (IsRunning)
                Perform(effect);
        }
    }

    public void NodeDied(FakeNode node) => ConnectionsBreak(node.Address);

    public void NodeThawed(FakeNode node)
    {
        foreach (Connection connection in _connections.Values.Where(connection => connection.Order.Address == node.Address).ToArray())
        {
            foreach (Request request in connection.Waiting)
                Deliver(connection, request);
            connection.Waiting.Clear();
        }
    }

    /// <summary>How often it tried to connect to somebody.</summary>
    public int Attempts(Address address) => _attempts.GetValueOrDefault(address);

    /// <summary>Cuts this Sentinel off from an address; silence, not refusal.</summary>
    public void CutOff(Address address) => Unreachable.Add(address);

    public void Heal() => Unreachable.Clear();

    /// <summary>Connections that stand are lost: all those to an address, or those for one kind of traffic.</summary>
    public void ConnectionsBreak(Address address, LinkChannel? channel = null)
    {
        foreach (Connection connection in _connections.Values.Where(connection => connection.Order.Address == address && (channel ?? connection.Order.Channel) == connection.Order.Channel && connection.IsUp).ToArray())
        {
            connection.IsUp = false;
            Later(() => Input(new LinkLost(connection.Order.Link, connection.Order.Attempt, connection.Order.Channel, "Server closed the connection") { Cause = LinkLossCause.ClosedByPeer }));
        }
    }

    private SentinelCore NewCore() => new(_disk, Options with { Port = Address.Port }, new Random(_number), _world.Now, _lineages);

    public void AskThen(Func<RequestId, Input> question, Action<Answer> then)
    {
        var id = new RequestId(++_lastRequest);
        _asked[id] = then;
        Input(question(id));
    }

    private void Later(Action action)
    {
        int life = _life;
        _world.After(_world.Latency, () =>
        {
            if (life == _life)
                action();
        });
    }

    private void Perform(Effect effect)
    {
        switch (effect)
        {
            case Connect order:
                Connect(order);
                break;
            case Disconnect order:
                _connections.Remove((order.Link, order.Channel));
                break;
            case Send order:
                if (_connections.TryGetValue((order.Link, LinkChannel.Command), out Connection? connection) && connection.IsUp)
                    Deliver(connection, order.Request);
                break;
            case ResolveName name:
                Resolve(name.Host);
                break;
            case PersistState order:
                Persist(order.Number, _core.State);
                break;
            case KeepLineages:
                _lineages = _core.Lineages;
                break;
            case PublishEvent published:
                EventContract.Check(published.Event);
                Events.Add(published.Event);
                if (published.Event.Level > EventLevel.Debug)
                    _world.Note($"{(char)('A' + _number)} {published.Event.Name} {published.Event.Payload}{(published.Event.Reason is { } reason ? $" ({reason})" : "")}");
                break;
            case RunScript order:
                Scripts.Add($"{order.Path} {string.Join('|', order.Arguments)}");
                break;
            case WriteLog line:
                Log.Add(line.Text);
                if (line.Level > EventLevel.Notice)
                    _world.Note($"{(char)('A' + _number)} log: {line.Text}");
                break;
            case SimulateCrash:
                Kill();
                break;
            case GiveAnswer given:
                if (given.Answer is Answer.Down { Leader: { } leader } vote)
                    VotesSpoken.Add((vote.LeaderEpoch, leader));
                if (_asked.Remove(given.Id, out Action<Answer>? then))
                    then(given.Answer);
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private void Resolve(string host)
    {
        Resolutions++;
        if (_world.ResolverHangs)
            return;
        Later(() => Input(!_world.Names.TryGetValue(host, out string[]? ips)
            ? new NameNotResolved(host, "Name or service not known", IsPassing: false)
            : ips.Length == 0
                ? new NameNotResolved(host, "Temporary failure in name resolution", IsPassing: true)
                : new NameResolved(host, [.. ips])));
    }

    private void Persist(SaveNumber number, SentinelState state)
    {
        int life = _life;
        _world.After(_world.SaveTime, () =>
        {
            if (life != _life)
                return;
            if (DiskError is null)
                _disk = state;
            Input(DiskError is { } error ? new StateNotSaved(number, error) : new StateSaved(number));
        });
    }

    private void Connect(Connect order)
    {
        var connection = new Connection(order);
        _connections[(order.Link, order.Channel)] = connection;
        _attempts[order.Address] = Attempts(order.Address) + 1;
        if (Unreachable.Contains(order.Address))
            return;
        Later(() =>
        {
            if (!IsCurrent(connection))
                return;
            if (!IsUp(order.Address))
            {
                Input(new LinkLost(order.Link, order.Attempt, order.Channel, "Connection refused") { Cause = LinkLossCause.Refused });
                return;
            }
            connection.IsUp = true;
            if (order.Channel == LinkChannel.Subscription)
                _world.Node(order.Address).Subscribe(this, order.Link, order.Attempt);
            Input(new LinkConnected(order.Link, order.Attempt, order.Channel, Address.Host));
        });
    }

    private bool IsUp(Address address) =>
        _world.Sentinels.Find(sentinel => sentinel.Address == address) is { } sentinel ? sentinel.IsRunning : _world.Nodes.Exists(node => node.Address == address && node.IsAlive);

    private bool IsCurrent(Connection connection) =>
        _connections.TryGetValue((connection.Order.Link, connection.Order.Channel), out Connection? current) && current == connection;

    private void Deliver(Connection connection, Request request)
    {
        Address to = connection.Order.Address;
        if (Unreachable.Contains(to))
            return;
        Later(() =>
        {
            if (Unreachable.Contains(to) || !connection.IsUp)
                return;
            if (_world.Sentinels.Find(sentinel => sentinel.Address == to) is { } peer)
            {
                if (peer.IsRunning && !peer.Unreachable.Contains(Address))
                    peer.ReadThen(() => peer.Serve(request, reply => Later(() => Receive(connection, request, reply))));
                return;
            }
            // What it went to may have moved away.
            if (_world.Nodes.Find(node => node.Address == to) is not { } node)
                return;
            if (node.IsFrozen)
                connection.Waiting.Add(request);
            else if (node.IsAlive)
            {
                Reply reply = node.Serve(request, this);
                Later(() => Receive(connection, request, reply));
            }
        });
    }

    private void Receive(Connection connection, Request request, Reply reply)
    {
        if (IsCurrent(connection) && connection.IsUp)
            Input(new Answered(connection.Order.Link, connection.Order.Attempt, request, reply));
    }

    private void ReadThen(Action serve)
    {
        if (IsFrozen)
            _unread.Enqueue(serve);
        else
            serve();
    }

    private void Serve(Request request, Action<Reply> answer)
    {
        switch (request)
        {
            case Request.Ping:
                answer(RefusesPing ? new Reply.Error("NOPERM this user has no permissions to run the 'ping' command") : new Reply.Text("PONG"));
                break;
            case Request.PublishHello hello:
                Input(new HelloReceived(hello.Hello.ToString()));
                answer(new Reply.Integer(1));
                break;
            case Request.AskIfDown ask:
                DownQuestions++;
                AskThen(id => new DownQuestionReceived(id, ask.Master, ask.Epoch, ask.Candidate), given =>
                {
                    var down = (Answer.Down)given;
                    answer(new Reply.List([new Reply.Integer(down.IsDown ? 1 : 0), new Reply.Text(down.Leader?.Text ?? "*"), new Reply.Integer((long)down.LeaderEpoch.Number)]));
                });
                break;
            case Request.AskIdentity when !IsSecretive:
                answer(new Reply.Text(Id.Text));
                break;
            case Request.AskMaster ask when !IsSecretive && _core.View.Masters.TryGetValue(ask.MasterName, out MasterView? view):
                string[] pairs =
                [
                    "ip", view.Address.Host, "port", view.Address.Port.ToString(CultureInfo.InvariantCulture), "config-epoch", view.ConfigEpoch.ToString(),
                    .. view.Failover is FailoverStep.None ? (string[])[] : ["failover-state", view.Failover.Word()],
                    .. view.IsSubjectivelyDown ? (string[])["flags", "s_down,master"] : [],
                    .. view.LeaderToSwitch is not { } leader ? (string[])[] : ["awaited-leader", leader.Text],
                ];
                answer(new Reply.List([.. pairs.Select(word => new Reply.Text(word))]));
                break;
            default:
                answer(new Reply.Error("NOPERM not for you"));
                break;
        }
    }

    private sealed class Connection(Connect order)
    {
        public Connect Order { get; } = order;
        public bool IsUp { get; set; }
        public List<Request> Waiting { get; } = [];
    }
}
