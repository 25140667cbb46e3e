using Sentinel.Daemon.Tests.Lab;
using Xunit.Abstractions;

namespace Sentinel.Daemon.Tests.Cluster;

/// <summary>Real servers whose writes are held.</summary>
public sealed class FenceTests(ITestOutputHelper output) : LabTests(output)
{
    [Fact]
    public async Task A_master_that_misses_a_replica_takes_no_writes_while_its_sentinel_hears_no_majority_and_goes_on_when_one_confirms_it()
    {
        RedisLab lab = await HealthyLabAsync(new LabOptions
        {
            DownAfter = TimeSpan.FromSeconds(3),
            Sentinel = $"sentinel fence-after-milliseconds {RedisLab.MasterName} 500",
        });
        await lab.Nodes[1].KillAsync();
        await lab.Sentinels[1].KillAsync();
        await lab.Sentinels[2].KillAsync();
        await lab.Sentinels[0].SaysAsync("+fence");
        Assert.Equal("master,fenced", (await lab.Sentinels[0].MasterAsync())["flags"]);
        // Longer than a hold that is not renewed.
        await Assert.ThrowsAsync<TimeoutException>(() => lab.Nodes[0].AskAsync("SET", "held", "1"));

        await lab.Sentinels[1].RestartAsync();
        await lab.Sentinels[0].SaysAsync("-fence");
        Assert.Equal("OK", (await lab.Nodes[0].AskAsync("SET", "let", "1")).Text());
        Assert.Equal("master", (await lab.Sentinels[0].MasterAsync())["flags"]);
    }
}
