using Sentinel.Daemon.Tests.Lab;
using Xunit.Abstractions;

namespace Sentinel.Daemon.Tests.Cluster;

/// <summary>Ours and redis-sentinel in one quorum, and in each other's place.</summary>
public sealed class MixedQuorumTests(ITestOutputHelper output) : LabTests(output)
{
    /// <summary>
    /// Of a new master redis-sentinel counts the silence at once, but may put off to connect to it for a second: with one second
    /// it would hold every new master down, and replace it again.
    /// </summary>
    private static readonly TimeSpan DownAfter = TimeSpan.FromSeconds(2);

    [Theory]
    [InlineData(2, 1)]
    [InlineData(1, 2)]
    public async Task A_mixed_quorum_replaces_the_master_and_agrees(int ours, int theirs)
    {
        RedisLab lab = await HealthyLabAsync(new LabOptions
        {
            Sentinels = [.. Enumerable.Repeat(Make.Ours, ours), .. Enumerable.Repeat(Make.Redis, theirs)],
            DownAfter = DownAfter,
            SentinelPassword = "secret",
        });
        foreach (SentinelNode sentinel in lab.Sentinels)
            Assert.StartsWith("OK 3 usable Sentinels.", (await sentinel.AskAsync("SENTINEL", "CKQUORUM", RedisLab.MasterName)).Text());
        await lab.Nodes[0].KillAsync();
        RedisNode master = await lab.MasterAfterAsync(lab.Nodes[0]);
        await lab.Nodes[0].StartAsync();
        await lab.SettleAsync();
        Assert.Equal(master, await lab.MasterAsync());
        Assert.All(lab.Sentinels, sentinel => Assert.Equal([$"{RedisLab.MasterName} 127.0.0.1 {lab.Nodes[0].Port} 127.0.0.1 {master.Port}"], sentinel.Events("+switch-master")));
        Assert.Single(lab.Events("+promoted-slave"));
    }

    [Fact]
    public async Task A_failover_that_redis_sentinel_leads_is_followed_by_ours_and_the_other_way_round()
    {
        RedisLab lab = await HealthyLabAsync(new LabOptions { Sentinels = [Make.Ours, Make.Redis], DownAfter = DownAfter });
        foreach (SentinelNode leader in lab.Sentinels.Reverse())
        {
            RedisNode former = await lab.MasterAsync();
            Assert.Equal("OK", (await leader.AskAsync("SENTINEL", "FAILOVER", RedisLab.MasterName)).Text());
            await leader.SaysAsync("+promoted-slave");
            await lab.MasterAfterAsync(former);
            await lab.SettleAsync();
        }
        Assert.All(lab.Sentinels, sentinel => Assert.Equal(2, sentinel.Events("+switch-master").Length));
        Assert.All(lab.Sentinels, sentinel => Assert.Single(sentinel.Events("+promoted-slave")));
    }

    [Fact]
    public async Task Ours_elect_a_redis_sentinel_that_saw_the_master_fail_first()
    {
        RedisLab lab = await HealthyLabAsync(new LabOptions { Sentinels = [Make.Ours, Make.Ours, Make.Redis], DownAfter = DownAfter, Quorum = 1 });
        foreach (SentinelNode ours in lab.Sentinels.Take(2))
            await ours.AskAsync("SENTINEL", "SET", RedisLab.MasterName, "down-after-milliseconds", "60000");
        await lab.Nodes[0].KillAsync();
        RedisNode master = await lab.MasterAfterAsync(lab.Nodes[0]);
        string leader = (await lab.Sentinels[2].AskAsync("SENTINEL", "MYID")).Text();
        Assert.Single(lab.Sentinels[2].Events("+elected-leader"));
        Assert.Contains(lab.Sentinels.Take(2), ours => ours.Events("+vote-for-leader").SequenceEqual([$"{leader} 1"]));
        Assert.All(lab.Sentinels.Take(2), ours => Assert.Empty(ours.Events("+odown")));

        await lab.Nodes[0].StartAsync();
        await lab.SettleAsync();
        Assert.Equal(master, await lab.MasterAsync());
        Assert.All(lab.Sentinels, sentinel => Assert.Single(sentinel.Events("+switch-master")));
    }

    [Fact]
    public async Task Either_goes_on_from_the_file_of_the_other()
    {
        RedisLab lab = await HealthyLabAsync(new LabOptions { DownAfter = DownAfter });
        SentinelNode sentinel = lab.Sentinels[0];
        foreach (Make make in (Make[])[Make.Redis, Make.Ours])
        {
            // Something to carry over that was not in the file at first.
            RedisNode former = await lab.MasterAsync();
            await sentinel.AskAsync("SENTINEL", "FAILOVER", RedisLab.MasterName);
            RedisNode master = await lab.MasterAfterAsync(former);
            await lab.SettleAsync();
            string[] before = await StateAsync(sentinel);
            Assert.Equal("OK", (await sentinel.AskAsync("SENTINEL", "FLUSHCONFIG")).Text());

            await sentinel.KillAsync();
            sentinel.Make = make;
            sentinel.Log.Mark();
            await sentinel.StartAsync();
            Assert.Equal(before, await StateAsync(sentinel));
            await lab.SettleAsync();
            Assert.Equal(before, await StateAsync(sentinel));
            Assert.Equal(master, await lab.MasterAsync());
            Assert.Empty(sentinel.Events("+sentinel"));
            Assert.Empty(sentinel.Events("+switch-master"));
        }
    }

    /// <summary>What a sentinel is and knows, that does not depend on time.</summary>
    private static async Task<string[]> StateAsync(SentinelNode sentinel)
    {
        Dictionary<string, string> master = await sentinel.MasterAsync();
        string[] fields = ["ip", "port", "quorum", "config-epoch", "down-after-milliseconds", "failover-timeout", "parallel-syncs"];
        return
        [
            (await sentinel.AskAsync("SENTINEL", "MYID")).Text(),
            .. fields.Select(field => $"{field} {master[field]}"),
            .. (await sentinel.ReplicasAsync()).Select(replica => replica["name"]).Order(StringComparer.Ordinal),
            .. (await sentinel.PeersAsync()).Select(peer => $"{peer["runid"]} {peer["port"]}").Order(StringComparer.Ordinal),
        ];
    }
}
