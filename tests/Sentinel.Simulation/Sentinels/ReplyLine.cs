using Sentinel.Core;
using Sentinel.Simulation.Kernel;

namespace Sentinel.Simulation.Sentinels;

/// <summary>The replies of a server on one connection: in the order of the requests, so one that waits for the disk holds up those after it.</summary>
internal sealed class ReplyLine(Process server, Connection connection)
{
    private readonly Queue<Slot> _slots = new();

    /// <summary>A reply that can be given at once.</summary>
    public void Give(object reply)
    {
        if (_slots.Count == 0)
            connection.Send(server, reply);
        else
            _slots.Enqueue(new Slot { Reply = reply });
    }

    /// <summary>A reply that comes later.</summary>
    /// <returns>What to call with it.</returns>
    public Action<object> Reserve()
    {
        var slot = new Slot();
        _slots.Enqueue(slot);
        return reply =>
        {
            slot.Reply = reply;
            while (_slots.TryPeek(out Slot? first) && first.Reply is { } ready)
            {
                _slots.Dequeue();
                connection.Send(server, ready);
            }
        };
    }

    private sealed class Slot
    {
        public object? Reply { get; set; }
    }
}
