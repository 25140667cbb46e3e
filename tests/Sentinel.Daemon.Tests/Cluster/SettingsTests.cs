using Sentinel.Daemon.Tests.Lab;
using Sentinel.Resp;
using Xunit.Abstractions;

namespace Sentinel.Daemon.Tests.Cluster;

/// <summary>What an operator changes of a running sentinel, and where it lasts.</summary>
public sealed class SettingsTests(ITestOutputHelper output) : LabTests(output)
{
    [Fact]
    public async Task What_CONFIG_SET_said_holds_after_a_restart_and_what_DEBUG_said_does_not()
    {
        SentinelNode sentinel = await OneAsync();
        Assert.Equal("OK", (await sentinel.AskAsync("SENTINEL", "CONFIG", "SET", "announce-port", "7", "loglevel", "verbose", "sentinel-pass", "two words")).Text());
        Assert.Equal("OK", (await sentinel.AskAsync("SENTINEL", "DEBUG", "info-period", "77")).Text());
        await sentinel.RestartAsync();
        RespValue settings = await sentinel.AskAsync("SENTINEL", "CONFIG", "GET", "announce-port", "loglevel", "sentinel-pass");
        Assert.Equal(["announce-port", "7", "loglevel", "verbose", "sentinel-pass", "two words"], settings.Items.Select(item => item.Text()));
        Assert.Equal("10000", (await sentinel.AskAsync("SENTINEL", "DEBUG")).Items[1].Text());
    }

    [Fact]
    public async Task FLUSHCONFIG_makes_a_file_that_was_deleted_again_with_all_that_it_held()
    {
        SentinelNode sentinel = await OneAsync();
        Assert.Equal("OK", (await sentinel.AskAsync("SENTINEL", "FLUSHCONFIG")).Text());
        string text = await File.ReadAllTextAsync(sentinel.ConfigurationFile);
        File.Delete(sentinel.ConfigurationFile);
        Assert.Equal("OK", (await sentinel.AskAsync("SENTINEL", "FLUSHCONFIG")).Text());
        Assert.Equal(text, await File.ReadAllTextAsync(sentinel.ConfigurationFile));
    }

    /// <summary>Alone with a master that does not run.</summary>
    private async Task<SentinelNode> OneAsync()
    {
        SentinelNode sentinel = NewLab(new LabOptions { Replicas = 0, Sentinels = [Make.Ours] }).Sentinels[0];
        await sentinel.StartAsync();
        return sentinel;
    }
}
