using System.Diagnostics;
using Sentinel.Daemon.Tests.Lab;
using Xunit.Abstractions;

namespace Sentinel.Daemon.Tests.Cluster;

/// <summary>A master whose process is gone is told from one that is silent, as the operating system tells it.</summary>
public sealed class CrashDetectionTests(ITestOutputHelper output) : LabTests(output)
{
    private static readonly LabOptions s_options = new()
    {
        DownAfter = TimeSpan.FromSeconds(30),
        Sentinel = $"sentinel crash-down-after-milliseconds {RedisLab.MasterName} 200",
    };

    [Fact]
    public async Task A_killed_master_is_replaced_long_before_it_would_count_as_silent()
    {
        RedisLab lab = await HealthyLabAsync(s_options);
        RedisNode former = await lab.MasterAsync();
        long killed = Stopwatch.GetTimestamp();
        await former.KillAsync();
        RedisNode master = await lab.MasterAfterAsync(former);
        Assert.Equal("OK", (await master.AskAsync("SET", "k", "v")).Text());
        TimeSpan took = Stopwatch.GetElapsedTime(killed);
        Assert.InRange(took, TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(10));    // machines that test are busy
        Assert.Contains(lab.Messages, message => message.EndsWith("has refused connections for 200 ms, and so is held down", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_frozen_master_is_silent_and_has_not_crashed()
    {
        RedisLab lab = await HealthyLabAsync(s_options);
        RedisNode master = await lab.MasterAsync();
        master.Process.Freeze();
        // Sentinels that find it down would need far less; a PING period and more goes by.
        await Task.WhenAll(lab.Sentinels.Select(sentinel => Eventually.SoAsync(
            $"{sentinel} waits for an answer", async () => int.Parse((await sentinel.MasterAsync())["last-ping-sent"], System.Globalization.CultureInfo.InvariantCulture) > 2000)));
        Assert.Empty(lab.Events("+sdown"));
        master.Process.Resume();
        await lab.SettleAsync();
    }
}
