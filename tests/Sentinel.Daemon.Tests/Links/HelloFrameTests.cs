using System.Text;
using Sentinel.Daemon.Links;

namespace Sentinel.Daemon.Tests.Links;

/// <summary>Messages of the hello channel that are recognised by their bytes.</summary>
public class HelloFrameTests
{
    private const string Begin = "*3\r\n$7\r\nmessage\r\n$18\r\n__sentinel__:hello\r\n";

    [Theory]
    [InlineData("$1\r\nx\r\n", "x")]
    [InlineData("$12\r\none\r\n$3\r\ntwo\r\n", "one\r\n$3\r\ntwo")]
    [InlineData("$0\r\n\r\n", null)]
    public void A_whole_message_is_taken_with_its_payload_and_nothing_of_what_follows(string frame, string? payload)
    {
        byte[] input = Encoding.UTF8.GetBytes($"{Begin}{frame}+PONG\r\n");
        int taken = HelloFrame.Take(input, out ReadOnlySpan<byte> found);
        if (payload is null)
        {
            Assert.Equal(0, taken);    // an empty one is no hello: it goes the usual way
            return;
        }
        Assert.Equal(payload, Encoding.UTF8.GetString(found));
        Assert.Equal("+PONG\r\n", Encoding.UTF8.GetString(input.AsSpan(taken)));
    }

    [Fact]
    public void Half_a_message_is_left_alone_wherever_it_is_cut()
    {
        byte[] whole = Encoding.UTF8.GetBytes($"{Begin}$5\r\nhello\r\n");
        for (int length = 0; length < whole.Length; length++)
            Assert.Equal(0, HelloFrame.Take(whole.AsSpan(0, length), out _));
        Assert.Equal(whole.Length, HelloFrame.Take(whole, out _));
    }

    [Theory]
    [InlineData("*3\r\n$7\r\nmessage\r\n$5\r\nother\r\n$1\r\nx\r\n")]
    [InlineData("*3\r\n$9\r\nsubscribe\r\n$18\r\n__sentinel__:hello\r\n:1\r\n")]
    [InlineData(Begin + ":1\r\n")]
    [InlineData(Begin + "$-1\r\n")]
    [InlineData(Begin + "$+1\r\nx\r\n")]
    [InlineData(Begin + "$01\r\nx\r\n")]
    [InlineData(Begin + "$x\r\nx\r\n")]
    [InlineData(Begin + "$2\r\nlonger\r\n")]
    [InlineData(Begin + "$99999999999\r\nx\r\n")]
    public void Anything_else_goes_the_usual_way(string input) =>
        Assert.Equal(0, HelloFrame.Take(Encoding.UTF8.GetBytes(input), out _));
}
