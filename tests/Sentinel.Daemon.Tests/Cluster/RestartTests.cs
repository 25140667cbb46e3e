using Sentinel.Daemon.Tests.Lab;
using Xunit.Abstractions;

namespace Sentinel.Daemon.Tests.Cluster;

/// <summary>Who dies and comes back, and what it still knows.</summary>
public sealed class RestartTests(SharedLab shared, ITestOutputHelper output) : LabTests(output), IClassFixture<SharedLab>
{
    [Fact]
    public async Task A_replica_that_is_back_is_no_longer_down_and_still_listed()
    {
        RedisLab lab = await HealthyLabAsync(shared);
        RedisNode master = await lab.MasterAsync();
        RedisNode replica = lab.Nodes.First(node => node != master);
        string about = $"slave 127.0.0.1:{replica.Port} 127.0.0.1 {replica.Port} @ {RedisLab.MasterName} 127.0.0.1 {master.Port}";

        await replica.KillAsync();
        foreach (SentinelNode sentinel in lab.Sentinels)
        {
            await sentinel.SaysAsync("+sdown");
            Assert.Equal([about], sentinel.Events("+sdown"));
            Assert.Contains(await sentinel.ReplicasAsync(), listed => listed["port"] == $"{replica.Port}" && listed["flags"].StartsWith("s_down,slave", StringComparison.Ordinal));
        }
        await replica.StartAsync();
        await lab.SettleAsync();
        foreach (SentinelNode sentinel in lab.Sentinels)
        {
            Assert.Equal([about], sentinel.Events("-sdown"));
            Assert.Empty(sentinel.Events("+slave"));
            Assert.Empty(sentinel.Events("+switch-master"));
        }
    }

    [Fact]
    public async Task A_master_that_is_back_before_it_counts_as_down_stays_master()
    {
        RedisLab lab = await HealthyLabAsync(new LabOptions { DownAfter = TimeSpan.FromSeconds(10) });
        RedisNode master = await lab.MasterAsync();
        await master.RestartAsync();
        foreach (SentinelNode sentinel in lab.Sentinels)
            await sentinel.SaysAsync("+reboot");
        await lab.SettleAsync();
        Assert.Equal(master, await lab.MasterAsync());
        Assert.Empty(lab.Events("+sdown"));
        Assert.Empty(lab.Events("+try-failover"));
    }

    [Fact]
    public async Task A_sentinel_that_is_back_is_the_same_and_knows_at_once_what_it_knew()
    {
        RedisLab lab = await HealthyLabAsync(shared);
        RedisNode former = await lab.MasterAsync();
        await lab.Sentinels[1].AskAsync("SENTINEL", "FAILOVER", RedisLab.MasterName);    // so that there are epochs to keep
        RedisNode master = await lab.MasterAfterAsync(former);
        await lab.SettleAsync();
        SentinelNode sentinel = lab.Sentinels[0];
        string id = (await sentinel.AskAsync("SENTINEL", "MYID")).Text();
        string epoch = (await sentinel.MasterAsync())["config-epoch"];
        sentinel.Log.Mark();

        await sentinel.RestartAsync();
        Dictionary<string, string> known = await sentinel.MasterAsync();
        Assert.Equal((epoch, "2", "2"), (known["config-epoch"], known["num-slaves"], known["num-other-sentinels"]));
        Assert.Equal(master.Port, await sentinel.MasterPortAsync());
        Assert.Equal(id, (await sentinel.AskAsync("SENTINEL", "MYID")).Text());

        await lab.SettleAsync();
        Assert.Empty(sentinel.Events("+slave"));
        Assert.Empty(sentinel.Events("+sentinel"));
        Assert.Empty(sentinel.Events("+new-epoch"));
        Assert.StartsWith("OK 3 usable Sentinels.", (await lab.Sentinels[1].AskAsync("SENTINEL", "CKQUORUM", RedisLab.MasterName)).Text());
    }

    [Fact]
    public async Task What_a_sentinel_has_found_out_is_in_its_file_beside_what_the_operator_wrote()
    {
        RedisLab lab = await HealthyLabAsync(shared);
        RedisNode former = await lab.MasterAsync();
        await lab.Sentinels[2].AskAsync("SENTINEL", "FAILOVER", RedisLab.MasterName);
        RedisNode master = await lab.MasterAfterAsync(former);
        await lab.SettleAsync();
        foreach (SentinelNode sentinel in lab.Sentinels)
        {
            string epoch = (await sentinel.MasterAsync())["config-epoch"];
            string[] peers = await Task.WhenAll(lab.Sentinels.Where(other => other != sentinel).Select(async other =>
                $"sentinel known-sentinel {RedisLab.MasterName} 127.0.0.1 {other.Port} {(await other.AskAsync("SENTINEL", "MYID")).Text()}"));
            string[] expected =
            [
                "# Ours, the first line of the operator",
                "# the operator says why this master is watched",
                $"sentinel down-after-milliseconds {RedisLab.MasterName} 1000",
                $"sentinel monitor {RedisLab.MasterName} 127.0.0.1 {master.Port} 2",
                $"sentinel myid {(await sentinel.AskAsync("SENTINEL", "MYID")).Text()}",
                $"sentinel config-epoch {RedisLab.MasterName} {epoch}",
                $"sentinel leader-epoch {RedisLab.MasterName} {(sentinel == lab.Sentinels[2] ? epoch : "*")}",
                $"sentinel current-epoch {epoch}",
                .. lab.Nodes.Where(node => node != master).Select(node => $"sentinel known-replica {RedisLab.MasterName} 127.0.0.1 {node.Port}"),
                .. peers,
            ];
            // The last save may be under way when its cause is already seen.
            await Eventually.UndisputedAsync($"{sentinel} has saved what it knows", async () =>
            {
                string[] lines = await File.ReadAllLinesAsync(sentinel.ConfigurationFile);
                return expected.FirstOrDefault(line => !lines.Any(saved => line.EndsWith('*') ? saved.StartsWith(line[..^1], StringComparison.Ordinal) : saved == line)) is { } missing
                    ? $"'{missing}' is not in {string.Join('\n', lines)}"
                    : null;
            });
        }
    }
}
