using Sentinel.Daemon.Tests.Lab;
using Xunit.Abstractions;

namespace Sentinel.Daemon.Tests.Names;

/// <summary>Real nodes that call themselves by a host name, watched by ours and a redis-sentinel together.</summary>
public sealed class NamedClusterTests(ITestOutputHelper output) : LabTests(output)
{
    private const string Resolving = "sentinel resolve-hostnames yes";
    private const string Announcing = $"{Resolving}\nsentinel announce-hostnames yes";

    // Wherever localhost leads first, the servers are there: redis-sentinel looks at the first address only.
    private static readonly LabOptions Named = new()
    {
        Host = "localhost",
        Bind = "127.0.0.1 -::1",
        Node = _ => "replica-announce-ip localhost",
        DownAfter = TimeSpan.FromSeconds(2),
        Sentinels = [Make.Ours, Make.Ours, Make.Redis],
    };

    [Fact]
    public async Task A_failover_among_names_is_told_in_names_and_all_agree()
    {
        RedisLab lab = await HealthyLabAsync(Named with { Sentinel = Announcing });
        await lab.Nodes[0].KillAsync();
        RedisNode master = await lab.MasterAfterAsync(lab.Nodes[0]);
        await lab.Nodes[0].StartAsync();
        await lab.SettleAsync();
        Assert.All(lab.Sentinels, sentinel => Assert.Equal([$"{RedisLab.MasterName} localhost {lab.Nodes[0].Port} localhost {master.Port}"], sentinel.Events("+switch-master")));
        foreach (SentinelNode sentinel in lab.Sentinels)
        {
            Assert.Equal(["localhost", $"{master.Port}"], (await sentinel.AskAsync("SENTINEL", "GET-MASTER-ADDR-BY-NAME", RedisLab.MasterName)).Texts());
            Assert.All(await sentinel.ReplicasAsync(), replica => Assert.StartsWith("localhost:", replica["name"]));
        }
        foreach (RedisNode node in lab.Nodes.Where(node => node != master))
            Assert.Equal("localhost", (await node.AskAsync("ROLE")).Items[1].Text());
        AssertQuietAndNamed(lab, master);
    }

    [Fact]
    public async Task A_failover_among_names_is_told_in_addresses_where_names_are_not_announced()
    {
        RedisLab lab = await HealthyLabAsync(Named with { Sentinel = Resolving, Sentinels = [Make.Ours, Make.Ours] });
        await lab.Nodes[0].KillAsync();
        RedisNode master = await lab.MasterAfterAsync(lab.Nodes[0]);
        await lab.Nodes[0].StartAsync();
        await lab.SettleAsync();
        Assert.All(lab.Sentinels, sentinel => Assert.DoesNotContain("localhost", Assert.Single(sentinel.Events("+switch-master")), StringComparison.Ordinal));
        foreach (RedisNode node in lab.Nodes.Where(node => node != master))
            Assert.NotEqual("localhost", (await node.AskAsync("ROLE")).Items[1].Text());
        AssertQuietAndNamed(lab, master);

        // The names are still there, for us and for redis-sentinel, which starts from our file.
        await lab.Sentinels[0].KillAsync();
        lab.Sentinels[0].Make = Make.Redis;
        await lab.Sentinels[0].StartAsync();
        await lab.SettleAsync();
        Assert.Equal(master, await lab.MasterAsync());
    }

    [Fact]
    public async Task Options_about_names_change_what_is_shown_at_once_and_leave_a_file_that_can_be_read()
    {
        RedisLab lab = await HealthyLabAsync(Named with { Sentinel = Announcing, Sentinels = [Make.Ours] , Quorum = 1 });
        SentinelNode sentinel = lab.Sentinels[0];
        Assert.Equal("localhost", (await sentinel.MasterAsync())["ip"]);
        Assert.Equal("OK", (await sentinel.AskAsync("SENTINEL", "CONFIG", "SET", "announce-hostnames", "no")).Text());
        Assert.NotEqual("localhost", (await sentinel.MasterAsync())["ip"]);
        Assert.Contains($"sentinel monitor {RedisLab.MasterName} localhost ", await File.ReadAllTextAsync(sentinel.ConfigurationFile), StringComparison.Ordinal);
        Assert.Equal("OK", (await sentinel.AskAsync("SENTINEL", "CONFIG", "SET", "resolve-hostnames", "no")).Text());
        await sentinel.RestartAsync();
        await lab.SettleAsync();
        Assert.DoesNotContain("localhost", await File.ReadAllTextAsync(sentinel.ConfigurationFile), StringComparison.Ordinal);
    }

    private static void AssertQuietAndNamed(RedisLab lab, RedisNode master)
    {
        Assert.Empty(lab.Events("+fix-slave-config"));
        Assert.Empty(lab.Events("+sentinel-address-switch"));
        Assert.Empty(lab.Events("+sentinel-invalid-addr"));
        Assert.All(
            lab.Sentinels.Where(sentinel => sentinel.Make is Make.Ours),
            sentinel => Assert.Contains($"sentinel monitor {RedisLab.MasterName} localhost {master.Port} ", File.ReadAllText(sentinel.ConfigurationFile), StringComparison.Ordinal));
    }
}
