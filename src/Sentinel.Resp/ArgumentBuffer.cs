namespace Sentinel.Resp;

/// <summary>The arguments of one request, end to end in one array that is used again for the next request.</summary>
internal sealed class ArgumentBuffer
{
    // What an idle connection may hold on to; a request that needed more gives it back.
    private const int KeptBytesMax = 16 * 1024;
    private const int KeptArgumentsMax = 256;

    private byte[] _bytes = [];
    private int _length;
    private int[] _ends = [];

    /// <summary>Finished arguments.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of all arguments, the unfinished one included.</summary>
    public int Length => _length;

    /// <summary>One finished argument; valid until <see cref="Clear"/>.</summary>
    public ReadOnlyMemory<byte> this[int index]
    {
        get
        {
            (int start, int length) = Place(index);
            return _bytes.AsMemory(start, length);
        }
    }

    /// <summary>The bytes of one finished argument; valid until <see cref="Clear"/>.</summary>
    public ReadOnlySpan<byte> Span(int index)
    {
        (int start, int length) = Place(index);
        return _bytes.AsSpan(start, length);
    }

    /// <summary>Forgets the request, and lets go of memory that only an unusually large one needs.</summary>
    public void Clear()
    {
        Count = 0;
        _length = 0;
        if (_bytes.Length > KeptBytesMax)
            _bytes = [];
        if (_ends.Length > KeptArgumentsMax)
            _ends = [];
    }

    /// <summary>Adds a whole argument.</summary>
    public void Add(ReadOnlySpan<byte> argument)
    {
        Append(argument, toCome: 0, isLast: false);
        EndArgument();
    }

    /// <summary>Adds bytes that have arrived to the unfinished argument.</summary>
    /// <param name="arrived">The bytes.</param>
    /// <param name="toCome">
    /// How many more the argument is said to have: room is made for them only as far as it at most doubles what is
    /// held, because a header is easily written and memory is not.
    /// </param>
    /// <param name="isLast">Whether no other argument comes after it; else what is held is doubled, or each of many would copy all those before it.</param>
    public void Append(ReadOnlySpan<byte> arrived, int toCome, bool isLast)
    {
        int needed = _length + arrived.Length;
        if (needed > _bytes.Length)
            Grow(needed, wanted: isLast ? (long)needed + toCome : long.MaxValue);
        arrived.CopyTo(_bytes.AsSpan(_length));
        _length = needed;
    }

    /// <summary>Adds one byte to the unfinished argument.</summary>
    public void Append(byte value)
    {
        if (_length == _bytes.Length)
            Grow(_length + 1, wanted: long.MaxValue);
        _bytes[_length++] = value;
    }

    /// <summary>Finishes the argument; what is appended from here on belongs to the next one.</summary>
    public void EndArgument()
    {
        if (Count == _ends.Length)
            Array.Resize(ref _ends, Math.Max(8, 2 * _ends.Length));
        _ends[Count++] = _length;
    }

    private (int Start, int Length) Place(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
        int start = index == 0 ? 0 : _ends[index - 1];
        return (start, _ends[index] - start);
    }

    private void Grow(int needed, long wanted)
    {
        long doubled = 2L * Math.Max(needed, _bytes.Length);
        long capacity = Math.Max(128, Math.Min(doubled, wanted));
        Array.Resize(ref _bytes, (int)Math.Min(capacity, Array.MaxLength));
    }
}
