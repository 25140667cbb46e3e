using System.Buffers;
using System.Text;

namespace Sentinel.Daemon.Configuration;

/// <summary>The bytes of a configuration file as a string and back, without loss.</summary>
/// <remarks>
/// The file is UTF-8, but nothing makes it so: a comment may be Latin-1, a password any bytes. A byte that is not
/// UTF-8 becomes the lone surrogate U+DC00 + byte, which no valid text contains, and becomes the byte again when
/// encoded. Source: Python's "surrogateescape" (PEP 383).
/// </remarks>
internal static class FileText
{
    private const char EscapeBase = '\uDC00';
    private static readonly SearchValues<char> Escapes = SearchValues.Create([.. Enumerable.Range(0x80, 0x80).Select(EscapeOf)]);

    /// <summary>The text of these bytes. Never fails.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        Span<char> chars = stackalloc char[2];
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out Rune rune, out int length) == OperationStatus.Done)
            {
                text.Append(chars[..rune.EncodeToUtf16(chars)]);
            }
            else
            {
                text.Append(EscapeOf(bytes[0]));
                length = 1;    // the bytes after it may begin a valid sequence
            }
            bytes = bytes[length..];
        }
        return text.ToString();
    }

    /// <summary>The bytes of this text: what <see cref="Decode"/> read comes out as it was.</summary>
    public static byte[] Encode(string text)
    {
        var bytes = new ArrayBufferWriter<byte>(text.Length + 16);
        ReadOnlySpan<char> rest = text;
        while (!rest.IsEmpty)
        {
            int escape = rest.IndexOfAny(Escapes);
            int plain = escape < 0 ? rest.Length : escape > 0 && char.IsHighSurrogate(rest[escape - 1]) ? escape + 1 : escape;
            Encoding.UTF8.GetBytes(rest[..plain], bytes);
            rest = rest[plain..];
            if (!rest.IsEmpty && plain == escape)
            {
                bytes.Write([(byte)(rest[0] - EscapeBase)]);
                rest = rest[1..];
            }
        }
        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>One byte as text, for an escape such as <c>\xc3</c>; see <see cref="Joined"/>.</summary>
    public static char OfByte(byte value) => value < 0x80 ? (char)value : EscapeOf(value);

    /// <summary>The same bytes, with bytes that came singly joined to the characters they form.</summary>
    public static string Joined(string text) => text.AsSpan().ContainsAny(Escapes) ? Decode(Encode(text)) : text;

    private static char EscapeOf(int value) => (char)(EscapeBase + value);
}
