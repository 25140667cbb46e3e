using System.Collections.Immutable;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sentinel.Daemon.Tests.Lab;

namespace Sentinel.Daemon.Tests.Notifications;

/// <summary>A real HTTP server on loopback: keeps what it gets and answers as told.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private ImmutableList<ReceivedPost> _posts = [];
    private int _underWay;
    private int _mostUnderWay;

    private WebhookReceiver(Func<HttpContext, ReceivedPost, Task> answer, int port)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.Zero);    // stalled requests are cut off
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        _app = builder.Build();
        _app.Run(context => ReceiveAsync(context, answer));
    }

    /// <summary>Where it listens.</summary>
    public Uri Url => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single() + "/");

    /// <summary>What came so far, in order.</summary>
    public ImmutableList<ReceivedPost> Posts => Volatile.Read(ref _posts);

    /// <summary>The most requests that were being answered at one moment.</summary>
    public int MostUnderWay => Volatile.Read(ref _mostUnderWay);

    /// <summary>Starts one.</summary>
    /// <param name="answer">How it answers; null: with 200, always.</param>
    /// <param name="port">Where; 0: any free port.</param>
    public static async Task<WebhookReceiver> StartAsync(Func<HttpContext, ReceivedPost, Task>? answer = null, int port = 0)
    {
        var receiver = new WebhookReceiver(answer ?? ((_, _) => Task.CompletedTask), port);
        await receiver._app.StartAsync();
        return receiver;
    }

    /// <summary>Starts one that answers with these statuses in turn, and with 200 after them.</summary>
    public static Task<WebhookReceiver> AnsweringAsync(params int[] statuses)
    {
        int next = -1;
        return StartAsync((context, _) =>
        {
            int turn = Interlocked.Increment(ref next);
            context.Response.StatusCode = turn < statuses.Length ? statuses[turn] : StatusCodes.Status200OK;
            return Task.CompletedTask;
        });
    }

    /// <summary>Waits for this many requests and gives them, in order.</summary>
    public async Task<ReceivedPost[]> PostsAsync(int count)
    {
        await Eventually.UndisputedAsync(
            $"{count} requests come", () => Task.FromResult(Posts.Count is var came && came >= count ? null : $"{came} came"));
        return [.. Posts];
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private async Task ReceiveAsync(HttpContext context, Func<HttpContext, ReceivedPost, Task> answer)
    {
        NoteUnderWay(Interlocked.Increment(ref _underWay));
        try
        {
            using var reader = new StreamReader(context.Request.Body);
            string body = await reader.ReadToEndAsync(context.RequestAborted);
            var post = new ReceivedPost(context.Request.Method, context.Request.Path + context.Request.QueryString, new HeaderDictionary(context.Request.Headers.ToDictionary()), body);
            ImmutableInterlocked.Update(ref _posts, posts => posts.Add(post));
            await answer(context, post);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The sender hung up, as it does on a stalled request.
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }

    private void NoteUnderWay(int underWay)
    {
        int most = MostUnderWay;
        while (underWay > most)
            most = Interlocked.CompareExchange(ref _mostUnderWay, underWay, most) is var found && found == most ? underWay : found;
    }
}
