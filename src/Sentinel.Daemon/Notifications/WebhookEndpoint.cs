using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Sentinel.Daemon.Commands;

namespace Sentinel.Daemon.Notifications;

/// <summary>The HTTP side of one webhook: makes single attempts over pooled connections.</summary>
/// <remarks>
/// The client is our own and not from <c>IHttpClientFactory</c>: that one logs the whole URL of every request, path and
/// all, and renews handlers on a clock for a DNS problem which <see cref="SocketsHttpHandler.PooledConnectionLifetime"/> solves.
/// </remarks>
internal sealed class WebhookEndpoint : IDisposable
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");
    private static readonly ProductInfoHeaderValue UserAgent = new("sentinel", ServerVersion.Own);

    private readonly HttpClient _client;
    private readonly Uri _url;
    private readonly AuthenticationHeaderValue? _authorization;
    private readonly TimeProvider _time;

    public WebhookEndpoint(WebhookOptions options, TimeProvider time)
    {
        _time = time;
        _url = new UriBuilder(options.Url) { UserName = "", Password = "" }.Uri;
        _authorization = options.Url.UserInfo.Length == 0
            ? null
            : new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(options.Url.UserInfo))));
        _client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = options.Delivery.ConnectTimeout,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),    // a name may move; no event is told to where it was for longer
            MaxResponseHeadersLength = 16,                         // KiB
            MaxResponseDrainSize = options.Delivery.ResponseMax,
            ResponseDrainTimeout = TimeSpan.FromSeconds(1),
            ActivityHeadersPropagator = null,                      // the receiver is no part of our traces
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,                    // the pipeline around each attempt has the timeouts
        };
    }

    /// <summary>Sends an event once. An attempt that is cancelled throws; whatever else goes wrong is told by the outcome.</summary>
    /// <param name="id">The event's id, sent as Idempotency-Key.</param>
    /// <param name="body">JSON.</param>
    /// <param name="attemptEnding">Set when the attempt has taken too long or the process stops.</param>
    public async Task<DeliveryAttempt> PostAsync(string id, byte[] body, CancellationToken attemptEnding)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _url);
        request.Content = new ByteArrayContent(body) { Headers = { ContentType = Json } };
        request.Headers.UserAgent.Add(UserAgent);
        request.Headers.Authorization = _authorization;
        request.Headers.Add("Idempotency-Key", id);
        try
        {
            // The response ends with its headers for us: disposing it reads past a short body, and cuts a long one off.
            using HttpResponseMessage response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, attemptEnding);
            return Judge(response);
        }
        catch (HttpRequestException failure)
        {
            return new DeliveryAttempt.Failed($"{failure.HttpRequestError}: {failure.InnerException?.Message ?? failure.Message}");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private DeliveryAttempt Judge(HttpResponseMessage response) => response.StatusCode switch
    {
        HttpStatusCode.TooManyRequests => new DeliveryAttempt.Deferred((int)response.StatusCode, PauseWanted(response)),
        HttpStatusCode.ServiceUnavailable when PauseWanted(response) is { } pause => new DeliveryAttempt.Deferred((int)response.StatusCode, pause),
        HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError => new DeliveryAttempt.Failed($"status {(int)response.StatusCode}"),
        >= HttpStatusCode.OK and < HttpStatusCode.MultipleChoices => new DeliveryAttempt.Accepted(),
        HttpStatusCode status => new DeliveryAttempt.Refused((int)status),
    };

    private TimeSpan? PauseWanted(HttpResponseMessage response)
    {
        TimeSpan? pause = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - _time.GetUtcNow(),
            _ => null,
        };
        return pause < TimeSpan.Zero ? TimeSpan.Zero : pause;
    }
}
