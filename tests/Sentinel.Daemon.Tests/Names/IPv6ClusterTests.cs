using System.Net;
using System.Net.Sockets;
using Sentinel.Daemon.Tests.Lab;
using Sentinel.Resp;
using Xunit.Abstractions;

namespace Sentinel.Daemon.Tests.Names;

/// <summary>Real servers that know each other by IPv6 addresses.</summary>
/// <remarks>
/// On a machine without an IPv6 loopback the same runs with IPv4, which the replicas announce as a mapped IPv6 address.
/// </remarks>
public sealed class IPv6ClusterTests(ITestOutputHelper output) : LabTests(output)
{
    private static readonly bool HasIPv6 = CanListenOn(IPAddress.IPv6Loopback);
    private static readonly string Host = HasIPv6 ? "::1" : "127.0.0.1";

    /// <summary>As an operator may write it; redis-sentinel does not know the other ways to write an address for the same one everywhere.</summary>
    private static readonly string Spelt = HasIPv6 ? "0:0:0:0:0:0:0:1" : "::ffff:127.0.0.1";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_failover_over_IPv6_is_agreed_on_and_the_former_master_is_taken_back(bool withRedis)
    {
        RedisLab lab = await HealthyLabAsync(new LabOptions
        {
            Host = withRedis || !HasIPv6 ? Host : Spelt,
            Bind = HasIPv6 ? "127.0.0.1 ::1" : "127.0.0.1",
            Node = index => index == 0 || withRedis ? "" : $"replica-announce-ip {Spelt}",
            DownAfter = TimeSpan.FromSeconds(2),
            Sentinels = withRedis ? [Make.Ours, Make.Ours, Make.Redis] : [Make.Ours, Make.Ours, Make.Ours],
        });
        string name = HasIPv6 ? "[::1]" : Host;
        foreach (SentinelNode sentinel in lab.Sentinels)
        {
            Assert.All(await sentinel.ReplicasAsync(), replica => Assert.Equal(($"{name}:{replica["port"]}", Host), (replica["name"], replica["ip"])));
            Assert.All(await sentinel.PeersAsync(), peer => Assert.Equal(Host, peer["ip"]));
        }
        await lab.Nodes[0].KillAsync();
        RedisNode master = await lab.MasterAfterAsync(lab.Nodes[0]);
        await lab.Nodes[0].StartAsync();
        await lab.SettleAsync();
        Assert.All(lab.Sentinels, sentinel => Assert.Equal([$"{RedisLab.MasterName} {Host} {lab.Nodes[0].Port} {Host} {master.Port}"], sentinel.Events("+switch-master")));
        Assert.Empty(lab.Events("+fix-slave-config"));
        Assert.Empty(lab.Events("+sentinel-address-switch"));
        Assert.Contains($"sentinel monitor {RedisLab.MasterName} {Host} {master.Port} ", await File.ReadAllTextAsync(lab.Sentinels[0].ConfigurationFile), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sentinel_that_listens_on_IPv6_answers_there()
    {
        RedisLab lab = await HealthyLabAsync(new LabOptions { Replicas = 0, Sentinels = [Make.Ours], Quorum = 1, Bind = HasIPv6 ? "127.0.0.1 ::1" : "127.0.0.1" });
        using RespConnection connection = await RespConnection.ConnectAsync(lab.Sentinels[0].Port, IPAddress.Parse(Host));
        RespValue reply = await connection.AskAsync("CLIENT", "LIST");
        Assert.Contains(HasIPv6 ? "addr=[::1]:" : "addr=127.0.0.1:", reply.Text(), StringComparison.Ordinal);
    }

    private static bool CanListenOn(IPAddress ip)
    {
        try
        {
            using var probe = new Socket(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            probe.Bind(new IPEndPoint(ip, 0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
