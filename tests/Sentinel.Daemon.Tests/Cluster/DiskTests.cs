using Sentinel.Daemon.Tests.Lab;
using Sentinel.Resp;
using Xunit.Abstractions;

namespace Sentinel.Daemon.Tests.Cluster;

/// <summary>A sentinel that cannot save what it says must not say it.</summary>
public sealed class DiskTests(ITestOutputHelper output) : LabTests(output)
{
    [Fact]
    public async Task A_sentinel_that_cannot_save_does_not_vote_and_the_others_fail_over_without_it()
    {
        RedisLab lab = await HealthyLabAsync(new LabOptions());
        SentinelNode broken = lab.Sentinels[0];
        string candidate = (await lab.Sentinels[1].AskAsync("SENTINEL", "MYID")).Text();
        string elsewhere = broken.Folder + ".away";
        Directory.Move(broken.Folder, elsewhere);
        RespValue vote = await AskForVoteAsync(broken, lab.Nodes[0], epoch: 5, candidate);
        Assert.Equal(["0", "*", "0"], vote.Texts());
        await broken.LogsAsync($"No vote for {candidate} in epoch 5 for {RedisLab.MasterName}: the vote could not be saved (No such file or directory)");
        await broken.LogsAsync("WARNING: Sentinel was not able to save the new configuration on disk!!!: No such file or directory");

        await lab.Nodes[0].KillAsync();
        RedisNode master = await lab.MasterAfterAsync(lab.Nodes[0]);
        Assert.Empty(broken.Events("+elected-leader"));
        Assert.Empty(broken.Events("+vote-for-leader"));
        Assert.Single(lab.Events("+promoted-slave"));

        Directory.Move(elsewhere, broken.Folder);
        await Eventually.SoAsync(
            "it saves the new master by itself",
            async () => (await File.ReadAllTextAsync(broken.ConfigurationFile)).Contains($"sentinel monitor {RedisLab.MasterName} 127.0.0.1 {master.Port} 2", StringComparison.Ordinal));
        vote = await AskForVoteAsync(broken, master, epoch: 50, candidate);
        Assert.Equal(["0", candidate, "50"], vote.Texts());
        Assert.Contains("sentinel current-epoch 50", await File.ReadAllLinesAsync(broken.ConfigurationFile));
    }

    private static Task<RespValue> AskForVoteAsync(SentinelNode sentinel, RedisNode master, int epoch, string candidate) =>
        sentinel.AskAsync("SENTINEL", "is-master-down-by-addr", "127.0.0.1", $"{master.Port}", $"{epoch}", candidate);
}
