using System.Buffers;

namespace Sentinel.Daemon.Commands;

/// <summary>Takes replies that the client does not want, and forgets them.</summary>
internal sealed class NoOutput : IBufferWriter<byte>
{
    private byte[] _scratch = [];

    /// <inheritdoc/>
    public void Advance(int count)
    {
        // Nothing is kept.
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_scratch.Length < Math.Max(sizeHint, 256))
            _scratch = new byte[Math.Max(sizeHint, 256)];
        return _scratch;
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
}
