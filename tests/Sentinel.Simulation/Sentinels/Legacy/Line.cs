using Sentinel.Core;
using Sentinel.Simulation.Kernel;

namespace Sentinel.Simulation.Sentinels.Legacy;

/// <summary>One connection of a link. While it is being made it counts as made, and what is sent waits.</summary>
internal sealed class Line
{
    private readonly LegacySentinel _sentinel;
    private readonly Connection _connection;
    private readonly Queue<(Request Request, Instance Asker)> _asked = new();
    private Queue<object>? _unsent = new();

    public Line(LegacySentinel sentinel, Link link, Address address)
    {
        (_sentinel, Link, MadeAt) = (sentinel, link, sentinel.Now);
        _connection = sentinel.World.Network.Connect(sentinel, address);
        _connection.ClientState = this;
    }

    public Link Link { get; }
    public Instant MadeAt { get; }

    /// <summary>Requests without an answer.</summary>
    public int Pending => _asked.Count;

    public void Ask(Request request, Instance asker)
    {
        _asked.Enqueue((request, asker));
        Send(request);
    }

    public void Send(object message)
    {
        if (_unsent is { } unsent)
            unsent.Enqueue(message);
        else
            _connection.Send(_sentinel, message);
    }

    /// <summary>It stands.</summary>
    public void Established()
    {
        Queue<object>? unsent = _unsent;
        _unsent = null;
        while (unsent is not null && unsent.TryDequeue(out object? message))
            _connection.Send(_sentinel, message);
    }

    /// <summary>The oldest request: what comes in answers it.</summary>
    public (Request Request, Instance Asker) Answered() => _asked.Dequeue();

    public void Close() => _connection.Close(_sentinel);
}
