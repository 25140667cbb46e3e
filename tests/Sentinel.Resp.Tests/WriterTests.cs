using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace Sentinel.Resp.Tests;

/// <summary>What goes on the wire, in both versions.</summary>
public sealed class WriterTests
{
    public delegate void Write(RespWriter writer);

    private static readonly (string Resp2, string Resp3, Write Write)[] Table =
    [
        ("+OK\r\n", "+OK\r\n", w => w.WriteSimpleString("OK")),
        ("+OK\r\n", "+OK\r\n", w => w.WriteSimpleString("OK"u8)),
        ("+\u00c3\u00a9\r\n", "+\u00c3\u00a9\r\n", w => w.WriteSimpleString("é")),
        ("-ERR a\r\n", "-ERR a\r\n", w => w.WriteError("ERR a")),
        ("-ERR \u00ff\r\n", "-ERR \u00ff\r\n", w => w.WriteError([.. "ERR "u8, 0xff])),
        (":0\r\n", ":0\r\n", w => w.WriteInteger(0)),
        (":-9223372036854775808\r\n", ":-9223372036854775808\r\n", w => w.WriteInteger(long.MinValue)),
        ("$2\r\n\r\n\r\n", "$2\r\n\r\n\r\n", w => w.WriteBulkString("\r\n"u8)),
        ("$2\r\n\u00c3\u00a9\r\n", "$2\r\n\u00c3\u00a9\r\n", w => w.WriteBulkString("é")),
        ("$2\r\n\u00c3\u00a9\r\n", "$2\r\n\u00c3\u00a9\r\n", w => w.WriteBulkString("xéx".AsSpan(1, 1))),
        ("$3\r\n\u00ef\u00bf\u00bd\r\n", "$3\r\n\u00ef\u00bf\u00bd\r\n", w => w.WriteBulkString("\ud800")),
        ("$0\r\n\r\n", "$0\r\n\r\n", w => w.WriteBulkString("")),
        ("$-1\r\n", "_\r\n", w => w.WriteBulkString((string?)null)),
        ("$5\r\n26379\r\n", "$5\r\n26379\r\n", w => w.WriteBulkString(26379)),
        ("$20\r\n-9223372036854775808\r\n", "$20\r\n-9223372036854775808\r\n", w => w.WriteBulkString(long.MinValue)),
        ("$-1\r\n", "_\r\n", w => w.WriteNull()),
        ("*-1\r\n", "_\r\n", w => w.WriteNullArray()),
        ("*2\r\n", "*2\r\n", w => w.WriteArrayHeader(2)),
        ("*4\r\n", "%2\r\n", w => w.WriteMapHeader(2)),
        ("*2\r\n", "~2\r\n", w => w.WriteSetHeader(2)),
        ("*2\r\n", ">2\r\n", w => w.WritePushHeader(2)),
        (":1\r\n", "#t\r\n", w => w.WriteBoolean(true)),
        (":0\r\n", "#f\r\n", w => w.WriteBoolean(false)),
        ("$3\r\n1.5\r\n", ",1.5\r\n", w => w.WriteDouble(1.5)),
        ("$4\r\n-inf\r\n", ",-inf\r\n", w => w.WriteDouble(double.NegativeInfinity)),
        ("$3\r\nnan\r\n", ",nan\r\n", w => w.WriteDouble(double.NaN)),
        ("$24\r\n-2.2250738585072014E-308\r\n", ",-2.2250738585072014E-308\r\n", w => w.WriteDouble(-2.2250738585072014E-308)),
        ("$3\r\n-12\r\n", "(-12\r\n", w => w.WriteBigNumber(-12)),
        ("$4\r\nSome\r\n", "=8\r\ntxt:Some\r\n", w => w.WriteVerbatim("txt"u8, "Some")),
        ("*2\r\n$4\r\nPING\r\n$0\r\n\r\n", "*2\r\n$4\r\nPING\r\n$0\r\n\r\n", w => w.WriteCommand("PING", "")),
    ];

    [Fact]
    public void Each_type_is_written_as_the_version_asks()
    {
        foreach ((string resp2, string resp3, Write write) in Table)
        {
            Assert.Equal(resp2, Written(RespVersion.Resp2, write));
            Assert.Equal(resp3, Written(RespVersion.Resp3, write));
        }
    }

    [Fact]
    public void No_text_can_pose_as_another_reply()
    {
        Assert.Equal("-ERR x  +OK  :1\r\n", Written(RespVersion.Resp2, w => w.WriteError("ERR x\r\n+OK\r\n:1")));
        Assert.Equal("-ERR x  +OK  :1\r\n", Written(RespVersion.Resp2, w => w.WriteError("ERR x\r\n+OK\r\n:1"u8)));
        Assert.Equal("+a b c\r\n", Written(RespVersion.Resp3, w => w.WriteSimpleString("a\rb\nc")));
        Assert.Equal("+a b c\r\n", Written(RespVersion.Resp3, w => w.WriteSimpleString("a\rb\nc"u8)));
    }

    [Fact]
    public void A_number_of_any_size_is_written_whole()
    {
        BigInteger big = BigInteger.Pow(10, 1000);
        Assert.Equal($"({big.ToString(CultureInfo.InvariantCulture)}\r\n", Written(RespVersion.Resp3, w => w.WriteBigNumber(big)));
    }

    [Fact]
    public void A_format_of_other_than_three_letters_is_a_mistake_of_the_caller()
    {
        Assert.Throws<ArgumentException>(() => Written(RespVersion.Resp2, w => w.WriteVerbatim("text"u8, "")));
        Assert.Throws<ArgumentException>(() => Written(RespVersion.Resp3, w => w.WriteVerbatim(""u8, "")));
    }

    [Fact]
    public void A_text_larger_than_any_block_of_the_output_arrives_whole()
    {
        string large = new('x', 1_000_000);
        Assert.Equal($"$1000000\r\n{large}\r\n", Written(RespVersion.Resp2, w => w.WriteBulkString(large)));
        Assert.Equal($"$1000000\r\n{large}\r\n", Written(RespVersion.Resp2, w => w.WriteBulkString(Pieces.Latin1(large))));
    }

    private static string Written(RespVersion version, Write write)
    {
        ArrayBufferWriter<byte> output = new();
        write(new RespWriter(output, version));
        return Encoding.Latin1.GetString(output.WrittenSpan);
    }
}
