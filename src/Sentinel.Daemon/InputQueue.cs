using Sentinel.Core;

namespace Sentinel.Daemon;

/// <summary>The facts that wait to be decided: many threads hand them in, one takes all that wait at once.</summary>
/// <param name="max">How many may wait; see <see cref="TryAdd"/> and <see cref="Add"/> for what happens beyond it.</param>
internal sealed class InputQueue(int max)
{
    /// <summary>Facts for which the list keeps its memory when a burst is over.</summary>
    private const int KeptCapacityMax = 4096;

    private readonly object _gate = new();
    private List<Input> _waiting = [];
    private List<Input> _taken = [];
    private bool _isReaderAsleep;
    private bool _isClosed;
    private int _writersAsleep;

    /// <summary>Hands in a fact; waits while the queue is full. Without effect once it is closed.</summary>
    public void Add(Input input)
    {
        lock (_gate)
        {
            while (_waiting.Count >= max && !_isClosed)
            {
                _writersAsleep++;
                Monitor.Wait(_gate);
                _writersAsleep--;
            }
            if (!_isClosed)
                Append(input);
        }
    }

    /// <summary>Hands in facts that were found together, so that they are taken together; waits while the queue is full. Without effect once it is closed.</summary>
    public void AddAll(IReadOnlyList<Input> inputs)
    {
        lock (_gate)
        {
            foreach (Input input in inputs)
                Add(input);
        }
    }

    /// <summary>Hands in a fact that may be lost. Does not wait.</summary>
    /// <returns>False when the queue is full or closed; the fact is dropped.</returns>
    public bool TryAdd(Input input)
    {
        lock (_gate)
        {
            if (_isClosed || _waiting.Count >= max)
                return false;
            Append(input);
            return true;
        }
    }

    /// <summary>Takes all that waits, in the order in which it came; when nothing does, the first that comes.</summary>
    /// <param name="waitMs">How long to wait for it.</param>
    /// <returns>Empty when nothing came. Good until the next call.</returns>
    public IReadOnlyList<Input> Take(int waitMs)
    {
        lock (_gate)
        {
            if (_waiting.Count == 0 && waitMs > 0 && !_isClosed)
            {
                _isReaderAsleep = true;
                Monitor.Wait(_gate, waitMs);
                _isReaderAsleep = false;
            }
            _taken.Clear();
            if (_taken.Capacity > KeptCapacityMax)
                _taken.TrimExcess();
            (_waiting, _taken) = (_taken, _waiting);
            if (_writersAsleep > 0)
                Monitor.PulseAll(_gate);
            return _taken;
        }
    }

    /// <summary>Whether nothing is to come any more. What waits may still be taken.</summary>
    public bool IsCompleted
    {
        get
        {
            lock (_gate)
                return _isClosed && _waiting.Count == 0;
        }
    }

    /// <summary>Nothing more is taken in, and nobody waits any more.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            Monitor.PulseAll(_gate);
        }
    }

    private void Append(Input input)
    {
        _waiting.Add(input);
        // Who writes waits only while the queue is full, and then the reader does not: it is the only one there may be.
        if (_isReaderAsleep && _waiting.Count == 1)
            Monitor.Pulse(_gate);
    }
}
