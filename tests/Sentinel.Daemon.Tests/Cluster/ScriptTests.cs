using Sentinel.Daemon.Tests.Configuration;
using Sentinel.Daemon.Tests.Lab;
using Sentinel.Daemon.Tests.Scripts;
using Xunit.Abstractions;

namespace Sentinel.Daemon.Tests.Cluster;

/// <summary>The operator's scripts hear of a real failover.</summary>
public sealed class ScriptTests(ITestOutputHelper output) : LabTests(output), IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_leader_and_the_observers_call_the_reconfiguration_script_with_both_addresses_and_warnings_are_told()
    {
        // One append of less than a page is whole, however many write. The parent is the sentinel.
        string reconfigure = ScriptFiles.Write(_folder.Path, "reconfig.sh", $"echo \"$PPID $*\" >> {_folder.File("reconfig")}");
        string notify = ScriptFiles.Write(_folder.Path, "notify.sh", $"echo \"$PPID $1 $2\" >> {_folder.File("notify")}");
        RedisLab lab = await HealthyLabAsync(new LabOptions
        {
            Sentinel = $"""
                sentinel client-reconfig-script {RedisLab.MasterName} {reconfigure}
                sentinel notification-script {RedisLab.MasterName} {notify}
                """,
        });
        int from = lab.Nodes[0].Port;
        await lab.Nodes[0].KillAsync();
        RedisNode master = await lab.MasterAfterAsync(lab.Nodes[0]);
        await Eventually.SoAsync("all three have called it", () => Lines("reconfig").Length == 3);

        SentinelNode leader = Assert.Single(lab.Sentinels, sentinel => sentinel.Events("+promoted-slave").Length > 0);
        string addresses = $"start 127.0.0.1 {from} 127.0.0.1 {master.Port}";
        Assert.Equal(
            lab.Sentinels.Select(sentinel => $"{sentinel.Process.Id} {RedisLab.MasterName} {(sentinel == leader ? "leader" : "observer")} {addresses}").Order(StringComparer.Ordinal),
            Lines("reconfig").Order(StringComparer.Ordinal));
        foreach (SentinelNode sentinel in lab.Sentinels)
        {
            await Eventually.SoAsync($"{sentinel} has told of the new master", () =>
                Lines("notify").Contains($"{sentinel.Process.Id} +switch-master {RedisLab.MasterName} 127.0.0.1 {from} 127.0.0.1 {master.Port}"));
        }
        // An observer may learn of the new master before it misses the old one.
        await Eventually.SoAsync("the leader has told of the old one's death", () =>
            Lines("notify").Contains($"{leader.Process.Id} +sdown master {RedisLab.MasterName} 127.0.0.1 {from}"));
        Assert.Empty(lab.Events("-script-error"));
    }

    private string[] Lines(string name) => File.Exists(_folder.File(name)) ? File.ReadAllLines(_folder.File(name)) : [];
}
