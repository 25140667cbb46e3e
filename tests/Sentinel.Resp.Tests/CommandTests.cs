using System.Buffers;

namespace Sentinel.Resp.Tests;

public sealed class CommandTests
{
    [Fact]
    public void A_word_is_recognised_in_any_case_and_only_whole()
    {
        RespCommand command = Read("sentinel Get-Master-Addr-By-Name mymaster\r\n");
        Assert.True(command.Is(0, "SENTINEL"u8));
        Assert.True(command.Is(1, "GET-MASTER-ADDR-BY-NAME"u8));
        Assert.False(command.Is(0, "SENTINE"u8));
        Assert.False(command.Is(0, "SENTINELS"u8));
        Assert.False(command.Is(3, "SENTINEL"u8));    // there is none
    }

    [Fact]
    public void Text_is_UTF8_and_Latin1_loses_no_byte()
    {
        RespCommand command = Read("caf\u00c3\u00a9 \u00ff\r\n");
        Assert.Equal("café", command.GetText(0));
        Assert.Equal("\ufffd", command.GetText(1));
        Assert.Equal("\u00ff", command.GetLatin1(1));
        Assert.Equal([0xff], command[1].ToArray());
    }

    [Theory]
    [InlineData("0", 0L)]
    [InlineData("-1", -1L)]
    [InlineData("26379", 26379L)]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("-9223372036854775808", long.MinValue)]
    [InlineData("9223372036854775808", null)]
    [InlineData("+1", null)]
    [InlineData("01", null)]
    [InlineData("-01", null)]
    [InlineData("-0", null)]
    [InlineData("-", null)]
    [InlineData("1x", null)]
    [InlineData("' 1'", null)]
    [InlineData("''", null)]
    public void A_number_has_one_spelling(string text, long? expected)
    {
        bool isNumber = Read($"{text}\r\n").TryGetInteger(0, out long value);
        Assert.Equal(expected, isNumber ? value : null);
    }

    [Fact]
    public void An_argument_that_is_not_there_is_a_mistake_of_the_caller()
    {
        RespCommand command = Read("PING\r\n");
        Assert.Throws<ArgumentOutOfRangeException>(() => command[1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => command[-1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => default(RespCommand)[0]);
        Assert.Equal(0, default(RespCommand).Count);
    }

    private static RespCommand Read(string wire)
    {
        RespCommandReader reader = new(RespLimits.Default, isAuthenticated: true);
        ReadOnlySequence<byte> buffer = new(Pieces.Latin1(wire));
        Assert.Equal(RespReadStatus.Complete, reader.TryRead(ref buffer, out RespCommand command));
        return command;
    }
}
