namespace Sentinel.Resp.Tests;

public sealed class ValueTests
{
    private static readonly RespValue[] OneOfEach =
    [
        RespValue.Null,
        RespValue.SimpleString("1"),
        RespValue.Error("1"),
        RespValue.Integer(1),
        RespValue.BulkString("1"),
        RespValue.Array(RespValue.Integer(1)),
        RespValue.Boolean(true),
        RespValue.Double(1),
        RespValue.BigNumber("1"u8.ToArray()),
        RespValue.BulkError("1"u8.ToArray()),
        RespValue.Verbatim("txt:1"u8.ToArray()),
        RespValue.Map(RespValue.Integer(1), RespValue.Integer(1)),
        RespValue.Set(RespValue.Integer(1)),
        RespValue.Push(RespValue.Integer(1)),
    ];

    [Fact]
    public void Each_accessor_speaks_for_its_kinds_and_no_other()
    {
        Assert.Equal(Enum.GetValues<RespKind>(), OneOfEach.Select(v => v.Kind));
        Assert.Equal([RespKind.Null], Where(v => v.IsNull));
        Assert.Equal([RespKind.Error, RespKind.BulkError], Where(v => v.IsError));
        RespKind[] texts =
        [
            RespKind.SimpleString, RespKind.Error, RespKind.BulkString, RespKind.BigNumber, RespKind.BulkError, RespKind.Verbatim,
        ];
        Assert.Equal(texts, Where(v => v.TryGetText(out string? text) && text == "1"));
        Assert.Equal(texts, Where(v => v.Is("1"u8)));
        Assert.Equal(texts, Where(v => !v.Bytes.IsEmpty));
        Assert.Equal(
            [RespKind.SimpleString, RespKind.Integer, RespKind.BulkString, RespKind.Verbatim],
            Where(v => v.TryGetInteger(out long number) && number == 1));
        Assert.Equal([RespKind.Integer, RespKind.Boolean], Where(v => v.TryGetBoolean(out bool truth) && truth));
        Assert.Equal([RespKind.BulkString, RespKind.Double], Where(v => v.TryGetDouble(out double number) && number == 1));
        Assert.Equal([RespKind.Array, RespKind.Map, RespKind.Set, RespKind.Push], Where(v => v.Items.Length > 0));
        Assert.Equal([RespKind.Verbatim], Where(v => v.VerbatimFormat.Span.SequenceEqual("txt"u8)));

        static IEnumerable<RespKind> Where(Func<RespValue, bool> predicate) => OneOfEach.Where(predicate).Select(v => v.Kind);
    }

    [Fact]
    public void An_integer_other_than_0_and_1_is_no_truth_value()
    {
        Assert.True(RespValue.Integer(0).TryGetBoolean(out bool value));
        Assert.False(value);
        Assert.False(RespValue.Integer(2).TryGetBoolean(out _));
    }

    [Fact]
    public void Values_are_equal_by_kind_and_content()
    {
        RespValue[] again = [.. OneOfEach];
        for (int i = 0; i < OneOfEach.Length; i++)
        {
            for (int j = 0; j < again.Length; j++)
            {
                Assert.Equal(i == j, OneOfEach[i] == again[j]);
                Assert.Equal(i != j, OneOfEach[i] != again[j]);
            }
        }
        Assert.NotEqual(RespValue.BulkString("a"), RespValue.BulkString("b"));
        Assert.NotEqual(RespValue.Array(RespValue.Null), RespValue.Array());
        Assert.Equal(RespValue.Double(double.NaN), RespValue.Double(double.NaN));
        Assert.Equal(
            RespValue.Array(RespValue.BulkString("a")).GetHashCode(), RespValue.Array(RespValue.BulkString("a")).GetHashCode());
    }

    [Fact]
    public void What_a_peer_sends_cannot_forge_a_line_of_the_log()
    {
        Assert.Equal(@"Error 'ERR\x0d\x0a\x5c\xff'", RespValue.Error([.. "ERR\r\n\\"u8, 0xff]).ToString());
        Assert.Equal("Array [Integer -1, Null, Boolean true, Double 1.5]", RespValue.Array(
            RespValue.Integer(-1), RespValue.Null, RespValue.Boolean(true), RespValue.Double(1.5)).ToString());
        Assert.InRange(RespValue.BulkString(new byte[1_000_000]).ToString().Length, 1, 2000);
        Assert.InRange(RespValue.Array(new RespValue[1_000_000]).ToString().Length, 1, 2000);
    }

    [Fact]
    public void A_verbatim_text_without_its_format_is_a_mistake_of_the_caller() =>
        Assert.Throws<ArgumentException>(() => RespValue.Verbatim("text"u8.ToArray()));
}
