using System.Buffers;
using System.IO.Pipelines;

namespace Sentinel.Daemon.Commands;

/// <summary>The replies of a batch on their way into a pipe, which hears of them all at once: each call of its own takes a lock.</summary>
/// <param name="pipe">Where they go. Whoever else writes to it calls <see cref="Commit"/> before.</param>
internal sealed class BatchWriter(PipeWriter pipe) : IBufferWriter<byte>
{
    /// <summary>Bytes that are asked of the pipe at a time: nearly always more than the rest of the batch needs.</summary>
    private const int RoomMin = 512;

    private Memory<byte> _room;
    private int _written;

    /// <summary>Bytes that were written and not yet flushed.</summary>
    public long UnflushedBytes => pipe.UnflushedBytes + _written;

    /// <inheritdoc/>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(_room.Length - _written), nameof(count));
        _written += count;
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _room[_written..];
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _room.Span[_written..];
    }

    /// <summary>Tells the pipe what was written.</summary>
    public void Commit()
    {
        if (_written > 0)
            pipe.Advance(_written);
        (_room, _written) = (default, 0);
    }

    private void MakeRoom(int size)
    {
        if (_room.Length - _written >= Math.Max(size, 1))
            return;
        Commit();
        _room = pipe.GetMemory(Math.Max(size, RoomMin));
    }
}
