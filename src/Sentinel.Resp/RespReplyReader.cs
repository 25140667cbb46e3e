using System.Buffers;
using System.Diagnostics;

namespace Sentinel.Resp;

/// <summary>Reads what a server sends: replies and pushes, of RESP2 and RESP3 alike.</summary>
/// <remarks>
/// Takes in all it is given and keeps what it needs, so no byte is looked at twice and the pipe holds nothing back:
/// <code>
///   ReadResult read = await pipe.ReadAsync(stopping);
///   ReadOnlySequence&lt;byte&gt; buffer = read.Buffer;
///   RespReadStatus status;
///   while ((status = reader.TryRead(ref buffer, out RespValue value)) is RespReadStatus.Complete)
///       Take(value);
///   pipe.AdvanceTo(buffer.Start);     // also right after leaving the loop early: the rest comes again at once
/// </code>
/// Attributes (<c>|</c>) are read, counted against the limits, and dropped. Streamed strings and aggregates
/// (<c>$?</c>, <c>*?</c>), which no server sends, end in a protocol error, and so does a push inside another value.
/// Used by one thread at a time.
/// </remarks>
/// <param name="limits">What a reply may ask for.</param>
public sealed class RespReplyReader(RespLimits limits)
{
    // Nearly all replies on a Sentinel's links are one of these two.
    private static readonly RespValue Ok = RespValue.SimpleString("OK");
    private static readonly RespValue Pong = RespValue.SimpleString("PONG");

    private readonly LineBuffer _lines = new();
    private ReplyFrame[] _frames = [];    // the aggregates being read, outermost first
    private int _depth;
    private long _elements;               // announced in this message so far, at all depths
    private long _length;                 // bytes of its texts, likewise
    private byte[]? _payload;             // what has arrived of a bulk string; null between them
    private int _payloadFilled;
    private int _payloadLength;
    private RespKind _payloadKind;
    private int _lineEndToCome;           // how much of CR LF has yet to arrive
    private bool _isWhole;
    private RespValue _value;             // the message, once it is whole

    /// <summary>
    /// What is wrong, in words for a log; null until <see cref="TryRead"/> returns
    /// <see cref="RespReadStatus.ProtocolError"/>.
    /// </summary>
    public string? ProtocolError { get; private set; }

    /// <summary>Whether nothing of a message has been taken in yet, so that whoever knows the next one by its first bytes may take it instead.</summary>
    public bool IsBetweenMessages => _depth == 0 && !_isWhole && _payload is null && _lineEndToCome == 0 && _lines.IsEmpty && ProtocolError is null;

    /// <summary>Reads the next reply or push.</summary>
    /// <param name="buffer">
    /// What has arrived; on return, what is left of it: nothing when more is needed, what follows when the value is complete.
    /// </param>
    /// <param name="value">The value when complete, else null. It owns its bytes.</param>
    public RespReadStatus TryRead(ref ReadOnlySequence<byte> buffer, out RespValue value)
    {
        value = default;
        long taken = 0;
        foreach (ReadOnlyMemory<byte> segment in buffer)
        {
            ReadOnlySpan<byte> input = segment.Span;
            RespReadStatus status = Read(ref input);
            taken += segment.Length - input.Length;
            if (status is RespReadStatus.NeedMore)
                continue;
            buffer = buffer.Slice(taken);
            if (status is RespReadStatus.Complete)
                value = TakeWhole();
            return status;
        }
        buffer = buffer.Slice(buffer.End);
        return ProtocolError is null ? RespReadStatus.NeedMore : RespReadStatus.ProtocolError;
    }

    /// <summary>Goes on with a message, from one run of bytes: a border between two runs is like any other pause.</summary>
    private RespReadStatus Read(ref ReadOnlySpan<byte> input)
    {
        while (ProtocolError is null)
        {
            if (_isWhole && _lineEndToCome == 0)
                return RespReadStatus.Complete;
            if (input.IsEmpty)
                return RespReadStatus.NeedMore;

            if (_lineEndToCome > 0)
                ReadLineEnd(ref input);
            else if (_payload is not null)
                ReadPayload(ref input, _payload);
            else
                ReadLine(ref input);
        }
        return RespReadStatus.ProtocolError;
    }

    private RespValue TakeWhole()
    {
        RespValue value = _value;
        _value = default;
        _isWhole = false;
        _elements = 0;
        _length = 0;
        return value;
    }

    private void ReadLineEnd(ref ReadOnlySpan<byte> input)
    {
        if (input[0] == "\r\n"u8[^_lineEndToCome])
            _lineEndToCome--;
        else
            ProtocolError = "CR LF expected";
        input = input[1..];
    }

    private void ReadLine(ref ReadOnlySpan<byte> input)
    {
        switch (_lines.TryTake(ref input, (byte)'\r', limits.MaxLineLength, out ReadOnlySpan<byte> line))
        {
            case RespReadStatus.Complete when line.IsEmpty:
                ProtocolError = "empty line";
                break;
            case RespReadStatus.Complete:
                _lineEndToCome = "\n"u8.Length;
                if (Announce(line.Length))
                    Begin(type: line[0], line[1..]);
                break;
            case RespReadStatus.ProtocolError:
                ProtocolError = "line too long";
                break;
            case RespReadStatus.NeedMore:
                break;
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>Understands a line: a whole value, or the header of one.</summary>
    private void Begin(byte type, ReadOnlySpan<byte> text)
    {
        switch ((char)type)
        {
            case '+':
                Add(SimpleString(text));
                break;
            case '-':
                Add(RespValue.Error(text.ToArray()));
                break;
            case ':':
                if (CanonicalInteger.TryParse(WithoutPlus(text), out long integer))
                    Add(RespValue.Integer(integer));
                else
                    ProtocolError = "invalid integer";
                break;
            case '_':
                if (text.IsEmpty)
                    Add(RespValue.Null);
                else
                    ProtocolError = "invalid null";
                break;
            case '#':
                if (text is [(byte)'t' or (byte)'f'])
                    Add(RespValue.Boolean(text[0] == 't'));
                else
                    ProtocolError = "invalid boolean";
                break;
            case ',':
                if (DoubleText.TryParse(text, out double number))
                    Add(RespValue.Double(number));
                else
                    ProtocolError = "invalid double";
                break;
            case '(':
                if (IsBigNumber(text))
                    Add(RespValue.BigNumber(text.ToArray()));
                else
                    ProtocolError = "invalid big number";
                break;
            case '$':
                BeginPayload(RespKind.BulkString, text, lengthMin: 0);
                break;
            case '!':
                BeginPayload(RespKind.BulkError, text, lengthMin: 0);
                break;
            case '=':
                BeginPayload(RespKind.Verbatim, text, lengthMin: "txt:"u8.Length);
                break;
            case '*':
                BeginAggregate(RespKind.Array, text, itemsEach: 1);
                break;
            case '%':
                BeginAggregate(RespKind.Map, text, itemsEach: 2);
                break;
            case '~':
                BeginAggregate(RespKind.Set, text, itemsEach: 1);
                break;
            case '>' when _depth > 0:
                ProtocolError = "push inside another value";
                break;
            case '>':
                BeginAggregate(RespKind.Push, text, itemsEach: 1);
                break;
            case '|':
                BeginAggregate(kind: null, text, itemsEach: 2);
                break;
            case ';' or '.':
                ProtocolError = "streamed values are not supported";
                break;
            default:
                ProtocolError = $"unknown type byte 0x{type:x2}";
                break;
        }
    }

    private void BeginPayload(RespKind kind, ReadOnlySpan<byte> header, int lengthMin)
    {
        if (!TryReadHeader(header, limits.MaxBulkLength, nullAllowed: kind is RespKind.BulkString, out int length))
            return;
        if (length < 0)
        {
            Add(RespValue.Null);
        }
        else if (length < lengthMin)
        {
            ProtocolError = "invalid length";
        }
        else if (Announce(length))
        {
            _payloadKind = kind;
            _payloadLength = length;
            _payloadFilled = 0;
            _payload = [];
        }
    }

    private void ReadPayload(ref ReadOnlySpan<byte> input, byte[] payload)
    {
        ReadOnlySpan<byte> arrived = input[..Math.Min(_payloadLength - _payloadFilled, input.Length)];
        int filled = _payloadFilled + arrived.Length;
        if (filled > payload.Length)
        {
            // At most double of what has arrived, whatever the header says; in the end exactly the length.
            Array.Resize(ref payload, (int)Math.Min(_payloadLength, 2L * filled));
        }
        arrived.CopyTo(payload.AsSpan(_payloadFilled));
        input = input[arrived.Length..];
        _payload = payload;
        _payloadFilled = filled;
        if (filled < _payloadLength)
            return;

        Debug.Assert(payload.Length == filled);
        _payload = null;
        _lineEndToCome = "\r\n"u8.Length;
        if (_payloadKind is RespKind.BulkString)
            Add(RespValue.BulkString(payload));
        else if (_payloadKind is RespKind.BulkError)
            Add(RespValue.BulkError(payload));
        else if (payload[3] == ':')
            Add(RespValue.Verbatim(payload));
        else
            ProtocolError = "verbatim text without its format";
    }

    private void BeginAggregate(RespKind? kind, ReadOnlySpan<byte> header, int itemsEach)
    {
        if (!TryReadHeader(header, limits.MaxElements, nullAllowed: kind is RespKind.Array, out int pairsOrItems))
            return;
        if (pairsOrItems < 0)
        {
            Add(RespValue.Null);
            return;
        }

        long count = (long)pairsOrItems * itemsEach;
        _elements += count + (kind is null ? 1 : 0);    // counting attributes themselves ends an endless row of them
        if (_elements > limits.MaxElements)
            ProtocolError = "too many elements";
        else if (_depth == limits.MaxDepth)
            ProtocolError = "nested too deeply";
        else if (count > 0)
            Push(new ReplyFrame(kind, (int)count));
        else if (kind is not null)
            Add(RespValue.Aggregate(kind.Value, []));
    }

    private void Push(in ReplyFrame frame)
    {
        if (_depth == _frames.Length)
            Array.Resize(ref _frames, Math.Max(4, 2 * _depth));
        _frames[_depth++] = frame;
    }

    /// <summary>Puts a value where it belongs, and with it every aggregate of which it was the last member.</summary>
    private void Add(RespValue value)
    {
        while (_depth > 0)
        {
            ref ReplyFrame frame = ref _frames[_depth - 1];
            frame.Add(value);
            if (!frame.IsWhole)
                return;
            RespKind? kind = frame.Kind;
            RespValue[] items = frame.Items;
            frame = default;
            _depth--;
            if (kind is null)
                return;    // attributes: dropped, and what they describe comes next
            value = RespValue.Aggregate(kind.Value, items);
        }
        _value = value;
        _isWhole = true;
    }

    /// <summary>Reads a length or a count; -1 where the nulls of RESP2 are allowed.</summary>
    private bool TryReadHeader(ReadOnlySpan<byte> header, int max, bool nullAllowed, out int number)
    {
        number = 0;
        if (header is [(byte)'?'])
            ProtocolError = "streamed values are not supported";
        else if (!CanonicalInteger.TryParse(header, out long parsed) || parsed < (nullAllowed ? -1 : 0))
            ProtocolError = "invalid length";
        else if (parsed > max)
            ProtocolError = "length over the limit";
        else
            number = (int)parsed;
        return ProtocolError is null;
    }

    /// <summary>Counts bytes that are about to be kept.</summary>
    private bool Announce(int length)
    {
        _length += length;
        if (_length > limits.MaxMessageLength)
            ProtocolError = "reply too big";
        return ProtocolError is null;
    }

    private static RespValue SimpleString(ReadOnlySpan<byte> text)
    {
        if (text.SequenceEqual("OK"u8))
            return Ok;
        return text.SequenceEqual("PONG"u8) ? Pong : RespValue.SimpleString(text.ToArray());
    }

    private static bool IsBigNumber(ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> digits = text is [(byte)'+' or (byte)'-', ..] ? text[1..] : text;
        return !digits.IsEmpty && !digits.ContainsAnyExceptInRange((byte)'0', (byte)'9');
    }

    /// <summary>RESP3 allows a plus sign before an integer; the strict rule for requests does not.</summary>
    private static ReadOnlySpan<byte> WithoutPlus(ReadOnlySpan<byte> text) =>
        text is [(byte)'+', >= (byte)'0' and <= (byte)'9', ..] ? text[1..] : text;
}
