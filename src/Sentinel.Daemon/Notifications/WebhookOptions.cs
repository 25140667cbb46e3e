using System.Collections.Immutable;
using Sentinel.Core;

namespace Sentinel.Daemon.Notifications;

/// <summary>What <c>sentinel webhook</c> and <c>sentinel webhook-events</c> say about one endpoint.</summary>
/// <param name="Id">Names it in logs and metrics; unique.</param>
/// <param name="Url">Absolute, <c>http</c> or <c>https</c>. A user name and password in it are sent as Basic authorization.</param>
/// <param name="Events">Patterns of the names of the events it wants, as <see cref="Glob"/> reads them; empty: all.</param>
internal sealed record WebhookOptions(string Id, Uri Url, ImmutableArray<string> Events)
{
    /// <summary>Most characters of an <see cref="Id"/>; it becomes a label of metrics.</summary>
    public const int IdLengthMax = 64;

    /// <summary>How hard delivery tries. The defaults are those of the properties; the configuration does not change them.</summary>
    public WebhookDelivery Delivery { get; init; } = new();

    /// <summary>Scheme, host and port: all of the URL that may be logged.</summary>
    /// <remarks>Chat services put the secret into the path, others into the query or the user-info.</remarks>
    public string Origin => $"{Url.Scheme}://{Url.Authority}";

    /// <summary>Whether an event is to be sent there. Those that only the log knows (level debug) never are.</summary>
    public bool Wants(SentinelEvent happened)
    {
        if (happened.Level is EventLevel.Debug)
            return false;
        if (Events.IsDefaultOrEmpty)
            return true;
        foreach (string pattern in Events)
        {
            if (Glob.Matches(pattern, happened.Name))
                return true;
        }
        return false;
    }

    /// <summary>Says nothing of the URL's secrets, for it would end in a log.</summary>
    public override string ToString() => $"Webhook {Id} to {Origin}";
}
