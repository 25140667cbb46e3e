namespace Sentinel.Resp;

/// <summary>What one message may ask of us. Beyond a limit the reader ends in a protocol error.</summary>
/// <remarks>
/// A limit bounds what the other side may send; it never reserves memory, which grows only as bytes arrive.
/// Changed with <c>with</c>; a value below the stated minimum throws <see cref="ArgumentOutOfRangeException"/>.
/// </remarks>
public sealed record RespLimits
{
    /// <summary>The limits of Redis, and where Redis has none, our own.</summary>
    public static RespLimits Default { get; } = new();

    /// <summary>Bytes of one bulk string. Default 512 MiB, Redis' <c>proto-max-bulk-len</c>; at least 0.</summary>
    public int MaxBulkLength { get; init => field = AtLeast(0, value); } = 512 * 1024 * 1024;

    /// <summary>
    /// Bytes of all strings of one message together; 1 GiB by default, Redis' <c>client-query-buffer-limit</c>;
    /// at least 0. Redis closes without a word where this reader ends in a protocol error.
    /// </summary>
    public int MaxMessageLength { get; init => field = AtLeast(0, Math.Min(value, Array.MaxLength)); } = 1024 * 1024 * 1024;

    /// <summary>
    /// Bytes of an inline request, and of the line with a count or a length in a request. Default 65536, as in
    /// Redis; at least 1.
    /// </summary>
    public int MaxInlineLength { get; init => field = AtLeast(1, value); } = 64 * 1024;

    /// <summary>Arguments of one request, its name included. Default 1048576, as in Redis before 7.0; at least 1.</summary>
    public int MaxArguments { get; init => field = AtLeast(1, value); } = 1024 * 1024;

    /// <summary>Bytes of one argument before the client has authenticated. Default 16384, as in Redis; at least 0.</summary>
    public int UnauthenticatedMaxBulkLength { get; init => field = AtLeast(0, value); } = 16 * 1024;

    /// <summary>Arguments of one request before the client has authenticated. Default 10, as in Redis; at least 1.</summary>
    public int UnauthenticatedMaxArguments { get; init => field = AtLeast(1, value); } = 10;

    /// <summary>
    /// Bytes of a reply's line: a simple string, an error, a number, a length. Default 65536; at least 1.
    /// </summary>
    public int MaxLineLength { get; init => field = AtLeast(1, value); } = 64 * 1024;

    /// <summary>
    /// Aggregates within each other in one reply; 0 allows none. Default 32: Redis' own client allows 9, its
    /// deepest reply (<c>COMMAND DOCS</c>) needs fewer.
    /// </summary>
    public int MaxDepth { get; init => field = AtLeast(0, value); } = 32;

    /// <summary>
    /// Values of one reply at all depths together; a map counts both keys and values, and what attributes hold
    /// counts too. Default 1048576; at least 0.
    /// </summary>
    public int MaxElements { get; init => field = AtLeast(0, value); } = 1024 * 1024;

    private static int AtLeast(int minimum, int value)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, minimum);
        return value;
    }
}
