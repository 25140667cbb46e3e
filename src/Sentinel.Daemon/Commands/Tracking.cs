using System.Collections.Immutable;

namespace Sentinel.Daemon.Commands;

/// <summary>Which keys a client wants to be told of: <c>CLIENT TRACKING</c>.</summary>
/// <remarks>
/// A Sentinel has no keys, so nobody is ever told of one. But client libraries switch this on wherever they connect,
/// and look at what they get back.
/// </remarks>
internal sealed record Tracking
{
    /// <summary>The client that is told instead; 0: itself.</summary>
    public long Redirect { get; init; }

    /// <summary>Whether it is told of all keys that begin with one of the prefixes.</summary>
    public bool IsBroadcast { get; init; }

    /// <summary>Whether it is told only of what it reads after <c>CLIENT CACHING yes</c>.</summary>
    public bool IsOptIn { get; init; }

    /// <summary>Whether it is told of all it reads except after <c>CLIENT CACHING no</c>.</summary>
    public bool IsOptOut { get; init; }

    /// <summary>Whether it is not told of what it changes itself.</summary>
    public bool IsNoLoop { get; init; }

    /// <summary>Whether <c>CLIENT CACHING</c> was called for the next command.</summary>
    public bool IsCaching { get; init; }

    /// <summary>The beginnings of keys; in the order they were given.</summary>
    public ImmutableArray<string> Prefixes { get; init; } = [];

    /// <summary>The words of <c>CLIENT TRACKINGINFO</c>.</summary>
    public IEnumerable<string> Flags()
    {
        yield return "on";
        if (IsBroadcast)
            yield return "bcast";
        if (IsOptIn)
            yield return "optin";
        if (IsOptIn && IsCaching)
            yield return "caching-yes";
        if (IsOptOut)
            yield return "optout";
        if (IsOptOut && IsCaching)
            yield return "caching-no";
        if (IsNoLoop)
            yield return "noloop";
    }
}
