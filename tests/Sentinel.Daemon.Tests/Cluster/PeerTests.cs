using Sentinel.Daemon.Tests.Lab;
using Xunit.Abstractions;

namespace Sentinel.Daemon.Tests.Cluster;

/// <summary>Sentinels among themselves: one that was asleep, that moved, that forgot.</summary>
public sealed class PeerTests(SharedLab shared, ITestOutputHelper output) : LabTests(output), IClassFixture<SharedLab>
{
    [Fact]
    public async Task A_sentinel_that_slept_through_a_failover_blames_nobody_and_learns_of_it()
    {
        RedisLab lab = await HealthyLabAsync(new LabOptions());
        SentinelNode sleeper = lab.Sentinels[0];
        sleeper.Process.Freeze();
        await lab.Nodes[0].KillAsync();
        SentinelNode[] awake = [lab.Sentinels[1], lab.Sentinels[2]];
        await Eventually.SoAsync("the others have switched", () => awake.All(sentinel => sentinel.Events("+switch-master").Length == 1));
        // Longer than it may stand still without noticing, as it would hold down all that was silent to it.
        await Eventually.SoAsync("they hold the sleeper down", () => awake.All(sentinel => sentinel.Events("+sdown").Any(payload => payload.StartsWith("sentinel ", StringComparison.Ordinal))));

        sleeper.Process.Resume();
        await lab.MasterAfterAsync(lab.Nodes[0]);
        await lab.Nodes[0].StartAsync();
        await lab.SettleAsync();
        Assert.Single(sleeper.Events("+switch-master"));
        Assert.Empty(sleeper.Events("+try-failover"));
        Assert.DoesNotContain(sleeper.Events("+sdown"), payload => !payload.Contains($" {lab.Nodes[0].Port} ", StringComparison.Ordinal));
        Assert.Single(lab.Events("+promoted-slave"));
    }

    [Fact]
    public async Task A_sentinel_that_comes_back_at_another_port_replaces_its_old_self()
    {
        RedisLab lab = await HealthyLabAsync(new LabOptions());
        SentinelNode old = lab.Sentinels[0];
        await old.KillAsync();
        string configuration = await File.ReadAllTextAsync(old.ConfigurationFile);
        int port = Ports.Take();
        await using var moved = new SentinelNode(Make.Ours, old.Folder + ".moved", port, configuration.Replace($"port {old.Port}", $"port {port}", StringComparison.Ordinal));
        await moved.StartAsync();
        string id = (await moved.AskAsync("SENTINEL", "MYID")).Text();
        foreach (SentinelNode other in lab.Sentinels.Skip(1))
        {
            await other.SaysAsync("+sentinel-address-switch");
            await Eventually.SoAsync($"{other} can reach it", async () => (await other.PeersAsync()).Any(peer => (peer["runid"], peer["port"], peer["flags"]) == (id, $"{port}", "sentinel")));
            // A hello of its former life, still on its way by a slower node, may take it back for a moment.
            string Switch(int to) => $"master {RedisLab.MasterName} 127.0.0.1 {lab.Nodes[0].Port} ip 127.0.0.1 port {to} for {id}";
            string[] switches = other.Events("+sentinel-address-switch");
            Assert.Equal(Switch(port), switches[0]);
            Assert.Equal(Switch(port), switches[^1]);
            Assert.Empty(switches.Except([Switch(port), Switch(old.Port)]));
            Assert.Equal(2, (await other.PeersAsync()).Length);
            Assert.Empty(other.Events("+sentinel"));
        }
    }

    [Fact]
    public async Task A_sentinel_that_is_reset_finds_everybody_again()
    {
        RedisLab lab = await HealthyLabAsync(shared);
        SentinelNode sentinel = lab.Sentinels[0];
        Assert.Equal("1", (await sentinel.AskAsync("SENTINEL", "RESET", "my*")).Text());
        await lab.SettleAsync();
        Assert.Single(sentinel.Events("+reset-master"));
        Assert.Equal(2, sentinel.Events("+slave").Length);
        Assert.Equal(2, sentinel.Events("+sentinel").Length);
        Assert.Empty(lab.Events("+sdown"));
    }
}
