using Sentinel.Daemon.Tests.Lab;
using Xunit.Abstractions;

namespace Sentinel.Daemon.Tests.Names;

/// <summary>Real servers that announce another address than the one their connections come from, as behind a NAT.</summary>
public sealed class AnnouncedClusterTests(ITestOutputHelper output) : LabTests(output)
{
    /// <summary>What is announced. Connections to it come from 127.0.0.1, or from itself.</summary>
    private const string Announced = "127.0.0.2";

    [Fact]
    public async Task Nodes_and_sentinels_are_known_by_what_they_announce_through_a_failover()
    {
        RedisLab lab = await HealthyLabAsync(new LabOptions
        {
            Host = Announced,
            Bind = $"127.0.0.1 {Announced}",
            Node = _ => $"replica-announce-ip {Announced}",
            Sentinel = $"sentinel announce-ip {Announced}",
            DownAfter = TimeSpan.FromSeconds(2),
            Sentinels = [Make.Ours, Make.Ours, Make.Redis],
        });
        await lab.Nodes[0].KillAsync();
        RedisNode master = await lab.MasterAfterAsync(lab.Nodes[0]);
        await lab.Nodes[0].StartAsync();
        await lab.SettleAsync();
        foreach (SentinelNode sentinel in lab.Sentinels)
        {
            Assert.Equal([Announced, $"{master.Port}"], (await sentinel.AskAsync("SENTINEL", "GET-MASTER-ADDR-BY-NAME", RedisLab.MasterName)).Texts());
            Assert.All(await sentinel.ReplicasAsync(), replica => Assert.Equal(Announced, replica["ip"]));
            Assert.All(await sentinel.PeersAsync(), peer => Assert.Equal(Announced, peer["ip"]));
            Assert.Equal([$"{RedisLab.MasterName} {Announced} {lab.Nodes[0].Port} {Announced} {master.Port}"], sentinel.Events("+switch-master"));
        }
        Assert.Empty(lab.Events("+sentinel-address-switch"));
        Assert.Empty(lab.Events("+fix-slave-config"));
    }
}
