using System.Buffers;

namespace Sentinel.Resp.Tests;

/// <summary>What reading and writing cost in memory and in work, whatever the other side claims.</summary>
public sealed class MemoryTests
{
    private const int Megabyte = 1024 * 1024;

    [Theory]
    [InlineData("$536870912\r\n")]
    [InlineData("=536870912\r\n")]
    [InlineData("*1048576\r\n")]
    [InlineData("%524288\r\n")]
    [InlineData("|524287\r\n")]
    [InlineData("*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1048571\r\n$536870912\r\n")]
    public void The_header_of_a_reply_reserves_no_memory(string wire)
    {
        RespReplyReader reader = new(RespLimits.Default);
        byte[] bytes = Pieces.Latin1(wire + "$1\r\na\r\n");
        Assert.InRange(Allocated(() => Assert.Equal(RespReadStatus.NeedMore, Read(reader, bytes))), 0, 4096);
    }

    [Theory]
    [InlineData("*1048576\r\n$4\r\nPING\r\n")]
    [InlineData("*1\r\n$536870912\r\nPING")]
    public void The_header_of_a_request_reserves_no_memory(string wire)
    {
        RespCommandReader reader = new(RespLimits.Default, isAuthenticated: true);
        byte[] bytes = Pieces.Latin1(wire);
        Assert.InRange(Allocated(() => Assert.Equal(RespReadStatus.NeedMore, Read(reader, bytes))), 0, 1024);
    }

    // Work is linear by construction: Reading asserts that every read is taken in whole, so no byte is seen twice;
    // what is copied again when an array grows shows in what is allocated.
    [Fact]
    public void A_large_reply_in_small_pieces_costs_a_small_multiple_of_its_length()
    {
        const int Length = 64 * Megabyte;
        byte[] piece = new byte[4096];
        RespReplyReader reader = new(RespLimits.Default);
        long allocated = Allocated(() =>
        {
            Expect(RespReadStatus.NeedMore, Read(reader, Pieces.Latin1($"${Length}\r\n")));
            for (int sent = 0; sent < Length; sent += piece.Length)
                Expect(RespReadStatus.NeedMore, Read(reader, piece));
            Expect(RespReadStatus.Complete, Read(reader, "\r\n"u8.ToArray()));
        });
        Assert.InRange(allocated, Length, 3L * Length);
    }

    [Fact]
    public void A_large_request_in_small_pieces_costs_a_small_multiple_of_its_length()
    {
        const int Length = 64 * Megabyte;
        byte[] piece = new byte[4096];
        RespCommandReader reader = new(RespLimits.Default, isAuthenticated: true);
        long allocated = Allocated(() =>
        {
            Expect(RespReadStatus.NeedMore, Read(reader, Pieces.Latin1($"*1\r\n${Length}\r\n")));
            for (int sent = 0; sent < Length; sent += piece.Length)
                Expect(RespReadStatus.NeedMore, Read(reader, piece));
            Expect(RespReadStatus.Complete, Read(reader, "\r\n"u8.ToArray()));
        });
        Assert.InRange(allocated, Length, 3L * Length);
    }

    [Theory]
    [InlineData(100_000, 1)]
    [InlineData(200, 256 * 1024)]
    public void A_request_of_many_arguments_in_pieces_costs_a_small_multiple_of_its_length(int count, int length)
    {
        byte[] argument = Pieces.Latin1($"${length}\r\n{new string('a', length)}\r\n");
        byte[][] pieces = [.. argument.Chunk(4096)];
        RespCommandReader reader = new(RespLimits.Default, isAuthenticated: true);
        long allocated = Allocated(() =>
        {
            Expect(RespReadStatus.NeedMore, Read(reader, Pieces.Latin1($"*{count}\r\n")));
            for (int argumentsSent = 1; argumentsSent <= count; argumentsSent++)
            {
                for (int sent = 1; sent <= pieces.Length; sent++)
                    Expect(argumentsSent == count && sent == pieces.Length ? RespReadStatus.Complete : RespReadStatus.NeedMore, Read(reader, pieces[sent - 1]));
            }
        });
        Assert.InRange(allocated, (long)count * length, 5L * count * (length + sizeof(int)));
    }

    [Fact]
    public void A_large_array_and_a_long_line_byte_by_byte_cost_a_small_multiple_of_their_length()
    {
        const int Count = 100_000;
        byte[] array = Pieces.Latin1($"*{Count}\r\n" + string.Concat(Enumerable.Repeat(":1\r\n", Count)));
        byte[] line = Pieces.Latin1("+" + new string('a', 60_000) + "\r\n");
        byte[][] pieces = [.. array.Concat(line).Select(b => new[] { b })];
        RespReplyReader reader = new(RespLimits.Default);
        int whole = 0;
        long allocated = Allocated(() =>
        {
            foreach (byte[] piece in pieces)
                whole += Read(reader, piece) is RespReadStatus.Complete ? 1 : 0;
        });
        Assert.Equal(2, whole);
        Assert.InRange(allocated, 0, (Count * 24 * 3) + (60_000 * 5));    // a value takes 24 bytes
    }

    [Fact]
    public void A_wide_and_deep_reply_in_pieces_takes_every_byte_in_once()
    {
        byte[] wire = Pieces.Latin1(string.Concat(Enumerable.Repeat("*2\r\n$3\r\nabc\r\n", 30)) + ":1\r\n");
        for (int size = 1; size < 20; size++)
        {
            var (values, error) = Reading.Replies([.. wire.Chunk(size)]);
            Assert.Single(values);
            Assert.Null(error);
        }
    }

    [Fact]
    public void A_connection_that_once_sent_a_large_request_gives_its_memory_back()
    {
        RespCommandReader reader = new(RespLimits.Default, isAuthenticated: true);
        WeakReference bytes = SendLargeRequest(reader);
        Expect(RespReadStatus.NeedMore, Read(reader, []));    // what a server does before it waits for more
        GC.Collect();
        Assert.False(bytes.IsAlive);
        GC.KeepAlive(reader);

        static WeakReference SendLargeRequest(RespCommandReader reader)
        {
            ReadOnlySequence<byte> buffer = new([.. Pieces.Latin1($"*1\r\n${Megabyte}\r\n"), .. new byte[Megabyte + 2]]);
            Assert.Equal(RespReadStatus.Complete, reader.TryRead(ref buffer, out RespCommand command));
            Assert.True(System.Runtime.InteropServices.MemoryMarshal.TryGetArray(command[0], out ArraySegment<byte> array));
            return new WeakReference(array.Array);
        }
    }

    [Theory]
    [InlineData("*1\r\n$4\r\nPING\r\n")]
    [InlineData("PING\r\n")]
    [InlineData("*3\r\n$8\r\nSENTINEL\r\n$23\r\nGET-MASTER-ADDR-BY-NAME\r\n$8\r\nmymaster\r\n")]
    public void Reading_a_request_allocates_nothing_once_the_connection_is_warm(string wire)
    {
        RespCommandReader reader = new(RespLimits.Default, isAuthenticated: true);
        byte[] bytes = Pieces.Latin1(wire);
        byte[] front = bytes[..(bytes.Length / 2)];
        byte[] back = bytes[front.Length..];
        Assert.Equal(0, AllocatedWhenWarm(() =>
        {
            Expect(RespReadStatus.Complete, Read(reader, bytes));
            Expect(RespReadStatus.NeedMore, Read(reader, front));
            Expect(RespReadStatus.Complete, Read(reader, back));
        }));
    }

    [Fact]
    public void Reading_the_answers_to_PING_allocates_nothing()
    {
        RespReplyReader reader = new(RespLimits.Default);
        byte[] pong = "+PONG\r\n"u8.ToArray();
        byte[] ok = "+OK\r\n"u8.ToArray();
        byte[] integer = ":1\r\n"u8.ToArray();
        Assert.Equal(0, AllocatedWhenWarm(() =>
        {
            Expect(RespReadStatus.Complete, Read(reader, pong));
            Expect(RespReadStatus.Complete, Read(reader, ok));
            Expect(RespReadStatus.Complete, Read(reader, integer));
        }));
    }

    [Theory]
    [InlineData(RespVersion.Resp2)]
    [InlineData(RespVersion.Resp3)]
    public void Writing_allocates_nothing(RespVersion version)
    {
        ArrayBufferWriter<byte> output = new(64 * 1024);
        Assert.Equal(0, AllocatedWhenWarm(() =>
        {
            output.ResetWrittenCount();
            RespWriter writer = new(output, version);
            writer.WriteArrayHeader(2);
            writer.WriteBulkString("127.0.0.1");
            writer.WriteBulkString(6379);
            writer.WriteBulkString("bytes"u8);
            writer.WriteSimpleString("PONG");
            writer.WriteError("ERR No such master with that name");
            writer.WriteInteger(long.MinValue);
            writer.WriteNull();
            writer.WriteNullArray();
            writer.WriteMapHeader(1);
            writer.WriteSetHeader(1);
            writer.WritePushHeader(3);
            writer.WriteBoolean(true);
            writer.WriteDouble(1.5);
            writer.WriteBigNumber(12);
            writer.WriteVerbatim("txt"u8, "text");
            writer.WriteCommand("SENTINEL", "MASTERS");
        }));
    }

    private static RespReadStatus Read(RespReplyReader reader, byte[] piece)
    {
        ReadOnlySequence<byte> buffer = new(piece);
        RespReadStatus status = reader.TryRead(ref buffer, out _);
        if (!buffer.IsEmpty)
            Assert.Fail("Something was left behind.");
        return status;
    }

    private static RespReadStatus Read(RespCommandReader reader, byte[] piece)
    {
        ReadOnlySequence<byte> buffer = new(piece);
        RespReadStatus status = reader.TryRead(ref buffer, out _);
        if (!buffer.IsEmpty)
            Assert.Fail("Something was left behind.");
        return status;
    }

    // xunit's own assertions allocate, and what they compare here is measured.
    private static void Expect(RespReadStatus expected, RespReadStatus actual)
    {
        if (expected != actual)
            Assert.Equal(expected, actual);
    }

    private static long AllocatedWhenWarm(Action action)
    {
        for (int i = 0; i < 100; i++)
            action();
        return Allocated(action);
    }

    private static long Allocated(Action action)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
