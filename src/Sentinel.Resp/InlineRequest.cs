using System.Buffers.Text;

namespace Sentinel.Resp;

/// <summary>A request typed as a line, for people with telnet and for the simplest of health checks.</summary>
/// <remarks>
/// The grammar is that of Redis' <c>sdssplitargs</c>, with its corners: a quote may open in the middle of a word but
/// must close at its end; a vertical tab or a form feed separates words but does not end one; a zero byte ends the line.
/// </remarks>
internal static class InlineRequest
{
    /// <summary>Splits a line, without its end, into arguments.</summary>
    /// <returns>False when a quote does not close, or closes in the middle of a word.</returns>
    public static bool TrySplit(ReadOnlySpan<byte> line, ArgumentBuffer arguments)
    {
        int zero = line.IndexOf((byte)0);
        if (zero >= 0)
            line = line[..zero];
        while (true)
        {
            line = SkipBlanks(line);
            if (line.IsEmpty)
                return true;
            if (!TryTakeWord(ref line, arguments))
                return false;
            arguments.EndArgument();
        }
    }

    private static ReadOnlySpan<byte> SkipBlanks(ReadOnlySpan<byte> line)
    {
        int at = 0;
        while (at < line.Length && IsBlank(line[at]))
            at++;
        return line[at..];
    }

    private static bool TryTakeWord(ref ReadOnlySpan<byte> line, ArgumentBuffer arguments)
    {
        int at = 0;
        bool isWhole = true;
        while (at < line.Length && !EndsWord(line[at]))
        {
            byte current = line[at++];
            if (current is (byte)'"' or (byte)'\'')
            {
                isWhole = TryTakeQuoted(line, ref at, current, arguments);
                break;
            }
            arguments.Append(current);
        }
        line = line[at..];
        return isWhole;
    }

    private static bool TryTakeQuoted(ReadOnlySpan<byte> line, ref int at, byte quote, ArgumentBuffer arguments)
    {
        while (at < line.Length)
        {
            byte current = line[at++];
            if (current == quote)
                return at == line.Length || IsBlank(line[at]);
            if (current == '\\' && at < line.Length && (quote == '"' || line[at] == '\''))
                current = quote == '"' ? TakeEscaped(line, ref at) : line[at++];
            arguments.Append(current);
        }
        return false;
    }

    /// <summary>The byte that what follows a backslash stands for.</summary>
    private static byte TakeEscaped(ReadOnlySpan<byte> line, ref int at)
    {
        if (line.Length - at >= 3 && line[at] == 'x'
            && char.IsAsciiHexDigit((char)line[at + 1]) && char.IsAsciiHexDigit((char)line[at + 2]))
        {
            _ = Utf8Parser.TryParse(line.Slice(at + 1, 2), out byte value, out _, standardFormat: 'x');
            at += 3;
            return value;
        }
        return line[at++] switch
        {
            (byte)'n' => (byte)'\n',
            (byte)'r' => (byte)'\r',
            (byte)'t' => (byte)'\t',
            (byte)'b' => (byte)'\b',
            (byte)'a' => (byte)'\a',
            byte itself => itself,
        };
    }

    private static bool EndsWord(byte value) => value is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r';

    /// <summary>C's <c>isspace</c>.</summary>
    private static bool IsBlank(byte value) => value is (byte)' ' or (>= (byte)'\t' and <= (byte)'\r');
}
