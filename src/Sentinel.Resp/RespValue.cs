using System.Collections.Immutable;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Sentinel.Resp;

/// <summary>One value of the protocol: a reply, a push, or a part of one. It owns its bytes and never changes.</summary>
/// <remarks>
/// Two values are equal when kind and content are, through all depths; a verbatim text's three letters count as
/// content. The default value is <see cref="Null"/>.
/// </remarks>
public readonly struct RespValue : IEquatable<RespValue>
{
    private const int VerbatimPrefixLength = 4;    // "txt:"
    private const int ShownBytesMax = 256;         // a log line's share
    private const int ShownItemsMax = 16;

    private readonly object? _content;    // byte[] of a text (a verbatim one's with its prefix), RespValue[] of an aggregate
    private readonly long _number;        // an integer, a boolean as 0 or 1, the bits of a double

    private RespValue(RespKind kind, object? content, long number)
    {
        Kind = kind;
        _content = content;
        _number = number;
    }

    /// <summary>No value.</summary>
    public static RespValue Null => default;

    /// <summary>What it is, and with that, which of the accessors have something to say.</summary>
    public RespKind Kind { get; }

    /// <summary>Whether there is no value.</summary>
    public bool IsNull => Kind is RespKind.Null;

    /// <summary>Whether it is an error, simple or bulk. Its text begins with a code word, such as <c>ERR</c>.</summary>
    public bool IsError => Kind is RespKind.Error or RespKind.BulkError;

    /// <summary>
    /// The bytes of a text: of a simple or bulk string, an error, a verbatim text without its three letters, or the
    /// digits of a big number. Empty for every other kind.
    /// </summary>
    public ReadOnlyMemory<byte> Bytes => _content is not byte[] bytes
        ? default
        : Kind is RespKind.Verbatim ? bytes.AsMemory(VerbatimPrefixLength) : bytes;

    /// <summary>The members of an array, set or push; of a map key, value, key, value. Empty for every other kind.</summary>
    public ImmutableArray<RespValue> Items =>
        ImmutableCollectionsMarshal.AsImmutableArray(_content as RespValue[] ?? []);

    /// <summary>The three letters of a verbatim text, such as <c>txt</c>; empty for every other kind.</summary>
    public ReadOnlyMemory<byte> VerbatimFormat => _content is byte[] bytes && Kind is RespKind.Verbatim
        ? bytes.AsMemory(0, VerbatimPrefixLength - 1)
        : default;

    /// <summary>A simple string of these bytes, which must not change any more.</summary>
    public static RespValue SimpleString(byte[] bytes) => new(RespKind.SimpleString, bytes, 0);

    /// <summary>A simple string.</summary>
    public static RespValue SimpleString(string text) => SimpleString(Encoding.UTF8.GetBytes(text));

    /// <summary>An error of these bytes, which must not change any more.</summary>
    public static RespValue Error(byte[] bytes) => new(RespKind.Error, bytes, 0);

    /// <summary>An error; the text begins with its code word.</summary>
    public static RespValue Error(string text) => Error(Encoding.UTF8.GetBytes(text));

    /// <summary>An integer.</summary>
    public static RespValue Integer(long value) => new(RespKind.Integer, null, value);

    /// <summary>A bulk string of these bytes, which must not change any more.</summary>
    public static RespValue BulkString(byte[] bytes) => new(RespKind.BulkString, bytes, 0);

    /// <summary>A bulk string.</summary>
    public static RespValue BulkString(string text) => BulkString(Encoding.UTF8.GetBytes(text));

    /// <summary>A boolean.</summary>
    public static RespValue Boolean(bool value) => new(RespKind.Boolean, null, value ? 1 : 0);

    /// <summary>A floating point number.</summary>
    public static RespValue Double(double value) => new(RespKind.Double, null, BitConverter.DoubleToInt64Bits(value));

    /// <summary>An integer of any size, by its decimal digits, which must not change any more.</summary>
    public static RespValue BigNumber(byte[] digits) => new(RespKind.BigNumber, digits, 0);

    /// <summary>A bulk error of these bytes, which must not change any more.</summary>
    public static RespValue BulkError(byte[] bytes) => new(RespKind.BulkError, bytes, 0);

    /// <summary>A verbatim text.</summary>
    /// <param name="formatAndBytes">Three letters, a colon and the text, as on the wire; must not change any more.</param>
    /// <exception cref="ArgumentException">It does not begin with three letters and a colon.</exception>
    public static RespValue Verbatim(byte[] formatAndBytes) =>
        formatAndBytes is [_, _, _, (byte)':', ..]
            ? new(RespKind.Verbatim, formatAndBytes, 0)
            : throw new ArgumentException("A verbatim text begins with three letters and a colon.", nameof(formatAndBytes));

    /// <summary>An array.</summary>
    public static RespValue Array(params RespValue[] items) => Aggregate(RespKind.Array, items);

    /// <summary>A map, by its keys and values in turn.</summary>
    public static RespValue Map(params RespValue[] keysAndValues) => Aggregate(RespKind.Map, keysAndValues);

    /// <summary>A set.</summary>
    public static RespValue Set(params RespValue[] items) => Aggregate(RespKind.Set, items);

    /// <summary>A push.</summary>
    public static RespValue Push(params RespValue[] items) => Aggregate(RespKind.Push, items);

    /// <summary>Whether it is a text of exactly these bytes, such as <c>"PONG"u8</c>.</summary>
    public bool Is(ReadOnlySpan<byte> text) => _content is byte[] && Bytes.Span.SequenceEqual(text);

    /// <summary>The text, for all kinds that have <see cref="Bytes"/>. Bytes that are not UTF-8 become U+FFFD.</summary>
    /// <returns>False, and null, for every other kind: also for integers, doubles and booleans.</returns>
    public bool TryGetText([NotNullWhen(true)] out string? text)
    {
        text = _content is byte[] ? Encoding.UTF8.GetString(Bytes.Span) : null;
        return text is not null;
    }

    /// <summary>
    /// The number, of an integer or of a string (simple, bulk or verbatim) that is one: Sentinel's replies give most
    /// numbers as bulk strings.
    /// </summary>
    /// <returns>False for every other kind, and for a text with blanks, a plus sign, leading zeros or over 64 bits.</returns>
    public bool TryGetInteger(out long value)
    {
        value = _number;
        if (Kind is RespKind.SimpleString or RespKind.BulkString or RespKind.Verbatim)
            return CanonicalInteger.TryParse(Bytes.Span, out value);
        return Kind is RespKind.Integer;
    }

    /// <summary>The truth value, of a boolean or of the 0 or 1 that stands for one in RESP2.</summary>
    /// <returns>False for every other kind or number.</returns>
    public bool TryGetBoolean(out bool value)
    {
        value = _number == 1;
        return Kind is RespKind.Boolean or RespKind.Integer && _number is 0 or 1;
    }

    /// <summary>The number, of a double, or of the bulk string that stands for one in RESP2.</summary>
    /// <returns>False for every other kind, and for a text that is no number.</returns>
    public bool TryGetDouble(out double value)
    {
        value = BitConverter.Int64BitsToDouble(_number);
        return Kind is RespKind.BulkString ? DoubleText.TryParse(Bytes.Span, out value) : Kind is RespKind.Double;
    }

    /// <inheritdoc/>
    public bool Equals(RespValue other) =>
        Kind == other.Kind && _number == other._number && (_content, other._content) switch
        {
            (null, null) => true,
            (byte[] mine, byte[] others) => mine.AsSpan().SequenceEqual(others),
            (RespValue[] mine, RespValue[] others) => mine.AsSpan().SequenceEqual(others),
            _ => false,
        };

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is RespValue other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.Add(Kind);
        hash.Add(_number);
        if (_content is byte[] bytes)
            hash.AddBytes(bytes);
        foreach (RespValue item in Items)
            hash.Add(item);
        return hash.ToHashCode();
    }

    /// <summary>
    /// For logs and failing tests: the kind and the beginning of the content. Bytes other than printable ASCII are
    /// escaped, so that what a peer sends cannot forge a line of the log.
    /// </summary>
    public override string ToString() => Kind switch
    {
        RespKind.Null => "Null",
        RespKind.Integer => $"Integer {_number.ToString(CultureInfo.InvariantCulture)}",
        RespKind.Boolean => _number == 1 ? "Boolean true" : "Boolean false",
        RespKind.Double => $"Double {BitConverter.Int64BitsToDouble(_number).ToString(CultureInfo.InvariantCulture)}",
        _ when _content is byte[] bytes => $"{Kind} '{Shown(bytes)}'",
        _ => $"{Kind} [{string.Join(", ", Items.Take(ShownItemsMax))}{(Items.Length > ShownItemsMax ? ", …" : "")}]",
    };

    /// <summary>Whether two values are of one kind and content.</summary>
    public static bool operator ==(RespValue left, RespValue right) => left.Equals(right);

    /// <summary>Whether two values differ in kind or content.</summary>
    public static bool operator !=(RespValue left, RespValue right) => !left.Equals(right);

    internal static RespValue Aggregate(RespKind kind, RespValue[] items)
    {
        Debug.Assert(kind is RespKind.Array or RespKind.Map or RespKind.Set or RespKind.Push);
        Debug.Assert(kind is not RespKind.Map || items.Length % 2 == 0);
        return new(kind, items, 0);
    }

    private static string Shown(ReadOnlySpan<byte> bytes)
    {
        StringBuilder shown = new();
        foreach (byte value in bytes[..Math.Min(bytes.Length, ShownBytesMax)])
        {
            if (value is >= (byte)' ' and <= (byte)'~' and not (byte)'\\')
                shown.Append((char)value);
            else
                shown.Append(CultureInfo.InvariantCulture, $"\\x{value:x2}");
        }
        return shown.Append(bytes.Length > ShownBytesMax ? "…" : "").ToString();
    }
}
