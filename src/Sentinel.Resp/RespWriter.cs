using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace Sentinel.Resp;

/// <summary>Writes replies and requests, in the version the connection speaks.</summary>
/// <remarks>
/// What RESP2 has no frame for is written as Redis writes it there: a map as an array of keys and values, a set or push
/// as an array, a boolean as 0 or 1, a double, big number or verbatim text as a bulk string. After a header come as
/// many values as it announced; the writer keeps no count of them. Allocates nothing but where
/// it says so, and is safe to pass by value: its whole state is in the output.
/// </remarks>
/// <param name="output">Receives the bytes; to be flushed by its owner.</param>
/// <param name="version">The version spoken on the connection.</param>
public readonly struct RespWriter(IBufferWriter<byte> output, RespVersion version)
{
    private const int HeaderLengthMax = 1 + 20 + 2;    // type, the longest 64 bit number with its sign, CR LF

    /// <summary>The version spoken on the connection.</summary>
    public RespVersion Version => version;

    /// <summary>A short text, UTF-8. CR and LF in it become spaces, so that no text can pose as another reply.</summary>
    public void WriteSimpleString(ReadOnlySpan<char> text) => WriteLine((byte)'+', text);

    /// <summary>A short text. CR and LF in it become spaces, so that no text can pose as another reply.</summary>
    public void WriteSimpleString(ReadOnlySpan<byte> text) => WriteLine((byte)'+', text);

    /// <summary>An error, UTF-8, its code word first: <c>ERR syntax error</c>. CR and LF in it become spaces.</summary>
    public void WriteError(ReadOnlySpan<char> text) => WriteLine((byte)'-', text);

    /// <summary>An error, its code word first: <c>ERR syntax error</c>. CR and LF in it become spaces.</summary>
    public void WriteError(ReadOnlySpan<byte> text) => WriteLine((byte)'-', text);

    /// <summary>The last reply before a connection is closed: <c>ERR Protocol error: </c> and what is wrong.</summary>
    /// <param name="what">
    /// See <see cref="RespCommandReader.ProtocolError"/>: a character is a byte here, for it may quote one that was sent.
    /// </param>
    public void WriteProtocolError(string what) =>
        WriteError(Encoding.Latin1.GetBytes($"ERR Protocol error: {what}"));    // allocates; nothing follows it

    /// <summary>An integer.</summary>
    public void WriteInteger(long value) => WriteHeader((byte)':', value);

    /// <summary>A bulk string of any bytes.</summary>
    public void WriteBulkString(ReadOnlySpan<byte> bytes) => WritePayload((byte)'$', bytes);

    /// <summary>A bulk string, UTF-8.</summary>
    public void WriteBulkString(ReadOnlySpan<char> text) => WritePayload((byte)'$', default, text);

    /// <summary>A bulk string, UTF-8; null is written as <see cref="WriteNull"/>.</summary>
    public void WriteBulkString(string? text)
    {
        if (text is null)
            WriteNull();
        else
            WriteBulkString(text.AsSpan());
    }

    /// <summary>A bulk string of a number's decimal digits, as most numbers in Sentinel's replies are sent.</summary>
    public void WriteBulkString(long value)
    {
        Span<byte> digits = stackalloc byte[HeaderLengthMax];
        WriteBulkString(digits[..Format(value, digits)]);
    }

    /// <summary>No value: <c>$-1</c> in RESP2, <c>_</c> in RESP3.</summary>
    public void WriteNull() => output.Write(version is RespVersion.Resp2 ? "$-1\r\n"u8 : "_\r\n"u8);

    /// <summary>No array: <c>*-1</c> in RESP2, <c>_</c> in RESP3.</summary>
    public void WriteNullArray() => output.Write(version is RespVersion.Resp2 ? "*-1\r\n"u8 : "_\r\n"u8);

    /// <summary>The header of an array; that many values follow.</summary>
    public void WriteArrayHeader(int count) => WriteHeader((byte)'*', count);

    /// <summary>The header of a map; that many keys follow, each with its value.</summary>
    public void WriteMapHeader(int pairs)
    {
        if (version is RespVersion.Resp2)
            WriteHeader((byte)'*', 2L * pairs);
        else
            WriteHeader((byte)'%', pairs);
    }

    /// <summary>The header of a set; that many values follow.</summary>
    public void WriteSetHeader(int count) => WriteHeader(version is RespVersion.Resp2 ? (byte)'*' : (byte)'~', count);

    /// <summary>The header of a push, such as a message of a subscription; that many values follow.</summary>
    public void WritePushHeader(int count) => WriteHeader(version is RespVersion.Resp2 ? (byte)'*' : (byte)'>', count);

    /// <summary>A truth value; 1 or 0 in RESP2.</summary>
    public void WriteBoolean(bool value)
    {
        if (version is RespVersion.Resp2)
            WriteInteger(value ? 1 : 0);
        else
            output.Write(value ? "#t\r\n"u8 : "#f\r\n"u8);
    }

    /// <summary>A floating point number in the fewest digits that read back as the same; a bulk string in RESP2.</summary>
    public void WriteDouble(double value)
    {
        Span<byte> text = stackalloc byte[DoubleText.LengthMax];
        text = text[..DoubleText.Format(value, text)];
        if (version is RespVersion.Resp2)
            WriteBulkString(text);
        else
            WriteLine((byte)',', text);
    }

    /// <summary>An integer of any size; a bulk string in RESP2. Allocates only beyond 128 digits.</summary>
    public void WriteBigNumber(BigInteger value)
    {
        Span<char> buffer = stackalloc char[128];
        ReadOnlySpan<char> digits = value.TryFormat(buffer, out int length, provider: CultureInfo.InvariantCulture)
            ? buffer[..length]
            : value.ToString(CultureInfo.InvariantCulture);
        if (version is RespVersion.Resp2)
            WriteBulkString(digits);
        else
            WriteLine((byte)'(', digits);
    }

    /// <summary>A text that says how it is written; in RESP2 a bulk string of the text alone.</summary>
    /// <param name="format">Three ASCII letters: <c>"txt"u8</c> for plain text, <c>"mkd"u8</c> for Markdown.</param>
    /// <param name="text">The text, written as UTF-8.</param>
    /// <exception cref="ArgumentException">The format has not three letters.</exception>
    public void WriteVerbatim(ReadOnlySpan<byte> format, ReadOnlySpan<char> text)
    {
        if (format.Length != 3)
            throw new ArgumentException("The format of a verbatim text has three letters.", nameof(format));
        if (version is RespVersion.Resp2)
        {
            WriteBulkString(text);
            return;
        }
        Span<byte> prefix = [format[0], format[1], format[2], (byte)':'];
        WritePayload((byte)'=', prefix, text);
    }

    /// <summary>A request: an array of bulk strings, UTF-8. The same in both versions.</summary>
    /// <param name="arguments">The name of the command and what follows it.</param>
    public void WriteCommand(params ReadOnlySpan<string> arguments)
    {
        WriteArrayHeader(arguments.Length);
        foreach (string argument in arguments)
            WriteBulkString(argument.AsSpan());
    }

    private void WriteLine(byte type, ReadOnlySpan<char> text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        Span<byte> line = BeginLine(type, length);
        _ = Encoding.UTF8.GetBytes(text, line);
        EndLine(line, length);
    }

    private void WriteLine(byte type, ReadOnlySpan<byte> text)
    {
        Span<byte> line = BeginLine(type, text.Length);
        text.CopyTo(line);
        EndLine(line, text.Length);
    }

    private Span<byte> BeginLine(byte type, int length)
    {
        Span<byte> frame = output.GetSpan(1 + length + "\r\n"u8.Length);
        frame[0] = type;
        return frame[1..];
    }

    private void EndLine(Span<byte> line, int length)
    {
        Span<byte> text = line[..length];
        text.Replace((byte)'\r', (byte)' ');
        text.Replace((byte)'\n', (byte)' ');
        "\r\n"u8.CopyTo(line[length..]);
        output.Advance(1 + length + "\r\n"u8.Length);
    }

    private void WriteHeader(byte type, long number)
    {
        Span<byte> frame = output.GetSpan(HeaderLengthMax);
        output.Advance(FormatHeader(type, number, frame));
    }

    private void WritePayload(byte type, ReadOnlySpan<byte> bytes)
    {
        Span<byte> frame = output.GetSpan(HeaderLengthMax + bytes.Length + "\r\n"u8.Length);
        int written = FormatHeader(type, bytes.Length, frame);
        bytes.CopyTo(frame[written..]);
        EndPayload(frame, written + bytes.Length);
    }

    private void WritePayload(byte type, ReadOnlySpan<byte> prefix, ReadOnlySpan<char> text)
    {
        int length = prefix.Length + Encoding.UTF8.GetByteCount(text);
        Span<byte> frame = output.GetSpan(HeaderLengthMax + length + "\r\n"u8.Length);
        int written = FormatHeader(type, length, frame);
        prefix.CopyTo(frame[written..]);
        _ = Encoding.UTF8.GetBytes(text, frame[(written + prefix.Length)..]);
        EndPayload(frame, written + length);
    }

    private void EndPayload(Span<byte> frame, int written)
    {
        "\r\n"u8.CopyTo(frame[written..]);
        output.Advance(written + "\r\n"u8.Length);
    }

    private static int FormatHeader(byte type, long number, Span<byte> frame)
    {
        frame[0] = type;
        int written = 1 + Format(number, frame[1..]);
        "\r\n"u8.CopyTo(frame[written..]);
        return written + "\r\n"u8.Length;
    }

    private static int Format(long number, Span<byte> digits)
    {
        bool fits = Utf8Formatter.TryFormat(number, digits, out int written);
        Debug.Assert(fits);
        return written;
    }
}
