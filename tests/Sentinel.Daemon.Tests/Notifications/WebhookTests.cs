using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sentinel.Core;
using Sentinel.Daemon.Notifications;
using Sentinel.Daemon.Tests.Lab;

namespace Sentinel.Daemon.Tests.Notifications;

/// <summary>Webhooks over loopback, to receivers that behave and to those that do not.</summary>
public sealed class WebhookTests
{
    private const int AttemptFailed = 3000;
    private const int CircuitOpened = 3001;
    private const int CircuitClosed = 3002;
    private const int EventGivenUp = 3004;
    private const int QueueFull = 3005;
    private const int EventsMissed = 3006;
    private const int StoppedBeforeDelivery = 3007;

    [Fact]
    public async Task Each_event_is_one_post_that_names_its_sender_and_itself()
    {
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync();
        await using WebhookSetup webhooks = await WebhookSetup.StartAsync(WebhookSetup.Endpoint(new Uri(receiver.Url, "hooks/redis?team=a%20b")));

        webhooks.Happens(1);
        webhooks.Happens(2);
        ReceivedPost[] posts = await receiver.PostsAsync(2);

        ReceivedPost first = posts[0];
        Assert.Equal("POST", first.Method);
        Assert.Equal("/hooks/redis?team=a%20b", first.Target);
        Assert.Equal("application/json", first.Headers.ContentType);
        Assert.Matches(@"^sentinel/\d+\.\d+\.\d+", first.Headers.UserAgent.ToString());
        Assert.Matches("^01234567-[0-9a-f]{8}-1$", first.Id);
        Assert.Equal(first.Id, first.Headers["Idempotency-Key"]);
        Assert.Equal(first.Id[..^1] + "2", posts[1].Id);
    }

    [Fact]
    public async Task Ids_of_two_starts_of_the_process_differ()
    {
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync();
        await using WebhookSetup before = await WebhookSetup.StartAsync(WebhookSetup.Endpoint(receiver.Url));
        await using WebhookSetup after = await WebhookSetup.StartAsync(WebhookSetup.Endpoint(receiver.Url));

        before.Happens(1);
        after.Happens(1);
        ReceivedPost[] posts = await receiver.PostsAsync(2);

        Assert.NotEqual(posts[0].Id, posts[1].Id);
    }

    [Fact]
    public async Task Events_arrive_in_order_and_never_two_at_a_time()
    {
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync(async (_, _) => await Task.Yield());
        await using WebhookSetup webhooks = await WebhookSetup.StartAsync(WebhookSetup.Endpoint(receiver.Url));

        Enumerable.Range(1, 300).ToList().ForEach(webhooks.Happens);
        ReceivedPost[] posts = await receiver.PostsAsync(300);

        Assert.Equal(Numbers(1, 300), posts.Select(post => post.Message));
        Assert.Equal(1, receiver.MostUnderWay);
        await webhooks.CountsAsync(counts => counts == new WebhookCounts(Delivered: 300, Failed: 0, Dropped: 0, Queued: 0));
    }

    [Fact]
    public async Task An_event_that_fails_is_repeated_word_for_word_before_the_next_one()
    {
        await using WebhookReceiver receiver = await WebhookReceiver.AnsweringAsync(500, 502, 408, 429, 503);
        await using WebhookSetup webhooks = await WebhookSetup.StartAsync(WebhookSetup.Endpoint(receiver.Url));

        webhooks.Happens(1);
        webhooks.Happens(2);
        ReceivedPost[] posts = await receiver.PostsAsync(7);

        Assert.Equal(["1", "1", "1", "1", "1", "1", "2"], posts.Select(post => post.Message));
        Assert.Single(posts.Take(6).Select(post => (post.Body, post.Headers["Idempotency-Key"].ToString())).Distinct());
        Assert.Equal(0, posts[^1].Dropped);
    }

    [Fact]
    public async Task A_receiver_that_stalls_is_hung_up_on_and_tried_again()
    {
        int turn = 0;
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync((context, _) =>
            Interlocked.Increment(ref turn) <= 2 ? Task.Delay(Timeout.Infinite, context.RequestAborted) : Task.CompletedTask);
        await using WebhookSetup webhooks = await WebhookSetup.StartAsync(
            WebhookSetup.Endpoint(receiver.Url, WebhookSetup.Quick with { AttemptTimeout = TimeSpan.FromMilliseconds(300) }));

        webhooks.Happens(1);
        webhooks.Happens(2);
        ReceivedPost[] posts = await receiver.PostsAsync(4);

        Assert.Equal(["1", "1", "1", "2"], posts.Select(post => post.Message));
        Assert.Single(posts.Take(3).Select(post => post.Id).Distinct());
        Assert.Contains(webhooks.Log.Lines, line => line.EventId == AttemptFailed && line.Text.Contains("no answer within 0.3 s", StringComparison.Ordinal));
    }

    [Fact]
    public async Task While_nobody_listens_events_wait_for_the_circuit_and_use_up_no_attempts()
    {
        int port = FreePort();
        WebhookDelivery delivery = WebhookSetup.Quick with { AttemptsMax = 3, FailuresToOpen = 2, BreakDuration = TimeSpan.FromMilliseconds(500) };
        await using WebhookSetup webhooks = await WebhookSetup.StartAsync(WebhookSetup.Endpoint(new Uri($"http://127.0.0.1:{port}/"), delivery));

        Enumerable.Range(1, 20).ToList().ForEach(webhooks.Happens);
        await Eventually.SoAsync("the circuit opens", () => webhooks.Log.Count(CircuitOpened) >= 4);    // more probes than attempts
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync(port: port);
        ReceivedPost[] posts = await receiver.PostsAsync(20);

        Assert.Equal(Numbers(1, 20), posts.Select(post => post.Message));
        Assert.All(posts, post => Assert.Equal(0, post.Dropped));
        Assert.Equal(1, webhooks.Log.Count(CircuitClosed));
        Assert.Equal(0, webhooks.Counts.Failed);
    }

    [Fact]
    public async Task What_a_receiver_keeps_failing_is_given_up_after_its_attempts_and_missed_by_the_next()
    {
        await using WebhookReceiver receiver = await WebhookReceiver.AnsweringAsync(500, 500, 500);
        await using WebhookSetup webhooks = await WebhookSetup.StartAsync(WebhookSetup.Endpoint(receiver.Url, WebhookSetup.Quick with { AttemptsMax = 3 }));

        webhooks.Happens(1);
        webhooks.Happens(2);
        webhooks.Happens(3);
        ReceivedPost[] posts = await receiver.PostsAsync(5);

        Assert.Equal([("1", 0), ("1", 0), ("1", 0), ("2", 1L), ("3", 0)], posts.Select(post => (post.Message, post.Dropped)));
        Assert.Equal(1, webhooks.Log.Count(EventGivenUp));
    }

    [Fact]
    public async Task No_event_holds_up_the_next_for_longer_than_its_total_time()
    {
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync((context, post) =>
        {
            context.Response.StatusCode = post.Message == "1" ? 500 : 200;
            return Task.CompletedTask;
        });
        WebhookDelivery delivery = WebhookSetup.Quick with
        {
            FailuresToOpen = 2, BreakDuration = TimeSpan.FromMilliseconds(500), TotalTimeout = TimeSpan.FromMilliseconds(1200),
        };
        await using WebhookSetup webhooks = await WebhookSetup.StartAsync(WebhookSetup.Endpoint(receiver.Url, delivery));

        webhooks.Happens(1);
        webhooks.Happens(2);
        await webhooks.CountsAsync(counts => counts.Delivered == 1);

        Assert.Equal(1, receiver.Posts[^1].Dropped);
        Assert.Equal(1, webhooks.Counts.Failed);
    }

    [Theory]
    [InlineData(StatusCodes.Status400BadRequest)]
    [InlineData(StatusCodes.Status401Unauthorized)]
    [InlineData(StatusCodes.Status404NotFound)]
    [InlineData(StatusCodes.Status410Gone)]
    public async Task What_is_refused_is_not_sent_again(int status)
    {
        await using WebhookReceiver receiver = await WebhookReceiver.AnsweringAsync(status);
        await using WebhookSetup webhooks = await WebhookSetup.StartAsync(WebhookSetup.Endpoint(receiver.Url));

        webhooks.Happens(1);
        webhooks.Happens(2);
        await webhooks.CountsAsync(counts => counts is { Delivered: 1, Failed: 1 });

        Assert.Equal([("1", 0), ("2", 1L)], receiver.Posts.Select(post => (post.Message, post.Dropped)));
        Assert.Contains(webhooks.Log.Lines, line => line.Text.Contains($"with status {status}", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(StatusCodes.Status301MovedPermanently)]
    [InlineData(StatusCodes.Status307TemporaryRedirect)]
    public async Task A_redirect_is_not_followed(int status)
    {
        await using WebhookReceiver elsewhere = await WebhookReceiver.StartAsync();
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync((context, _) =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = elsewhere.Url.ToString();
            return Task.CompletedTask;
        });
        await using WebhookSetup webhooks = await WebhookSetup.StartAsync(WebhookSetup.Endpoint(receiver.Url));

        webhooks.Happens(1);
        await webhooks.CountsAsync(counts => counts.Failed == 1);

        Assert.Empty(elsewhere.Posts);
    }

    [Theory]
    [InlineData(StatusCodes.Status429TooManyRequests, "1", 1000)]
    [InlineData(StatusCodes.Status503ServiceUnavailable, "1", 1000)]
    [InlineData(StatusCodes.Status429TooManyRequests, "86400", 1500)]                            // no longer than our bound
    [InlineData(StatusCodes.Status429TooManyRequests, "Fri, 01 Jan 2100 00:00:00 GMT", 1500)]
    [InlineData(StatusCodes.Status429TooManyRequests, "0", 5)]                                   // no invitation to hammer
    [InlineData(StatusCodes.Status429TooManyRequests, "Thu, 01 Jan 1970 00:00:00 GMT", 5)]
    public async Task A_receiver_may_say_how_long_to_wait_within_bounds(int status, string retryAfter, double pauseMs)
    {
        int turn = 0;
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync((context, _) =>
        {
            if (Interlocked.Increment(ref turn) == 1)
            {
                context.Response.StatusCode = status;
                context.Response.Headers.RetryAfter = retryAfter;
            }
            return Task.CompletedTask;
        });
        await using WebhookSetup webhooks = await WebhookSetup.StartAsync(
            WebhookSetup.Endpoint(receiver.Url, WebhookSetup.Quick with { RetryAfterMax = TimeSpan.FromMilliseconds(1500) }));

        webhooks.Happens(1);
        await receiver.PostsAsync(2);

        Assert.Equal(pauseMs, Assert.Single(webhooks.Log.Lines, line => line.EventId == AttemptFailed).Values["PauseMs"]);
    }

    [Fact]
    public async Task A_stalled_endpoint_slows_no_other()
    {
        await using WebhookReceiver stalled = await WebhookReceiver.StartAsync((context, _) => Task.Delay(Timeout.Infinite, context.RequestAborted));
        await using WebhookReceiver well = await WebhookReceiver.StartAsync();
        await using WebhookSetup webhooks = await WebhookSetup.StartAsync(
            WebhookSetup.Endpoint(stalled.Url, id: "stalled"), WebhookSetup.Endpoint(well.Url, id: "well"));

        Enumerable.Range(1, 200).ToList().ForEach(webhooks.Happens);
        ReceivedPost[] posts = await well.PostsAsync(200);

        Assert.Equal(Numbers(1, 200), posts.Select(post => post.Message));
        Assert.Equal(0, webhooks.Workers[0].Counts.Delivered);
    }

    /// <summary>The receiver answers nothing until the calls have returned: were one of them to wait, this test would not end.</summary>
    [Fact]
    public async Task However_many_events_happen_none_waits_and_the_queue_keeps_the_newest()
    {
        var mayAnswer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync((_, _) => mayAnswer.Task);
        WebhookDelivery delivery = WebhookSetup.Quick with { AttemptTimeout = TimeSpan.FromMinutes(5) };
        await using WebhookSetup webhooks = await WebhookSetup.StartAsync(WebhookSetup.Endpoint(receiver.Url, delivery));
        webhooks.Happens(0);
        await receiver.PostsAsync(1);

        Enumerable.Range(1, 10_000).ToList().ForEach(webhooks.Happens);

        Assert.Equal(new WebhookCounts(Delivered: 0, Failed: 0, Dropped: 10_000 - 1024, Queued: 1024), webhooks.Counts);
        mayAnswer.SetResult();
        ReceivedPost[] posts = await receiver.PostsAsync(1025);
        Assert.Equal(["0", .. Numbers(10_001 - 1024, 1024)], posts.Select(post => post.Message));
        Assert.Equal([0, 10_000 - 1024, 0], posts.Take(3).Select(post => post.Dropped));
        await webhooks.CountsAsync(counts => counts == new WebhookCounts(Delivered: 1025, Failed: 0, Dropped: 10_000 - 1024, Queued: 0));
    }

    [Fact]
    public async Task Each_burst_of_drops_is_logged_once()
    {
        using var answers = new SemaphoreSlim(0);
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync((context, _) => answers.WaitAsync(context.RequestAborted));
        WebhookDelivery delivery = WebhookSetup.Quick with { QueueMax = 2, AttemptTimeout = TimeSpan.FromMinutes(5) };
        await using WebhookSetup webhooks = await WebhookSetup.StartAsync(WebhookSetup.Endpoint(receiver.Url, delivery));

        for (int burst = 1; burst <= 2; burst++)
        {
            webhooks.Happens(0);
            await receiver.PostsAsync((3 * burst) - 2);
            Enumerable.Range(1, 100).ToList().ForEach(webhooks.Happens);
            answers.Release(3);
            int expected = burst;
            await webhooks.CountsAsync(counts => counts.Delivered == 3 * expected);
            Assert.Equal(burst, webhooks.Log.Count(QueueFull));
            Assert.Equal(burst, webhooks.Log.Count(EventsMissed));
        }
        Assert.Equal([0, 98, 0, 0, 98, 0], receiver.Posts.Select(post => post.Dropped));
    }

    [Fact]
    public async Task A_response_is_not_read_to_its_end()
    {
        byte[] much = new byte[64 * 1024];
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync(async (context, _) =>
        {
            while (true)
                await context.Response.Body.WriteAsync(much, context.RequestAborted);
        });
        await using WebhookSetup webhooks = await WebhookSetup.StartAsync(WebhookSetup.Endpoint(receiver.Url));

        webhooks.Happens(1);
        webhooks.Happens(2);

        await webhooks.CountsAsync(counts => counts.Delivered == 2);
    }

    [Fact]
    public async Task What_is_queued_is_still_delivered_when_the_process_stops()
    {
        var mayAnswer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync((_, _) => mayAnswer.Task);
        await using WebhookSetup webhooks = await WebhookSetup.StartAsync(
            WebhookSetup.Endpoint(receiver.Url, WebhookSetup.Quick with { DrainTimeout = Eventually.Patience }));
        Enumerable.Range(1, 10).ToList().ForEach(webhooks.Happens);
        await receiver.PostsAsync(1);

        Task stopping = webhooks.StopAsync();
        Assert.False(stopping.IsCompleted);
        mayAnswer.SetResult();
        await stopping;

        Assert.Equal(Numbers(1, 10), receiver.Posts.Select(post => post.Message));
        Assert.Equal(0, webhooks.Log.Count(StoppedBeforeDelivery));
        webhooks.Happens(11);    // too late, and harmless
        Assert.Equal(new WebhookCounts(Delivered: 10, Failed: 0, Dropped: 1, Queued: 0), webhooks.Counts);
    }

    [Fact]
    public async Task Dead_endpoints_delay_the_end_of_the_process_only_for_the_time_set()
    {
        await using WebhookReceiver stalled = await WebhookReceiver.StartAsync((context, _) => Task.Delay(Timeout.Infinite, context.RequestAborted));
        WebhookDelivery delivery = WebhookSetup.Quick with { AttemptTimeout = TimeSpan.FromMinutes(5), DrainTimeout = TimeSpan.FromMilliseconds(100) };
        await using WebhookSetup webhooks = await WebhookSetup.StartAsync(
            WebhookSetup.Endpoint(stalled.Url, delivery), WebhookSetup.Endpoint(new Uri($"http://127.0.0.1:{FreePort()}/"), delivery));
        Enumerable.Range(1, 10).ToList().ForEach(webhooks.Happens);
        await stalled.PostsAsync(1);

        await webhooks.StopAsync().WaitAsync(Eventually.Patience);

        Assert.Equal(2, webhooks.Log.Count(StoppedBeforeDelivery));
        Assert.All(webhooks.Workers, worker => Assert.Equal(10, worker.Counts.Dropped));
    }

    [Fact]
    public async Task An_endpoint_known_to_be_gone_does_not_delay_the_end_of_the_process()
    {
        WebhookDelivery delivery = WebhookSetup.Quick with { FailuresToOpen = 2, BreakDuration = TimeSpan.FromHours(1), DrainTimeout = TimeSpan.FromHours(1) };
        await using WebhookSetup webhooks = await WebhookSetup.StartAsync(WebhookSetup.Endpoint(new Uri($"http://127.0.0.1:{FreePort()}/"), delivery));
        webhooks.Happens(1);
        await Eventually.SoAsync("the circuit opens", () => webhooks.Log.Count(CircuitOpened) == 1);

        await webhooks.StopAsync().WaitAsync(Eventually.Patience);

        Assert.Equal(new WebhookCounts(Delivered: 0, Failed: 0, Dropped: 1, Queued: 0), webhooks.Counts);
    }

    [Fact]
    public async Task Credentials_in_the_URL_are_sent_and_no_secret_of_it_is_logged()
    {
        await using WebhookReceiver receiver = await WebhookReceiver.AnsweringAsync(500, 404);
        var url = new Uri($"http://us%40er:pass%3Aword@127.0.0.1:{receiver.Url.Port}/path-secret?query=query-secret");
        await using WebhookSetup webhooks = await WebhookSetup.StartAsync(
            WebhookSetup.Endpoint(url),
            WebhookSetup.Endpoint(new UriBuilder(url) { Port = FreePort() }.Uri, WebhookSetup.Quick with { FailuresToOpen = 2 }));

        webhooks.Happens(1);
        await webhooks.CountsAsync(counts => counts.Failed == 1 && webhooks.Log.Count(CircuitOpened) > 0);

        Assert.Equal("Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("us@er:pass:word")), receiver.Posts[0].Headers.Authorization);
        Assert.All(webhooks.Log.Lines, line => Assert.DoesNotMatch("secret|word|us@er|us%40er", line.Text));
    }

    [Fact]
    public async Task The_host_runs_the_webhooks_it_was_given()
    {
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync();
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddLogging().AddWebhooks(SentinelId.Draw(new Random(1)), [new WebhookOptions("ops", receiver.Url, ["+switch-*"])]);
        using IHost host = builder.Build();
        await host.StartAsync();

        IEventListener listener = Assert.Single(host.Services.GetServices<IEventListener>());
        listener.OnEvent(new StampedEvent(1, DateTimeOffset.UnixEpoch, new SentinelEvent("+sdown", EventLevel.Warning, "")));
        listener.OnEvent(new StampedEvent(2, DateTimeOffset.UnixEpoch, new SentinelEvent("+switch-master", EventLevel.Warning, "")));
        await host.StopAsync();

        Assert.Equal("+switch-master", Assert.Single(receiver.Posts).Event);
    }

    [Fact]
    public void Without_webhooks_nothing_is_added_to_the_host() =>
        Assert.Empty(new ServiceCollection().AddWebhooks(SentinelId.Draw(new Random(1)), []));

    private static IEnumerable<string> Numbers(int first, int count) =>
        Enumerable.Range(first, count).Select(number => number.ToString(CultureInfo.InvariantCulture));

    /// <summary>A port that nobody listens on.</summary>
    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
