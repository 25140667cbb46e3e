using Sentinel.Daemon.Tests.Lab;
using Xunit.Abstractions;

namespace Sentinel.Daemon.Tests.Cluster;

/// <summary>A quorum may hold the master down; only a majority may replace it.</summary>
public sealed class MajorityTests(ITestOutputHelper output) : LabTests(output)
{
    [Fact]
    public async Task One_of_three_sentinels_replaces_nobody_and_says_why_and_two_of_three_do()
    {
        RedisLab lab = await HealthyLabAsync(new LabOptions { Quorum = 1 });
        SentinelNode alone = lab.Sentinels[0];
        await lab.Sentinels[1].KillAsync();
        await lab.Sentinels[2].KillAsync();
        await Eventually.SoAsync("it holds both others down", () => alone.Events("+sdown").Count(payload => payload.StartsWith("sentinel ", StringComparison.Ordinal)) == 2);
        Assert.Equal(
            "NOQUORUM 1 usable Sentinels. Not enough available Sentinels to reach the majority and authorize a failover",
            (await alone.AskAsync("SENTINEL", "CKQUORUM", RedisLab.MasterName)).Text());

        await lab.Nodes[0].KillAsync();
        await alone.SaysAsync("+odown");
        await alone.LogsAsync($"No failover of {RedisLab.MasterName} is tried: only 1 of 3 Sentinels can be reached, and 2 votes are needed");
        Assert.Empty(alone.Events("+switch-master"));
        Assert.Empty(alone.Events("+elected-leader"));
        Assert.All(await Task.WhenAll(lab.Nodes.Skip(1).Select(node => node.RoleAsync())), role => Assert.StartsWith("slave", role));

        await lab.Sentinels[1].StartAsync();
        RedisNode master = await lab.MasterAfterAsync(lab.Nodes[0]);
        Assert.Single(lab.Events("+promoted-slave"));
        await lab.Nodes[0].StartAsync();
        await lab.Sentinels[2].StartAsync();
        await lab.SettleAsync();
        Assert.Equal(master, await lab.MasterAsync());
    }
}
