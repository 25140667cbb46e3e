using Sentinel.Core;

namespace Sentinel.Simulation.Kernel;

/// <summary>One direction of a connection. What cannot pass waits, and passes in order when the network lets it.</summary>
internal sealed class Pipe
{
    /// <summary>The message that no more follows.</summary>
    public static readonly object End = new();

    private readonly Connection _connection;
    private readonly bool _isToServer;
    private readonly Network _network;
    private readonly Queue<(long DueAt, object Message)> _inFlight = new();
    private readonly Action _arrive;
    private long _lastDueAt;
    private bool _isStalled;

    public Pipe(Connection connection, bool isToServer, Network network)
    {
        (_connection, _isToServer, _network) = (connection, isToServer, network);
        _arrive = Arrive;
    }

    private Machine From => _isToServer ? _connection.ClientMachine : _connection.ServerMachine!;

    private Machine To => _isToServer ? _connection.ServerMachine! : _connection.ClientMachine;

    public void Send(object message)
    {
        Agenda agenda = _network.Agenda;
        _lastDueAt = Math.Max(_lastDueAt, (agenda.Now + _network.Delay(From, To)).Ticks);
        _inFlight.Enqueue((_lastDueAt, message));
        agenda.At(new Instant(_lastDueAt), _arrive);
    }

    /// <summary>Throws away what waits for a free path; what is on its way arrives.</summary>
    public void Abandon()
    {
        if (_isStalled)
            _inFlight.Clear();
    }

    /// <summary>The network lets messages pass again.</summary>
    public void Resume()
    {
        _isStalled = false;
        Arrive();
    }

    private void Arrive()
    {
        while (!_isStalled && _inFlight.TryPeek(out var first) && first.DueAt <= _network.Agenda.Now.Ticks)
        {
            if (!_network.Passes(From, To))
            {
                _isStalled = true;
                _network.Stall(this, From, To);
                return;
            }
            _inFlight.Dequeue();
            _connection.Deliver(_isToServer, first.Message);
        }
    }
}
