using System.Text;
using Sentinel.Daemon.Tests.Lab;
using Sentinel.Resp;
using Xunit.Abstractions;

namespace Sentinel.Daemon.Tests.Cluster;

/// <summary>Which replica becomes master.</summary>
public sealed class ReplicaChoiceTests(ITestOutputHelper output) : LabTests(output)
{
    [Fact]
    public async Task The_smallest_priority_wins_and_0_is_never_promoted()
    {
        int[] priorities = [100, 0, 50, 10];
        RedisLab lab = await HealthyLabAsync(new LabOptions
        {
            Replicas = 3,
            Node = i => $"replica-priority {priorities[i]}",
        });
        await lab.Nodes[0].KillAsync();
        Assert.Equal(lab.Nodes[3], await lab.MasterAfterAsync(lab.Nodes[0]));
        await lab.Nodes[3].KillAsync();
        Assert.Equal(lab.Nodes[2], await lab.MasterAfterAsync(lab.Nodes[3]));
        await lab.Nodes[2].KillAsync();
        await Eventually.SoAsync("a failover finds no replica", () => lab.Events("-failover-abort-no-good-slave").Length > 0);
        Assert.Contains(lab.Messages, message => message.Contains($"127.0.0.1:{lab.Nodes[1].Port}: its priority is 0", StringComparison.Ordinal));
        Assert.StartsWith("slave", await lab.Nodes[1].RoleAsync());
    }

    [Fact]
    public async Task Without_a_good_replica_no_failover_can_be_ordered()
    {
        RedisLab lab = await HealthyLabAsync(new LabOptions { Replicas = 1, Sentinels = [Make.Ours], Quorum = 1, Node = _ => "replica-priority 0" });
        RespValue reply = await lab.Sentinels[0].AskAsync("SENTINEL", "FAILOVER", RedisLab.MasterName);
        Assert.True(reply.IsError);
        Assert.Equal("NOGOODSLAVE No suitable replica to promote", reply.Text());
        Assert.Empty(lab.Events("+try-failover"));
    }

    [Fact]
    public async Task Of_equal_priorities_the_one_with_most_data_wins()
    {
        RedisLab lab = await HealthyLabAsync(new LabOptions());
        // The one that would win by its run id is the one that is held back.
        RedisNode[] replicas = [.. lab.Nodes.Skip(1)];
        string[] ids = await Task.WhenAll(replicas.Select(async node => (await node.AskAsync("INFO", "server")).InfoFields()["run_id"]));
        Array.Sort(ids, replicas, StringComparer.OrdinalIgnoreCase);
        (RedisNode behind, RedisNode ahead) = (replicas[0], replicas[1]);

        behind.Process.Freeze();
        // Far more than the buffers of a connection hold, from which it will read on when it is resumed.
        const int Keys = 48;
        string megabyte = new StringBuilder().Append('x', 1024 * 1024).ToString();
        using (RespConnection client = await RespConnection.ConnectAsync(lab.Nodes[0].Port))
        {
            for (int i = 0; i < Keys; i++)
                await client.AskAsync("SET", $"key{i}", megabyte);
            await client.AskAsync("WAIT", "1", "10000");
        }
        await lab.Nodes[0].KillAsync();
        behind.Process.Resume();

        Assert.Equal(ahead, await lab.MasterAfterAsync(lab.Nodes[0]));
        Assert.Equal($"{Keys}", (await ahead.AskAsync("DBSIZE")).Text());
    }

    [Fact]
    public async Task When_all_replicas_were_silent_the_first_that_answers_again_is_promoted_soon()
    {
        RedisLab lab = await HealthyLabAsync(new LabOptions());
        foreach (RedisNode replica in lab.Nodes.Skip(1))
            replica.Process.Freeze();
        await AllHoldDownAsync(lab, 2);
        await lab.Nodes[0].KillAsync();
        await Eventually.SoAsync("a failover finds no replica", () => lab.Events("-failover-abort-no-good-slave").Length > 0);
        lab.Nodes[1].Process.Resume();
        await PromotedSoonAsync(lab, lab.Nodes[1]);
        lab.Nodes[2].Process.Resume();
        await Eventually.SoAsync("the last one follows it", async () => await lab.Nodes[2].RoleAsync() == $"slave of {lab.Nodes[1].Port}");
    }

    /// <summary>As after the power of a rack failed: what is on its disk is all there is left.</summary>
    [Theory]
    [InlineData("appendonly no")]
    [InlineData("appendonly yes")]
    public async Task When_all_nodes_died_a_replica_that_restarts_with_its_data_is_promoted_soon(string persistence)
    {
        RedisLab lab = await HealthyLabAsync(new LabOptions { Node = _ => persistence });
        await lab.Nodes[0].AskAsync("SET", "key", "value");
        await lab.Nodes[0].AskAsync("WAIT", "2", "10000");
        foreach (RedisNode replica in lab.Nodes.Skip(1))
        {
            await Eventually.SoAsync($"{replica} has the key", async () => (await replica.AskAsync("GET", "key")).Is("value"u8));
            await Eventually.SoAsync($"{replica} has saved", async () => (await replica.AskAsync("SAVE")).Is("OK"u8));
            // Until the append-only file from before the synchronisation is replaced, a restart would read that one.
            await Eventually.SoAsync($"{replica} has written its append-only file", async () =>
                (await replica.AskAsync("INFO", "persistence")).InfoFields() is var info && (info["aof_rewrite_in_progress"], info["aof_rewrite_scheduled"]) == ("0", "0"));
        }
        await Task.WhenAll(lab.Nodes.Select(node => node.KillAsync()));
        await Eventually.SoAsync("a failover finds no replica", () => lab.Events("-failover-abort-no-good-slave").Length > 0);
        await lab.Nodes[1].StartAsync();
        await PromotedSoonAsync(lab, lab.Nodes[1]);
        Assert.Equal("value", (await lab.Nodes[1].AskAsync("GET", "key")).Text());
    }

    /// <summary>It would replace what the master, or another replica, may still have by nothing.</summary>
    [Fact]
    public async Task A_replica_that_never_had_any_data_is_not_promoted()
    {
        RedisLab lab = await HealthyLabAsync(new LabOptions { Replicas = 1 });
        await lab.Nodes[0].AskAsync("SET", "key", "value");
        await Task.WhenAll(lab.Nodes.Select(node => node.KillAsync()));
        await lab.Nodes[1].StartAsync();
        await Eventually.SoAsync(
            "it is passed over",
            () => lab.Messages.Any(message => message.Contains($"127.0.0.1:{lab.Nodes[1].Port}: it never synchronised with the master", StringComparison.Ordinal)));
        Assert.StartsWith("slave", await lab.Nodes[1].RoleAsync());
        Assert.Empty(lab.Events("+selected-slave"));
    }

    private static Task AllHoldDownAsync(RedisLab lab, int count) =>
        Eventually.SoAsync($"all hold {count} nodes down", () => lab.Sentinels.All(sentinel => sentinel.Events("+sdown").Length == count));

    /// <summary>Redis Sentinel would wait for twice the failover timeout, 20 s here.</summary>
    private static Task PromotedSoonAsync(RedisLab lab, RedisNode node) => Eventually.UndisputedAsync(
        $"{node} is promoted",
        async () =>
        {
            int[] ports = await Task.WhenAll(lab.Sentinels.Select(sentinel => sentinel.MasterPortAsync()));
            return ports.All(port => port == node.Port) ? null : $"they say {string.Join(", ", ports)}";
        },
        TimeSpan.FromSeconds(12));
}
