using System.Net.Sockets;
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
    public async Task Scripts_do_not_hear_of_the_way_to_the_background()
    {
        await using var daemon = new Daemon();
        string script = daemon.File("env.sh");
        await File.WriteAllTextAsync(script, $"#!/bin/sh\nmkdir {daemon.File("once")} || exit 0\nenv > {daemon.File("env")}.tmp; mv {daemon.File("env")}.tmp {daemon.File("env")}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string master = $"sentinel monitor m 127.0.0.1 {Ports.Take()} 1\nsentinel down-after-milliseconds m 100\nsentinel notification-script m {script}\n";
        Assert.Equal(0, await daemon.RunAsync(daemon.Configure($"daemonize yes\npidfile {daemon.File("s.pid")}\n{master}")));
        await daemon.OtherAsync(daemon.File("s.pid"));
        await Eventually.SoAsync("the script has run", () => File.Exists(daemon.File("env")));
        Assert.DoesNotContain("SENTINEL_BACKGROUND", await File.ReadAllTextAsync(daemon.File("env")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Descriptors_that_are_no_pipes_are_not_those_of_a_first_process()
    {
        await using var daemon = new Daemon();
        daemon.Environment["SENTINEL_BACKGROUND"] = "49,52";
        daemon.Start(daemon.Configure());
        await daemon.AnswersAsync();
        await daemon.SaysAsync("Sentinel ID is");
    }

    [Fact]
    public async Task A_second_start_leaves_the_unix_socket_to_the_first_and_a_leftover_is_replaced()
    {
        await using var daemon = new Daemon();
        string path = daemon.File("s.sock");
        daemon.Start(daemon.Configure($"unixsocket {path}\n"));
        await daemon.SaysAsync("Sentinel ID is");
        await using var second = new Daemon();
        Assert.Equal(1, await second.RunAsync(second.Configure($"unixsocket {path}\n")));
        Assert.Contains(second.Output, line => line.Contains($"# Failed opening Unix socket: {path}: Address already in use", StringComparison.Ordinal));
        await ConnectAsync(path);

        daemon.Signal(Daemon.Kill);
        await daemon.ExitCodeAsync();
        Assert.True(File.Exists(path));
        await using var third = new Daemon();
        third.Start(third.Configure($"unixsocket {path}\n"));
        await third.SaysAsync("Sentinel ID is");
        await ConnectAsync(path);

        static async Task ConnectAsync(string path)
        {
            using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await client.ConnectAsync(new UnixDomainSocketEndPoint(path));
        }
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
