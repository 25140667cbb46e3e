using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Sentinel.Core.Tests.Cluster;

/// <summary>Sentinels (the real core) and modelled Redis nodes in one thread and in virtual time.</summary>
/// <remarks>Deterministic: the same script gives the same transcript. Every message takes <see cref="Latency"/>.</remarks>
internal sealed class World
{
    public const string Master = "mymaster";

    private readonly PriorityQueue<Action, (long Ticks, long Order)> _agenda = new();
    private long _order;

    public Instant Now { get; private set; } = Instant.At(TimeSpan.FromHours(1));
    public TimeSpan Latency { get; } = TimeSpan.FromMicroseconds(200);
    public TimeSpan SaveTime { get; set; } = TimeSpan.FromMilliseconds(1);
    public List<FakeNode> Nodes { get; } = [];
    public List<FakeSentinel> Sentinels { get; } = [];
    public List<string> Transcript { get; } = [];

    /// <summary>Where names lead. A name that is not here is unknown; one that leads nowhere cannot be resolved for now.</summary>
    public Dictionary<string, string[]> Names { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether the resolver is asked, and never says anything.</summary>
    public bool ResolverHangs { get; set; }

    /// <summary>What the sentinels are configured with, their port aside.</summary>
    public SentinelOptions Options { get; init; } = new();

    /// <summary>A master with replicas, all attached, and Sentinels that know only the master.</summary>
    public static World With(int sentinels = 3, int replicas = 2, int quorum = 2, double downAfterMs = 1000, double failoverTimeoutMs = 10_000, int parallelSyncs = 1, SentinelOptions? options = null, double fenceAfterMs = 0, params ReadOnlySpan<Address> knownReplicas)
    {
        var world = new World { Options = options ?? new SentinelOptions() };
        for (int i = 0; i <= replicas; i++)
            world.Nodes.Add(new FakeNode(world, new Address("10.0.0.1", 7000 + i), i == 0 ? null : new Address("10.0.0.1", 7000)));
        var master = new MasterOptions
        {
            Name = Master, Quorum = quorum, DownAfter = TimeSpan.FromMilliseconds(downAfterMs),
            FailoverTimeout = TimeSpan.FromMilliseconds(failoverTimeoutMs), ParallelSyncs = parallelSyncs, FenceAfter = TimeSpan.FromMilliseconds(fenceAfterMs),
        };
        for (int i = 0; i < sentinels; i++)
        {
            var sentinel = new FakeSentinel(world, i, new MasterState { Options = master, Address = world.Nodes[0].Address, Replicas = [.. knownReplicas] });
            world.Sentinels.Add(sentinel);
            sentinel.Start();
        }
        return world;
    }

    /// <summary>Like <see cref="With"/>, each node on a host of its own, and all of them known by name: <c>db0</c> is the master's.</summary>
    public static World Named(SentinelOptions options, int sentinels = 3, int replicas = 2, int quorum = 2, double downAfterMs = 5000, double failoverTimeoutMs = 10_000)
    {
        var world = new World { Options = options };
        for (int i = 0; i <= replicas; i++)
        {
            world.Names[$"db{i}"] = [$"10.0.0.{i + 1}"];
            world.Nodes.Add(new FakeNode(world, new Address($"10.0.0.{i + 1}", 7000), i == 0 ? null : new Address("db0", 7000)) { AnnouncedHost = $"db{i}" });
        }
        var master = new MasterOptions
        {
            Name = Master, Quorum = quorum, DownAfter = TimeSpan.FromMilliseconds(downAfterMs), FailoverTimeout = TimeSpan.FromMilliseconds(failoverTimeoutMs),
        };
        for (int i = 0; i < sentinels; i++)
            world.Sentinels.Add(new FakeSentinel(world, i, new MasterState { Options = master, Address = new Address("db0", 7000) }));
        foreach (FakeSentinel sentinel in world.Sentinels)
            sentinel.Start();
        return world;
    }

    /// <summary>Waits until all know all, for some time.</summary>
    public void Settle()
    {
        RunUntil(
            () => Sentinels.TrueForAll(s => s.View.Peers.Length == Sentinels.Count - 1 && s.View.Replicas.Length == Nodes.Count - 1 && s.View.Replicas.All(r => r.InfoAt is not null)),
            "all know all");
        Run(seconds: 3);
    }

    /// <summary>Like <see cref="With"/>, and all know all.</summary>
    public static World Settled(int sentinels = 3, int replicas = 2, int quorum = 2, double downAfterMs = 1000, double failoverTimeoutMs = 10_000, int parallelSyncs = 1, SentinelOptions? options = null, double fenceAfterMs = 0)
    {
        World world = With(sentinels, replicas, quorum, downAfterMs, failoverTimeoutMs, parallelSyncs, options, fenceAfterMs);
        world.RunUntil(() => world.Sentinels.TrueForAll(s => s.View.Peers.Length == sentinels - 1 && s.View.Replicas.Length == replicas && s.View.Replicas.All(r => r.InfoAt is not null)), "all know all");
        world.Run(seconds: 3);
        return world;
    }

    /// <summary>Adds a second group, of a master and one replica, that all Sentinels watch.</summary>
    /// <returns>Its master.</returns>
    public FakeNode AddGroup(string name, int port)
    {
        var master = new FakeNode(this, new Address("10.0.0.2", port), null);
        Nodes.Add(master);
        Nodes.Add(new FakeNode(this, new Address("10.0.0.2", port + 1), master.Address));
        MasterOptions options = Sentinels[0].View.Options with { Name = name };
        foreach (FakeSentinel sentinel in Sentinels)
            Assert.IsType<Answer.Ok>(sentinel.Ask(id => new MonitorRequested(id, options, master.Address)));
        RunUntil(() => Sentinels.TrueForAll(s => s.Whole.Masters[name] is { Replicas.Length: 1 } view && view.Peers.Length == Sentinels.Count - 1), $"all know {name}");
        return master;
    }

    public FakeNode Node(Address address) => Nodes.Single(node => node.Address == Resolve(address));

    /// <summary>An address by its first IP address; of a name that leads nowhere, itself.</summary>
    public Address Resolve(Address address) => Names.TryGetValue(address.Host, out string[]? ips) && ips.Length > 0 ? new Address(ips[0], address.Port) : address;

    public FakeNode MasterNode => Nodes[0];

    public void After(TimeSpan delay, Action action) => _agenda.Enqueue(action, ((Now + delay).Ticks, _order++));

    public void Run(double seconds)
    {
        Instant end = Now + TimeSpan.FromSeconds(seconds);
        while (StepBefore(end))
        {
        }
        Now = end;
    }

    /// <summary>Runs until something holds.</summary>
    /// <returns>The time it took.</returns>
    public TimeSpan RunUntil(Func<bool> condition, string what, double atMostSeconds = 30)
    {
        Instant start = Now, end = Now + TimeSpan.FromSeconds(atMostSeconds);
        while (!condition())
            Assert.True(StepBefore(end), $"never: {what}\n{string.Join('\n', Transcript.TakeLast(60))}");
        return Now - start;
    }

    /// <summary>Events of all Sentinels that are about something, such as <c>+switch-master</c>.</summary>
    public int Count(string eventName) => Sentinels.Sum(sentinel => sentinel.Events.Count(e => e.Name == eventName));

    public void Note(string line) => Transcript.Add(string.Create(CultureInfo.InvariantCulture, $"{(Now - Instant.At(TimeSpan.FromHours(1))).TotalSeconds,10:F4} {line}"));

    private bool StepBefore(Instant end)
    {
        FakeSentinel? first = Sentinels.Where(s => s.IsRunning).MinBy(s => s.WakeAt);
        Instant wake = first?.WakeAt ?? Instant.Never;
        Instant next = _agenda.TryPeek(out _, out var at) ? new Instant(at.Ticks) : Instant.Never;
        if (Instant.Min(wake, next) > end)
            return false;
        if (next <= wake)
        {
            Now = Instant.Max(Now, next);
            _agenda.Dequeue()();
        }
        else
        {
            Now = Instant.Max(Now, wake);
            first!.Input(Tick.Instance);
        }
        return true;
    }
}

/// <summary>What a Redis node does, as far as a Sentinel sees it.</summary>
internal sealed class FakeNode(World world, Address address, Address? master)
{
    private readonly List<Subscriber> _subscribers = [];
    private int _restarts;
    private FakeNode? _successor;

    public Address Address { get; private set; } = address;
    public Address? Master { get; private set; } = master;

    /// <summary>By what its run id is told from that of another node, wherever it moves.</summary>
    public string Process { get; init; } = $"{address.Port}{string.Concat(address.Host.Where(char.IsAsciiDigit))}";

    /// <summary>All hellos that were published on it.</summary>
    public List<HelloMessage> Hellos { get; } = [];

    /// <summary>By what its master names it to us, as with <c>replica-announce-ip</c>; null: by its address.</summary>
    public string? AnnouncedHost { get; set; }

    /// <summary>It runs somewhere else now, as a container that was started anew.</summary>
    public void MoveTo(string ip)
    {
        Kill();
        Address = new Address(ip, Address.Port);
        IsAlive = true;
    }

    /// <summary>The replication history that it says its data are of; null: it does not say.</summary>
    public string? History { get; set; }

    /// <summary>How many keys it has.</summary>
    public int Keys { get; set; }

    /// <summary>Whether it says that its process loaded nothing.</summary>
    public bool HasLoadedNothing { get; set; }

    /// <summary>Whether it is receiving what is to replace its data.</summary>
    public bool IsSynchronising { get; set; }

    /// <summary>Whether it is loading its data.</summary>
    public bool IsLoading { get; set; }

    /// <summary>The one that it went on from.</summary>
    public string? FormerHistory { get; set; }

    /// <summary>Whether it goes on in a history of its own when it is made a master.</summary>
    public bool BeginsHistories { get; set; }

    /// <summary>Up to which offset it has <see cref="FormerHistory"/>; null: it does not say.</summary>
    public ulong? FormerHistoryEnd { get; set; }

    public bool IsAlive { get; private set; } = true;
    public bool IsFrozen { get; private set; }

    /// <summary>When it was frozen last.</summary>
    public Instant FrozenAt { get; private set; }

    public int Priority { get; set; } = 100;
    public ulong Offset { get; set; } = 1000;

    /// <summary>Whether the node, as a replica, never synchronised with its master.</summary>
    public bool NeverSynchronised { get; set; }

    /// <summary>Whether it is of a version, or has an ACL, without <c>REPLICAOF</c>.</summary>
    public bool KnowsOnlySlaveOf { get; set; }

    /// <summary>Whether its link to its master brings nothing, and neither has noticed.</summary>
    public bool IsCutOffFromMaster { get; set; }

    /// <summary>For how long it says that its link to its master is down, when it is.</summary>
    public int LinkDownSeconds { get; set; } = 1;

    /// <summary>Whether its link is up to whoever lives that it follows, a master or not.</summary>
    public bool MayFollowReplicas { get; set; }

    /// <summary>Whether it would take a write now.</summary>
    public bool TakesWrites => Master is null && world.Now >= WritesHeldUntil;

    /// <summary>The kinds of all that was asked of it.</summary>
    public List<string> Asked { get; } = [];

    /// <summary>All that it was asked, with its time.</summary>
    public List<(Instant At, Request Request)> AskedAt { get; } = [];

    /// <summary>Whether it acknowledges orders and does not carry them out.</summary>
    public bool IgnoresOrders { get; set; }

    /// <summary>Orders it acknowledged and did not carry out.</summary>
    public int OrdersIgnored { get; private set; }

    /// <summary>Commands refused, with the error.</summary>
    public Dictionary<string, string> Refused { get; } = [];

    /// <summary>What CONFIG GET tells.</summary>
    public Dictionary<string, string> Settings { get; } = [];

    /// <summary>What it says to every hello; null: it takes them.</summary>
    public string? HelloRefusal { get; set; }

    /// <summary>What it says to CONFIG REWRITE; null: it works.</summary>
    public string? RewriteError { get; set; }

    /// <summary>Further lines of INFO.</summary>
    public string MoreInfo { get; set; } = "";

    /// <summary>How often it handed its role over by itself.</summary>
    public int HandedOver { get; private set; }

    /// <summary>How often it was told to hold writes back.</summary>
    public int Holds { get; private set; }

    /// <summary>Until when it holds writes back.</summary>
    public Instant WritesHeldUntil { get; private set; }

    /// <summary>For each time that it was promoted while its master lived: whether that one held writes back, and it had all of them.</summary>
    public List<bool> PromotedBeside { get; } = [];

    /// <summary>All role changes it was told, in order: <c>SLAVEOF NO ONE</c> and the like.</summary>
    public List<string> Told { get; } = [];

    private string RunId => $"{Process}{_restarts}".PadRight(40, 'a');

    public void Kill()
    {
        IsAlive = false;
        _subscribers.Clear();
        foreach (FakeSentinel sentinel in world.Sentinels)
            sentinel.NodeDied(this);
    }

    public void Restart(Address? asReplicaOf = null)
    {
        (IsAlive, Master, _restarts) = (true, asReplicaOf, _restarts + 1);
        Offset = asReplicaOf is null ? 0 : Offset;
    }

    /// <summary>An operator makes it the master.</summary>
    public void Promote()
    {
        BeginHistory();
        Master = null;
    }

    /// <summary>An operator lets it follow another one.</summary>
    public void Demote(Address master) => Master = master;

    public void Freeze() => (IsFrozen, FrozenAt) = (true, world.Now);

    public void Thaw()
    {
        IsFrozen = false;
        foreach (FakeSentinel sentinel in world.Sentinels)
            sentinel.NodeThawed(this);
    }

    public void Subscribe(FakeSentinel sentinel, LinkId link, int attempt) => _subscribers.Add(new Subscriber(sentinel, link, attempt));

    public Reply Serve(Request request, FakeSentinel from)
    {
        Asked.Add(request.GetType().Name);
        AskedAt.Add((world.Now, request));
        if (request is Request.PublishHello hello)
        {
            if (HelloRefusal is not null)
                return new Reply.Error(HelloRefusal);
            Hellos.Add(hello.Hello);
            Deliver(hello.Hello);
            foreach (FakeNode replica in world.Nodes.Where(node => Follows(node) && node is { IsAlive: true, IsFrozen: false }))
                replica.Deliver(hello.Hello);
            return new Reply.Integer(1);
        }
        if (request is Request.Reconfigure change)
            return Change(change);
        if (request is Request.HoldWritesAndTell { Lease: var lease })
            return new Reply.List([Refused.TryGetValue("CLIENT PAUSE", out string? denied) ? new Reply.Error(denied) : Hold(lease), new Reply.Text(Info())]);
        if (request is Request.ProbeOrders or Request.ProbeTransaction or Request.ProbeRewrite or Request.AskSettings)
            return Examine(request);
        string command = request.Commands[0][0];
        if (Refused.TryGetValue(command, out string? error))
            return new Reply.Error(error);
        return request switch
        {
            Request.Ping => IsLoading ? new Reply.Error("LOADING Redis is loading the dataset in memory") : new Reply.Text("PONG"),
            Request.Info => new Reply.Text(Info()),
            Request.ProbeReplicaOf when KnowsOnlySlaveOf => new Reply.Error("ERR unknown command 'REPLICAOF', with args beginning with: 'probe' "),
            Request.ProbeReplicaOf => new Reply.Error("ERR Invalid master port"),
            Request.KillScript => new Reply.Text("OK"),
            Request.HandOver order => HandOver(order),
            Request.KeepRole => KeepRole(),
            Request.StopHandingOver => Stop(),
            Request.TellOffset => TellOffset(),
            Request.ProbePause => new Reply.Error("ERR timeout is not an integer or out of range"),
            Request.HoldWrites hold => Hold(hold.Time),
            Request.ReleaseWrites => Release(),
            Request.CountAttached => new Reply.Integer(world.Nodes.Count(node => Follows(node) && node is { IsAlive: true, IsFrozen: false, IsCutOffFromMaster: false })),
            _ => new Reply.Error($"ERR unknown command '{command}' from {from.Id}"),
        };
    }

    /// <summary>What is asked before a failover: each word is refused, or found to be wrong, and none is carried out.</summary>
    private Reply.List Examine(Request request)
    {
        List<Reply> replies = [];
        bool isTransaction = false;
        foreach (ImmutableArray<string> command in request.Commands)
        {
            string name = command.Length == 1 || command[0].EndsWith("OF", StringComparison.Ordinal) ? command[0] : $"{command[0]} {command[1]}";
            string? refusal = Refusal(name);
            replies.Add(refusal is not null ? new Reply.Error(refusal) : command[0] switch
            {
                "MULTI" => new Reply.Text("OK"),
                "CONFIG" when command.Length == 1 => new Reply.Error("ERR wrong number of arguments for 'config' command"),
                "EXEC" when !isTransaction => new Reply.Error("ERR EXEC without MULTI"),
                "EXEC" => replies.Exists(reply => reply is Reply.Error) ? new Reply.Error("EXECABORT Transaction discarded because of previous errors.") : new Reply.List([]),
                "CONFIG" when command[1] == "GET" => Settings.TryGetValue(command[2], out string? value) ? new Reply.List([new Reply.Text(command[2]), new Reply.Text(value)]) : new Reply.List([]),
                "CONFIG" when !isTransaction => throw new InvalidOperationException("this would be done"),
                _ when isTransaction => new Reply.Text("QUEUED"),
                "CLIENT" => new Reply.Error("ERR Unknown client type 'probe'"),
                _ => new Reply.Error("ERR Invalid master port"),
            });
            isTransaction |= refusal is null && command[0] == "MULTI";
            if (command[0] == "EXEC" && refusal is null)
                isTransaction = false;
        }
        Assert.False(isTransaction, "a transaction was begun and not ended");
        return new Reply.List([.. replies]);
    }

    /// <summary>FAILOVER: it gives way as soon as the replica has told that it has every byte.</summary>
    private Reply HandOver(Request.HandOver order)
    {
        FakeNode? replica = world.Nodes.FirstOrDefault(node => Follows(node) && node.IsAlive && new Address(node.AnnouncedHost ?? node.Address.Host, node.Address.Port) == order.Replica);
        if (replica is null)
            return new Reply.Error("ERR FAILOVER target HOST and PORT is not a replica.");
        Assert.Null(_successor);
        (_successor, WritesHeldUntil) = (replica, world.Now + order.Timeout);
        world.After(order.Timeout, () =>
        {
            if (_successor == replica)
                Stop();
        });
        world.After(TimeSpan.FromSeconds(1), () => replica.TellOffset());
        return new Reply.Text("OK");
    }

    private Reply.Text Stop()
    {
        (_successor, WritesHeldUntil) = (null, Instant.Zero);
        return new Reply.Text("OK");
    }

    private Reply.List TellOffset()
    {
        FakeNode? giver = world.Nodes.FirstOrDefault(node => node._successor == this);
        if (giver is { IsAlive: true, IsFrozen: false } && IsAlive && !IsFrozen && Offset >= giver.Offset)
        {
            BeginHistory();
            (Master, giver.Master) = (null, Address);
            giver.Stop();
            giver.HandedOver++;
            world.Note($"{giver.Address} hands over to {Address}");
        }
        return new Reply.List([new Reply.Error("ERR syntax error")]);
    }

    /// <summary>CLIENT PAUSE WRITE.</summary>
    private Reply.Text Hold(TimeSpan time)
    {
        Holds++;
        WritesHeldUntil = Instant.Max(WritesHeldUntil, world.Now + time);
        return new Reply.Text("OK");
    }

    private Reply.Text Release()
    {
        WritesHeldUntil = Instant.Zero;
        return new Reply.Text("OK");
    }

    private Reply.Text KeepRole()
    {
        Told.Add("CONFIG REWRITE");
        return new Reply.Text("OK");
    }

    private Reply.List Change(Request.Reconfigure change)
    {
        List<Reply> replies = [new Reply.Text("OK")];
        replies.AddRange(change.Commands.Skip(1).Take(4).Select(command =>
            (Refusal(command[0]) ?? (command.Length > 1 ? Refusal($"{command[0]} {command[1]}") : null)) is { } error ? new Reply.Error(error) : (Reply)new Reply.Text("QUEUED")));
        if (replies.Exists(reply => reply is Reply.Error))
        {
            replies.Add(new Reply.Error("EXECABORT Transaction discarded because of previous errors."));
        }
        else
        {
            if (IgnoresOrders)
                OrdersIgnored++;
            else
                Obey(change);
            replies.Add(new Reply.List([new Reply.Text("OK"), RewriteError is { } failure ? new Reply.Error(failure) : new Reply.Text("OK"), new Reply.Integer(1), new Reply.Integer(1)]));
        }
        replies.Add(new Reply.Text(Info()));
        return new Reply.List([.. replies]);
    }

    private void Obey(Request.Reconfigure change)
    {
        if (change.Master is null && Master is { } former && world.Nodes.Find(node => node.Address == world.Resolve(former)) is { IsAlive: true, Master: null } living)
            PromotedBeside.Add(living.WritesHeldUntil > world.Now && Offset >= living.Offset);
        if (change.Master is null && Master is not null)
            BeginHistory();
        Master = change.Master;
        NeverSynchronised = false;
        Told.Add($"{change.Verb} {change.Master?.ToString() ?? "NO ONE"}");
        world.Note($"{Address} is told {Told[^1]}");
    }

    private void BeginHistory()
    {
        if (BeginsHistories && History is not null)
            (History, FormerHistory, FormerHistoryEnd) = ($"{History[0]}{Address.Port}", History, Offset + 1);
    }

    private bool Follows(FakeNode node) => node.Master is { } followed && world.Resolve(followed) == Address;

    private string? Refusal(string command) =>
        IsLoading ? "LOADING Redis is loading the dataset in memory" : Refused.TryGetValue(command, out string? error) ? error : KnowsOnlySlaveOf && command == "REPLICAOF" ? "ERR unknown command 'REPLICAOF'" : null;

    private void Deliver(HelloMessage hello)
    {
        foreach (Subscriber subscriber in _subscribers)
            world.After(world.Latency, () => subscriber.Sentinel.Input(new HelloHeard(subscriber.Link, subscriber.Attempt, hello.ToString())));
    }

    private string Info()
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"# Server\r\nrun_id:{RunId}\r\n# Replication\r\n");
        if (History is not null)
            text.Append(CultureInfo.InvariantCulture, $"master_replid:{History.PadRight(40, '0')}\r\nmaster_replid2:{(FormerHistory ?? "").PadRight(40, '0')}\r\nsecond_repl_offset:{(FormerHistoryEnd is { } end ? $"{end}" : "-1")}\r\n");
        if (IsLoading)
            text.Append("loading:1\r\n");
        if (Master is not { } follows)
        {
            text.Append("role:master\r\n");
            int i = 0;
            foreach (FakeNode replica in world.Nodes.Where(node => Follows(node) && node.IsAlive))
                text.Append(CultureInfo.InvariantCulture, $"slave{i++}:ip={replica.AnnouncedHost ?? replica.Address.Host},port={replica.Address.Port},state=online,offset={replica.Offset},lag={(replica.IsCutOffFromMaster ? 9 : 0)}\r\n");
        }
        else
        {
            FakeNode? followed = NeverSynchronised ? null : world.Nodes.Find(node => node.Address == world.Resolve(follows) && node.IsAlive && (node.Master is null || MayFollowReplicas));
            bool isUp = followed is not null;
            long heard = followed switch { null => -1, { IsFrozen: true } => (long)(world.Now - followed.FrozenAt).TotalSeconds, _ => 0 };
            text.Append(CultureInfo.InvariantCulture, $"role:slave\r\nmaster_host:{follows.Host}\r\nmaster_port:{follows.Port}\r\nmaster_link_status:{(isUp ? "up" : "down")}\r\nmaster_last_io_seconds_ago:{heard}\r\n");
            if (!isUp)
                text.Append(CultureInfo.InvariantCulture, $"master_link_down_since_seconds:{(NeverSynchronised ? -1 : LinkDownSeconds)}\r\n");
            text.Append(CultureInfo.InvariantCulture, $"slave_repl_offset:{Offset}\r\nslave_priority:{Priority}\r\nreplica_announced:1\r\n");
        }
        text.Append(CultureInfo.InvariantCulture, $"master_failover_state:{(_successor is null ? "no-failover" : "waiting-for-sync")}\r\nmaster_repl_offset:{Offset}\r\n");
        if (HasLoadedNothing)
            text.Append("aof_enabled:0\r\nrdb_last_load_keys_loaded:0\r\n");
        if (IsSynchronising)
            text.Append("master_sync_in_progress:1\r\n");
        if (Keys > 0)
            text.Append(CultureInfo.InvariantCulture, $"# Keyspace\r\ndb0:keys={Keys},expires=0,avg_ttl=0\r\n");
        text.Append(MoreInfo);
        return text.ToString();
    }

    private sealed record Subscriber(FakeSentinel Sentinel, LinkId Link, int Attempt);
}
