using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Sentinel.Daemon.Tests.Lab;
using Xunit.Abstractions;

namespace Sentinel.Daemon.Tests.Cluster;

/// <summary>Events reach a web server of the operator's.</summary>
public sealed class WebhookTests(ITestOutputHelper output) : LabTests(output)
{
    [Fact]
    public async Task Every_sentinel_tells_its_webhook_of_the_new_master()
    {
        int port = Ports.Take();
        var received = new ConcurrentQueue<JsonElement>();
        await using WebApplication receiver = Receiver(port, received);
        await receiver.StartAsync();
        RedisLab lab = await HealthyLabAsync(new LabOptions { Sentinel = $"sentinel webhook ops http://127.0.0.1:{port}/" });
        await lab.Nodes[0].KillAsync();
        RedisNode master = await lab.MasterAfterAsync(lab.Nodes[0]);
        await Eventually.SoAsync("all three have told it", () => received.Count(IsSwitch) == 3);

        string[] ids = await Task.WhenAll(lab.Sentinels.Select(async sentinel => (await sentinel.AskAsync("SENTINEL", "MYID")).Text()));
        JsonElement[] told = [.. received.Where(IsSwitch)];
        Assert.Equal(ids.Order(StringComparer.Ordinal), told.Select(message => message.GetProperty("sentinel").GetString()!).Order(StringComparer.Ordinal));
        Assert.Equal(3, told.Select(message => message.GetProperty("id").GetString()).Distinct().Count());
        foreach (JsonElement message in told)
        {
            Assert.Equal($"{RedisLab.MasterName} 127.0.0.1 {lab.Nodes[0].Port} 127.0.0.1 {master.Port}", message.GetProperty("message").GetString());
            Assert.Equal(lab.Nodes[0].Port, message.GetProperty("master").GetProperty("port").GetInt32());
            Assert.Equal(master.Port, message.GetProperty("new").GetProperty("port").GetInt32());
        }
    }

    private static bool IsSwitch(JsonElement message) => message.GetProperty("event").GetString() == "+switch-master";

    private static WebApplication Receiver(int port, ConcurrentQueue<JsonElement> received)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        WebApplication app = builder.Build();
        app.Run(async context => received.Enqueue(await JsonSerializer.DeserializeAsync<JsonElement>(context.Request.Body)));
        return app;
    }
}
