using System.Buffers;
using System.Text;

namespace Sentinel.Resp.Tests;

/// <summary>The ways in which one row of bytes can arrive.</summary>
internal static class Pieces
{
    /// <summary>Whole, cut in two at every place, byte by byte; each as separate reads.</summary>
    public static IEnumerable<byte[][]> EveryWayToCut(byte[] bytes)
    {
        yield return [bytes];
        for (int cut = 0; cut <= bytes.Length; cut++)
            yield return [bytes[..cut], bytes[cut..]];
        yield return ByteByByte(bytes);
    }

    public static byte[][] ByteByByte(byte[] bytes) => [.. bytes.Select(b => new[] { b })];

    /// <summary>Cut at random places.</summary>
    public static byte[][] AtRandom(byte[] bytes, Random random)
    {
        List<byte[]> pieces = [];
        for (int start = 0; start < bytes.Length;)
        {
            int length = Math.Min(bytes.Length - start, random.Next(0, 12));
            pieces.Add(bytes[start..(start + length)]);
            start += length;
        }
        return [.. pieces];
    }

    /// <summary>One read of several segments, as a pipe hands out what fills more than one of its blocks.</summary>
    public static ReadOnlySequence<byte> OneSequence(byte[][] pieces)
    {
        if (pieces.Length == 0)
            return ReadOnlySequence<byte>.Empty;
        Segment first = new(pieces[0]);
        Segment last = first;
        foreach (byte[] piece in pieces.Skip(1))
            last = last.Append(piece);
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    public static byte[] Latin1(string text) => Encoding.Latin1.GetBytes(text);

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(byte[] bytes) => Memory = bytes;

        public Segment Append(byte[] bytes)
        {
            Segment next = new(bytes) { RunningIndex = RunningIndex + Memory.Length };
            Next = next;
            return next;
        }
    }
}
