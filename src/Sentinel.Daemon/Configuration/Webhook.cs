using System.Collections.Immutable;

namespace Sentinel.Daemon.Configuration;

/// <summary>Where events are sent over HTTP: <c>sentinel webhook</c> and <c>sentinel webhook-events</c>, directives of our own.</summary>
/// <param name="Id">Names it in logs, metrics and <c>webhook-events</c>; unique.</param>
/// <param name="Url">Absolute, <c>http</c> or <c>https</c>.</param>
internal sealed record Webhook(string Id, Uri Url)
{
    /// <summary>Most characters of an <see cref="Id"/>; it becomes a label of metrics.</summary>
    public const int IdLengthMax = 64;

    /// <summary>Glob patterns; an event is sent when its name, such as <c>+switch-master</c>, matches one. Default: <c>*</c>, all events.</summary>
    public ImmutableArray<string> EventPatterns { get; init; } = ["*"];
}
