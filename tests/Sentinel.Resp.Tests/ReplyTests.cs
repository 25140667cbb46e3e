using System.Buffers;

namespace Sentinel.Resp.Tests;

/// <summary>What each frame of RESP2 and RESP3 is read as, and that it does not matter how it arrives.</summary>
public sealed class ReplyTests
{
    private static readonly RespValue A = RespValue.BulkString("a");

    public static TheoryData<string, RespValue> Frames => new()
    {
        { "+OK\r\n", RespValue.SimpleString("OK") },
        { "+PONG\r\n", RespValue.SimpleString("PONG") },
        { "+\r\n", RespValue.SimpleString("") },
        { "+bare\nline feed\r\n", RespValue.SimpleString("bare\nline feed") },
        { "-ERR no such master\r\n", RespValue.Error("ERR no such master") },
        { ":0\r\n", RespValue.Integer(0) },
        { ":+7\r\n", RespValue.Integer(7) },
        { ":9223372036854775807\r\n", RespValue.Integer(long.MaxValue) },
        { ":-9223372036854775808\r\n", RespValue.Integer(long.MinValue) },
        { "$1\r\na\r\n", A },
        { "$0\r\n\r\n", RespValue.BulkString("") },
        { "$4\r\n\r\n\r\n\r\n", RespValue.BulkString("\r\n\r\n") },
        { "$-1\r\n", RespValue.Null },
        { "*-1\r\n", RespValue.Null },
        { "_\r\n", RespValue.Null },
        { "*0\r\n", RespValue.Array() },
        { "*2\r\n$1\r\na\r\n*1\r\n:1\r\n", RespValue.Array(A, RespValue.Array(RespValue.Integer(1))) },
        { "*3\r\n*0\r\n$-1\r\n*-1\r\n", RespValue.Array(RespValue.Array(), RespValue.Null, RespValue.Null) },
        { "#t\r\n", RespValue.Boolean(true) },
        { "#f\r\n", RespValue.Boolean(false) },
        { ",1.5\r\n", RespValue.Double(1.5) },
        { ",-1E-3\r\n", RespValue.Double(-0.001) },
        { ",10\r\n", RespValue.Double(10) },
        { ",inf\r\n", RespValue.Double(double.PositiveInfinity) },
        { ",-inf\r\n", RespValue.Double(double.NegativeInfinity) },
        { ",nan\r\n", RespValue.Double(double.NaN) },
        { "(-3492890328409238509324850943850943825024385\r\n", RespValue.BigNumber("-3492890328409238509324850943850943825024385"u8.ToArray()) },
        { "!8\r\nERR a\r\nb\r\n", RespValue.BulkError("ERR a\r\nb"u8.ToArray()) },
        { "=8\r\ntxt:Some\r\n", RespValue.Verbatim("txt:Some"u8.ToArray()) },
        { "=4\r\nmkd:\r\n", RespValue.Verbatim("mkd:"u8.ToArray()) },
        { "%1\r\n$1\r\na\r\n%0\r\n", RespValue.Map(A, RespValue.Map()) },
        { "~2\r\n$1\r\na\r\n_\r\n", RespValue.Set(A, RespValue.Null) },
        { ">2\r\n$1\r\na\r\n:1\r\n", RespValue.Push(A, RespValue.Integer(1)) },
    };

    [Theory, MemberData(nameof(Frames))]
    public void Each_frame_is_read_alike_whole_cut_at_every_byte_and_byte_by_byte(string wire, RespValue expected)
    {
        foreach (byte[][] pieces in Pieces.EveryWayToCut(Pieces.Latin1(wire)))
            Assert.Equal(([expected], null), Reading.Replies(pieces), PairComparer.Instance);
    }

    [Theory, MemberData(nameof(Frames))]
    public void A_border_between_segments_is_no_border_between_values(string wire, RespValue expected)
    {
        foreach (byte[][] pieces in Pieces.EveryWayToCut(Pieces.Latin1(wire + wire)))
        {
            RespReplyReader reader = new(RespLimits.Default);
            Assert.Equal(([expected, expected], null), Reading.Replies(reader, [Pieces.OneSequence(pieces)]), PairComparer.Instance);
        }
    }

    [Theory, MemberData(nameof(Frames))]
    public void Each_frame_may_lie_within_every_aggregate_but_a_push(string wire, RespValue expected)
    {
        if (expected.Kind is RespKind.Push)
            return;
        Assert.Equal([RespValue.Array(expected)], Reading.Replies("*1\r\n" + wire).Values);
        Assert.Equal([RespValue.Set(expected)], Reading.Replies("~1\r\n" + wire).Values);
        Assert.Equal([RespValue.Push(expected)], Reading.Replies(">1\r\n" + wire).Values);
        Assert.Equal([RespValue.Map(expected, expected)], Reading.Replies("%1\r\n" + wire + wire).Values);
    }

    [Fact]
    public void An_aggregate_of_any_size_has_exactly_its_members()
    {
        for (int count = 0; count < 100; count++)
        {
            RespValue[] members = [.. Enumerable.Range(0, count).Select(i => RespValue.Integer(i))];
            string wire = string.Concat(members.Select((_, i) => $":{i}\r\n"));
            Assert.Equal([RespValue.Array(members)], Reading.Replies($"*{count}\r\n{wire}").Values);
        }
    }

    [Theory]
    [InlineData("|1\r\n+ttl\r\n:3600\r\n$1\r\na\r\n")]
    [InlineData("|0\r\n$1\r\na\r\n")]
    [InlineData("|1\r\n+ttl\r\n|1\r\n+x\r\n:1\r\n:3600\r\n|1\r\n+y\r\n*1\r\n:2\r\n$1\r\na\r\n")]
    public void Attributes_are_dropped_and_what_they_describe_is_read(string wire)
    {
        foreach (byte[][] pieces in Pieces.EveryWayToCut(Pieces.Latin1(wire)))
            Assert.Equal(([A], null), Reading.Replies(pieces), PairComparer.Instance);
    }

    [Fact]
    public void Attributes_inside_an_aggregate_are_not_members_of_it() =>
        Assert.Equal([RespValue.Array(A, A)], Reading.Replies("*2\r\n$1\r\na\r\n|1\r\n+k\r\n+v\r\n$1\r\na\r\n").Values);

    [Fact]
    public void Bytes_after_a_whole_value_are_left_for_the_next_read()
    {
        RespReplyReader reader = new(RespLimits.Default);
        ReadOnlySequence<byte> buffer = new("+OK\r\n:1\r\n:"u8.ToArray());
        Assert.Equal(RespReadStatus.Complete, reader.TryRead(ref buffer, out RespValue first));
        Assert.Equal(RespValue.SimpleString("OK"), first);
        Assert.Equal(":1\r\n:"u8.ToArray(), buffer.ToArray());
        Assert.Equal(RespReadStatus.Complete, reader.TryRead(ref buffer, out RespValue second));
        Assert.Equal(RespValue.Integer(1), second);
        Assert.Equal(RespReadStatus.NeedMore, reader.TryRead(ref buffer, out RespValue third));
        Assert.True(third.IsNull);
        Assert.True(buffer.IsEmpty);
    }

    [Fact]
    public void An_empty_read_asks_for_more()
    {
        RespReplyReader reader = new(RespLimits.Default);
        ReadOnlySequence<byte> buffer = ReadOnlySequence<byte>.Empty;
        Assert.Equal(RespReadStatus.NeedMore, reader.TryRead(ref buffer, out _));
    }
}
