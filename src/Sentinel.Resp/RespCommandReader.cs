using System.Buffers;
using System.Diagnostics;

namespace Sentinel.Resp;

/// <summary>Reads the requests of one client: arrays of bulk strings, and inline commands.</summary>
/// <remarks>
/// Takes in all it is given and keeps what it needs, so no byte is looked at twice and the pipe holds nothing back:
/// <code>
///   ReadResult read = await pipe.ReadAsync(stopping);
///   ReadOnlySequence&lt;byte&gt; buffer = read.Buffer;
///   RespReadStatus status;
///   while ((status = reader.TryRead(ref buffer, out RespCommand command)) is RespReadStatus.Complete)
///       Answer(command);              // commands already read are answered before a protocol error is
///   pipe.AdvanceTo(buffer.Start);     // also right after leaving the loop early: the rest comes again at once
/// </code>
/// What Redis tolerates is tolerated: the bytes where CR LF belongs after a bulk string, and LF after a count or a
/// length, are skipped unseen. Empty lines and empty arrays are no requests and are passed over. Used by one thread
/// at a time.
/// </remarks>
public sealed class RespCommandReader
{
    /// <summary>Digits of a count or a length that are read in one go. Those of a request that fits into one buffer are no more.</summary>
    private const int QuickDigitsMax = 4;

    private readonly RespLimits _limits;
    private readonly ArgumentBuffer _arguments = new();
    private readonly LineBuffer _lines = new();
    private Phase _phase = Phase.Start;
    private int _argumentsToCome;
    private int _bytesToCome;    // of the argument being read
    private int _bytesToSkip;    // of a line end

    private enum Phase { Start, Inline, Count, Length, Payload, Done }

    /// <summary>Starts at the beginning of a request.</summary>
    /// <param name="limits">What a request may ask for.</param>
    /// <param name="isAuthenticated">See <see cref="IsAuthenticated"/>.</param>
    public RespCommandReader(RespLimits limits, bool isAuthenticated)
    {
        _limits = limits;
        IsAuthenticated = isAuthenticated;
    }

    /// <summary>
    /// False holds arrays to the tighter limits for strangers. Set as soon as <c>AUTH</c> has succeeded, before the
    /// next request is read; true from the start where no password is asked for.
    /// </summary>
    public bool IsAuthenticated { get; set; }

    /// <summary>
    /// What is wrong, in Redis' words, for <see cref="RespWriter.WriteProtocolError"/>; null until
    /// <see cref="TryRead"/> returns <see cref="RespReadStatus.ProtocolError"/>.
    /// </summary>
    public string? ProtocolError { get; private set; }

    /// <summary>Reads the next request.</summary>
    /// <param name="buffer">
    /// What has arrived; on return, what is left of it: nothing when more is needed, what follows when the request is complete.
    /// </param>
    /// <param name="command">The request when complete, else empty. It invalidates the one before.</param>
    public RespReadStatus TryRead(ref ReadOnlySequence<byte> buffer, out RespCommand command)
    {
        command = default;
        if (_phase is Phase.Start)
        {
            _arguments.Clear();
            ReadOnlySpan<byte> first = buffer.FirstSpan;
            if (_bytesToSkip == 0 && ProtocolError is null && TryReadWhole(first, out int length))
            {
                buffer = buffer.Slice(length);
                command = new RespCommand(_arguments);
                return RespReadStatus.Complete;
            }
        }

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
                command = new RespCommand(_arguments);
            return status;
        }
        buffer = buffer.Slice(buffer.End);
        return ProtocolError is null ? RespReadStatus.NeedMore : RespReadStatus.ProtocolError;
    }

    /// <summary>Reads a request that lies whole in one run of bytes, as nearly all do: in one go, and with nothing to remember.</summary>
    /// <param name="input">What has arrived.</param>
    /// <param name="length">How many of those bytes are the request.</param>
    /// <returns>False: it is not whole, or anything else than an ordinary array of bulk strings. Nothing has happened then, and it is read step by step.</returns>
    private bool TryReadWhole(ReadOnlySpan<byte> input, out int length)
    {
        length = 0;
        int at = 0;
        if (!TryReadHeader(input, (byte)'*', ref at, out int count) || count == 0 || count > (IsAuthenticated ? _limits.MaxArguments : _limits.UnauthenticatedMaxArguments))
            return false;
        int longest = IsAuthenticated ? _limits.MaxBulkLength : _limits.UnauthenticatedMaxBulkLength;
        for (int i = 0; i < count; i++)
        {
            if (!TryReadHeader(input, (byte)'$', ref at, out int bytes) || bytes > longest
                || bytes > _limits.MaxMessageLength - _arguments.Length || input.Length - at < bytes + "\r\n"u8.Length)
            {
                _arguments.Clear();
                return false;
            }
            _arguments.Add(input.Slice(at, bytes));
            at += bytes + "\r\n"u8.Length;
        }
        length = at;
        return true;
    }

    /// <summary>Reads a count or a length of few digits, with its line end.</summary>
    /// <param name="input">What has arrived.</param>
    /// <param name="type">The byte that it has to begin with.</param>
    /// <param name="at">Where it begins; on return, what is behind it.</param>
    /// <param name="number">What it says.</param>
    private bool TryReadHeader(ReadOnlySpan<byte> input, byte type, ref int at, out int number)
    {
        number = 0;
        int start = at + 1;
        if ((uint)at >= (uint)input.Length || input[at] != type)
            return false;
        int end = start;
        while (end - start <= QuickDigitsMax && (uint)end < (uint)input.Length && (uint)(input[end] - '0') <= 9)
            number = (10 * number) + (input[end++] - '0');
        int digits = end - start;
        if (digits is 0 or > QuickDigitsMax || (digits > 1 && input[start] == '0') || digits >= _limits.MaxInlineLength || input.Length - end < "\r\n"u8.Length || input[end] != '\r')
            return false;
        at = end + "\r\n"u8.Length;
        return true;
    }

    /// <summary>Goes on with a request, from one run of bytes: a border between two runs is like any other pause.</summary>
    private RespReadStatus Read(ref ReadOnlySpan<byte> input)
    {
        while (ProtocolError is null)
        {
            int skipped = Math.Min(_bytesToSkip, input.Length);
            _bytesToSkip -= skipped;
            input = input[skipped..];
            if (_phase is Phase.Done && _bytesToSkip == 0)
            {
                _phase = Phase.Start;
                return RespReadStatus.Complete;
            }
            if (input.IsEmpty)
                return RespReadStatus.NeedMore;
            Advance(ref input);
        }
        return RespReadStatus.ProtocolError;
    }

    private void Advance(ref ReadOnlySpan<byte> input)
    {
        switch (_phase)
        {
            case Phase.Start:
                _phase = input[0] == '*' ? Phase.Count : Phase.Inline;
                break;
            case Phase.Inline:
                ReadInline(ref input);
                break;
            case Phase.Count:
                ReadCount(ref input);
                break;
            case Phase.Length:
                ReadLength(ref input);
                break;
            case Phase.Payload:
                ReadPayload(ref input);
                break;
            default:
                throw new UnreachableException();
        }
    }

    private void ReadInline(ref ReadOnlySpan<byte> input)
    {
        if (!TryTakeLine(ref input, (byte)'\n', "too big inline request", out ReadOnlySpan<byte> line))
            return;
        if (line is [.., (byte)'\r'])
            line = line[..^1];
        if (!InlineRequest.TrySplit(line, _arguments))
            ProtocolError = "unbalanced quotes in request";
        else
            _phase = _arguments.Count > 0 ? Phase.Done : Phase.Start;
    }

    private void ReadCount(ref ReadOnlySpan<byte> input)
    {
        if (!TryTakeLine(ref input, (byte)'\r', "too big mbulk count string", out ReadOnlySpan<byte> line))
            return;
        _bytesToSkip = "\n"u8.Length;
        if (!CanonicalInteger.TryParse(line[1..], out long count) || count > _limits.MaxArguments)
        {
            ProtocolError = "invalid multibulk length";
        }
        else if (!IsAuthenticated && count > _limits.UnauthenticatedMaxArguments)
        {
            ProtocolError = "unauthenticated multibulk length";
        }
        else
        {
            _argumentsToCome = (int)Math.Max(0, count);
            _phase = count > 0 ? Phase.Length : Phase.Start;
        }
    }

    private void ReadLength(ref ReadOnlySpan<byte> input)
    {
        if (!TryTakeLine(ref input, (byte)'\r', "too big bulk count string", out ReadOnlySpan<byte> line))
            return;
        _bytesToSkip = "\n"u8.Length;
        if (line is not [(byte)'$', ..])
        {
            ProtocolError = $"expected '$', got '{(char)(line.IsEmpty ? (byte)'\r' : line[0])}'";
        }
        else if (!CanonicalInteger.TryParse(line[1..], out long length) || length < 0 || length > _limits.MaxBulkLength)
        {
            ProtocolError = "invalid bulk length";
        }
        else if (!IsAuthenticated && length > _limits.UnauthenticatedMaxBulkLength)
        {
            ProtocolError = "unauthenticated bulk length";
        }
        else if (length > _limits.MaxMessageLength - _arguments.Length)
        {
            ProtocolError = "too big request";    // ours: Redis closes without a word (client-query-buffer-limit)
        }
        else
        {
            _bytesToCome = (int)length;
            _phase = Phase.Payload;
        }
    }

    private void ReadPayload(ref ReadOnlySpan<byte> input)
    {
        ReadOnlySpan<byte> arrived = input[..Math.Min(_bytesToCome, input.Length)];
        input = input[arrived.Length..];
        _bytesToCome -= arrived.Length;
        _arguments.Append(arrived, _bytesToCome, isLast: _argumentsToCome == 1);
        if (_bytesToCome > 0)
            return;
        _arguments.EndArgument();
        _bytesToSkip = "\r\n"u8.Length;
        _phase = --_argumentsToCome > 0 ? Phase.Length : Phase.Done;
    }

    private bool TryTakeLine(
        ref ReadOnlySpan<byte> input, byte terminator, string whenTooLong, out ReadOnlySpan<byte> line)
    {
        RespReadStatus status = _lines.TryTake(ref input, terminator, _limits.MaxInlineLength, out line);
        if (status is RespReadStatus.ProtocolError)
            ProtocolError = whenTooLong;
        return status is RespReadStatus.Complete;
    }
}
