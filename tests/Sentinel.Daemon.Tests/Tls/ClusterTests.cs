using Sentinel.Daemon.Tests.Lab;
using Xunit.Abstractions;

namespace Sentinel.Daemon.Tests.Tls;

/// <summary>Clusters in which nothing is in the clear, and everybody asks everybody for a certificate.</summary>
public sealed class ClusterTests(ITestOutputHelper output) : LabTests(output)
{
    [Theory]
    [InlineData(3, 0)]
    [InlineData(2, 1)]
    [InlineData(1, 2)]
    public async Task A_failover_goes_through_TLS_with_certificates_on_both_sides(int ours, int theirs)
    {
        RedisLab lab = await HealthyLabAsync(new LabOptions
        {
            Tls = true,
            Sentinels = [.. Enumerable.Repeat(Make.Ours, ours), .. Enumerable.Repeat(Make.Redis, theirs)],
            DownAfter = TimeSpan.FromSeconds(2),    // as all quorums with redis-sentinel need
        });
        await lab.Nodes[0].KillAsync();
        RedisNode master = await lab.MasterAfterAsync(lab.Nodes[0]);
        await lab.Nodes[0].StartAsync();
        await lab.SettleAsync();
        Assert.Equal(master, await lab.MasterAsync());
        Assert.All(lab.Sentinels, sentinel => Assert.Single(sentinel.Events("+switch-master")));
    }
}
