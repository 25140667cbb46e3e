using System.Globalization;
using Sentinel.Daemon.Tests.Lab;
using Xunit.Abstractions;

namespace Sentinel.Daemon.Tests.Cluster;

/// <summary>A master that came back without its data, or that is another group's node, is no master.</summary>
public sealed class LineageTests(ITestOutputHelper output) : LabTests(output)
{
    private const int Keys = 100;

    /// <summary>How many times a master is restarted empty. <c>EMPTY_RESTARTS=10</c> tries harder.</summary>
    private static int Rounds =>
        int.TryParse(Environment.GetEnvironmentVariable("EMPTY_RESTARTS"), NumberStyles.None, CultureInfo.InvariantCulture, out int rounds) ? rounds : 3;

    /// <summary>Silence does not come into it: nobody is silent for so long.</summary>
    private static LabOptions Options() => new() { DownAfter = TimeSpan.FromSeconds(30), Node = _ => "repl-diskless-sync-delay 5" };

    [Fact]
    public async Task A_master_without_persistence_that_is_killed_and_back_at_once_takes_no_data_with_it()
    {
        RedisLab lab = await HealthyLabAsync(Options());
        RedisNode master = lab.Nodes[0];
        for (int round = 0; round < Rounds; round++)
        {
            await FillAsync(lab, master);
            string replid = await HistoryAsync(master);
            await master.KillAsync();
            // What it copied once as a replica may lie there still.
            File.Delete(Path.Combine(master.Folder, "dump.rdb"));
            await master.StartAsync();
            RedisNode next = await lab.MasterAfterAsync(master);
            Assert.Equal(Keys, await SizeAsync(next));
            Assert.Equal(replid, (await next.AskAsync("INFO", "replication")).InfoFields()["master_replid2"]);
            Assert.NotEmpty(lab.Events("+master-lost-data"));
            Assert.Contains(lab.Messages, message => message.Contains("it restarted without its data: it has no keys", StringComparison.Ordinal));
            await lab.HealAsync();
            foreach (RedisNode node in lab.Nodes)
                await Eventually.SoAsync($"{node} has the data", async () => await SizeAsync(node) == Keys);
            master = next;
        }
    }

    [Fact]
    public async Task A_master_whose_append_only_file_is_gone_takes_no_data_with_it_whatever_is_written_to_it_at_once()
    {
        RedisLab lab = await HealthyLabAsync(Options() with { Node = _ => "appendonly yes\nrepl-diskless-sync-delay 5" });
        RedisNode master = lab.Nodes[0];
        await FillAsync(lab, master);
        await LookAsync(lab);
        await master.KillAsync();
        Directory.Delete(Path.Combine(master.Folder, "appendonlydir"), recursive: true);
        File.Delete(Path.Combine(master.Folder, "dump.rdb"));
        await master.StartAsync();
        await master.AskAsync("SET", "new", "1");
        RedisNode next = await lab.MasterAfterAsync(master);
        Assert.Equal(Keys, await SizeAsync(next));
        Assert.NotEmpty(lab.Events("+master-lost-data"));
    }

    [Theory]
    [InlineData("save 3600 1")]
    [InlineData("appendonly yes")]
    [InlineData("appendonly yes\naof-use-rdb-preamble no")]
    public async Task A_master_that_is_back_with_its_data_stays_the_master(string persistence)
    {
        RedisLab lab = await HealthyLabAsync(Options() with { Node = _ => persistence });
        await FillAsync(lab, lab.Nodes[0]);
        if (persistence.StartsWith("save", StringComparison.Ordinal))
            await lab.Nodes[0].AskAsync("SAVE");
        await lab.Nodes[0].RestartAsync();
        foreach (SentinelNode sentinel in lab.Sentinels)
            await sentinel.SaysAsync("+reboot");
        await lab.SettleAsync();
        Assert.Equal(lab.Nodes[0], await lab.MasterAsync());
        Assert.Equal(Keys, await SizeAsync(lab.Nodes[1]));
        Assert.Empty(lab.Events("+sdown"));
        Assert.Empty(lab.Events("+master-lost-data"));
    }

    [Fact]
    public async Task Deleting_all_keys_is_no_loss_of_them()
    {
        RedisLab lab = await HealthyLabAsync(Options());
        await FillAsync(lab, lab.Nodes[0]);
        await lab.Nodes[0].AskAsync("FLUSHALL");
        await LookAsync(lab);
        Assert.Equal(lab.Nodes[0], await lab.MasterAsync());
        Assert.Empty(lab.Events("+sdown"));
        Assert.Empty(lab.Events("+master-lost-data"));
    }

    [Fact]
    public async Task Sentinels_that_were_started_anew_know_still_what_the_group_had()
    {
        RedisLab lab = await HealthyLabAsync(new LabOptions { DownAfter = TimeSpan.FromSeconds(30) });
        await HoldSynchronisationsAsync(lab.Nodes[0]);
        await FillAsync(lab, lab.Nodes[0]);
        await LookAsync(lab);
        foreach (SentinelNode sentinel in lab.Sentinels)
            await Eventually.SoAsync($"{sentinel} keeps that there are keys", () => File.Exists(LineageOf(sentinel)) && File.ReadAllText(LineageOf(sentinel)).Contains("\"hadKeys\": true", StringComparison.Ordinal));
        await Task.WhenAll(lab.Sentinels.Select(sentinel => sentinel.KillAsync()));
        await lab.Nodes[0].RestartAsync();
        await Task.WhenAll(lab.Sentinels.Select(sentinel => sentinel.StartAsync()));
        RedisNode next = await lab.MasterAfterAsync(lab.Nodes[0]);
        Assert.Equal(Keys, await SizeAsync(next));
    }

    [Fact]
    public async Task A_torn_file_of_what_the_groups_had_is_said_and_does_no_harm()
    {
        RedisLab lab = await HealthyLabAsync(new LabOptions());
        SentinelNode sentinel = lab.Sentinels[0];
        await Eventually.SoAsync("it is kept", () => File.Exists(LineageOf(sentinel)));
        await sentinel.KillAsync();
        await File.WriteAllTextAsync(LineageOf(sentinel), "[{\"masterName\": \"mym");
        await sentinel.StartAsync();
        await sentinel.LogsAsync("is learnt anew, which is harmless");
        await lab.SettleAsync();
        await Eventually.SoAsync("it is kept again", () => File.ReadAllText(LineageOf(sentinel)).Contains("\"histories\"", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_node_of_another_group_at_the_masters_address_is_neither_followed_nor_told_anything(bool isMonitored)
    {
        RedisLab lab = await HealthyLabAsync(Options());
        RedisLab others = NewLab(Options() with { Replicas = 1, Sentinels = [] });
        await others.StartAsync();
        RedisNode newcomer = others.Nodes[0];
        await newcomer.AskAsync("SET", "theirs", "1");
        if (isMonitored)
        {
            foreach (SentinelNode sentinel in lab.Sentinels)
            {
                await sentinel.AskAsync("SENTINEL", "MONITOR", "other", "127.0.0.1", $"{newcomer.Port}", "2");
                await Eventually.SoAsync("its history is known", () => File.ReadAllText(LineageOf(sentinel)).Contains("\"other\"", StringComparison.Ordinal));
            }
        }
        else
        {
            // It goes on from a history of its own.
            newcomer = others.Nodes[1];
            await Eventually.SoAsync("the data are copied", async () => (await newcomer.AskAsync("GET", "theirs")).Text() == "1");
            await newcomer.AskAsync("REPLICAOF", "NO", "ONE");
        }
        await FillAsync(lab, lab.Nodes[0]);
        await LookAsync(lab);
        await lab.Nodes[0].KillAsync();
        await Eventually.SoAsync("the newcomer has the address", async () => (await newcomer.AskAsync("CONFIG", "SET", "port", $"{lab.Nodes[0].Port}")).Text() == "OK");
        foreach (SentinelNode sentinel in lab.Sentinels)
            await sentinel.SaysAsync("+switch-master");
        RedisNode next = await lab.MasterAsync();
        Assert.NotEmpty(lab.Events("+master-foreign-data"));
        Assert.Equal(Keys, await SizeAsync(next));
        await Eventually.SoAsync("the other replica follows", async () => (await lab.Nodes.Single(node => node != next && node != lab.Nodes[0]).RoleAsync()) == $"slave of {next.Port}");
        await LookAsync(lab);
        Assert.Equal("1", (await lab.Nodes[0].AskAsync("GET", "theirs")).Text());
        Assert.Equal("master", await lab.Nodes[0].RoleAsync());
    }

    [Fact]
    public async Task What_an_operator_adopts_is_the_groups()
    {
        RedisLab lab = await HealthyLabAsync(new LabOptions { DownAfter = TimeSpan.FromSeconds(30), Sentinels = [Make.Ours], Quorum = 2 });
        await HoldSynchronisationsAsync(lab.Nodes[0]);
        await FillAsync(lab, lab.Nodes[0]);
        await LookAsync(lab);
        await lab.Nodes[0].RestartAsync();
        SentinelNode sentinel = lab.Sentinels[0];
        await sentinel.SaysAsync("+sdown");
        Assert.Equal("OK", (await sentinel.AskAsync("SENTINEL", "ADOPT", RedisLab.MasterName)).Text());
        await sentinel.SaysAsync("-sdown");
        Assert.Single(sentinel.Events("+master-data-adopted"));
        Assert.True((await sentinel.AskAsync("SENTINEL", "ADOPT", "nobody")).IsError);
    }

    [Fact]
    public async Task Where_it_is_switched_off_an_empty_master_is_the_master()
    {
        RedisLab lab = await HealthyLabAsync(Options() with { Sentinel = $"sentinel empty-restart-failover {RedisLab.MasterName} no" });
        await FillAsync(lab, lab.Nodes[0]);
        await lab.Nodes[0].RestartAsync();
        foreach (SentinelNode sentinel in lab.Sentinels)
            await sentinel.SaysAsync("+reboot");
        await lab.SettleAsync();
        Assert.Equal(lab.Nodes[0], await lab.MasterAsync());
        Assert.Empty(lab.Events("+master-lost-data"));
    }

    private static string LineageOf(SentinelNode sentinel) => $"{sentinel.ConfigurationFile}.lineage";

    /// <summary>After its next start it lets its replicas wait for its data.</summary>
    private static Task HoldSynchronisationsAsync(RedisNode node) => File.AppendAllTextAsync(node.ConfigurationFile, "repl-diskless-sync-delay 60\n");

    private static async Task FillAsync(RedisLab lab, RedisNode master)
    {
        await master.AskAsync("EVAL", $"for i = 1, {Keys} do redis.call('SET', 'key' .. i, i) end", "0");
        foreach (RedisNode node in lab.Nodes)
            await Eventually.SoAsync($"{node} has the data", async () => await SizeAsync(node) == Keys);
    }

    private static async Task<long> SizeAsync(RedisNode node) => long.Parse((await node.AskAsync("DBSIZE")).Text(), CultureInfo.InvariantCulture);

    private static async Task<string> HistoryAsync(RedisNode node) => (await node.AskAsync("INFO", "replication")).InfoFields()["master_replid"];

    /// <summary>Waits until all sentinels have seen whether the master has keys.</summary>
    private static async Task LookAsync(RedisLab lab)
    {
        RedisNode master = await lab.MasterAsync();
        bool hasKeys = await SizeAsync(master) > 0;
        foreach (SentinelNode sentinel in lab.Sentinels)
        {
            await sentinel.AskAsync("SENTINEL", "DEBUG", "INFO-PERIOD", "200");
            await Eventually.SoAsync($"{sentinel} has seen what {master} has", async () =>
                (await sentinel.AskAsync("SENTINEL", "INFO-CACHE", RedisLab.MasterName)).Items[1].Items[0].Items[1].Text().Contains("db0:keys=", StringComparison.Ordinal) == hasKeys);
        }
    }
}
