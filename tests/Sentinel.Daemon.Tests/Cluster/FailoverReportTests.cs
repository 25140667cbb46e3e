using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Sentinel.Daemon.Tests.Lab;
using Sentinel.Resp;
using Xunit.Abstractions;

namespace Sentinel.Daemon.Tests.Cluster;

/// <summary>What a failover would cost is explained before it, and what it cost is reported after it.</summary>
public sealed class FailoverReportTests(ITestOutputHelper output) : LabTests(output)
{
    [Fact]
    public async Task A_killed_master_gives_one_report_with_its_figures_in_log_webhook_and_explanation()
    {
        int port = Ports.Take();
        var received = new ConcurrentQueue<JsonElement>();
        await using WebApplication receiver = Receiver(port, received);
        await receiver.StartAsync();
        RedisLab lab = await HealthyLabAsync(new LabOptions { Sentinel = $"sentinel webhook ops http://127.0.0.1:{port}/\nsentinel webhook-events ops +failover-report" });
        RedisNode former = await lab.MasterAsync();
        Assert.Equal("OK", (await former.AskAsync("SET", "key", "value")).Text());
        string foreseen = (await ExplainAsync(lab.Sentinels[0]))["expected-loss-bytes"];
        Assert.Equal("0", foreseen);
        await former.KillAsync();
        RedisNode master = await lab.MasterAfterAsync(former);
        await Eventually.SoAsync("a webhook hears of it", () => !received.IsEmpty);
        await Eventually.SoAsync("the failover ends", () => lab.Events("+failover-end").Length == 1);

        string told = Assert.Single(lab.Events("+failover-report"));
        Dictionary<string, string> figures = Figures(told);
        Assert.StartsWith($"master {RedisLab.MasterName} 127.0.0.1 {master.Port} from 127.0.0.1 {former.Port} cause fault lost-bytes 0 master-offset ", told, StringComparison.Ordinal);
        Assert.InRange(Number(figures, "master-offset-age-ms"), 0, 15_000);
        Assert.Equal(await PromotedOffsetAsync(master), Number(figures, "promoted-offset"));
        Assert.InRange(Number(figures, "without-master-ms"), 700, 20_000);
        Assert.InRange(Number(figures, "detection-ms") + Number(figures, "election-ms") + Number(figures, "promotion-ms"), Number(figures, "without-master-ms") - 3, Number(figures, "without-master-ms"));

        JsonElement message = Assert.Single(received), report = message.GetProperty("report");
        Assert.Equal(told, message.GetProperty("message").GetString());
        Assert.StartsWith("nothing is known to be lost", message.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal(("fault", 0), (report.GetProperty("cause").GetString(), report.GetProperty("lostBytes").GetInt64()));
        Assert.Equal(former.Port, report.GetProperty("from").GetProperty("port").GetInt32());
        Assert.Equal(Number(figures, "promoted-offset"), report.GetProperty("promotedOffset").GetInt64());
        Assert.Equal(Number(figures, "without-master-ms"), report.GetProperty("withoutMasterMs").GetInt64());

        SentinelNode leader = lab.Sentinels.Single(sentinel => sentinel.Events("+failover-report").Length > 0);
        Assert.Contains($"from 127.0.0.1:{former.Port} to 127.0.0.1:{master.Port}: nothing is known to be lost", (await ExplainAsync(leader))["failover 1"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_new_master_did_not_get_is_counted_to_the_byte()
    {
        RedisLab lab = await HealthyLabAsync(new LabOptions { Replicas = 1, DownAfter = TimeSpan.FromSeconds(3), Node = _ => "save \"\"" });
        foreach (SentinelNode sentinel in lab.Sentinels)
            Assert.Equal("OK", (await sentinel.AskAsync("SENTINEL", "DEBUG", "INFO-PERIOD", "200")).Text());
        RedisNode former = await lab.MasterAsync(), replica = lab.Nodes.Single(node => node != former);
        replica.Process.Freeze();
        string value = new('v', 200_000);    // so much in all that it does not fit into what the system keeps for a connection
        for (int i = 0; i < 200; i++)
            Assert.Equal("OK", (await former.AskAsync("SET", $"key{i}", value)).Text());
        long written = long.Parse((await former.AskAsync("INFO", "replication")).InfoFields()["master_repl_offset"], CultureInfo.InvariantCulture);
        await Eventually.SoAsync("all have seen how far the master is", async () => (await Task.WhenAll(lab.Sentinels.Select(SeenAsync))).All(seen => seen >= written));
        await former.KillAsync();
        replica.Process.Resume();
        RedisNode master = await lab.MasterAfterAsync(former);

        Dictionary<string, string> figures = Figures(Assert.Single(lab.Events("+failover-report")));
        long promoted = await PromotedOffsetAsync(master);
        Assert.Equal(promoted, Number(figures, "promoted-offset"));
        Assert.InRange(Number(figures, "master-offset"), written, long.MaxValue);
        Assert.InRange(Number(figures, "lost-bytes"), 1, long.MaxValue);
        Assert.Equal(Number(figures, "master-offset") - promoted, Number(figures, "lost-bytes"));

        async Task<long> SeenAsync(SentinelNode sentinel)
        {
            RespValue cached = (await sentinel.AskAsync("SENTINEL", "INFO-CACHE", RedisLab.MasterName)).Items[1].Items[0].Items[1];
            return long.Parse(cached.InfoFields()["master_repl_offset"], CultureInfo.InvariantCulture);
        }
    }

    [Fact]
    public async Task A_planned_switch_is_reported_with_nothing_lost()
    {
        RedisLab lab = await HealthyLabAsync(new LabOptions { DownAfter = TimeSpan.FromSeconds(5) });
        RedisNode former = await lab.MasterAsync();
        for (int i = 0; i < 100; i++)
            Assert.Equal("OK", (await former.AskAsync("SET", $"key{i}", "value")).Text());
        Assert.Equal("OK", (await lab.Sentinels[0].AskAsync("SENTINEL", "FAILOVER", RedisLab.MasterName, "COORDINATED")).Text());
        RedisNode master = await lab.MasterAfterAsync(former);
        string told = Assert.Single(lab.Events("+failover-report"));
        Dictionary<string, string> figures = Figures(told);
        Assert.Equal(("planned", "0"), (figures["cause"], figures["lost-bytes"]));
        Assert.Equal(await PromotedOffsetAsync(master), Number(figures, "promoted-offset"));
        Assert.InRange(Number(figures, "without-master-ms"), 0, 4000);
        Assert.DoesNotContain("detection-ms", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_explanation_is_a_map_in_RESP3_and_its_flat_pairs_in_RESP2()
    {
        RedisLab lab = await HealthyLabAsync(new LabOptions { DownAfter = TimeSpan.FromSeconds(5) });
        RedisNode master = await lab.MasterAsync();
        using RespConnection client = await RespConnection.ConnectAsync(lab.Sentinels[0].Port);
        string[] explain = ["SENTINEL", "EXPLAIN", RedisLab.MasterName];
        RespValue[] replies = await client.AskTogetherAsync(explain, ["HELLO", "3"], explain, ["SENTINEL", "EXPLAIN", "nosuch"], ["SENTINEL", "EXPLAIN"]);
        Assert.Equal((RespKind.Array, RespKind.Map), (replies[0].Kind, replies[2].Kind));
        Dictionary<string, string> told = replies[0].Fields();
        Assert.Equal(told.Keys, replies[2].Fields().Keys);
        Assert.Equal((RedisLab.MasterName, $"{master.Port}", "yes", "nothing"), (told["name"], told["port"], told["failover-possible"], told["waiting-for"]));
        Assert.StartsWith($"the master is up; if it died now, it would be replaced by {told["would-promote"]}, and ", told["verdict"], StringComparison.Ordinal);
        Assert.StartsWith("would be promoted (priority 100, offset ", told[$"replica {told["would-promote"]}"], StringComparison.Ordinal);
        Assert.Equal(2, told.Keys.Count(key => key.StartsWith("replica ", StringComparison.Ordinal)));
        Assert.Equal(2, told.Keys.Count(key => key.StartsWith("sentinel ", StringComparison.Ordinal)));
        Assert.Equal("ERR No such master with that name", replies[3].Text());
        Assert.Equal("ERR wrong number of arguments for 'sentinel|explain' command", replies[4].Text());
    }

    /// <summary>Where a node became a master, by its own word.</summary>
    private static async Task<long> PromotedOffsetAsync(RedisNode master) =>
        long.Parse((await master.AskAsync("INFO", "replication")).InfoFields()["second_repl_offset"], CultureInfo.InvariantCulture) - 1;

    private static async Task<Dictionary<string, string>> ExplainAsync(SentinelNode sentinel) => (await sentinel.AskAsync("SENTINEL", "EXPLAIN", RedisLab.MasterName)).Fields();

    /// <summary>The words after the two addresses, in pairs.</summary>
    private static Dictionary<string, string> Figures(string told) => told.Split(' ').Skip(7).Chunk(2).ToDictionary(pair => pair[0], pair => pair[1]);

    private static long Number(Dictionary<string, string> figures, string name) => long.Parse(figures[name], CultureInfo.InvariantCulture);

    private static WebApplication Receiver(int port, ConcurrentQueue<JsonElement> received)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        WebApplication app = builder.Build();
        app.Run(async context => received.Enqueue(await JsonSerializer.DeserializeAsync<JsonElement>(context.Request.Body)));
        return app;
    }
}
