using Sentinel.Daemon.Tests.Lab;
using Xunit.Abstractions;

namespace Sentinel.Daemon.Tests.Cluster;

/// <summary>A sentinel that is stopped for a while, as SIGSTOP, a suspended machine or swap do it.</summary>
public sealed class TiltTests(ITestOutputHelper output) : LabTests(output)
{
    [Fact]
    public async Task After_a_pause_under_a_healthy_master_it_holds_nobody_down_and_fails_over_at_once_when_the_master_then_dies()
    {
        RedisLab lab = await HealthyLabAsync(new LabOptions { DownAfter = TimeSpan.FromSeconds(4) });
        SentinelNode paused = lab.Sentinels[0];
        paused.Process.Freeze();
        // The pause is then longer than DownAfter, and than the 2 s from which on a pause leads to TILT.
        await Eventually.SoAsync("the others hold it down", () => lab.Sentinels.Skip(1).All(other => other.Events("+sdown").Any(about => about.StartsWith("sentinel ", StringComparison.Ordinal))));
        paused.Process.Resume();
        await paused.SaysAsync("+tilt");
        await paused.SaysAsync("-tilt", within: TimeSpan.FromSeconds(25));    // 30 s is the time of Redis
        await paused.CatchUpAsync();
        Assert.Empty(paused.Events("+sdown"));
        Assert.Empty(paused.Events("+odown"));

        await lab.Nodes[0].KillAsync();
        await lab.MasterAfterAsync(lab.Nodes[0]);
        Assert.Single(lab.Events("+promoted-slave"));
    }
}
