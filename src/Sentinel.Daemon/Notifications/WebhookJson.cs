using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sentinel.Daemon.Notifications;

/// <summary>Writes webhook messages as JSON, without reflection.</summary>
[JsonSerializable(typeof(WebhookMessage))]
internal sealed partial class WebhookJson : JsonSerializerContext
{
    /// <summary>Camel case, and <c>+switch-master</c> as it is: the default encoder makes <c>\u002B</c> of the plus, for pages that embed JSON; a request's body is in none.</summary>
    public static WebhookJson Readable { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    /// <summary>The body of a request.</summary>
    public static byte[] BodyOf(WebhookMessage message) => JsonSerializer.SerializeToUtf8Bytes(message, Readable.WebhookMessage);
}
