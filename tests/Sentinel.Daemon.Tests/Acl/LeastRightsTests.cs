using Sentinel.Daemon.Tests.Commands;
using Sentinel.Daemon.Tests.Lab;
using Sentinel.Resp;
using Xunit.Abstractions;

namespace Sentinel.Daemon.Tests.Acl;

/// <summary>The rights that peers and clients of a sentinel need are enough, for ours and for redis-sentinel.</summary>
public sealed class LeastRightsTests(ITestOutputHelper output) : LabTests(output)
{
    private const string Password = "operator";
    private const string PeerRights = "resetchannels &__sentinel__:hello -@all +ping +publish +client|setname +sentinel|is-master-down-by-addr";

    private const string ClientRights =
        "resetchannels &+switch-master &-* -@all +ping +client|setname +client|setinfo +client|id +client|getname +command +role +info +subscribe +psubscribe "
        + "+sentinel|get-master-addr-by-name +sentinel|master +sentinel|masters +sentinel|replicas +sentinel|slaves +sentinel|sentinels +sentinel|myid";

    [Theory]
    [InlineData(PeerRights, 3)]
    [InlineData(PeerRights, 2)]
    [InlineData(PeerRights + " +sentinel|master +sentinel|myid", 3)]
    public async Task A_peer_with_the_least_rights_takes_part_in_a_failover(string rights, int ours)
    {
        RedisLab lab = await HealthyLabAsync(new LabOptions
        {
            Sentinels = [.. Enumerable.Repeat(Make.Ours, ours), .. Enumerable.Repeat(Make.Redis, 3 - ours)],
            SentinelPassword = Password,
            DownAfter = TimeSpan.FromSeconds(3),
            Sentinel = $"user peer on >secret {rights}\nsentinel sentinel-user peer\nsentinel sentinel-pass secret",
        });
        await lab.Nodes[0].KillAsync();
        RedisNode master = await lab.MasterAfterAsync(lab.Nodes[0]);
        await lab.Nodes[0].StartAsync();
        await lab.SettleAsync();
        Assert.Equal(master, await lab.MasterAsync());
        foreach (SentinelNode sentinel in lab.Sentinels)
        {
            string[] refused = [.. (await sentinel.AskAsync("ACL", "LOG", "128")).Items.Select(entry => entry.Items[7].Text())];
            // ours ask who somebody is, and whether the leader is at work; nobody has to tell
            Assert.DoesNotContain(refused, name => name is not ("sentinel|master" or "sentinel|myid") || rights.Contains($"+{name}", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_client_with_the_least_rights_finds_the_master_and_hears_of_the_next()
    {
        RedisLab lab = await HealthyLabAsync(new LabOptions { Sentinels = [Make.Ours], Quorum = 1, Sentinel = $"user app on >secret {ClientRights}" });
        SentinelNode sentinel = lab.Sentinels[0];
        using RespClient client = await RespClient.ConnectAsync(sentinel.Port);
        foreach (string allowed in (string[])
            ["AUTH app secret", "PING", "CLIENT SETNAME app", "CLIENT SETINFO lib-name x", "CLIENT ID", "CLIENT GETNAME", "COMMAND COUNT", "ROLE", "INFO sentinel", $"SENTINEL GET-MASTER-ADDR-BY-NAME {RedisLab.MasterName}",
             $"SENTINEL MASTER {RedisLab.MasterName}", "SENTINEL MASTERS", $"SENTINEL REPLICAS {RedisLab.MasterName}", $"SENTINEL SLAVES {RedisLab.MasterName}", $"SENTINEL SENTINELS {RedisLab.MasterName}", "SENTINEL MYID"])
        {
            Assert.NotEqual(RespKind.Error, (await client.AskAsync(allowed)).Kind);
        }
        foreach (string refused in (string[])
            [$"SENTINEL FAILOVER {RedisLab.MasterName}", $"SENTINEL SET {RedisLab.MasterName} quorum 1", $"SENTINEL REMOVE {RedisLab.MasterName}", "SENTINEL RESET *", "SENTINEL FLUSHCONFIG", "PUBLISH __sentinel__:hello x", "SHUTDOWN", "ACL LIST", "CLIENT LIST", "SUBSCRIBE +sdown", "PSUBSCRIBE *"])
        {
            Assert.StartsWith("NOPERM ", (await client.AskAsync(refused)).ToText(), StringComparison.Ordinal);
        }
        Assert.Equal("subscribe", (await client.AskAsync("SUBSCRIBE +switch-master")).Items[0].ToText());
        Assert.Equal("OK", (await sentinel.AskAsync("SENTINEL", "FAILOVER", RedisLab.MasterName)).Text());
        Assert.Equal(["message", "+switch-master"], (await client.ReadAsync()).Texts()[..2]);
    }
}
