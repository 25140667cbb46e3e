using Sentinel.Daemon.Tests.Lab;
using Sentinel.Resp;
using Xunit.Abstractions;

namespace Sentinel.Daemon.Tests.Cluster;

/// <summary>Only the master is configured; replicas are found in its INFO, the other sentinels by their hellos.</summary>
public sealed class DiscoveryTests(ITestOutputHelper output) : LabTests(output)
{
    [Fact]
    public async Task Sentinels_that_know_only_the_master_find_its_replicas_and_each_other()
    {
        RedisLab lab = NewLab(new LabOptions());
        await lab.StartAsync();
        await lab.SettleAsync();
        int[] replicas = [.. lab.Nodes.Skip(1).Select(node => node.Port).Order()];
        foreach (SentinelNode sentinel in lab.Sentinels)
        {
            int[] peers = [.. lab.Sentinels.Where(other => other != sentinel).Select(other => other.Port).Order()];

            Assert.Equal(replicas, Values(await sentinel.ReplicasAsync(), "port"));
            Assert.Equal(peers, Values(await sentinel.PeersAsync(), "port"));
            string about = $"@ {RedisLab.MasterName} 127.0.0.1 {lab.Nodes[0].Port}";
            Assert.Equal(
                replicas.Select(port => $"slave 127.0.0.1:{port} 127.0.0.1 {port} {about}"),
                sentinel.Events("+slave").Order(StringComparer.Ordinal));
            Assert.Equal(peers, sentinel.Events("+sentinel").Select(payload => int.Parse(payload.Split(' ')[3])).Order());
            Assert.All(sentinel.Events("+sentinel"), payload => Assert.EndsWith(about, payload));

            RespValue masters = await sentinel.AskAsync("SENTINEL", "MASTERS");
            Dictionary<string, string> master = Assert.Single(masters.Items).Fields();
            Assert.Equal(
                (RedisLab.MasterName, "127.0.0.1", $"{lab.Nodes[0].Port}", "2", "2", "2"),
                (master["name"], master["ip"], master["port"], master["num-slaves"], master["num-other-sentinels"], master["quorum"]));
            Assert.Equal(
                "OK 3 usable Sentinels. Quorum and failover authorization can be reached",
                (await sentinel.AskAsync("SENTINEL", "CKQUORUM", RedisLab.MasterName)).Text());
        }
    }

    private static int[] Values(IEnumerable<Dictionary<string, string>> maps, string field) => [.. maps.Select(map => int.Parse(map[field])).Order()];
}
