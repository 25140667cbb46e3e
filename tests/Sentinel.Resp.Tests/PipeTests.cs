using System.Buffers;
using System.IO.Pipelines;

namespace Sentinel.Resp.Tests;

/// <summary>The way to read from a pipe that the readers' remarks recommend.</summary>
public sealed class PipeTests
{
    [Fact]
    public async Task Advancing_to_where_the_reader_stopped_is_right_after_each_outcome()
    {
        Pipe pipe = new(new PipeOptions(pauseWriterThreshold: 64, resumeWriterThreshold: 32));
        byte[] reply = Pieces.Latin1($"*2\r\n$1000\r\n{new string('a', 1000)}\r\n:1\r\n+OK\r\n");
        Task writing = WriteAsync(pipe.Writer, reply);    // a pipe far smaller than the reply: it waits for the reader

        RespReplyReader reader = new(RespLimits.Default);
        List<RespValue> values = [];
        while (true)
        {
            ReadResult read = await pipe.Reader.ReadAsync();
            ReadOnlySequence<byte> buffer = read.Buffer;
            if (reader.TryRead(ref buffer, out RespValue value) is RespReadStatus.Complete)
                values.Add(value);    // one at a time, though more may lie in the buffer: the rest comes again
            pipe.Reader.AdvanceTo(buffer.Start);
            if (read.IsCompleted && buffer.IsEmpty)
                break;
        }
        await writing;
        Assert.Equal([RespKind.Array, RespKind.SimpleString], values.Select(v => v.Kind));
        Assert.Equal(1000, values[0].Items[0].Bytes.Length);
    }

    private static async Task WriteAsync(PipeWriter writer, byte[] bytes)
    {
        foreach (byte[] piece in bytes.Chunk(7))
            await writer.WriteAsync(piece);
        await writer.CompleteAsync();
    }
}
