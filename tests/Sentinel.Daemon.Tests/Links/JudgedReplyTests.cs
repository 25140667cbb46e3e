using Sentinel.Daemon.Tests.Lab;
using Sentinel.Resp;
using Xunit.Abstractions;

namespace Sentinel.Daemon.Tests.Links;

/// <summary>Real nodes that answer PING with something else than PONG, and links that need what the operator configures.</summary>
public sealed class JudgedReplyTests(ITestOutputHelper output) : LabTests(output)
{
    private const string Threshold = "busy-reply-threshold 100";

    [Fact]
    public async Task A_script_that_keeps_a_node_busy_is_killed_once_the_node_is_down()
    {
        RedisLab lab = await HealthyLabAsync(Alone with { Node = _ => Threshold });
        using RespConnection client = await RespConnection.ConnectAsync(lab.Nodes[0].Port);
        Task<RespValue> script = client.AskAsync("EVAL", "while true do end", "0");
        await lab.Sentinels[0].SaysAsync("+sdown");
        await lab.Sentinels[0].SaysAsync("-sdown");
        Assert.Contains(lab.Nodes[0].Log.Lines, line => line.Contains("killed by user with SCRIPT KILL", StringComparison.Ordinal));
        await Record.ExceptionAsync(() => script);    // killed, or given up before
        Assert.Contains(lab.Messages, message => message.Contains("does not count as alive, for it says: BUSY ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_master_that_cannot_save_and_so_refuses_writes_is_replaced_and_the_reason_is_in_the_log()
    {
        RedisLab lab = await HealthyLabAsync(new LabOptions { Node = _ => "save 3600 100000" });
        RedisNode master = lab.Nodes[0];
        // The file that it is to replace cannot be replaced.
        Directory.CreateDirectory(Path.Combine(master.Folder, "dump.rdb", "in-the-way"));
        await Eventually.SoAsync("it refuses writes", async () =>
        {
            await master.AskAsync("BGSAVE");
            return (await master.AskAsync("PING")).Text().StartsWith("MISCONF", StringComparison.Ordinal);
        });
        await lab.MasterAfterAsync(master);
        await Eventually.SoAsync("all say why", () => lab.Sentinels.All(sentinel => sentinel.Messages.Any(message =>
            message.StartsWith($"master {RedisLab.MasterName} 127.0.0.1 {master.Port} answers PING, but does not count as alive, for it says: MISCONF ", StringComparison.Ordinal))));
    }

    [Fact]
    public async Task A_node_without_our_password_is_down_and_up_as_soon_as_the_password_is_set()
    {
        RedisLab lab = NewLab(Alone with { Node = _ => "requirepass secret" });
        lab.Nodes[0].Launch();
        SentinelNode sentinel = lab.Sentinels[0];
        await sentinel.StartAsync();
        await sentinel.LogsAsync($"127.0.0.1:{lab.Nodes[0].Port} of {RedisLab.MasterName} asks for a password.");
        await sentinel.LogsAsync("does not count as alive, for it says: NOAUTH");
        await sentinel.SaysAsync("+sdown");
        await sentinel.AskAsync("SENTINEL", "SET", RedisLab.MasterName, "auth-pass", "wrong");
        await sentinel.LogsAsync("refuses AUTH: WRONGPASS");
        await sentinel.AskAsync("SENTINEL", "SET", RedisLab.MasterName, "auth-pass", "secret");
        await sentinel.SaysAsync("-sdown");
    }

    [Fact]
    public async Task A_user_without_the_right_to_PING_makes_the_node_down_and_is_named()
    {
        RedisLab lab = NewLab(Alone with
        {
            Node = _ => "user watcher on >secret resetchannels &* +@all -ping",
            Sentinel = $"sentinel auth-user {RedisLab.MasterName} watcher\nsentinel auth-pass {RedisLab.MasterName} secret",
        });
        lab.Nodes[0].Launch();
        await lab.Sentinels[0].StartAsync();
        await lab.Sentinels[0].LogsAsync("does not count as alive, for it says: NOPERM");
        await lab.Sentinels[0].SaysAsync("+sdown");
    }

    [Fact]
    public async Task A_failover_goes_through_nodes_whose_commands_are_renamed()
    {
        string[] commands = ["CLIENT", "SUBSCRIBE", "INFO", "PUBLISH", "SCRIPT", "MULTI", "SLAVEOF", "CONFIG", "EXEC"];
        RedisLab lab = await HealthyLabAsync(new LabOptions
        {
            Node = _ => string.Join('\n', commands.Select(command => $"rename-command {command} x-{command}").Append("rename-command REPLICAOF \"\"")),
            Sentinel = string.Join('\n', commands.Select(command => $"sentinel rename-command {RedisLab.MasterName} {command.ToLowerInvariant()} x-{command}")),
        });
        await lab.Nodes[0].KillAsync();
        RedisNode master = await lab.MasterAfterAsync(lab.Nodes[0]);
        await lab.Nodes[0].StartAsync();
        await lab.SettleAsync();
        Assert.Equal(master, await lab.MasterAsync());
    }

    [Fact]
    public async Task A_command_that_is_renamed_while_we_run_is_sent_under_its_new_name_at_once()
    {
        RedisLab lab = NewLab(Alone with { Node = _ => "rename-command PING x-ping" });
        lab.Nodes[0].Launch();
        SentinelNode sentinel = lab.Sentinels[0];
        await sentinel.StartAsync();
        await sentinel.SaysAsync("+sdown");
        await sentinel.AskAsync("SENTINEL", "SET", RedisLab.MasterName, "rename-command", "ping", "x-ping");
        await sentinel.SaysAsync("-sdown");
    }

    /// <summary>One sentinel that nobody agrees with, so that nothing is replaced.</summary>
    private static LabOptions Alone => new() { Replicas = 0, Sentinels = [Make.Ours], Quorum = 2 };
}
