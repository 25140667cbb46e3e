using System.Text;

namespace Sentinel.Resp;

/// <summary>One request: its name and arguments, as the bytes that were sent.</summary>
/// <remarks>
/// A view of the reader's buffer, valid until the next <see cref="RespCommandReader.TryRead"/> of that reader and
/// independent of the pipe, which may advance at once. What must live longer is copied (<see cref="GetText"/>).
/// </remarks>
public readonly struct RespCommand
{
    private readonly ArgumentBuffer? _arguments;

    internal RespCommand(ArgumentBuffer arguments) => _arguments = arguments;

    /// <summary>How many arguments, the name included; at least 1, and 0 only for the default value.</summary>
    public int Count => _arguments?.Count ?? 0;

    /// <summary>The bytes of one argument; 0 is the name of the command.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many.</exception>
    public ReadOnlyMemory<byte> this[int index] =>
        _arguments is not null ? _arguments[index] : throw new ArgumentOutOfRangeException(nameof(index));

    /// <summary>The bytes of one argument, as <see cref="this[int]"/> has them; 0 is the name of the command.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many.</exception>
    public ReadOnlySpan<byte> Span(int index) =>
        _arguments is not null ? _arguments.Span(index) : throw new ArgumentOutOfRangeException(nameof(index));

    /// <summary>One argument as text. Bytes that are not UTF-8 become U+FFFD; compare bytes where that matters.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many.</exception>
    public string GetText(int index) => Encoding.UTF8.GetString(Span(index));

    /// <summary>One argument as text of one character per byte, U+0000 to U+00FF: no byte is lost.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many.</exception>
    public string GetLatin1(int index) => Encoding.Latin1.GetString(Span(index));

    /// <summary>One argument as a number, by the strict rule of Redis: no plus sign, blanks or leading zeros.</summary>
    /// <returns>False when it is not such a number, or needs more than 64 bits.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many arguments.</exception>
    public bool TryGetInteger(int index, out long value) => CanonicalInteger.TryParse(Span(index), out value);

    /// <summary>Whether an argument is this word, in upper or lower case; false when there are not so many.</summary>
    /// <param name="index">Which argument.</param>
    /// <param name="word">ASCII, such as <c>"PING"u8</c>.</param>
    public bool Is(int index, ReadOnlySpan<byte> word) =>
        index < Count && Ascii.EqualsIgnoreCase(Span(index), word);
}
