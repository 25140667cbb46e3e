using Sentinel.Daemon.Tests.Lab;

namespace Sentinel.Daemon.Tests.CommandLine;

/// <summary>The way to the background, and the pidfile.</summary>
public sealed class BackgroundTests
{
    [Fact]
    public async Task In_the_background_it_has_left_its_terminal_its_streams_and_its_parent()
    {
        await using var daemon = new Daemon();
        string file = daemon.Configure($"daemonize yes\npidfile {daemon.File("s.pid")}\nlogfile {daemon.File("s.log")}\n");
        Assert.Equal(0, await daemon.RunAsync(file));
        Assert.Empty(daemon.Errors);
        Assert.Empty(daemon.Output);
        int id = await daemon.OtherAsync(daemon.File("s.pid"));
        await daemon.AnswersAsync();
        Assert.NotEqual(daemon.Id, id);
        string[] fields = (await File.ReadAllTextAsync($"/proc/{id}/stat")).Split(") ")[1].Split(' ');    // state, parent, group, session, terminal
        Assert.NotEqual($"{daemon.Id}", fields[1]);
        Assert.Equal($"{id}", fields[3]);
        Assert.Equal("0", fields[4]);
        foreach (string stream in (string[])["0", "1", "2"])
            Assert.Equal("/dev/null", new FileInfo($"/proc/{id}/fd/{stream}").LinkTarget);
        Assert.Equal(daemon.Folder, new FileInfo($"/proc/{id}/cwd").LinkTarget);
        Assert.Contains(await File.ReadAllLinesAsync(daemon.File("s.log")), line => line.StartsWith($"{id}:X ", StringComparison.Ordinal));

        Assert.True(Daemon.Signal(id, Daemon.Terminate));
        await Eventually.SoAsync("the pidfile is removed", () => !File.Exists(daemon.File("s.pid")));
        await Eventually.SoAsync("it has said good bye", () => File.ReadAllText(daemon.File("s.log")).Contains("bye bye...", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_came_from_standard_input_goes_with_it_and_is_seen_by_nobody()
    {
        await using var daemon = new Daemon();
        string file = daemon.Configure($"daemonize yes\npidfile {daemon.File("s.pid")}\n");
        daemon.StartWith("requirepass the-secret\n", file, "-");
        Assert.Equal(0, await daemon.ExitCodeAsync());
        int id = await daemon.OtherAsync(daemon.File("s.pid"));
        await daemon.AnswersAsync("AUTH", "the-secret");
        Assert.DoesNotContain("the-secret", await File.ReadAllTextAsync($"/proc/{id}/cmdline"), StringComparison.Ordinal);
        Assert.DoesNotContain("the-secret", await File.ReadAllTextAsync($"/proc/{id}/environ"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mistake_is_told_before_it_goes()
    {
        await using var daemon = new Daemon();
        Assert.Equal(1, await daemon.RunAsync(daemon.Configure("daemonize yes\nport x\n")));
        Assert.Contains(">>> 'port x'", daemon.Errors);
    }

    [Fact]
    public async Task A_second_start_does_not_touch_the_pidfile_of_the_first()
    {
        await using var daemon = new Daemon();
        string pid = daemon.File("s.pid");
        daemon.Start(daemon.Configure($"pidfile {pid}\n"));
        Assert.Equal(daemon.Id, await daemon.OtherAsync(pid));
        await using var second = new Daemon();
        await File.WriteAllTextAsync(second.File("s.conf"), $"port {daemon.Port}\nbind 127.0.0.1\npidfile {pid}\n");
        Assert.Equal(1, await second.RunAsync("s.conf"));
        Assert.Equal($"{daemon.Id}\n", await File.ReadAllTextAsync(pid));
        daemon.Signal(Daemon.Terminate);
        Assert.Equal(0, await daemon.ExitCodeAsync());
        Assert.False(File.Exists(pid));
        Assert.Contains(daemon.Output, line => line.EndsWith("* Removing the pid file.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_pidfile_that_cannot_be_written_is_only_logged()
    {
        await using var daemon = new Daemon();
        daemon.Start(daemon.Configure("pidfile /nowhere/s.pid\n"));
        await daemon.AnswersAsync();
        await daemon.SaysAsync("Failed to write PID file: ");
    }
}
