using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Sentinel.Resp.Tests;

/// <summary>Values of every kind the writer knows, and what becomes of them on the wire.</summary>
internal static class RespValues
{
    private static readonly Gen<string> Text =
        Gen.Elements("", "OK", "PONG", "+sdown", "a\r\nb", "\r", "\n\n", "é", "日本", "\0", "127.0.0.1", "-1", "txt:");

    private static readonly Gen<byte[]> Bytes = Gen.Choose(0, 255).Select(b => (byte)b).ArrayOf();

    private static readonly Gen<long> Integers = Gen.OneOf(
        Gen.Elements(0, 1, -1, 9, 10, int.MaxValue, long.MaxValue, long.MinValue),
        Gen.Choose(-1_000_000, 1_000_000).Select(i => (long)i));

    private static readonly Gen<double> Doubles = Gen.OneOf(
        Gen.Elements(
            0, -0.0, 1.5, double.MaxValue, double.MinValue, double.Epsilon, double.NaN, double.PositiveInfinity, double.NegativeInfinity),
        Gen.Choose(int.MinValue, int.MaxValue).Select(i => BitConverter.Int64BitsToDouble(i * 0x1_0000_0001L))
            .Where(double.IsFinite));

    private static readonly Gen<RespValue> Scalars = Gen.OneOf(
        Gen.Constant(RespValue.Null),
        Text.Select(RespValue.SimpleString),
        Text.Select(RespValue.Error),
        Integers.Select(RespValue.Integer),
        Bytes.Select(RespValue.BulkString),
        Text.Select(RespValue.BulkString),
        Gen.Elements(true, false).Select(RespValue.Boolean),
        Doubles.Select(RespValue.Double),
        Integers.Select(i => RespValue.BigNumber(Encoding.ASCII.GetBytes(
            (new BigInteger(i) * long.MaxValue * long.MaxValue).ToString(CultureInfo.InvariantCulture)))),
        Text.Select(t => RespValue.Verbatim([.. "txt:"u8, .. Encoding.UTF8.GetBytes(t)])));

    /// <summary>Any value, with pushes only outermost.</summary>
    public static Gen<RespValue> Any { get; } = Gen.Frequency(
        (6, Nested(depth: 4)),
        (1, Members(depth: 3).Select(items => RespValue.Push(items))));

    /// <summary>Writes a value with the writer's methods.</summary>
    public static void Write(RespWriter writer, RespValue value)
    {
        switch (value.Kind)
        {
            case RespKind.Null:
                writer.WriteNull();
                break;
            case RespKind.SimpleString:
                writer.WriteSimpleString(value.Bytes.Span);
                break;
            case RespKind.Error:
                writer.WriteError(TextOf(value));
                break;
            case RespKind.Integer:
                Assert.True(value.TryGetInteger(out long integer));
                writer.WriteInteger(integer);
                break;
            case RespKind.BulkString:
                writer.WriteBulkString(value.Bytes.Span);
                break;
            case RespKind.Boolean:
                Assert.True(value.TryGetBoolean(out bool truth));
                writer.WriteBoolean(truth);
                break;
            case RespKind.Double:
                Assert.True(value.TryGetDouble(out double number));
                writer.WriteDouble(number);
                break;
            case RespKind.BigNumber:
                writer.WriteBigNumber(BigInteger.Parse(TextOf(value), CultureInfo.InvariantCulture));
                break;
            case RespKind.Verbatim:
                writer.WriteVerbatim(value.VerbatimFormat.Span, TextOf(value));
                break;
            case RespKind.Array:
                writer.WriteArrayHeader(value.Items.Length);
                break;
            case RespKind.Map:
                writer.WriteMapHeader(value.Items.Length / 2);
                break;
            case RespKind.Set:
                writer.WriteSetHeader(value.Items.Length);
                break;
            case RespKind.Push:
                writer.WritePushHeader(value.Items.Length);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(value));
        }
        foreach (RespValue item in value.Items)
            Write(writer, item);
    }

    public static byte[] Written(RespVersion version, params ReadOnlySpan<RespValue> values)
    {
        ArrayBufferWriter<byte> output = new();
        foreach (RespValue value in values)
            Write(new RespWriter(output, version), value);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>What the other side reads when this value is written: lines lose their line ends, RESP2 loses types.</summary>
    public static RespValue AsRead(RespVersion version, RespValue value)
    {
        RespValue[] items = [.. value.Items.Select(i => AsRead(version, i))];
        return (value.Kind, version) switch
        {
            (RespKind.SimpleString, _) => RespValue.SimpleString(OneLine(value)),
            (RespKind.Error, _) => RespValue.Error(OneLine(value)),
            (RespKind.Boolean, RespVersion.Resp2) => RespValue.Integer(value.TryGetBoolean(out bool truth) && truth ? 1 : 0),
            (RespKind.Double, RespVersion.Resp2) => RespValue.BulkString(DoubleAsText(value)),
            (RespKind.BigNumber or RespKind.Verbatim, RespVersion.Resp2) => RespValue.BulkString(value.Bytes.ToArray()),
            (RespKind.Array, _) or (RespKind.Map or RespKind.Set or RespKind.Push, RespVersion.Resp2) => RespValue.Array(items),
            (RespKind.Map, _) => RespValue.Map(items),
            (RespKind.Set, _) => RespValue.Set(items),
            (RespKind.Push, _) => RespValue.Push(items),
            _ => value,
        };
    }

    private static Gen<RespValue> Nested(int depth) => depth == 0
        ? Scalars
        : Gen.Frequency(
            (3, Scalars),
            (1, Members(depth - 1).Select(items => RespValue.Array(items))),
            (1, Members(depth - 1).Select(items => RespValue.Set(items))),
            (1, Members(depth - 1).Select(items => RespValue.Map([.. items, .. items]))));

    private static Gen<RespValue[]> Members(int depth) =>
        Gen.Choose(0, 5).SelectMany(count => Gen.ArrayOf(Nested(depth), count));

    private static string TextOf(RespValue value) => Encoding.UTF8.GetString(value.Bytes.Span);

    private static string OneLine(RespValue value) => TextOf(value).Replace('\r', ' ').Replace('\n', ' ');

    private static string DoubleAsText(RespValue value)
    {
        Assert.True(value.TryGetDouble(out double number));
        return double.IsFinite(number)
            ? number.ToString(CultureInfo.InvariantCulture)
            : double.IsNaN(number) ? "nan" : number > 0 ? "inf" : "-inf";
    }
}
