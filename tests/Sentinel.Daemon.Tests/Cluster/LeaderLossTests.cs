using Sentinel.Daemon.Tests.Lab;
using Xunit.Abstractions;

namespace Sentinel.Daemon.Tests.Cluster;

/// <summary>The sentinel that leads a failover dies in the middle of it.</summary>
public sealed class LeaderLossTests(ITestOutputHelper output) : LabTests(output)
{
    [Theory]
    [InlineData("+try-failover")]
    [InlineData("+elected-leader")]
    [InlineData("+promoted-slave")]
    public async Task The_others_bring_about_one_master_whenever_the_leader_dies(string moment)
    {
        RedisLab lab = await HealthyLabAsync(new LabOptions());
        await lab.Nodes[0].KillAsync();
        await KillWhoSaysAsync(lab, moment);
        await ConvergeAsync(lab);
    }

    /// <summary>The order reaches the node after the death of who gave it; another promotion would make two masters of one fault.</summary>
    [Fact]
    public async Task A_replica_that_becomes_master_after_the_leader_died_is_the_master()
    {
        RedisLab lab = await HealthyLabAsync(new LabOptions { Node = i => i == 1 ? "replica-priority 1" : "" });
        RedisNode best = lab.Nodes[1];
        await lab.Nodes[0].KillAsync();
        await Eventually.SoAsync("somebody holds the master down", () => lab.Events("+sdown").Length > 0);
        best.Process.Freeze();
        SentinelNode leader = await KillWhoSaysAsync(lab, "+failover-state-wait-promotion");
        bool wasChosen = leader.Events("+selected-slave")[0].StartsWith($"slave 127.0.0.1:{best.Port} ", StringComparison.Ordinal);
        best.Process.Resume();
        RedisNode master = await ConvergeAsync(lab);
        // On a machine so slow that it was held down before the choice, this is one more history that must end well.
        if (wasChosen)
            Assert.Equal(best, master);
    }

    private static async Task<SentinelNode> KillWhoSaysAsync(RedisLab lab, string moment)
    {
        SentinelNode? leader = null;
        await Eventually.SoAsync($"somebody says {moment}", () => (leader = lab.Sentinels.FirstOrDefault(sentinel => sentinel.Events(moment).Length > 0)) is not null);
        await leader!.KillAsync();
        return leader;
    }

    private static async Task<RedisNode> ConvergeAsync(RedisLab lab)
    {
        RedisNode master = await lab.MasterAfterAsync(lab.Nodes[0]);
        await lab.StartAsync();
        await lab.SettleAsync();
        Assert.Equal(master, await lab.MasterAsync());
        return master;
    }
}
