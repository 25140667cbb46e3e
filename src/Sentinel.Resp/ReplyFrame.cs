namespace Sentinel.Resp;

/// <summary>An aggregate that is being read: what it will be, and its members so far.</summary>
/// <param name="kind">What the members make in the end; null for attributes, which make nothing.</param>
/// <param name="count">How many members its header promised; at least 1.</param>
internal struct ReplyFrame(RespKind? kind, int count)
{
    private const int FirstCapacity = 16;    // at most: a promise is not a reason to reserve memory

    private RespValue[] _items = new RespValue[Math.Min(count, FirstCapacity)];
    private int _filled;

    /// <summary>What the members make in the end; null for attributes.</summary>
    public readonly RespKind? Kind => kind;

    /// <summary>Whether all members are there.</summary>
    public readonly bool IsWhole => _filled == count;

    /// <summary>Adds the next member.</summary>
    public void Add(in RespValue item)
    {
        if (_filled == _items.Length)
            Array.Resize(ref _items, (int)Math.Min(count, 2L * _filled));
        _items[_filled++] = item;
    }

    /// <summary>The members of a whole aggregate, in an array of exactly that size.</summary>
    public readonly RespValue[] Items => _items;
}
