using Sentinel.Core;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Nodes;

namespace Sentinel.Simulation.Sentinels;

/// <summary>A Sentinel of either kind, as operators and checkers see it.</summary>
internal abstract class SimSentinel(World world, Machine machine, int port, string name) : Process(world, machine, port, name)
{
    /// <summary>So long after a history began, or was loaded, whoever hears its node has read of it: an INFO period of calm, and some.</summary>
    private static readonly TimeSpan s_newsAge = TimeSpan.FromSeconds(15);

    private readonly Dictionary<Address, Hearing> _heard = [];

    /// <summary>What nodes were last heard with, as far as each went on from what it had before.</summary>
    private readonly Dictionary<RedisNode, Dataset> _traced = [];
    private readonly Dictionary<Group, RedisNode> _believedIn = [];
    private readonly List<Connection> _switchSubscribers = [];
    private readonly List<Instant> _filesLostAt = [];
    private readonly HashSet<string> _forgottenBlindly = [];

    /// <summary>Its identity; a new one after it lost its file.</summary>
    public abstract SentinelId Id { get; }

    /// <summary>Whether it behaves like redis-sentinel.</summary>
    public abstract bool IsLegacy { get; }

    /// <summary>Where it believes a master to be; null: it does not monitor it.</summary>
    public abstract Address? MasterOf(string master);

    /// <summary>Whether its file, after a loss of power too, tells it to monitor a master.</summary>
    public abstract bool HasSaved(string master);

    /// <summary>The epoch of that belief.</summary>
    public abstract Epoch ConfigEpochOf(string master);

    /// <summary>How far the failover is that it leads.</summary>
    public abstract FailoverStep FailoverOf(string master);

    /// <summary>Whether it holds a master down.</summary>
    public abstract bool HoldsDown(string master);

    /// <summary>After which silence it holds a master down.</summary>
    public abstract TimeSpan DownAfterOf(string master);

    /// <summary>How many other Sentinels it knows for a master.</summary>
    public abstract int PeersOf(string master);

    /// <summary>Whether it knows so many replicas of a master, and has read their INFO.</summary>
    public abstract bool KnowsAllReplicas(string master, int count);

    /// <summary>Whether it knows a replica of a master.</summary>
    public abstract bool KnowsReplica(string master, Address replica);

    /// <summary>An operator gives an order; nothing happens while it does not run.</summary>
    public abstract void Order(Func<RequestId, Input> order);

    /// <summary>Its file is lost: at its next start it has the one that it all began with, and a new identity.</summary>
    public void LoseFile()
    {
        _filesLostAt.Add(World.Agenda.Now);
        ForgetTraces();
        ReplaceFile();
    }

    /// <summary>It knows no more of nodes' data than what they say from now on.</summary>
    protected void ForgetTraces() => _traced.Clear();

    /// <summary>When it lost its file.</summary>
    public IReadOnlyList<Instant> FilesLostAt => _filesLostAt;

    /// <summary>An operator, who did not look whether all is well, lets it forget what it found out of a master.</summary>
    public void ForgetBlindly(string master) => _forgottenBlindly.Add(master);

    /// <summary>Whether it was ever told so (<see cref="ForgetBlindly"/>).</summary>
    public bool ForgotBlindly(string master) => _forgottenBlindly.Contains(master);

    /// <summary>Puts the file in place that it all began with.</summary>
    protected abstract void ReplaceFile();

    /// <summary>All that was done to it is undone; it runs.</summary>
    public virtual void Recover()
    {
        Thaw();
        Start();
    }

    /// <summary>When a node last answered it, validly, in true time; null: never in this life.</summary>
    public Instant? LastHeard(Address node) => _heard.TryGetValue(node, out Hearing heard) ? heard.At : null;

    /// <summary>When a connection to a node was first made since it was last heard, in true time; null: none was.</summary>
    public Instant? ReachedAt(Address node) => _heard.TryGetValue(node, out Hearing heard) ? heard.ReachedAt : null;

    /// <summary>When a node was last heard again, or for the first time, after more than the given silence; null: there was none.</summary>
    public Instant? HeardAgainAt(Address node) => _heard.TryGetValue(node, out Hearing heard) ? heard.AgainAt : null;

    /// <summary>
    /// Whether a node cannot show that what it has goes on from what it was last heard with: it was started twice or more since then, and has less. It names
    /// the history that its own went on from, and how far it had come there, and no earlier one.
    /// </summary>
    public bool HasLostTrackOf(RedisNode node) =>
        _traced.TryGetValue(node, out Dataset last) && node.Branch != last.Branch && node.Branch.Origin is { } origin && origin.Branch != last.Branch && origin.Offset < last.Offset;

    /// <summary>A node answered a PING validly.</summary>
    protected void NoteHeard(Address address, TimeSpan downAfter)
    {
        Instant now = World.Agenda.Now;
        Hearing before = _heard.GetValueOrDefault(address);
        bool isAgain = now - (before.At ?? StartedAt) > downAfter;
        _heard[address] = new Hearing(now, isAgain ? now : before.AgainAt, ReachedAt: null);
        if (World.NodeAt(address) is { IsLoading: false } node && now - node.Branch.Opening.At >= s_newsAge && !(now - node.LoadedAt < s_newsAge) && (!node.IsMaster || !HasLostTrackOf(node)))
            _traced[node] = node.Data;
    }

    /// <summary>A node answered INFO, and so told how far it has come in what it was last traced with.</summary>
    protected void NoteInformed(Address address)
    {
        if (World.NodeAt(address) is { IsLoading: false } node && _traced.TryGetValue(node, out Dataset last) && last.Branch == node.Data.Branch)
            _traced[node] = node.Data;
    }

    /// <summary>It believes in another node than before that is the master, and so has seen how far that one had come then.</summary>
    public void NoteBelieved(RedisNode master)
    {
        bool isNews = !_believedIn.TryGetValue(master.Group, out RedisNode? before) || before != master;
        _believedIn[master.Group] = master;
        if (isNews && master is { IsMaster: true, IsWorking: true, IsLoading: false })
            _traced[master] = master.Data;
    }

    /// <summary>A connection to a node was made.</summary>
    protected void NoteReached(Address address)
    {
        Hearing before = _heard.GetValueOrDefault(address);
        _heard[address] = before with { ReachedAt = before.ReachedAt ?? World.Agenda.Now };
    }

    /// <summary>A client is told of replaced masters from now on.</summary>
    protected void SubscribeToSwitches(Connection connection)
    {
        _switchSubscribers.RemoveAll(subscriber => !subscriber.IsOpenAtServer);
        _switchSubscribers.Add(connection);
    }

    /// <summary>It published that a master was replaced.</summary>
    protected void TellSwitch(string master)
    {
        foreach (Connection subscriber in _switchSubscribers)
            subscriber.Send(this, new SwitchPush(master));
    }

    protected override void OnDied(bool withMachine)
    {
        _heard.Clear();
        _switchSubscribers.Clear();
    }

    private readonly record struct Hearing(Instant? At, Instant? AgainAt, Instant? ReachedAt);
}
