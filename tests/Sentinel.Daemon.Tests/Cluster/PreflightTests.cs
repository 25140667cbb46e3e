using System.Globalization;
using Sentinel.Daemon.Tests.Lab;
using Sentinel.Resp;
using Xunit.Abstractions;

namespace Sentinel.Daemon.Tests.Cluster;

/// <summary>What a failover will need, looked at on real servers.</summary>
public sealed class PreflightTests(ITestOutputHelper output) : LabTests(output)
{
    /// <summary>The least that is enough, and what lets settings be asked for.</summary>
    private const string EnoughRights =
        "&__sentinel__:hello -@all +multi +exec +replicaof +slaveof +ping +subscribe +config|rewrite +publish +info +client|setname +client|kill +script|kill +config|get";

    private static readonly string Often = $"sentinel preflight-period-seconds {RedisLab.MasterName} 1";

    private static readonly string Login = $"sentinel auth-user {RedisLab.MasterName} watcher\nsentinel auth-pass {RedisLab.MasterName} secret\n{Often}";

    [Theory]
    [InlineData("-replicaof -slaveof", "the user 'watcher' may not use SLAVEOF and the user 'watcher' may not use REPLICAOF")]
    [InlineData("-config|rewrite", "the user 'watcher' may not use CONFIG REWRITE")]
    [InlineData("-client|kill", "the user 'watcher' may not use CLIENT KILL")]
    [InlineData("-exec", "the user 'watcher' may not use EXEC")]
    [InlineData("-multi", "the user 'watcher' may not use MULTI")]
    public async Task A_replica_whose_user_lacks_a_right_is_told_nothing_is_done_to_it_and_the_other_one_is_promoted(string lacks, string told)
    {
        RedisLab lab = await HealthyLabAsync(new LabOptions
        {
            Sentinel = Login,
            Node = i => i == 1 ? $"replica-priority 1\n{User($"{EnoughRights} {lacks}")}" : User(EnoughRights),
        });
        RedisNode lacking = lab.Nodes[1];
        string file = await File.ReadAllTextAsync(lacking.ConfigurationFile);
        foreach (SentinelNode sentinel in lab.Sentinels)
            await ShowsAsync(sentinel, $"replica 127.0.0.1:{lacking.Port}: {told}: it would take no order");
        Assert.Equal($"slave of {lab.Nodes[0].Port}", await lacking.RoleAsync());
        Assert.Equal(file, await File.ReadAllTextAsync(lacking.ConfigurationFile));
        // What is denied is asked for once, not each second, though that is the period: each denial is in its ACL LOG.
        int denials = await DenialsAsync(lacking);
        await AskedAgainAsync(lacking);
        Assert.Equal(denials, await DenialsAsync(lacking));

        await lab.Nodes[0].KillAsync();
        Assert.Equal(lab.Nodes[2], await lab.MasterAfterAsync(lab.Nodes[0]));
        Assert.Empty(lab.Events("-promotion-failed"));
    }

    [Fact]
    public async Task Where_all_is_well_nothing_is_told_and_no_node_is_changed_or_denies_anything()
    {
        RedisLab lab = await HealthyLabAsync(new LabOptions { Sentinel = Login, Node = _ => User(EnoughRights) });
        string[] files = [.. lab.Nodes.Select(node => File.ReadAllText(node.ConfigurationFile))];
        foreach (RedisNode node in lab.Nodes)
        {
            await AskedAgainAsync(node);
            Assert.Equal(0, await DenialsAsync(node));
        }
        Assert.Equal(files, lab.Nodes.Select(node => File.ReadAllText(node.ConfigurationFile)));
        foreach (SentinelNode sentinel in lab.Sentinels)
            Assert.DoesNotContain("warnings", (await sentinel.MasterAsync()).Keys);
        Assert.Empty(lab.Events("+preflight-warning"));
    }

    [Fact]
    public async Task A_master_without_the_masterauth_that_its_replicas_have_is_told_until_it_has_it_and_no_password_is_shown()
    {
        RedisLab lab = await HealthyLabAsync(new LabOptions
        {
            Sentinel = Often,
            Node = i => $"user copier on >s3cret +psync +replconf +ping\n{(i > 0 ? "masteruser copier\nmasterauth s3cret" : "")}",
        });
        RedisNode master = lab.Nodes[0];
        await ShowsAsync(lab.Sentinels[0], $"master 127.0.0.1:{master.Port}: it has no masterauth");
        await master.AskAsync("CONFIG", "SET", "masterauth", "s3cret");
        await ShowsAsync(lab.Sentinels[0], $"its masteruser is '', and that of 127.0.0.1:");
        await master.AskAsync("CONFIG", "SET", "masteruser", "copier");
        await ShowsNothingAsync(lab.Sentinels[0]);
        Assert.DoesNotContain(lab.Messages, message => message.Contains("s3cret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_backlog_that_holds_less_than_a_failure_takes_is_told_until_it_is_larger()
    {
        RedisLab lab = await HealthyLabAsync(new LabOptions { Sentinel = Often, Sentinels = [Make.Ours], Quorum = 1, Node = _ => "repl-backlog-size 16kb" });
        // Read in the INFO before and in the one after it: 20 kB/s and more for 1 + 5 s.
        await lab.Nodes[0].AskAsync("SET", "key", new string('x', 200_000));
        await ShowsAsync(lab.Sentinels[0], "its replication backlog of 16384 bytes holds ");
        await Eventually.SoAsync("it is told of all", () => lab.Events("+preflight-warning").Length == lab.Nodes.Count);
        foreach (RedisNode node in lab.Nodes)
            await node.AskAsync("CONFIG", "SET", "repl-backlog-size", "100mb");
        await ShowsNothingAsync(lab.Sentinels[0]);
        await Eventually.SoAsync("it is taken back for all", () => lab.Events("-preflight-warning").Length == lab.Nodes.Count);
    }

    [Fact]
    public async Task A_node_that_runs_without_a_configuration_file_is_told()
    {
        RedisLab lab = await HealthyLabAsync(new LabOptions { Sentinel = Often, Sentinels = [Make.Ours], Quorum = 1 });
        RedisNode bare = lab.Nodes[2];
        await bare.KillAsync();
        await using ChildProcess process = ChildProcess.Start("redis-server", bare.Folder, bare.Log,
            "--port", $"{bare.Port}", "--save", "", "--replicaof", $"127.0.0.1 {lab.Nodes[0].Port}");
        await ShowsAsync(lab.Sentinels[0], $"replica 127.0.0.1:{bare.Port}: it runs without a configuration file");
    }

    [Fact]
    public async Task A_node_that_could_not_write_its_configuration_file_when_it_was_promoted_is_told()
    {
        RedisLab lab = await HealthyLabAsync(new LabOptions { Sentinel = Often, Sentinels = [Make.Ours], Quorum = 1, Replicas = 1 });
        RedisNode replica = lab.Nodes[1];
        Directory.Delete(replica.Folder, recursive: true);
        await lab.Sentinels[0].AskAsync("SENTINEL", "FAILOVER", RedisLab.MasterName, "FORCE");
        Assert.Equal(replica, await lab.MasterAfterAsync(lab.Nodes[0]));
        await ShowsAsync(lab.Sentinels[0], $"master 127.0.0.1:{replica.Port}: it could not write its configuration file");
    }

    [Fact]
    public async Task A_replica_that_would_take_no_writes_as_the_only_node_left_is_told()
    {
        RedisLab lab = await HealthyLabAsync(new LabOptions { Sentinel = Often, Replicas = 1, Node = _ => "min-replicas-to-write 1" });
        await ShowsAsync(lab.Sentinels[0], $"replica 127.0.0.1:{lab.Nodes[1].Port}: its min-replicas-to-write is 1");
        await lab.Nodes[1].AskAsync("CONFIG", "SET", "min-replicas-to-write", "0");
        await ShowsNothingAsync(lab.Sentinels[0]);
    }

    private static string User(string rights) => $"user watcher on >secret resetchannels {rights}";

    private static Task ShowsAsync(SentinelNode sentinel, string part) => Eventually.UndisputedAsync($"{sentinel} shows '{part}'", async () =>
    {
        string warnings = (await sentinel.MasterAsync()).GetValueOrDefault("warnings", "nothing");
        return warnings.Contains(part, StringComparison.Ordinal) ? null : $"it shows {warnings}";
    });

    private static Task ShowsNothingAsync(SentinelNode sentinel) => Eventually.UndisputedAsync($"{sentinel} shows no warnings", async () =>
        (await sentinel.MasterAsync()).TryGetValue("warnings", out string? warnings) ? warnings : null);

    /// <summary>Waits until a node was asked for its settings by each of three sentinels at least twice.</summary>
    private static async Task AskedAgainAsync(RedisNode node)
    {
        int before = await SettingsAskedAsync(node);
        await Eventually.SoAsync($"{node} is asked again", async () => await SettingsAskedAsync(node) >= before + 3 * 2 * 4);
    }

    private static async Task<int> SettingsAskedAsync(RedisNode node)
    {
        string calls = (await node.AskAsync("INFO", "commandstats")).InfoFields().GetValueOrDefault("cmdstat_config|get", "calls=0,");
        return int.Parse(calls["calls=".Length..calls.IndexOf(',')], CultureInfo.InvariantCulture);
    }

    /// <summary>All denials that a node has logged.</summary>
    private static async Task<int> DenialsAsync(RedisNode node) =>
        (await node.AskAsync("ACL", "LOG", "128")).Items.ToArray().Sum(entry => int.Parse(entry.Fields()["count"], CultureInfo.InvariantCulture));
}
