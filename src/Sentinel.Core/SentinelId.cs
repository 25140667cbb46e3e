namespace Sentinel.Core;

/// <summary>The lasting identity of a Sentinel (<c>myid</c>, on the wire also "runid"): 40 characters, hexadecimal when drawn here.</summary>
/// <remarks>Source: Redis Sentinel accepts any 40 characters in its configuration, so no stricter rule can hold here.</remarks>
public readonly record struct SentinelId
{
    /// <summary>Characters of an identity.</summary>
    public const int Length = 40;

    private readonly string? _text;

    private SentinelId(string text) => _text = text;

    /// <summary>The identity as text.</summary>
    public string Text => _text ?? "";

    /// <summary>The first eight characters, as in connection names.</summary>
    public string Short => Text[..8];

    /// <summary>Draws a new identity.</summary>
    public static SentinelId Draw(Random random) => new(string.Concat(Enumerable.Range(0, Length).Select(_ => "0123456789abcdef"[random.Next(16)])));

    /// <summary>Reads an identity.</summary>
    /// <returns>False when the text is not 40 printable characters without a blank or comma.</returns>
    public static bool TryParse(string? text, out SentinelId id)
    {
        bool valid = text is { Length: Length } && !text.AsSpan().ContainsAnyExceptInRange('!', '~') && !text.Contains(',');
        id = valid ? new SentinelId(text!) : default;
        return valid;
    }

    /// <inheritdoc/>
    public override string ToString() => Text;
}
