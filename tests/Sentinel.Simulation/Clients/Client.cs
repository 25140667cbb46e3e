using Sentinel.Core;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Nodes;
using Sentinel.Simulation.Sentinels;

namespace Sentinel.Simulation.Clients;

/// <summary>An application: asks Sentinels where the master is, writes there, and remembers what was acknowledged.</summary>
/// <remarks>
/// It asks anew after every error, as client libraries do. Every second one besides listens to a Sentinel, and asks anew when that one
/// says that the master was replaced; the others stay with a replaced master for as long as it takes their writes.
/// </remarks>
internal sealed class Client : Process
{
    private static readonly TimeSpan SentinelTimeout = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan NodeTimeout = TimeSpan.FromSeconds(1);

    private readonly Random _random;
    private readonly Action _look;
    private readonly bool _listens;

    /// <summary>Sentinels that are still to be asked in this round.</summary>
    private readonly List<SimSentinel> _toAsk = [];

    private Connection? _sentinel;
    private Connection? _node;
    private Connection? _subscription;
    private int _value;

    /// <summary>When what is awaited is given up; never: nothing is.</summary>
    private Instant _deadline = Instant.Never;

    /// <summary>When the deadline will be looked at; never: it is not planned.</summary>
    private Instant _lookAt = Instant.Never;

    /// <summary>Counts changes of plan; a pause that ends after one means nothing.</summary>
    private int _plan;

    public Client(World world, Machine machine, string name, Group group)
        : base(world, machine, port: 0, name)
    {
        (Group, _random, _listens) = (group, Chance.Stream(world.Seed, "client " + name), world.Clients.Count % 2 == 1);
        _look = Look;
    }

    public Group Group { get; }

    public override void Connected(Connection connection)
    {
        if (connection == _sentinel)
            connection.Send(this, new AddressQuery(Group.Name));
        else if (connection == _node)
            connection.Send(this, RoleQuery.Instance);
        else if (connection == _subscription)
            connection.Send(this, SubscribeSwitches.Instance);
    }

    public override void Lost(Connection connection, string reason)
    {
        if (connection == _subscription)
        {
            _subscription = null;
            After(_random.Seconds(0.5, 1.5), Listen);
        }
        else if (connection == _sentinel || connection == _node)
        {
            AskLater();
        }
    }

    public override void Received(Connection connection, object message)
    {
        if (connection == _subscription)
        {
            if (message is SwitchPush push && push.MasterName == Group.Name)
                AskLater();
        }
        else if (connection == _sentinel)
        {
            if (message is AddressAnswer { Address: { } address })
                Use(address);
            else
                AskLater();
        }
        else if (connection == _node)
        {
            Answered(message);
        }
    }

    protected override void OnStarted()
    {
        Ask();
        if (_listens)
            Listen();
    }

    protected override void OnDied(bool withMachine)
    {
        (_sentinel, _node, _subscription) = (null, null, null);
        Forget();
    }

    private void Answered(object message)
    {
        switch (message)
        {
            case RoleAnswer { IsMaster: true }:
                Write();
                break;
            case WriteAccepted accepted:
                World.Writes.Acknowledged(Group, accepted);
                Pause(World.Topology.WritePause, Write);
                break;
            default:
                AskLater();
                break;
        }
    }

    private void Write()
    {
        // A value that was not acknowledged may have been written all the same; it is not written again.
        _value = World.Writes.NextValue();
        _node!.Send(this, new WriteOrder(_value));
        Await(NodeTimeout);
    }

    private void Use(Address master)
    {
        CloseAll();
        _toAsk.Clear();
        _node = World.Network.Connect(this, master);
        Await(NodeTimeout);
    }

    private void AskLater()
    {
        CloseAll();
        Pause(_random.Seconds(0.05, 0.2), Ask);
    }

    private void Ask()
    {
        CloseAll();
        if (_toAsk.Count == 0)
            _toAsk.AddRange(World.Sentinels);
        SimSentinel next = _random.Pick(_toAsk);
        _toAsk.Remove(next);
        _sentinel = World.Network.Connect(this, next.Address);
        Await(SentinelTimeout);
    }

    private void Listen() => _subscription = World.Network.Connect(this, _random.Pick(World.Sentinels).Address);

    private void CloseAll()
    {
        _sentinel?.Close(this);
        _node?.Close(this);
        (_sentinel, _node) = (null, null);
    }

    private void Pause(TimeSpan time, Action then)
    {
        Forget();
        int plan = _plan;
        After(time, () =>
        {
            if (plan == _plan)
                then();
        });
    }

    private void Await(TimeSpan atMost)
    {
        Forget();
        _deadline = World.Agenda.Now + atMost;
        PlanLook();
    }

    private void Forget()
    {
        _plan++;
        _deadline = Instant.Never;
    }

    private void PlanLook()
    {
        // Deadlines mostly move away: a look that is planned already plans the next one.
        if (_lookAt <= _deadline)
            return;
        _lookAt = _deadline;
        World.Agenda.At(_lookAt, _look);
    }

    private void Look()
    {
        if (World.Agenda.Now < _lookAt)
            return;
        _lookAt = Instant.Never;
        if (_deadline == Instant.Never || !IsWorking)
            return;
        if (World.Agenda.Now >= _deadline)
            AskLater();
        else
            PlanLook();
    }
}
