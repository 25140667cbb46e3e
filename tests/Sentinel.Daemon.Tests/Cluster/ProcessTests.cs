using System.Net;
using System.Net.Sockets;
using Sentinel.Daemon.Tests.Lab;
using Xunit.Abstractions;

namespace Sentinel.Daemon.Tests.Cluster;

/// <summary>How the process starts, ends, and says why it does not start.</summary>
public sealed class ProcessTests(ITestOutputHelper output) : LabTests(output)
{
    [Fact]
    public async Task SIGTERM_ends_it_with_0_and_its_state_on_disk()
    {
        SentinelNode sentinel = await OneAsync();
        string id = (await sentinel.AskAsync("SENTINEL", "MYID")).Text();
        sentinel.Process.AskToEnd();
        Assert.Equal(0, await sentinel.Process.ExitCodeAsync());
        Assert.Contains($"sentinel myid {id}", await File.ReadAllLinesAsync(sentinel.ConfigurationFile));
        Assert.Contains(sentinel.Log.Lines, line => line.Contains("Received SIGTERM scheduling shutdown...", StringComparison.Ordinal));
        Assert.Contains("Sentinel is now ready to exit, bye bye...", sentinel.Messages);
    }

    [Fact]
    public async Task SHUTDOWN_ends_it_with_0_and_its_state_on_disk()
    {
        SentinelNode sentinel = await OneAsync();
        Assert.Equal("OK", (await sentinel.AskAsync("SENTINEL", "SET", RedisLab.MasterName, "quorum", "7")).Text());
        await Assert.ThrowsAnyAsync<IOException>(() => sentinel.AskAsync("SHUTDOWN"));
        Assert.Equal(0, await sentinel.Process.ExitCodeAsync());
        Assert.Contains(await File.ReadAllLinesAsync(sentinel.ConfigurationFile), line => line.StartsWith($"sentinel monitor {RedisLab.MasterName} ", StringComparison.Ordinal) && line.EndsWith(" 7", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_port_in_use_ends_it_with_1_and_is_named()
    {
        SentinelNode sentinel = NewLab(new LabOptions { Replicas = 0, Sentinels = [Make.Ours] }).Sentinels[0];
        using var holder = new TcpListener(IPAddress.Loopback, sentinel.Port);
        holder.Start();
        string file = await File.ReadAllTextAsync(sentinel.ConfigurationFile);
        sentinel.Launch();
        Assert.Equal(1, await sentinel.Process.ExitCodeAsync());
        Assert.Contains(sentinel.Messages, message => message.StartsWith($"Warning: Could not create server TCP listening socket 127.0.0.1:{sentinel.Port}: ", StringComparison.Ordinal));
        string[] last = [.. sentinel.Messages.TakeLast(2)];
        Assert.Equal($"Failed listening on port {sentinel.Port} (tcp), aborting.", last[0]);
        Assert.StartsWith($"Hint: {sentinel.ConfigurationFile}: another process listens there, which 'ss -ltnp' names", last[1]);
        // Whoever has the port may be a sentinel with the same file, and further than what was read from it.
        Assert.Equal(file, await File.ReadAllTextAsync(sentinel.ConfigurationFile));
    }

    [Fact]
    public async Task A_mistake_in_the_configuration_ends_it_with_1_and_is_shown_with_its_line()
    {
        SentinelNode sentinel = NewLab(new LabOptions { Replicas = 0, Sentinels = [Make.Ours], Quorum = 0 }).Sentinels[0];
        sentinel.Launch();
        Assert.Equal(1, await sentinel.Process.ExitCodeAsync());
        string[] lines = await File.ReadAllLinesAsync(sentinel.ConfigurationFile);
        int number = Array.FindIndex(lines, line => line.StartsWith("sentinel monitor", StringComparison.Ordinal)) + 1;
        IReadOnlyList<string> said = sentinel.Log.Lines;
        Assert.Equal("", said[0]);
        Assert.StartsWith("*** FATAL CONFIG FILE ERROR (", said[1]);
        Assert.Equal([$"Reading the configuration file, at line {number}", $">>> '{lines[number - 1]}'", "Quorum must be 1 or greater."], said.Skip(2).Take(3));
        Assert.DoesNotContain("sentinel myid", string.Join('\n', lines), StringComparison.Ordinal);
    }

    /// <summary>Alone with a master that does not run.</summary>
    private async Task<SentinelNode> OneAsync()
    {
        SentinelNode sentinel = NewLab(new LabOptions { Replicas = 0, Sentinels = [Make.Ours] }).Sentinels[0];
        await sentinel.StartAsync();
        return sentinel;
    }
}
