using System.Globalization;
using Sentinel.Core;

namespace Sentinel.Benchmarks.Micro;

/// <summary>One core, and masters with two replicas and two peers each that answer it at once, in virtual time.</summary>
internal sealed class WatchedGroups
{
    private const int Replicas = 2;
    private const int Peers = 2;

    /// <summary>Effects of one moment: many times what a start with a thousand masters gives.</summary>
    private const int EffectsMax = 1_000_000;

    private readonly SentinelId[] _peers = [.. Enumerable.Range(1, Peers).Select(i => SentinelId.Draw(new Random(i)))];
    private readonly SentinelCore _core;
    private readonly Queue<Input> _answers = [];
    private readonly HashSet<Address> _silent = [];
    private readonly Dictionary<LinkId, Address> _links = [];
    private readonly Dictionary<Address, int> _groupOf = [];

    /// <param name="masters">How many groups.</param>
    public WatchedGroups(int masters)
    {
        Now = Instant.At(TimeSpan.FromHours(1));
        State = StateOf(masters);
        for (int group = 0; group < masters; group++)
        {
            for (int node = 0; node <= Replicas; node++)
                _groupOf[Node(group, node)] = group;
        }
        _core = new SentinelCore(State, new SentinelOptions(), new Random(1), Now);
        Input(new Started());
        RunFor(TimeSpan.FromSeconds(25));    // two rounds of INFO: all know all, and nothing of the start is left
        MasterLink = _links.Single(link => link.Value == Node(0, 0)).Key;
    }

    /// <summary>The time of the last step.</summary>
    public Instant Now { get; private set; }

    /// <summary>The state that it began with.</summary>
    public SentinelState State { get; }

    /// <summary>The link to the first master.</summary>
    public LinkId MasterLink { get; }

    /// <summary>The attempt by which that link's command connection was made.</summary>
    public int MasterAttempt { get; private set; }

    /// <summary>When the core last took in an INFO of the first master.</summary>
    public Instant? MasterInfoAt => _core.View.Masters[NameOf(0)].InfoAt;

    /// <summary>What the first master answers to INFO.</summary>
    public string MasterInfo => InfoOf(Node(0, 0));

    /// <summary>What a peer says of the first master, each other second.</summary>
    public string Hello => new HelloMessage(Peer(0), _peers[0], Epoch.Zero, NameOf(0), Node(0, 0), Epoch.Zero).ToString();

    /// <summary>Lets the core take in one fact at the time of the last step, and ignores what follows from it.</summary>
    public int Step(Input input) => _core.Step(input, Now).Count;

    /// <summary>Lets time pass in which nothing comes.</summary>
    public void Wait(TimeSpan time) => Now += time;

    /// <summary>Kills the first master, and runs until this Sentinel leads its failover.</summary>
    /// <returns>Steps that it took.</returns>
    public int Elect()
    {
        _silent.Add(Node(0, 0));
        for (int steps = 1; ; steps++)
        {
            Now = Instant.Max(Now, _core.WakeAt);
            if (Input(Tick.Instance))
                return steps;
            if (steps > 100_000)
                throw new InvalidOperationException("nobody is elected");
        }
    }

    /// <summary>What a Sentinel knows of its masters after a while.</summary>
    public static SentinelState StateOf(int masters)
    {
        SentinelId[] peers = [.. Enumerable.Range(1, Peers).Select(i => SentinelId.Draw(new Random(i)))];
        return new SentinelState(SentinelId.Draw(new Random(100)), Epoch.Zero,
        [
            .. Enumerable.Range(0, masters).Select(group => new MasterState
            {
                Options = new MasterOptions { Name = NameOf(group), Quorum = 2, DownAfter = TimeSpan.FromSeconds(5), PreflightPeriod = TimeSpan.Zero },
                Address = Node(group, 0),
                Replicas = [.. Enumerable.Range(1, Replicas).Select(node => Node(group, node))],
                Peers = [.. peers.Select((id, i) => new PeerState(id, Peer(i)))],
            }),
        ]);
    }

    private static string NameOf(int group) => $"master-{group:d4}";

    private static Address Node(int group, int node) => new($"10.{node}.{group / 250}.{group % 250 + 1}", 6379);

    private static Address Peer(int number) => new($"10.200.0.{number + 1}", 26379);

    private void RunFor(TimeSpan time)
    {
        Instant end = Now + time;
        while (_core.WakeAt < end)
        {
            Now = Instant.Max(Now, _core.WakeAt);
            Input(Tick.Instance);
        }
    }

    /// <summary>Takes in a fact, and all answers to what follows from it.</summary>
    /// <returns>Whether this Sentinel was elected.</returns>
    private bool Input(Input input)
    {
        bool isElected = false;
        _answers.Enqueue(input);
        for (int i = 0; _answers.TryDequeue(out Input? next); i++)
        {
            if (i > EffectsMax)
                throw new InvalidOperationException("the core does not come to rest");
            foreach (Effect effect in _core.Step(next, Now))
            {
                isElected |= effect is PublishEvent { Event.Name: "+elected-leader" };
                if (AnswerTo(effect) is { } answer)
                    _answers.Enqueue(answer);
            }
        }
        return isElected;
    }

    private Input? AnswerTo(Effect effect)
    {
        switch (effect)
        {
            case Connect order:
                _links[order.Link] = order.Address;
                if (order.Address == Node(0, 0) && order.Channel == LinkChannel.Command)
                    MasterAttempt = order.Attempt;
                return _silent.Contains(order.Address) ? null : new LinkConnected(order.Link, order.Attempt, order.Channel, "10.100.0.1");
            case Send order when !_silent.Contains(_links[order.Link]):
                return new Answered(order.Link, order.Attempt, order.Request, ReplyTo(order.Request, _links[order.Link]));
            case PersistState order:
                return new StateSaved(order.Number);
            default:
                return null;
        }
    }

    private Reply ReplyTo(Request request, Address to) => request switch
    {
        Request.Ping => new Reply.Text("PONG"),
        Request.Info => new Reply.Text(InfoOf(to)),
        Request.PublishHello => new Reply.Integer(1),
        Request.AskIfDown ask => new Reply.List([new Reply.Integer(1), new Reply.Text(ask.Candidate?.Text ?? "*"), new Reply.Integer((long)ask.Epoch.Number)]),
        Request.AskIdentity => new Reply.Text(_peers[to == Peer(0) ? 0 : 1].Text),
        _ => new Reply.Error("ERR unknown command"),
    };

    private string InfoOf(Address node)
    {
        int group = _groupOf[node];
        string head = $"# Server\r\nredis_version:7.0.15\r\nrun_id:{SentinelId.Draw(new Random(node.GetHashCode())).Text}\r\n# Replication\r\n";
        return node == Node(group, 0)
            ? $"{head}role:master\r\nconnected_slaves:{Replicas}\r\n"
                + string.Concat(Enumerable.Range(1, Replicas).Select(i => string.Create(CultureInfo.InvariantCulture, $"slave{i - 1}:ip={Node(group, i).Host},port=6379,state=online,offset=1000,lag=0\r\n")))
                + "master_repl_offset:1000\r\n"
            : $"{head}role:slave\r\nmaster_host:{Node(group, 0).Host}\r\nmaster_port:6379\r\nmaster_link_status:up\r\nmaster_last_io_seconds_ago:1\r\n"
                + "slave_repl_offset:1000\r\nslave_priority:100\r\nslave_read_only:1\r\nreplica_announced:1\r\n";
    }
}
