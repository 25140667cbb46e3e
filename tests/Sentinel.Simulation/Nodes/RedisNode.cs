using Sentinel.Core;
using Sentinel.Simulation.Kernel;

namespace Sentinel.Simulation.Nodes;

/// <summary>A Redis server, as Sentinels, its replicas and its clients see it: what it has, its role, and its life.</summary>
/// <remarks>Modelled after Redis 7.0: which history goes on where is decided with two replication ids and a backlog, as there.</remarks>
internal sealed class RedisNode : Process
{
    /// <summary>How far it is behind by <see cref="Illness.Slow"/>.</summary>
    public static readonly TimeSpan Slowness = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan CronPeriod = TimeSpan.FromSeconds(1);

    /// <summary><c>repl-ping-replica-period</c>, in periods of the cron. Default of Redis.</summary>
    private const int PingEvery = 10;

    private const int PingBytes = 14;
    private const int QueryBytes = 37;
    private const int WriteBytes = 60;

    /// <summary>Length of a PUBLISH in the stream besides its message.</summary>
    private const int HelloBytes = 60;

    private readonly Random _random;
    private readonly NodeDisk _disk;
    private readonly NodeServer _server;
    private readonly List<MasterSpell> _spells = [];
    private readonly List<Instant> _failures = [];
    private readonly List<Instant> _deaths = [];
    private readonly List<(Illness Illness, Instant From, Instant Until)> _illnessSpells = [];
    private readonly List<DataLoss> _losses = [];
    private readonly List<(Instant At, Address? Master)> _ordersByHand = [];
    private readonly List<(Instant From, Instant Until)> _loadSpells = [];
    private RoleReason _follows;
    private Instant _followsSince;
    private Instant? _forgotItsRoleAt;
    private uint _illnesses;
    private int _branches;
    private int _crons;

    /// <summary>The replication id that it had before, up to where it went on under another; null: none.</summary>
    private Dataset? _second;

    /// <summary>Where its backlog begins at the earliest.</summary>
    private long _historyFrom;

    /// <summary>Offsets of the last two seconds, for <see cref="IsInSync"/>.</summary>
    private long _offsetAtCron, _offsetBefore;

    public RedisNode(World world, Machine machine, int port, string name, Group group, NodeSettings settings, Address? master)
        : base(world, machine, port, name)
    {
        (Group, Settings, Priority, Master) = (group, settings, settings.Priority, master);
        _random = Chance.Stream(world.Seed, "node " + name);
        _disk = new NodeDisk(settings, master, _random);
        _server = new NodeServer(this);
        (Link, Followers, Swap) = (new MasterLink(this), new Followers(this), new RoleSwap(this));
        Branch = NewBranch(origin: null, start: 0, RoleReason.EmptyStart);
    }

    public Group Group { get; }
    public NodeSettings Settings { get; }

    /// <summary>The replica's side of its replication.</summary>
    public MasterLink Link { get; }

    /// <summary>The other side of it.</summary>
    public Followers Followers { get; }

    public RoleSwap Swap { get; }

    public string RunId { get; private set; } = "";

    public int Priority { get; private set; }

    /// <summary>When its priority was last changed.</summary>
    public Instant PrioritySince { get; private set; }

    // What checkers may know.

    /// <summary>Whom it follows; null: it is a master.</summary>
    public Address? Master { get; private set; }

    /// <summary>Whether it is a master, running or not.</summary>
    public bool IsMaster => Master is null;

    public Branch Branch { get; private set; }
    public long Offset { get; private set; }

    /// <summary>What it has; while it loads, what it will have.</summary>
    public Dataset Data => new(Branch, Offset);

    public bool HasData => HasDataSince is not null;

    /// <summary>Since when it has writes, and can be read; null: it has none.</summary>
    public Instant? HasDataSince { get; private set; }

    /// <summary>Whether, as a replica, its link to its master is up and it has all that the master had a second ago.</summary>
    public bool IsInSync =>
        Link.IsUp && Master is { } master && World.NodeAt(master) is { IsRunning: true } followed && followed.Branch == Branch && Offset >= followed._offsetBefore;

    /// <summary>Whether any illness is upon it.</summary>
    public bool IsIll => _illnesses != 0;

    /// <summary>Whether it is loading data, from its disk or from a master's snapshot.</summary>
    public bool IsLoading { get; private set; }

    /// <summary>Whether it was loading data in a moment, and came to an end with that.</summary>
    public bool WasLoading(Instant at) => _loadSpells.Exists(spell => spell.From <= at && spell.Until >= at);

    /// <summary>How many writes its process loaded last, from its disk or from a master.</summary>
    public int KeysLoaded { get; private set; }

    /// <summary>When it last had loaded what it has; null: it never had to.</summary>
    public Instant? LoadedAt { get; private set; }

    /// <summary>When it became a master last, by a start or by an order; null: it never was one.</summary>
    public Instant? LastBecameMasterAt => _spells.Count == 0 ? null : _spells[^1].From;

    /// <summary>The times in which it was a master, the last one perhaps not over.</summary>
    public IReadOnlyList<MasterSpell> MasterSpells => _spells;

    /// <summary>Whether it was a master and, started anew since then, a replica, as its configuration says.</summary>
    public bool ForgotItsRoleSince(Instant then) => _forgotItsRoleAt >= then;

    /// <summary>Whether it is a master, or was one at some time since then.</summary>
    public bool WasMasterSince(Instant then) => _spells.Count > 0 && _spells[^1].Until >= then;

    /// <summary>When it was killed or frozen.</summary>
    public IReadOnlyList<Instant> Failures => _failures;

    /// <summary>When it was killed.</summary>
    public IReadOnlyList<Instant> Deaths => _deaths;

    /// <summary>Whether it has writes that another one of the same history has not, and not the other way round.</summary>
    public bool HasMoreThan(RedisNode other) => Data.Contains(other.Branch, other.Offset) && Data.Writes > other.Data.Writes;

    /// <summary>What it threw away, the oldest first.</summary>
    public IReadOnlyList<DataLoss> Losses => _losses;

    public bool Is(Illness illness) => (_illnesses & Bit(illness)) != 0;

    // What operators and faults do to it.

    public void Restart(RestartConfiguration configuration)
    {
        if (!IsRunning && configuration == RestartConfiguration.Original)
            _disk.RestoreConfiguration();
        Start();
    }

    /// <summary>Ends as told to, and saves before.</summary>
    public void ShutDown()
    {
        if (!IsWorking)
            return;
        if (!IsLoading)
            _disk.Replace(Data);
        Kill();
    }

    /// <summary>Its disk is empty at the next start.</summary>
    public void LoseData() => _disk.Lose();

    public void FallIll(Illness illness)
    {
        if (Is(illness))
            return;
        _illnessSpells.Add((illness, World.Agenda.Now, Instant.Never));
        _illnesses |= Bit(illness);
    }

    public void Recover(Illness illness)
    {
        if (!Is(illness))
            return;
        int last = _illnessSpells.FindLastIndex(spell => spell.Illness == illness);
        _illnessSpells[last] = _illnessSpells[last] with { Until = World.Agenda.Now };
        _illnesses &= ~Bit(illness);
    }

    /// <summary>Whether something was wrong with it at some time between two moments.</summary>
    public bool HadIllness(Illness illness, Instant from, Instant to) => _illnessSpells.Exists(spell => spell.Illness == illness && spell.From <= to && spell.Until >= from);

    /// <summary>How long what came to it between two moments may have waited until it was applied, if its link did not end before.</summary>
    public TimeSpan DelayBetween(Instant from, Instant to)
    {
        TimeSpan delay = HadIllness(Illness.Slow, from - Slowness, to) ? Slowness : TimeSpan.Zero;
        foreach ((Instant frozen, Instant thawed) in FrozenSpells)
        {
            if (frozen <= to && frozen <= from + delay + Slowness && thawed >= from)
                delay += thawed - frozen;
        }
        return delay;
    }

    /// <summary>All that was done to it is undone; it runs. Its priority is as at first. Writes that are held back are let through in their time: a Sentinel may rely on that.</summary>
    public void RecoverFully()
    {
        foreach (Illness illness in Enum.GetValues<Illness>())
            Recover(illness);
        SetPriority(Settings.Priority);
        Thaw();
        Start();
    }

    public void SetPriority(int priority)
    {
        if (Priority != priority)
            (Priority, PrioritySince) = (priority, World.Agenda.Now);
    }

    /// <summary>Follows another node, or is a master, as told by an operator (REPLICAOF by hand, without CONFIG REWRITE).</summary>
    public void Obey(Address? master) => Do(() =>
    {
        if (IsLoading || Is(Illness.Busy) || Is(Illness.IgnoresOrders) || Swap.IsUnderWay)
            return;
        _ordersByHand.Add((World.Agenda.Now, master));
        Take(master, RoleReason.Operator);
    });

    /// <summary>Whether an operator, by hand, has told it since then to follow another node.</summary>
    public bool WasToldToFollow(RedisNode other, Instant since) => _ordersByHand.Exists(order => order.At >= since && order.Master == other.Address);

    /// <summary>CLIENT PAUSE WRITE.</summary>
    public void PauseWrites(TimeSpan time) => Do(() => _server.Pause(time));

    /// <summary>CLIENT UNPAUSE.</summary>
    public void ResumeWrites() => _server.Resume();

    /// <summary>The nodes' own FAILOVER TO.</summary>
    public void FailOverTo(Address target) => Do(() => Swap.Begin(target));

    // Roles.

    /// <summary>Takes a role.</summary>
    /// <param name="master">Whom to follow; null: to be a master.</param>
    public void Take(Address? master, RoleReason reason)
    {
        if (master is { } followed)
            BeReplica(followed, reason);
        else
            BeMaster(reason);
    }

    /// <summary>Opens a branch of its own; those who follow it come back, and go on.</summary>
    public void BeMaster(RoleReason reason)
    {
        if (Master is null)
            return;
        Branch branch = NewBranch(Data, Offset, reason);
        _second = Data;
        Master = null;
        Link.Drop();
        Link.ForgetDownTime();
        Branch = branch;
        Followers.DropAll();
        _spells.Add(new MasterSpell(World.Agenda.Now, Instant.Never));
    }

    /// <summary>Follows another node, from where it is if that one can serve it.</summary>
    public void BeReplica(Address master, RoleReason reason)
    {
        if (Master == master)
            return;
        if (Master is null)
        {
            EndSpell();
            Link.CanContinue = true;
        }
        Link.Drop();
        (Master, _follows, _followsSince) = (master, reason, World.Agenda.Now);
        Link.Open();
    }

    /// <summary>CONFIG REWRITE.</summary>
    /// <returns>The error; null: it is done.</returns>
    public string? RewriteConfiguration()
    {
        if (!Settings.CanRewriteConfig)
            return "ERR The server is running without a config file";
        _disk.Rewrite(Master);
        return null;
    }

    // Data.

    /// <summary>What it says to commands that are of no use now; null: nothing speaks against them.</summary>
    public string? Refusal() =>
        Is(Illness.Busy) ? "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE."
        : IsLoading ? "LOADING Redis is loading the dataset in memory"
        : null;

    /// <summary>Writes; only of a master.</summary>
    public WriteAccepted Write(int value)
    {
        World.WriteTaken(this);
        Branch.AddWrite(value, WriteBytes);
        Streamed();
        return new WriteAccepted(this, Branch, Offset, World.Agenda.Now);
    }

    /// <summary>Takes a message of a channel into the stream; a replica has none of its own.</summary>
    public void StreamHello(string payload)
    {
        if (Master is not null || IsLoading)
            return;
        Branch.AddHello(payload, HelloBytes + payload.Length);
        Streamed();
    }

    /// <summary>Has those who follow asked how far they are, through the stream.</summary>
    public void AskForAcknowledgements()
    {
        Branch.AddBytes(QueryBytes);
        Streamed();
        Followers.Query();
    }

    /// <summary>One who follows has told how far it is.</summary>
    public void Acknowledged() => _server.Acknowledged();

    /// <summary>Whether a replica can go on from a point with what the backlog has.</summary>
    public bool CanServe(Dataset point)
    {
        bool isKnown = point.Branch == Branch || (_second is { } second && point.Branch == second.Branch && point.Offset <= second.Offset);
        return isKnown && point.Offset <= Offset && point.Offset >= Math.Max(_historyFrom, Offset - Settings.Backlog);
    }

    /// <summary>Its master's stream is of this branch from where the node is, or from later on.</summary>
    public void GoOnThrough(Branch branch)
    {
        if (Branch != branch && Offset >= branch.Start)
            Turn(branch);
    }

    /// <summary>Takes in what the stream brings.</summary>
    public void Apply(StreamPart part)
    {
        if (part.Branch != Branch)
        {
            Branch.Hellos(Offset, part.Branch.Start, _server.Deliver);
            Offset = part.Branch.Start;
            Turn(part.Branch);
        }
        if (part.End <= Offset)
            return;
        if (_server.HasSubscribers)
            Branch.Hellos(Offset, part.End, _server.Deliver);
        Offset = part.End;
        Changed();
    }

    /// <summary>Replaces what it has; this takes time.</summary>
    public void Load(Dataset data, bool fromMaster, TimeSpan time, Action then)
    {
        if (fromMaster)
            NoteLoss(data, isRestart: false);
        (IsLoading, Branch, Offset, _second, _historyFrom) = (true, data.Branch, data.Offset, null, data.Offset);
        HasDataSince = null;
        Followers.DropAll();
        if (fromMaster)
            _disk.Replace(data);
        Instant from = World.Agenda.Now;
        After(time, () =>
        {
            _loadSpells.Add((from, World.Agenda.Now));
            (IsLoading, LoadedAt, HasDataSince) = (false, World.Agenda.Now, Data.Writes > 0 ? World.Agenda.Now : null);
            KeysLoaded = data.Writes;
            then();
        });
    }

    /// <summary>Closes a connection that somebody made to it.</summary>
    public void Close(Connection connection) => _server.Close(connection);

    // Its life.

    public override void Connected(Connection connection) => ((MasterLink)connection.ClientState!).Connected();

    public override void Accepted(Connection connection) => _server.Accepted(connection);

    public override void Received(Connection connection, object message)
    {
        if (connection.Client == this && connection.ClientState is MasterLink)
            Link.Received(connection, message);
        else
            _server.Received(connection, message);
    }

    public override void Lost(Connection connection, string reason)
    {
        if (connection.Client == this)
            Link.Lost(connection);
        else
            _server.Lost(connection);
    }

    protected override void OnStarted()
    {
        bool wasMaster = Life > 1 && Master is null;
        RunId = SentinelId.Draw(_random).Text;
        Dataset before = Data;
        NoteLoss(_disk.Data, isRestart: true);
        (Master, _follows, _followsSince) = (_disk.Master, RoleReason.Restart, StartedAt);
        if (wasMaster && Master is not null)
            _forgotItsRoleAt = StartedAt;
        _disk.Start(StartedAt);
        (_second, _historyFrom, Offset, IsLoading) = (null, 0, 0, false);
        (HasDataSince, KeysLoaded, _offsetAtCron, _offsetBefore) = (null, 0, 0, 0);
        Link.Reset(canContinue: false);
        if (Master is null)
            _spells.Add(new MasterSpell(StartedAt, Instant.Never));
        World.Note(Name, $"starts as a {(Master is { } followed ? $"replica of {followed}" : "master")} with {(_disk.Data is { } found ? $"{found.Writes} writes" : "nothing")}");
        if (_disk.Data is { } data)
            LoadFromDisk(data, before);
        else
            Branch = NewBranch(origin: null, start: 0, RoleReason.EmptyStart, before);
        World.StartedAnew(this);
        if (!IsLoading)
            Link.Open();
        After(_random.Between(TimeSpan.Zero, CronPeriod), Cron);
    }

    protected override void OnFrozen() => _failures.Add(World.Agenda.Now);

    protected override void OnDied(bool withMachine)
    {
        _failures.Add(World.Agenda.Now);
        _deaths.Add(World.Agenda.Now);
        if (!IsLoading)
            _disk.OwnerDied(Data, withMachine);
        if (Master is null)
            EndSpell();
        _server.Reset();
        Followers.Clear();
        Swap.Reset();
        Link.Reset(canContinue: false);
    }

    private void LoadFromDisk(Dataset data, Dataset before)
    {
        bool opens = Master is null || Settings.ForgetsOffset;
        Branch branch = opens ? NewBranch(data, Settings.ForgetsOffset ? 0 : data.Offset, RoleReason.Restart, before) : data.Branch;
        Load(new Dataset(branch, opens ? branch.Start : data.Offset), fromMaster: false, Settings.LoadTime, () =>
        {
            if (!Settings.ForgetsOffset)
                Link.CanContinue = true;
            Link.Open();
        });
        if (opens && !Settings.ForgetsOffset)
            _second = data;
    }

    private void Cron()
    {
        if (!IsLoading)
            _disk.Cron(Data, World.Agenda.Now);
        (_offsetBefore, _offsetAtCron) = (_offsetAtCron, Offset);
        if (Master is not null)
            Link.Cron();
        Followers.Cron();
        if (++_crons % PingEvery == 0 && Master is null && !IsLoading && Followers.All.Count > 0 && !_server.IsPaused)
        {
            Branch.AddBytes(PingBytes);
            Streamed();
        }
        After(CronPeriod, Cron);
    }

    private void Streamed()
    {
        Offset = Branch.End;
        Changed();
    }

    private void Changed()
    {
        if (HasDataSince is null && Data.Writes > 0)
            HasDataSince = World.Agenda.Now;
        Followers.Stream();
    }

    /// <summary>The same history goes on under another name; who follows has to learn it.</summary>
    private void Turn(Branch branch)
    {
        _second = Data;
        Branch = branch;
        Followers.DropAll();
    }

    private Branch NewBranch(Dataset? origin, long start, RoleReason reason, Dataset? before = null) =>
        new($"{Name}.{++_branches}", origin, start, new Opening(this, World.Agenda.Now, reason, before));

    private void NoteLoss(Dataset? after, bool isRestart)
    {
        if (Data.Writes > 0 && after?.Contains(Branch, Offset) is not true)
        {
            var loss = new DataLoss(this, World.Agenda.Now, Data, after, isRestart, _follows)
            {
                AliveSince = StartedAt, FollowsSince = _followsSince, WasNeverToLead = Priority == 0,
                CopiedNewcomer = !isRestart && Master is { } master && World.NodeAt(master) is { } giver && giver.Group != Group && (_follows is RoleReason.Restart || giver.StartedAt > _followsSince),
            };
            _losses.Add(loss);
            World.DataLost(loss);
        }
    }

    private static uint Bit(Illness illness) => 1u << (int)illness;

    private void EndSpell() => _spells[^1] = _spells[^1] with { Until = World.Agenda.Now };
}

/// <summary>A time in which a node was a master.</summary>
/// <param name="From">When it began.</param>
/// <param name="Until">When it ended; never: it goes on.</param>
internal readonly record struct MasterSpell(Instant From, Instant Until);
