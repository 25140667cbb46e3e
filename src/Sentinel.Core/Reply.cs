using System.Collections.Immutable;

namespace Sentinel.Core;

/// <summary>What an instance answered, freed of the protocol it came in.</summary>
public abstract record Reply
{
    /// <summary>A status or a string.</summary>
    public sealed record Text(string Value) : Reply;

    /// <summary>An error: code word and message, without the leading <c>-</c>.</summary>
    public sealed record Error(string Message) : Reply;

    /// <summary>A number.</summary>
    public sealed record Integer(long Value) : Reply;

    /// <summary>Nothing.</summary>
    public sealed record Null : Reply;

    /// <summary>A list; also the replies of a request that is several commands, and the flat pairs of a map.</summary>
    public sealed record List(ImmutableArray<Reply> Items) : Reply;
}
