using Sentinel.Daemon.Tests.Lab;

namespace Sentinel.Daemon.Tests.CommandLine;

/// <summary>Room for clients.</summary>
public sealed class OpenFilesTests
{
    [Fact]
    public async Task Where_the_system_gives_no_more_files_fewer_clients_are_let_in_and_the_log_says_so()
    {
        await using var daemon = new Daemon { Program = "/bin/sh" };
        // Without the right to raise it again, which the superuser has.
        daemon.Start("-c", "ulimit -n 600; exec setpriv --bounding-set=-sys_resource --inh-caps=-sys_resource \"$0\" \"$@\"", Daemon.Executable, daemon.Configure(), "--maxclients", "5000");
        await daemon.AnswersAsync();
        await daemon.SaysAsync("You requested maxclients of 5000 requiring at least 5256 max file descriptors.");
        await daemon.SaysAsync("Current maximum open files is 600. maxclients has been reduced to 344 to compensate for low ulimit. If you need higher maxclients increase 'ulimit -n'.");
        Assert.Contains("maxclients:344\r\n", (await RespConnection.AskAsync(daemon.Port, "INFO", "clients")).Text(), StringComparison.Ordinal);
        // What was asked for stays asked for: the next start may have more.
        await Eventually.SoAsync("the file says so", () => File.ReadAllLines(daemon.File("s.conf")).Contains("maxclients 5000"));
    }

    [Fact]
    public async Task Where_there_is_room_for_none_it_ends_with_1()
    {
        await using var daemon = new Daemon { Program = "/bin/sh" };
        daemon.Start("-c", "ulimit -n 200; exec setpriv --bounding-set=-sys_resource --inh-caps=-sys_resource \"$0\" \"$@\"", Daemon.Executable, daemon.Configure());
        Assert.Equal(1, await daemon.ExitCodeAsync());
        Assert.EndsWith("Your current 'ulimit -n' of 200 is not enough for the server to start. Please increase your open file limit to at least 10256. Exiting.", daemon.Output[^1]);
    }
}
