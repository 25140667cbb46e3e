using System.Buffers;

namespace Sentinel.Resp.Tests;

/// <summary>What is a request and what is not, in both forms, and that it does not matter how it arrives.</summary>
public sealed class RequestTests
{
    public static TheoryData<string, string[]> Requests => new()
    {
        { "*1\r\n$4\r\nPING\r\n", ["PING"] },
        { "*2\r\n$4\r\nPING\r\n$0\r\n\r\n", ["PING", ""] },
        { "*3\r\n$8\r\nSENTINEL\r\n$6\r\nMASTER\r\n$8\r\nmymaster\r\n", ["SENTINEL", "MASTER", "mymaster"] },
        { "*2\r\n$4\r\n\r\n\r\n\r\n$2\r\n\0\u00ff\r\n", ["\r\n\r\n", "\0\u00ff"] },
        { "PING\r\n", ["PING"] },
        { "PING\n", ["PING"] },
        { " \t PING  hello \r\n", ["PING", "hello"] },
        { "$4\r\n", ["$4"] },
        { "SET a \"b c\" 'd e'\r\n", ["SET", "a", "b c", "d e"] },
    };

    [Theory, MemberData(nameof(Requests))]
    public void Each_request_is_read_alike_whole_cut_at_every_byte_and_byte_by_byte(string wire, string[] expected)
    {
        foreach (byte[][] pieces in Pieces.EveryWayToCut(Pieces.Latin1(wire)))
        {
            var (requests, error) = Reading.Requests(pieces);
            Assert.Equal(expected, Assert.Single(requests));
            Assert.Null(error);
        }
    }

    [Theory, MemberData(nameof(Requests))]
    public void A_border_between_segments_is_no_border_between_requests(string wire, string[] expected)
    {
        foreach (byte[][] pieces in Pieces.EveryWayToCut(Pieces.Latin1(wire + wire)))
        {
            RespCommandReader reader = new(RespLimits.Default, isAuthenticated: true);
            Assert.Equal([expected, expected], Reading.Requests(reader, [Pieces.OneSequence(pieces)]).Requests);
        }
    }

    [Theory]
    [InlineData("\r\n")]
    [InlineData("\n")]
    [InlineData("   \r\n")]
    [InlineData("*0\r\n")]
    [InlineData("*-1\r\n")]
    [InlineData("*-9223372036854775808\r\n")]
    [InlineData("\0PING\r\n")]
    public void What_holds_no_word_is_passed_over(string wire)
    {
        foreach (byte[][] pieces in Pieces.EveryWayToCut(Pieces.Latin1(wire + "*1\r\n$4\r\nPING\r\n" + wire)))
        {
            var (requests, error) = Reading.Requests(pieces);
            Assert.Equal(["PING"], Assert.Single(requests));
            Assert.Null(error);
        }
    }

    [Fact]
    public void Arrays_and_inline_requests_may_alternate() =>
        Assert.Equal(
            [["PING"], ["INFO", "server"], ["ROLE"]],
            Reading.Requests("*1\r\n$4\r\nPING\r\nINFO server\r\n*1\r\n$4\r\nROLE\r\n").Requests);

    [Fact]
    public void A_request_outlives_the_bytes_it_came_in()
    {
        RespCommandReader reader = new(RespLimits.Default, isAuthenticated: true);
        byte[] block = "*2\r\n$4\r\nPING\r\n$5\r\nhello\r\n"u8.ToArray();
        ReadOnlySequence<byte> buffer = new(block);
        Assert.Equal(RespReadStatus.Complete, reader.TryRead(ref buffer, out RespCommand command));
        Array.Clear(block);    // the pipe has advanced and used its block again
        Assert.True(command.Is(0, "PING"u8));
        Assert.Equal("hello", command.GetText(1));
    }

    [Fact]
    public void The_bytes_where_a_line_end_belongs_are_skipped_unseen_as_Redis_does() =>
        Assert.Equal([["PING"], ["PING"]], Reading.Requests("*1\rx$4\rxPINGxx*1\r\n$4\r\nPING\r\n").Requests);
}
