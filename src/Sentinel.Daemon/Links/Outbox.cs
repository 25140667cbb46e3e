using System.Buffers;

namespace Sentinel.Daemon.Links;

/// <summary>What is to leave on one connection. Its memory is rented only while something is in it. Used by one thread at a time.</summary>
internal sealed class Outbox : IBufferWriter<byte>
{
    private const int RentedMin = 256;

    private byte[]? _rented;
    private int _start;
    private int _end;

    /// <summary>Whether nothing waits.</summary>
    public bool IsEmpty => _start == _end;

    /// <summary>What waits, in order.</summary>
    public ReadOnlySpan<byte> Waiting => _rented.AsSpan(_start, _end - _start);

    /// <summary>The first of it has left.</summary>
    public void Leave(int count)
    {
        _start += count;
        if (IsEmpty)
            Clear();
    }

    /// <summary>Moves what waits elsewhere.</summary>
    /// <returns>The array, to be given back to <see cref="ArrayPool{T}.Shared"/>, and what of it is to leave.</returns>
    public (byte[] Rented, Memory<byte> Waiting) Take()
    {
        (byte[] rented, int start, int end) = (_rented!, _start, _end);
        (_rented, _start, _end) = (null, 0, 0);
        return (rented, rented.AsMemory(start, end - start));
    }

    /// <summary>Forgets what waits.</summary>
    public void Clear()
    {
        if (_rented is { } rented)
            ArrayPool<byte>.Shared.Return(rented);
        (_rented, _start, _end) = (null, 0, 0);
    }

    /// <inheritdoc/>
    public void Advance(int count) => _end += count;

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _rented.AsMemory(_end);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _rented.AsSpan(_end);
    }

    private void MakeRoom(int sizeHint)
    {
        int needed = Math.Max(sizeHint, 1);
        if (_rented is { } enough && enough.Length - _end >= needed)
            return;
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(RentedMin, 2 * (_end - _start) + needed));
        Waiting.CopyTo(larger);
        (int length, byte[]? smaller) = (_end - _start, _rented);
        (_rented, _start, _end) = (larger, 0, length);
        if (smaller is not null)
            ArrayPool<byte>.Shared.Return(smaller);
    }
}
