using Sentinel.Daemon.Tests.Lab;
using Sentinel.Resp;
using Xunit.Abstractions;

namespace Sentinel.Daemon.Tests.Cluster;

/// <summary>The master goes, one replica takes over, and whoever comes back finds its place.</summary>
public sealed class FailoverTests(SharedLab shared, ITestOutputHelper output) : LabTests(output), IClassFixture<SharedLab>
{
    /// <summary>Redis Sentinel leaves a former master alone for 8 s at least, and takes up to 10 s more.</summary>
    private static readonly TimeSpan LongBeforeRedis = TimeSpan.FromSeconds(8);

    private static readonly string[] Failover = ["SENTINEL", "FAILOVER", RedisLab.MasterName];

    [Fact]
    public async Task A_killed_master_is_replaced_once_and_is_a_replica_when_it_is_back()
    {
        RedisLab lab = await HealthyLabAsync(shared);
        RedisNode former = await lab.MasterAsync();
        await former.KillAsync();
        RedisNode master = await lab.MasterAfterAsync(former);
        RedisNode other = lab.Nodes.Single(node => node != former && node != master);
        await Eventually.SoAsync("the other replica follows the new master", async () => await other.RoleAsync() == $"slave of {master.Port}");
        Assert.All(lab.Sentinels, sentinel => Assert.Single(sentinel.Events("+switch-master")));

        await former.StartAsync();
        await FollowsAsync(former, master);
        await lab.SettleAsync();
        AssertSwitchedOnce(lab, former, master);
    }

    [Fact]
    public async Task A_frozen_master_is_replaced_once_and_is_demoted_when_it_runs_again()
    {
        RedisLab lab = await HealthyLabAsync(shared);
        RedisNode former = await lab.MasterAsync();
        former.Process.Freeze();
        RedisNode master = await lab.MasterAfterAsync(former);
        former.Process.Resume();
        await FollowsAsync(former, master);
        await lab.SettleAsync();
        AssertSwitchedOnce(lab, former, master);
    }

    [Fact]
    public async Task A_failover_on_order_swaps_the_roles_once_and_nobody_holds_the_master_down()
    {
        RedisLab lab = await HealthyLabAsync(shared);
        RedisNode former = await lab.MasterAsync();
        Assert.Equal("OK", (await lab.Sentinels[0].AskAsync(Failover)).Text());
        RedisNode master = await lab.MasterAfterAsync(former);
        await FollowsAsync(former, master);
        await lab.SettleAsync();
        AssertSwitchedOnce(lab, former, master);
        Assert.Empty(lab.Events("+odown"));
        Assert.Single(lab.Sentinels[0].Events("+elected-leader"));
    }

    [Fact]
    public async Task A_failover_on_order_is_refused_while_one_is_in_progress()
    {
        RedisLab lab = await HealthyLabAsync(shared);
        RedisNode former = await lab.MasterAsync();
        using RespConnection client = await RespConnection.ConnectAsync(lab.Sentinels[0].Port);
        RespValue[] replies = await client.AskTogetherAsync(Failover, Failover);
        Assert.Equal(["OK", "INPROG Failover already in progress"], replies.Select(reply => reply.Text()));
        RedisNode master = await lab.MasterAfterAsync(former);
        await lab.SettleAsync();
        AssertSwitchedOnce(lab, former, master);
    }

    /// <summary>Sentinels that believe a replica's link to be broken keep clients away from it.</summary>
    [Fact]
    public async Task Every_sentinel_sees_all_replicas_linked_to_the_new_master_soon()
    {
        RedisLab lab = await HealthyLabAsync(shared);
        // One of several, for it takes an INFO in the very moment in which a replica changes its master.
        for (int i = 0; i < 3; i++)
        {
            RedisNode former = await lab.MasterAsync();
            await lab.Sentinels[0].AskAsync(Failover);
            await lab.MasterAfterAsync(former);
            await lab.SettleAsync(LongBeforeRedis);
        }
    }

    private static Task FollowsAsync(RedisNode former, RedisNode master) => Eventually.SoAsync(
        $"the former {former} follows {master}",
        async () => (await former.RoleAsync()).StartsWith($"slave of {master.Port}", StringComparison.Ordinal),
        LongBeforeRedis);

    /// <summary>Everybody said so once, and nobody has seen another one since.</summary>
    private static void AssertSwitchedOnce(RedisLab lab, RedisNode former, RedisNode master)
    {
        foreach (SentinelNode sentinel in lab.Sentinels)
            Assert.Equal([$"{RedisLab.MasterName} 127.0.0.1 {former.Port} 127.0.0.1 {master.Port}"], sentinel.Events("+switch-master"));
        Assert.StartsWith($"slave 127.0.0.1:{master.Port} ", Assert.Single(lab.Events("+promoted-slave")));
        Assert.Single(lab.Events("+elected-leader"));
    }
}
