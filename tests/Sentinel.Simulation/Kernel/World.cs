using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Sentinel.Core;
using Sentinel.Simulation.Checkers;
using Sentinel.Simulation.Clients;
using Sentinel.Simulation.Faults;
using Sentinel.Simulation.Nodes;
using Sentinel.Simulation.Sentinels;

namespace Sentinel.Simulation.Kernel;

/// <summary>Whole clusters in one thread: Sentinels, nodes, clients, and the network between them. One seed, one story.</summary>
internal sealed class World
{
    private readonly List<Checker> _checkers = [];
    private readonly List<Violation> _violations = [];
    private readonly List<Action> _whenHealed = [];
    private readonly List<(Action<SimSentinel, SentinelEvent> Watcher, Instant Until)> _watchers = [];

    public World(ulong seed, Topology topology, Profile? profile = null, bool isTold = false)
    {
        (Seed, Topology) = (seed, topology);
        if (isTold)
            Transcript = new StringBuilder();
        StartedAt = Agenda.Now;
        Network = new Network(Agenda, Chance.Stream(seed, "network")) { DelayMin = topology.DelayMin, DelayNoise = topology.DelayNoise };
        ClusterBuilder.Build(this);
        _checkers.AddRange(AllCheckers.For(this, profile));
    }

    public ulong Seed { get; }
    public Topology Topology { get; }
    public Agenda Agenda { get; } = new();
    public Network Network { get; }
    public Coverage Coverage { get; } = new();
    public List<Group> Groups { get; } = [];
    public List<SimSentinel> Sentinels { get; } = [];
    public List<Client> Clients { get; } = [];
    public Instant StartedAt { get; }

    /// <summary>What was acknowledged to clients, and what became of it.</summary>
    public WriteLedger Writes { get; } = new();

    /// <summary>Who voted for whom.</summary>
    public Ballots Ballots { get; } = new();

    /// <summary>Which failovers operators ordered.</summary>
    public OrderedFailovers Ordered { get; } = new();

    /// <summary>Rules that were broken, the first one first.</summary>
    public IReadOnlyList<Violation> Violations => _violations;

    public IReadOnlyList<Checker> Checkers => _checkers;

    /// <summary>The story, a line for each thing worth telling; null: it is not written down.</summary>
    public StringBuilder? Transcript { get; }

    /// <summary>True time since the start.</summary>
    public TimeSpan Elapsed => Agenda.Now - StartedAt;

    /// <summary>Whether faults are over: what is left of them does not happen.</summary>
    public bool IsHealed { get; private set; }

    public IEnumerable<RedisNode> Nodes => Groups.SelectMany(group => group.Nodes);

    /// <summary>The node that listens at an address; null: no node does.</summary>
    public RedisNode? NodeAt(Address address) => Network.At(address.Host) is { } machine ? NodeOn(machine, address.Port) : null;

    public Group Group(string name)
    {
        foreach (Group group in Groups)
        {
            if (group.Name == name)
                return group;
        }
        throw new ArgumentException($"no group {name}", nameof(name));
    }

    public SimSentinel? Sentinel(SentinelId id) => Sentinels.Find(sentinel => sentinel.Id == id);

    /// <summary>Lets time pass; ends early when a rule is broken.</summary>
    public void Run(TimeSpan time)
    {
        Instant end = Agenda.Now + time;
        while (_violations.Count == 0 && Agenda.Step(end))
        {
        }
    }

    /// <summary>Lets time pass until something holds; it is looked at after every step.</summary>
    /// <returns>Whether it came to hold.</returns>
    public bool RunUntil(Func<bool> condition, TimeSpan atMost)
    {
        Instant end = Agenda.Now + atMost;
        while (!condition())
        {
            if (_violations.Count > 0 || !Agenda.Step(end))
                return condition();
        }
        return true;
    }

    /// <summary>Lets time pass until something holds; it is looked at only now and then, for it costs.</summary>
    public bool RunUntil(Func<bool> condition, TimeSpan atMost, TimeSpan every)
    {
        Instant end = Agenda.Now + atMost;
        while (!condition())
        {
            if (_violations.Count > 0 || Agenda.Now >= end)
                return false;
            Run(every);
        }
        return true;
    }

    /// <summary>Ends all faults: everything runs, and everything can be reached.</summary>
    public void Heal()
    {
        Note("***", $"all faults are healed");
        IsHealed = true;
        foreach (Action action in _whenHealed)
            action();
        Network.Heal();
        foreach (Machine machine in Network.Machines)
        {
            machine.Clock.DriftBy(0);
            machine.Clock.CatchUp();
            Power.Restore(this, machine);
        }
        foreach (SimSentinel sentinel in Sentinels)
            sentinel.Recover();
        foreach (RedisNode node in Nodes)
            node.RecoverFully();
    }

    /// <summary>Has something done when all is healed, before anything else is.</summary>
    public void WhenHealed(Action action) => _whenHealed.Add(action);

    /// <summary>Tells somebody of every event for some time.</summary>
    public void Watch(Action<SimSentinel, SentinelEvent> watcher, TimeSpan atMost) => _watchers.Add((watcher, Agenda.Now + atMost));

    /// <summary>Writes a line into the story, if one is written.</summary>
    public void Note(string who, [InterpolatedStringHandlerArgument("")] ref NoteText text)
    {
        if (Transcript is { } transcript)
            transcript.Append(CultureInfo.InvariantCulture, $"{Elapsed.TotalSeconds,10:F4} {who,-4} ").Append(text.Text).Append('\n');
    }

    /// <summary>A rule is broken.</summary>
    public void Violate(string checker, string what)
    {
        _violations.Add(new Violation(checker, Elapsed, what));
        Note("!!!", $"{checker}: {what}");
    }

    // What the parts of the world tell the checkers.

    public void Happened(SimSentinel sentinel, SentinelEvent happened)
    {
        Coverage.Count(happened, sentinel.IsLegacy);
        if (happened is { Name: "+try-failover", MasterName: { } master })
            Group(master).OrderedPromotions.Began(sentinel, Ordered.Of(sentinel, master));
        if (happened.Level > EventLevel.Debug)
            Note(sentinel.Name, $"{happened.Name} {happened.Payload}{(happened.Reason is { } reason ? $" ({reason})" : "")}");
        foreach (Checker checker in _checkers)
            checker.Happened(sentinel, happened);
        Ordered.Happened(sentinel, happened);
        for (int i = _watchers.Count - 1; i >= 0; i--)
        {
            if (_watchers[i].Until < Agenda.Now)
                _watchers.RemoveAt(i);
            else
                _watchers[i].Watcher(sentinel, happened);
        }
    }

    public void Voted(SimSentinel sentinel, string master, Epoch epoch, SentinelId leader)
    {
        foreach (Checker checker in _checkers)
            checker.Voted(sentinel, master, epoch, leader);
    }

    public void Saved(SimSentinel sentinel, SentinelState state)
    {
        foreach (Checker checker in _checkers)
            checker.Saved(sentinel, state);
    }

    public void Restored(SimSentinel sentinel, SentinelState state)
    {
        Ordered.Restored(sentinel);
        foreach (Checker checker in _checkers)
            checker.Restored(sentinel, state);
    }

    public void Believes(SimSentinel sentinel, string master, Address address, Epoch configEpoch)
    {
        RedisNode? node = NodeAt(address);
        Group(master).Believed(Agenda.Now, sentinel, address, node, configEpoch);
        if (node is not null)
            sentinel.NoteBelieved(node);
        foreach (Checker checker in _checkers)
            checker.Believes(sentinel, master, address, configEpoch);
    }

    /// <summary>A core found one of its own rules broken.</summary>
    public void Broke(SimSentinel sentinel, InvariantViolationException broken) =>
        Violate("own-invariants", $"{sentinel.Name} stopped itself: {broken.Message}");

    public void OrderedFailover(SimSentinel sentinel, string master, FailoverOptions order)
    {
        Ordered.Add(sentinel, master, order);
        Group(master).OrderedPromotions.Ordered(sentinel, order);
        foreach (Checker checker in _checkers)
            checker.OrderedFailover(sentinel, master, order);
    }

    /// <summary>A Sentinel is told that the last switch was seen.</summary>
    public void Acknowledged(SimSentinel sentinel, string master)
    {
        foreach (Checker checker in _checkers)
            checker.Acknowledged(sentinel, master);
    }

    public void RefusedFailover(SimSentinel sentinel, string master)
    {
        Ordered.Remove(sentinel, master);
        Group(master).OrderedPromotions.Refused(sentinel);
        foreach (Checker checker in _checkers)
            checker.RefusedFailover(sentinel, master);
    }

    public void Reconfiguring(RedisNode node, SimSentinel by, Address? master)
    {
        Note(node.Name, $"is told by {by.Name} to {(master is { } followed ? $"follow {followed}" : "be a master")}");
        foreach (Checker checker in _checkers)
            checker.Reconfiguring(node, by, master);
    }

    /// <summary>A Sentinel of ours sends the order to be a master.</summary>
    public void Promoting(SentinelProcess by, string master, Address node)
    {
        foreach (Checker checker in _checkers)
            checker.Promoting(by, master, node);
    }

    public void HandingOver(RedisNode node, SimSentinel by, RedisNode replica)
    {
        Note(node.Name, $"is told by {by.Name} to hand over to {replica.Name}");
        foreach (Checker checker in _checkers)
            checker.HandingOver(node, by, replica);
    }

    /// <summary>A Sentinel holds the writes of a node.</summary>
    public void WritesHeld(RedisNode node, SimSentinel by, TimeSpan time)
    {
        foreach (Checker checker in _checkers)
            checker.WritesHeld(node, by, time);
    }

    /// <summary>A node takes a write.</summary>
    public void WriteTaken(RedisNode node)
    {
        foreach (Checker checker in _checkers)
            checker.WriteTaken(node);
    }

    public void StartedAnew(RedisNode node)
    {
        foreach (Checker checker in _checkers)
            checker.StartedAnew(node);
    }

    public void DataLost(DataLoss loss)
    {
        foreach (Checker checker in _checkers)
            checker.DataLost(loss);
    }

    private static RedisNode? NodeOn(Machine machine, int port)
    {
        RedisNode? found = null;
        foreach (Process process in machine.Processes)
        {
            // Of two, which an address that is used again has, it is the one that runs.
            if (process is RedisNode node && node.Port == port && (found is null || node.IsRunning))
                found = node;
        }
        return found;
    }

    /// <summary>Makes the text of a line only when the story is written.</summary>
    [InterpolatedStringHandler]
    public readonly ref struct NoteText
    {
        private readonly StringBuilder? _text;

        public NoteText(int literalLength, int formattedCount, World world, out bool isWritten)
        {
            isWritten = world.Transcript is not null;
            _text = isWritten ? new StringBuilder(literalLength + 16 * formattedCount) : null;
        }

        public string Text => _text?.ToString() ?? "";

        public void AppendLiteral(string value) => _text!.Append(value);

        public void AppendFormatted<T>(T value) => _text!.Append(CultureInfo.InvariantCulture, $"{value}");

        public void AppendFormatted<T>(T value, string format) where T : IFormattable => _text!.Append(value.ToString(format, CultureInfo.InvariantCulture));
    }
}

/// <summary>A broken rule.</summary>
/// <param name="Checker">Which.</param>
/// <param name="At">When, since the start.</param>
/// <param name="What">What was seen.</param>
internal sealed record Violation(string Checker, TimeSpan At, string What);
