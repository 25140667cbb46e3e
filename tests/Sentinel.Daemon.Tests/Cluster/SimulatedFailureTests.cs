using Sentinel.Daemon.Tests.Lab;
using Xunit.Abstractions;

namespace Sentinel.Daemon.Tests.Cluster;

/// <summary>SENTINEL SIMULATE-FAILURE, for real.</summary>
public sealed class SimulatedFailureTests(ITestOutputHelper output) : LabTests(output)
{
    [Theory]
    [InlineData("crash-after-election", "+elected-leader")]
    [InlineData("crash-after-promotion", "+promoted-slave")]
    public async Task The_leader_ends_with_99_and_says_why_and_the_others_do_without_it(string failure, string lastEvent)
    {
        RedisLab lab = await HealthyLabAsync(new LabOptions());
        SentinelNode leader = lab.Sentinels[0];
        Assert.Equal("OK", (await leader.AskAsync("SENTINEL", "SIMULATE-FAILURE", failure)).Text());
        Assert.Equal("OK", (await leader.AskAsync("SENTINEL", "FAILOVER", RedisLab.MasterName)).Text());
        Assert.Equal(99, await leader.Process.ExitCodeAsync());
        string[] said = [.. leader.Messages.TakeLast(2)];
        Assert.StartsWith($"{lastEvent} ", said[0], StringComparison.Ordinal);
        Assert.Equal("Sentinel CRASH because of SENTINEL simulate-failure", said[1]);

        await lab.SettleAsync();
        RedisNode master = await lab.MasterAsync();
        await master.KillAsync();
        await lab.MasterAfterAsync(master);
    }
}
