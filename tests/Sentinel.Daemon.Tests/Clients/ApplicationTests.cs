using Sentinel.Daemon.Tests.Lab;
using Xunit.Abstractions;

namespace Sentinel.Daemon.Tests.Clients;

/// <summary>The client libraries of other languages, each through the death of the master.</summary>
public sealed class ApplicationTests(SharedLab shared, ITestOutputHelper output) : LabTests(output), IClassFixture<SharedLab>
{
    [Fact]
    public Task A_shell_script_around_redis_cli_writes_to_the_new_master() => WritesToTheNewMasterAsync("sh", "with_redis_cli.sh", "redis-cli");

    // Debian's own: the package of its library is for it, and no other python may be first on the PATH.
    [Fact]
    public Task An_application_of_redis_py_writes_to_the_new_master() => WritesToTheNewMasterAsync("/usr/bin/python3", "with_redis_py.py", "redis-py");

    [Fact]
    public async Task An_application_of_ioredis_writes_to_the_new_master()
    {
        await Application.InstallNodeModulesAsync();
        await WritesToTheNewMasterAsync("node", "with_ioredis.js", "ioredis");
    }

    [Fact]
    public async Task An_application_of_node_redis_writes_to_the_new_master()
    {
        await Application.InstallNodeModulesAsync();
        await WritesToTheNewMasterAsync("node", "with_node_redis.js", "node-redis");
    }

    [Theory]
    [InlineData("/usr/bin/python3", "with_redis_py.py")]
    [InlineData("node", "with_ioredis.js")]
    public async Task An_application_that_reads_from_replicas_finds_another_when_its_replica_dies(string program, string script)
    {
        await Application.InstallNodeModulesAsync();
        RedisLab lab = await HealthyLabAsync(shared);
        RedisNode master = await lab.MasterAsync();
        await using var application = new Application(program, script, lab);
        int port = int.Parse(await application.SaysWhatAsync("read from"));
        Assert.NotEqual(master.Port, port);

        await lab.Nodes.Single(node => node.Port == port).KillAsync();
        RedisNode other = lab.Nodes.Single(node => node != master && node.Port != port);
        await application.SaysAsync($"read from {other.Port}");
    }

    private async Task WritesToTheNewMasterAsync(string program, string script, string key)
    {
        RedisLab lab = await HealthyLabAsync(shared);
        RedisNode former = await lab.MasterAsync();
        await using var application = new Application(program, script, lab);
        await application.SaysAsync($"wrote to {former.Port}");

        await former.KillAsync();
        RedisNode master = await lab.MasterAfterAsync(former);
        await application.SaysAsync($"wrote to {master.Port}");
        Assert.True(long.Parse((await master.AskAsync("GET", key)).Text()) > 0);
    }
}
