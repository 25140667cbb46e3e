namespace Sentinel.Resp;

/// <summary>Takes lines out of input that comes in pieces, and keeps the beginning of an unfinished one.</summary>
/// <remarks>Only new input is ever searched, so a line costs its length once, however many pieces it came in.</remarks>
internal sealed class LineBuffer
{
    private const int KeptCapacityMax = 1024;    // a longer array is let go with its line: idle connections stay small

    private byte[] _kept = [];
    private int _keptLength;

    /// <summary>Whether no beginning of a line is kept.</summary>
    public bool IsEmpty => _keptLength == 0;

    /// <summary>Takes everything up to and including the terminator; the line is what came before it.</summary>
    /// <param name="input">What has arrived; on return, what is left of it.</param>
    /// <param name="terminator">The byte that ends the line.</param>
    /// <param name="lengthMax">Bytes the line may have, the terminator not counted.</param>
    /// <param name="line">Valid until the next call, and no longer than the input it was taken from.</param>
    /// <returns>
    /// <see cref="RespReadStatus.NeedMore"/> when all input was taken without meeting the terminator,
    /// <see cref="RespReadStatus.ProtocolError"/> when the line would be longer than <paramref name="lengthMax"/>.
    /// </returns>
    public RespReadStatus TryTake(
        ref ReadOnlySpan<byte> input, byte terminator, int lengthMax, out ReadOnlySpan<byte> line)
    {
        int end = input.IndexOf(terminator);
        ReadOnlySpan<byte> part = end < 0 ? input : input[..end];
        line = default;
        if (part.Length > lengthMax - _keptLength)
            return RespReadStatus.ProtocolError;

        input = end < 0 ? default : input[(end + 1)..];
        if (end >= 0 && _keptLength == 0)
        {
            line = part;    // the usual case: the whole line lies in the input, and nothing is copied
            return RespReadStatus.Complete;
        }

        Keep(part);
        if (end < 0)
            return RespReadStatus.NeedMore;
        line = _kept.AsSpan(0, _keptLength);
        _keptLength = 0;
        if (_kept.Length > KeptCapacityMax)
            _kept = [];
        return RespReadStatus.Complete;
    }

    private void Keep(ReadOnlySpan<byte> part)
    {
        int needed = _keptLength + part.Length;
        if (needed > _kept.Length)
            Array.Resize(ref _kept, Math.Max(needed, Math.Max(32, 2 * _kept.Length)));
        part.CopyTo(_kept.AsSpan(_keptLength));
        _keptLength = needed;
    }
}
