using Sentinel.Daemon.Tests.Lab;
using Xunit.Abstractions;

namespace Sentinel.Daemon.Tests.Cluster;

/// <summary>Nodes that do not let a sentinel do all that it may want to.</summary>
public sealed class RefusalTests(ITestOutputHelper output) : LabTests(output)
{
    /// <summary>The least that a sentinel needs of a node.</summary>
    private const string LeastRights =
        "&__sentinel__:hello -@all +multi +slaveof +ping +exec +subscribe +config|rewrite +publish +info +client|setname +client|kill +script|kill";

    private const string RightsWithoutSlaveOf =
        "&__sentinel__:hello -@all +multi +ping +exec +subscribe +config|rewrite +publish +info +client|setname +client|kill";

    private static readonly string Credentials = $"sentinel auth-user {RedisLab.MasterName} watcher\nsentinel auth-pass {RedisLab.MasterName} secret";

    [Theory]
    [InlineData("rename-command REPLICAOF \"\"\nrename-command SLAVEOF \"\"", LeastRights, "unknown command")]
    [InlineData("", RightsWithoutSlaveOf, "slaveof")]
    [InlineData("", "&__sentinel__:hello -@all +multi +replicaof +slaveof +ping +exec +subscribe +publish +info +client|setname +client|kill", "config|rewrite")]
    public async Task When_the_best_replica_refuses_to_be_master_the_next_best_is_promoted_at_once(string line, string rights, string refusal)
    {
        RedisLab lab = await HealthyLabAsync(new LabOptions
        {
            FailoverTimeout = TimeSpan.FromMinutes(3),    // that Redis Sentinel would wait here
            Sentinel = $"{Credentials}\nsentinel preflight-period-seconds {RedisLab.MasterName} 0",    // nobody knows it beforehand
            Node = i => i == 1 ? $"replica-priority 1\n{User(rights)}\n{line}" : User(LeastRights),
        });
        await lab.Nodes[0].KillAsync();
        Assert.Equal(lab.Nodes[2], await lab.MasterAfterAsync(lab.Nodes[0]));
        string reason = Assert.Single(lab.Messages, message => message.StartsWith($"Promotion failed: 127.0.0.1:{lab.Nodes[1].Port} refused to become master: ", StringComparison.Ordinal));
        Assert.Contains(refusal, reason, StringComparison.OrdinalIgnoreCase);
        Assert.Single(lab.Events("+elected-leader"));
        Assert.StartsWith($"slave of {lab.Nodes[0].Port}", await lab.Nodes[1].RoleAsync());
    }

    /// <summary>One after the other is told to follow the new master, as many at a time as parallel-syncs says: one.</summary>
    [Fact]
    public async Task Replicas_that_refuse_to_follow_the_new_master_do_not_hold_up_the_others()
    {
        const int Refusing = 3;
        RedisLab lab = await HealthyLabAsync(new LabOptions
        {
            Replicas = Refusing + 2,
            Sentinel = Credentials,
            Node = i => i is > 0 and <= Refusing ? $"replica-priority 0\n{User(RightsWithoutSlaveOf)}" : User(LeastRights),
        });
        await lab.Nodes[0].KillAsync();
        RedisNode master = await lab.MasterAfterAsync(lab.Nodes[0]);
        RedisNode follower = lab.Nodes.Skip(Refusing + 1).Single(node => node != master);
        // One that says nothing for ten seconds is given up; three would be half a minute.
        await Eventually.SoAsync($"{follower} follows", async () => await follower.RoleAsync() == $"slave of {master.Port}", TimeSpan.FromSeconds(8));
    }

    [Fact]
    public async Task A_user_with_the_least_rights_is_enough_for_a_failover_and_for_the_return_of_the_former_master()
    {
        RedisLab lab = await HealthyLabAsync(new LabOptions { Sentinel = Credentials, Node = _ => User(LeastRights) });
        await lab.Nodes[0].KillAsync();
        RedisNode master = await lab.MasterAfterAsync(lab.Nodes[0]);
        await lab.Nodes[0].StartAsync();
        await lab.SettleAsync();
        Assert.Equal(master, await lab.MasterAsync());
        Assert.DoesNotContain(lab.Messages, message => message.Contains("refused", StringComparison.Ordinal) || message.Contains("may forget", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_wrong_password_is_named_in_the_log_and_the_master_is_down()
    {
        RedisLab lab = NewLab(new LabOptions
        {
            Sentinels = [Make.Ours],
            Sentinel = $"sentinel auth-user {RedisLab.MasterName} watcher\nsentinel auth-pass {RedisLab.MasterName} wrong",
            Node = _ => $"{User(LeastRights)}\nuser default off",
        });
        lab.Nodes[0].Launch();
        await lab.Sentinels[0].StartAsync();
        await lab.Sentinels[0].LogsAsync("WRONGPASS");
        await lab.Sentinels[0].SaysAsync("+sdown");
    }

    private static string User(string rights) => $"user watcher on >secret resetchannels {rights}";
}
