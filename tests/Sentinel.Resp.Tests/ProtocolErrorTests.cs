using System.Buffers;
using System.Text;

namespace Sentinel.Resp.Tests;

/// <summary>What a client gets to hear when it breaks the protocol, word for word. Compared with redis-server 7.0.15.</summary>
public sealed class ProtocolErrorTests
{
    private static readonly RespLimits Small = RespLimits.Default with
    {
        MaxBulkLength = 20,
        MaxArguments = 8,
        MaxInlineLength = 32,
        MaxMessageLength = 30,
        UnauthenticatedMaxBulkLength = 10,
        UnauthenticatedMaxArguments = 4,
    };

    public static TheoryData<string, string> BrokenRequests => new()
    {
        { "*\r\n", "invalid multibulk length" },
        { "*x\r\n", "invalid multibulk length" },
        { "*1x\r\n", "invalid multibulk length" },
        { "*+1\r\n", "invalid multibulk length" },
        { "* 1\r\n", "invalid multibulk length" },
        { "*01\r\n", "invalid multibulk length" },
        { "*-0\r\n", "invalid multibulk length" },
        { "*-\r\n", "invalid multibulk length" },
        { "*1.0\r\n", "invalid multibulk length" },
        { "*2147483648\r\n", "invalid multibulk length" },
        { "*9223372036854775808\r\n", "invalid multibulk length" },
        { "*1\r\n:4\r\n", "expected '$', got ':'" },
        { "*1\r\nPING\r\n", "expected '$', got 'P'" },
        { "*1\r\n*1\r\n", "expected '$', got '*'" },
        { "*1\r\n\r\n", "expected '$', got '\r'" },
        { "*1\r\n\u00e9\r\n", "expected '$', got '\u00e9'" },
        { "*2\r\n$1\r\na\r\nb\r\n", "expected '$', got 'b'" },
        { "*1\r\n$\r\n", "invalid bulk length" },
        { "*1\r\n$x\r\n", "invalid bulk length" },
        { "*1\r\n$-1\r\n", "invalid bulk length" },
        { "*1\r\n$04\r\n", "invalid bulk length" },
        { "*1\r\n$536870913\r\n", "invalid bulk length" },
        { "*1\r\n$99999999999999999999\r\n", "invalid bulk length" },
        { "PING \"a\r\n", "unbalanced quotes in request" },
        { "PING 'a\r\n", "unbalanced quotes in request" },
        { "PING \"a\"b\r\n", "unbalanced quotes in request" },
    };

    [Theory, MemberData(nameof(BrokenRequests))]
    public void A_broken_request_is_named_in_the_words_of_Redis_however_it_arrives(string wire, string error)
    {
        foreach (byte[][] pieces in Pieces.EveryWayToCut(Pieces.Latin1("*1\r\n$4\r\nPING\r\n" + wire)))
        {
            var (requests, actual) = Reading.Requests(pieces);
            Assert.Equal(["PING"], Assert.Single(requests));    // what came before it is still a request
            Assert.Equal(error, actual);
        }
    }

    // Both sides of every limit: the longest that passes, and the shortest that does not.
    public static TheoryData<bool, string, string?> Limits => new()
    {
        { true, "*8\r\n", null },
        { true, "*9\r\n", "invalid multibulk length" },
        { false, "*4\r\n", null },
        { false, "*5\r\n", "unauthenticated multibulk length" },
        { false, "*8\r\n", "unauthenticated multibulk length" },
        { false, "*9\r\n", "invalid multibulk length" },
        { true, "*1\r\n$20\r\n", null },
        { true, "*1\r\n$21\r\n", "invalid bulk length" },
        { false, "*1\r\n$10\r\n", null },
        { false, "*1\r\n$11\r\n", "unauthenticated bulk length" },
        { false, "*1\r\n$20\r\n", "unauthenticated bulk length" },
        { false, "*1\r\n$21\r\n", "invalid bulk length" },
        { true, "*2\r\n$20\r\naaaaaaaaaaaaaaaaaaaa\r\n$10\r\n", null },
        { true, "*2\r\n$20\r\naaaaaaaaaaaaaaaaaaaa\r\n$11\r\n", "too big request" },
        { true, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", null },
        { true, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "too big inline request" },
        { true, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n", "too big inline request" },
        { true, "*1111111111111111111111111111111", null },
        { true, "*11111111111111111111111111111111", "too big mbulk count string" },
        { true, "*1\r\n$1111111111111111111111111111111", null },
        { true, "*1\r\n$11111111111111111111111111111111", "too big bulk count string" },
        { true, "*1\r\nxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "too big bulk count string" },
        { false, "a b c d e f g h\r\n", null },    // inline requests know only one limit, as in Redis
    };

    [Theory, MemberData(nameof(Limits))]
    public void A_request_may_go_up_to_a_limit_and_no_further_however_it_arrives(
        bool isAuthenticated, string wire, string? error)
    {
        foreach (byte[][] pieces in Pieces.EveryWayToCut(Pieces.Latin1(wire)))
            Assert.Equal(error, Reading.Requests(pieces, isAuthenticated, Small).Error);
    }

    [Fact]
    public void The_default_limits_are_those_of_Redis()
    {
        Assert.Null(Reading.Requests("*1\r\n$536870912\r\n").Error);
        Assert.Null(Reading.Requests("*1048576\r\n").Error);
        Assert.Equal("invalid multibulk length", Reading.Requests("*1048577\r\n").Error);
        Assert.Null(Reading.Requests("*10\r\n$16384\r\n", isAuthenticated: false).Error);
        Assert.Equal("unauthenticated multibulk length", Reading.Requests("*11\r\n", isAuthenticated: false).Error);
        Assert.Equal("unauthenticated bulk length", Reading.Requests("*1\r\n$16385\r\n", isAuthenticated: false).Error);
        Assert.Null(Reading.Requests(new string('a', 65536)).Error);
        Assert.Equal("too big inline request", Reading.Requests(new string('a', 65537)).Error);
    }

    [Fact]
    public void Authentication_counts_from_the_very_next_request_even_within_one_read()
    {
        RespCommandReader reader = new(Small, isAuthenticated: false);
        ReadOnlySequence<byte> buffer = new("AUTH x\r\n*1\r\n$11\r\nhello world\r\n"u8.ToArray());
        Assert.Equal(RespReadStatus.Complete, reader.TryRead(ref buffer, out RespCommand auth));
        Assert.True(auth.Is(0, "auth"u8));
        reader.IsAuthenticated = true;
        Assert.Equal(RespReadStatus.Complete, reader.TryRead(ref buffer, out RespCommand next));
        Assert.Equal("hello world", next.GetText(0));
    }

    [Fact]
    public void After_a_protocol_error_nothing_is_read_any_more()
    {
        RespCommandReader requests = new(RespLimits.Default, isAuthenticated: true);
        RespReplyReader replies = new(RespLimits.Default);
        Assert.Equal("invalid multibulk length", Reading.Requests(requests, [new("*x\r\n"u8.ToArray())]).Error);
        Assert.Equal("invalid integer", Reading.Replies(replies, [new(":x\r\n"u8.ToArray())]).Error);

        ReadOnlySequence<byte> sane = new("PING\r\n"u8.ToArray());
        Assert.Equal(RespReadStatus.ProtocolError, requests.TryRead(ref sane, out RespCommand command));
        Assert.Equal(0, command.Count);
        Assert.Equal("invalid multibulk length", requests.ProtocolError);

        sane = new("+OK\r\n"u8.ToArray());
        Assert.Equal(RespReadStatus.ProtocolError, replies.TryRead(ref sane, out RespValue value));
        Assert.True(value.IsNull);
        sane = ReadOnlySequence<byte>.Empty;
        Assert.Equal(RespReadStatus.ProtocolError, replies.TryRead(ref sane, out _));
    }

    [Theory]
    [InlineData("*1\r\n\r\n", "-ERR Protocol error: expected '$', got ' '\r\n")]
    [InlineData("*1\r\n\u00e9\r\n", "-ERR Protocol error: expected '$', got '\u00e9'\r\n")]
    [InlineData("*x\r\n", "-ERR Protocol error: invalid multibulk length\r\n")]
    public void The_last_reply_is_byte_for_byte_that_of_Redis(string wire, string reply)
    {
        ArrayBufferWriter<byte> output = new();
        new RespWriter(output, RespVersion.Resp2).WriteProtocolError(Reading.Requests(wire).Error!);
        Assert.Equal(reply, Encoding.Latin1.GetString(output.WrittenSpan));
    }

    public static TheoryData<string, string> BrokenReplies => new()
    {
        { "\r\n", "empty line" },
        { "HTTP/1.1 400 Bad Request\r\n", "unknown type byte 0x48" },
        { "\u00ff\r\n", "unknown type byte 0xff" },
        { "+OK\rX", "CR LF expected" },
        { ":\r\n", "invalid integer" },
        { ":1x\r\n", "invalid integer" },
        { ":+-1\r\n", "invalid integer" },
        { ":9223372036854775808\r\n", "invalid integer" },
        { "_x\r\n", "invalid null" },
        { "#\r\n", "invalid boolean" },
        { "#true\r\n", "invalid boolean" },
        { ",\r\n", "invalid double" },
        { ",1,5\r\n", "invalid double" },
        { ", 1\r\n", "invalid double" },
        { ",Infinity\r\n", "invalid double" },
        { "(\r\n", "invalid big number" },
        { "(-\r\n", "invalid big number" },
        { "(1f\r\n", "invalid big number" },
        { "$\r\n", "invalid length" },
        { "$-2\r\n", "invalid length" },
        { "$01\r\n", "invalid length" },
        { "$1\r\nab\r\n", "CR LF expected" },
        { "$1\r\na\rb", "CR LF expected" },
        { "!-1\r\n", "invalid length" },
        { "=-1\r\n", "invalid length" },
        { "=3\r\n", "invalid length" },
        { "=4\r\ntext\r\n", "verbatim text without its format" },
        { "*-2\r\n", "invalid length" },
        { "%-1\r\n", "invalid length" },
        { "~-1\r\n", "invalid length" },
        { ">-1\r\n", "invalid length" },
        { "|-1\r\n", "invalid length" },
        { "*1\r\n>1\r\n", "push inside another value" },
        { "$?\r\n", "streamed values are not supported" },
        { "*?\r\n", "streamed values are not supported" },
        { "%?\r\n", "streamed values are not supported" },
        { "~?\r\n", "streamed values are not supported" },
        { ">?\r\n", "streamed values are not supported" },
        { ";4\r\n", "streamed values are not supported" },
        { ".\r\n", "streamed values are not supported" },
    };

    [Theory, MemberData(nameof(BrokenReplies))]
    public void A_broken_reply_is_named_however_it_arrives(string wire, string error)
    {
        foreach (byte[][] pieces in Pieces.EveryWayToCut(Pieces.Latin1("+OK\r\n" + wire)))
            Assert.Equal(([RespValue.SimpleString("OK")], error), Reading.Replies(pieces), PairComparer.Instance);
    }

    public static TheoryData<RespLimits, string, string?> ReplyLimits => new()
    {
        { RespLimits.Default with { MaxBulkLength = 4 }, "$4\r\n", null },
        { RespLimits.Default with { MaxBulkLength = 4 }, "$5\r\n", "length over the limit" },
        { RespLimits.Default with { MaxBulkLength = 4 }, "!5\r\n", "length over the limit" },
        { RespLimits.Default with { MaxBulkLength = 4 }, "=5\r\n", "length over the limit" },
        { RespLimits.Default with { MaxLineLength = 4 }, "+abc\r\n", null },
        { RespLimits.Default with { MaxLineLength = 4 }, "+abcd", "line too long" },
        { RespLimits.Default with { MaxLineLength = 4 }, "+abcd\r\n", "line too long" },
        { RespLimits.Default with { MaxDepth = 0 }, "+OK\r\n", null },
        { RespLimits.Default with { MaxDepth = 0 }, "*0\r\n", "nested too deeply" },
        { RespLimits.Default with { MaxDepth = 2 }, "*1\r\n*1\r\n", null },
        { RespLimits.Default with { MaxDepth = 2 }, "*1\r\n%1\r\n~1\r\n", "nested too deeply" },
        { RespLimits.Default with { MaxDepth = 2 }, "*1\r\n*1\r\n|1\r\n", "nested too deeply" },
        { RespLimits.Default with { MaxElements = 4 }, "*4\r\n", null },
        { RespLimits.Default with { MaxElements = 4 }, "*5\r\n", "length over the limit" },
        { RespLimits.Default with { MaxElements = 4 }, "%2\r\n", null },
        { RespLimits.Default with { MaxElements = 4 }, "%3\r\n", "too many elements" },
        { RespLimits.Default with { MaxElements = 4 }, "*2\r\n*2\r\n:1\r\n:2\r\n*0\r\n*4\r\n", null },    // each reply anew
        { RespLimits.Default with { MaxElements = 4 }, "*2\r\n*2\r\n:1\r\n:2\r\n*1\r\n", "too many elements" },
        { RespLimits.Default with { MaxElements = 4 }, "|0\r\n|0\r\n|0\r\n|0\r\n", null },
        { RespLimits.Default with { MaxElements = 4 }, "|0\r\n|0\r\n|0\r\n|0\r\n|0\r\n", "too many elements" },
        { RespLimits.Default with { MaxMessageLength = 10 }, "*2\r\n$4\r\nabcd\r\n", null },      // 2 + 2 + 4
        { RespLimits.Default with { MaxMessageLength = 10 }, "*2\r\n$4\r\nabcd\r\n:1\r\n", null },
        { RespLimits.Default with { MaxMessageLength = 10 }, "*2\r\n$4\r\nabcd\r\n:12\r\n", "reply too big" },
        { RespLimits.Default with { MaxMessageLength = 10 }, "$8\r\n", null },
        { RespLimits.Default with { MaxMessageLength = 10 }, "$9\r\n", "reply too big" },
    };

    [Theory, MemberData(nameof(ReplyLimits))]
    public void A_reply_may_go_up_to_a_limit_and_no_further_however_it_arrives(
        RespLimits limits, string wire, string? error)
    {
        foreach (byte[][] pieces in Pieces.EveryWayToCut(Pieces.Latin1(wire)))
            Assert.Equal(error, Reading.Replies(pieces, limits).Error);
    }

    [Fact]
    public void Endless_nesting_ends_at_the_depth_limit()
    {
        string nested = string.Concat(Enumerable.Repeat("*1\r\n", 100_000));
        Assert.Equal("nested too deeply", Reading.Replies(nested).Error);
        string atTheLimit = string.Concat(Enumerable.Repeat("*1\r\n", RespLimits.Default.MaxDepth)) + ":1\r\n";
        Assert.Single(Reading.Replies(atTheLimit).Values);
    }

    [Fact]
    public void A_limit_that_makes_no_sense_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => RespLimits.Default with { MaxBulkLength = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => RespLimits.Default with { MaxArguments = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => RespLimits.Default with { MaxLineLength = 0 });
    }
}
