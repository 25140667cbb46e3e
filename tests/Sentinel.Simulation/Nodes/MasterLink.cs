using Sentinel.Core;
using Sentinel.Simulation.Kernel;

namespace Sentinel.Simulation.Nodes;

/// <summary>The replica's side of a replication: finds the master, goes on or begins anew, and takes in the stream.</summary>
internal sealed class MasterLink(RedisNode node)
{
    /// <summary><c>repl-timeout</c>. Default of Redis.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private readonly World _world = node.World;
    private readonly List<Turn> _turns = [];
    private Connection? _connection;
    private State _state;

    /// <summary>Offset of the last part of the stream that came while it could not be applied; −1: none.</summary>
    private long _upTo = -1;

    private enum State
    {
        /// <summary>Waits for the next second to try again.</summary>
        Waiting,
        Connecting,

        /// <summary>Has told how far it is.</summary>
        Asked,

        /// <summary>Gets all data.</summary>
        Receiving,

        /// <summary>Loads them.</summary>
        Loading,
        Up,
    }

    public bool IsUp => _state == State.Up;

    /// <summary>When something last came from the master.</summary>
    public Instant HeardAt { get; private set; }

    /// <summary><c>master_sync_in_progress</c>.</summary>
    public bool IsSynchronising => _state is State.Receiving or State.Loading;

    /// <summary>Since when it has not been up; null: it never was in this life, or it is.</summary>
    public Instant? DownSince { get; private set; }

    /// <summary>Whether it can ask to go on from where the node is.</summary>
    public bool CanContinue { get; set; }

    /// <summary>Whether the next master asked is to become one by that (<c>FAILOVER</c>).</summary>
    public bool IsHandingOver { get; set; }

    /// <summary>Whether it was in sync with a master for some time on end, between two moments.</summary>
    public bool WasUpFor(TimeSpan time, Address master, Instant from, Instant to)
    {
        foreach (var spell in UpSpells(master))
        {
            if (Instant.Min(spell.Until, to) - Instant.Max(spell.From, from) >= time)
                return true;
        }
        return false;
    }

    /// <summary>When it was in sync with a master, as far as it knew, the first time first.</summary>
    public IEnumerable<(Instant From, Instant Until)> UpSpells(Address master)
    {
        for (int i = 0; i < _turns.Count; i++)
        {
            if (_turns[i].IsUp && _turns[i].Master == master)
                yield return (_turns[i].At, i + 1 < _turns.Count ? _turns[i + 1].At : Instant.Never);
        }
    }

    /// <summary>Whether it had asked a master, to be accepted then or when that one ran again, synchronised or was in sync at some time from one moment to another.</summary>
    public bool WasWith(Address master, Instant from, Instant to)
    {
        Address? last = null;
        foreach (Turn turn in _turns)
        {
            if (turn.At > to)
                break;
            if (turn.At > from && (last == master || turn.Master == master))
                return true;
            last = turn.Master;
        }
        return last == master;
    }

    /// <summary>The process starts anew.</summary>
    public void Reset(bool canContinue)
    {
        (_connection, _state, DownSince, CanContinue, IsHandingOver, _upTo) = (null, State.Waiting, null, canContinue, false, -1);
        Turned(null, isUp: false);
    }

    public void Open()
    {
        if (node.Master is not { } master || master == node.Address || _connection is not null || node.IsLoading || node.Is(Illness.Stuck))
            return;
        _connection = _world.Network.Connect(node, master);
        _connection.ClientState = this;
        (_state, HeardAt) = (State.Connecting, _world.Agenda.Now);
    }

    /// <summary>Gives up what is under way. What is being loaded is loaded to its end.</summary>
    public void Drop()
    {
        _connection?.Close(node);
        Ended();
    }

    /// <summary>It is a master now, and no longer knows since when it had none: so does redis-server 7.0.15. Older nodes here go on counting.</summary>
    public void ForgetDownTime()
    {
        if (!node.Settings.KnowsOnlySlaveOf)
            DownSince = null;
    }

    public void Connected()
    {
        _state = State.Asked;
        Turned(node.Master, isUp: false);
        Send(new Psync(CanContinue ? node.Data : null, node.Port, IsHandingOver ? node.Swap.Reason : null));
    }

    public void Lost(Connection connection)
    {
        if (connection != _connection)
            return;
        bool wasUp = IsUp;
        Ended();
        if (IsHandingOver)
            node.Swap.Failed("the link was lost");
        else if (wasUp)
            Open();
    }

    public void Received(Connection connection, object message)
    {
        if (connection != _connection)
            return;
        HeardAt = _world.Agenda.Now;
        switch (message)
        {
            case StreamPart part:
                Take(part);
                break;
            case AckQuery:
                SendAck();
                break;
            case PsyncContinued answer:
                node.GoOnThrough(answer.Through);
                Up();
                break;
            case FullResync:
                _state = State.Receiving;
                CanContinue = false;
                if (IsHandingOver)
                    node.Swap.Failed("it would have had to begin anew");
                break;
            case Snapshot snapshot:
                Load(snapshot.Data);
                break;
            case PsyncRefused refused:
                Drop();
                if (IsHandingOver)
                    node.Swap.Failed(refused.Error);
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>Called every second.</summary>
    public void Cron()
    {
        if (_connection is not null && (_world.Agenda.Now - HeardAt > Timeout || node.Is(Illness.Stuck)))
            Drop();
        if (_connection is null)
            Open();
        else if (IsUp)
            SendAck();
    }

    private void Take(StreamPart part)
    {
        if (_state == State.Loading)
        {
            _upTo = part.End;
        }
        else if (node.Is(Illness.Slow))
        {
            Connection? from = _connection;
            node.After(RedisNode.Slowness, () =>
            {
                if (from == _connection)
                    node.Apply(part);
            });
        }
        else
        {
            node.Apply(part);
        }
    }

    private void Load(Dataset data)
    {
        _state = State.Loading;
        node.Load(data, fromMaster: true, node.Settings.FullSyncTime / 2, () =>
        {
            if (_connection is null)
            {
                // All is there, and only now is it seen that the master is gone: the next attempt goes on from here.
                (_state, CanContinue, DownSince) = (State.Waiting, true, _world.Agenda.Now);
                Open();
                return;
            }
            Up();
            if (_upTo >= 0)
                node.Apply(new StreamPart(data.Branch, _upTo));
            _upTo = -1;
        });
    }

    private void Up()
    {
        (_state, CanContinue, DownSince, IsHandingOver) = (State.Up, true, null, false);
        Turned(node.Master, isUp: true);
        SendAck();
        // What waited for the swap to end may be an order to follow another one.
        node.Swap.Ended();
    }

    /// <summary>Tells how far it is, as it does once a second.</summary>
    public void TellOffset()
    {
        if (IsUp)
            SendAck();
    }

    private void SendAck() => Send(new Ack(node.Offset));

    private void Turned(Address? master, bool isUp) => _turns.Add(new Turn(_world.Agenda.Now, master, isUp));

    private void Send(object message) => _connection?.Send(node, message);

    private void Ended()
    {
        if (IsUp)
            DownSince = _world.Agenda.Now;
        Turned(null, isUp: false);
        _connection = null;
        _upTo = -1;
        if (_state != State.Loading)
            _state = State.Waiting;
    }

    /// <summary>With whom it is from some moment on, if with anybody, and whether it is in sync.</summary>
    private readonly record struct Turn(Instant At, Address? Master, bool IsUp);
}
