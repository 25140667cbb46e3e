using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Sentinel.Daemon.Tests.Notifications;

/// <summary>One request as it came over the wire.</summary>
internal sealed record ReceivedPost(string Method, string Target, IHeaderDictionary Headers, string Body)
{
    /// <summary>The body, read as JSON.</summary>
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    /// <summary>The event's name.</summary>
    public string Event => Json.GetProperty("event").GetString()!;

    /// <summary>The event's id, from the body.</summary>
    public string Id => Json.GetProperty("id").GetString()!;

    /// <summary>The payload.</summary>
    public string Message => Json.GetProperty("message").GetString()!;

    /// <summary>How many events it says are lost; 0: it says nothing.</summary>
    public long Dropped => Json.TryGetProperty("dropped", out JsonElement dropped) ? dropped.GetInt64() : 0;
}
