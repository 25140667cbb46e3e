using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Sentinel.Daemon.Tests.Lab;

namespace Sentinel.Daemon.Tests.Configuration;

/// <summary>A running sentinel whose file cannot be saved: what it answers and logs, and that it recovers.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class SaveFaultTests : IAsyncLifetime
{
    private const string Refused = "ERR Failed to save config file. Check server logs.";
    private const string Warning = "WARNING: Sentinel was not able to save the new configuration on disk!!!: ";

    private readonly TemporaryFolder _folder = new();
    private readonly SentinelNode _sentinel;

    public SaveFaultTests()
    {
        int port = Ports.Take();
        // nobody listens at the master's port; whether it lives does not matter here
        string configuration = $"# mine\nport {port}\nbind 127.0.0.1\nsentinel monitor m 127.0.0.1 {Ports.Take()} 1\n";
        _sentinel = new SentinelNode(Make.Ours, _folder.File("s"), port, configuration);
    }

    private string FilePath => _sentinel.ConfigurationFile;

    public async Task InitializeAsync()
    {
        await _sentinel.StartAsync();
        await _sentinel.SaysAsync("+monitor");    // it answers before it has saved for the first time
    }

    public async Task DisposeAsync()
    {
        await _sentinel.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>The largest size that a file may have, which takes no rights to set, is to a save what a full disk is.</summary>
    [Fact]
    public async Task A_disk_without_room_is_told_and_all_is_saved_once_there_is_room_again()
    {
        string before = await File.ReadAllTextAsync(FilePath);
        LimitFileSize((ulong)before.Length / 2);
        Assert.Equal(Refused, await SetAsync("quorum", "3"));
        await _sentinel.LogsAsync(Warning + "File too large");
        Assert.Equal(before, await File.ReadAllTextAsync(FilePath));
        Assert.Equal([Path.GetFileName(FilePath)], Directory.EnumerateFileSystemEntries(_sentinel.Folder).Select(Path.GetFileName));

        LimitFileSize(ulong.MaxValue);
        Assert.Equal("OK", await SetAsync("quorum", "4"));
        Assert.Matches("sentinel monitor m 127.0.0.1 [0-9]+ 4\n", await File.ReadAllTextAsync(FilePath));
    }

    [Fact]
    public async Task A_save_that_failed_is_shown_by_all_that_is_asked_and_orders_no_failover_until_one_succeeds()
    {
        LimitFileSize(10);
        Assert.Equal(Refused, await SetAsync("quorum", "3"));
        const string Shown = "it could not save its configuration file, and gives no vote and leads no failover until it can: File too large";
        Assert.Contains("sentinel_last_save_error:File too large\r\n", (await _sentinel.AskAsync("INFO", "sentinel")).Text(), StringComparison.Ordinal);
        Assert.StartsWith($"this sentinel: {Shown}", (await _sentinel.AskAsync("SENTINEL", "MASTER", "m")).Fields()["warnings"], StringComparison.Ordinal);
        Assert.Equal("no", (await _sentinel.AskAsync("SENTINEL", "EXPLAIN", "m")).Fields()["failover-possible"]);
        Assert.Equal("ERR Failed to save config file: File too large. No failover is begun until it can be saved", (await _sentinel.AskAsync("SENTINEL", "FAILOVER", "m")).Text());

        LimitFileSize(ulong.MaxValue);
        await _sentinel.LogsAsync("Sentinel is able to save its configuration again");
        Assert.DoesNotContain("sentinel_last_save_error", (await _sentinel.AskAsync("INFO", "sentinel")).Text(), StringComparison.Ordinal);
        Assert.DoesNotContain(Shown, (await _sentinel.AskAsync("SENTINEL", "MASTER", "m")).Fields().GetValueOrDefault("warnings", ""), StringComparison.Ordinal);
        Assert.Equal("NOGOODSLAVE No suitable replica to promote", (await _sentinel.AskAsync("SENTINEL", "FAILOVER", "m")).Text());
    }

    [Fact]
    public async Task A_folder_in_the_place_of_the_file_is_told_and_never_replaced()
    {
        string before = await File.ReadAllTextAsync(FilePath);
        File.Delete(FilePath);
        Directory.CreateDirectory(FilePath);
        Assert.Equal(Refused, await SetAsync("quorum", "3"));
        await _sentinel.LogsAsync(Warning + "Not a regular file");
        Assert.True(Directory.Exists(FilePath));

        Directory.Delete(FilePath);
        Assert.Equal("OK", await SetAsync("quorum", "1"));
        Assert.Equal(before, await File.ReadAllTextAsync(FilePath));
    }

    [Fact]
    public async Task A_link_whose_target_is_gone_gets_the_target_back_and_one_without_a_folder_is_told()
    {
        string before = await File.ReadAllTextAsync(FilePath);
        string elsewhere = Directory.CreateDirectory(_folder.File("elsewhere")).FullName;
        File.Delete(FilePath);
        File.CreateSymbolicLink(FilePath, "../elsewhere/real.conf");
        Assert.Equal("OK", await SetAsync("quorum", "1"));
        Assert.Equal(before, await File.ReadAllTextAsync(Path.Combine(elsewhere, "real.conf")));
        Assert.Equal("../elsewhere/real.conf", new FileInfo(FilePath).LinkTarget);

        Directory.Delete(elsewhere, recursive: true);
        Assert.Equal(Refused, await SetAsync("quorum", "2"));
        await _sentinel.LogsAsync(Warning + "No such file or directory");
        Assert.Equal("../elsewhere/real.conf", new FileInfo(FilePath).LinkTarget);
    }

    [Fact]
    public async Task What_a_crash_left_behind_is_gone_after_the_next_start_and_the_state_is_there()
    {
        Assert.Equal("OK", await SetAsync("quorum", "5"));
        await _sentinel.KillAsync();
        string saved = await File.ReadAllTextAsync(FilePath);
        await File.WriteAllTextAsync($"{FilePath}.0123456789abcdef.tmp", saved[..^20]);
        _sentinel.Log.Mark();
        await _sentinel.StartAsync();
        await _sentinel.SaysAsync("+monitor");
        Assert.Equal("5", (await _sentinel.AskAsync("SENTINEL", "MASTER", "m")).Fields()["quorum"]);
        Assert.Equal([Path.GetFileName(FilePath)], Directory.EnumerateFileSystemEntries(_sentinel.Folder).Select(Path.GetFileName));
        Assert.Equal(saved, await File.ReadAllTextAsync(FilePath));
    }

    private async Task<string> SetAsync(string option, string value) => (await _sentinel.AskAsync("SENTINEL", "SET", "m", option, value)).Text();

    private void LimitFileSize(ulong bytes)
    {
        const int FileSize = 1;    // RLIMIT_FSIZE
        if (prlimit(_sentinel.Process.Id, FileSize, [bytes, ulong.MaxValue], 0) != 0)
            throw new Win32Exception();
    }

#pragma warning disable SYSLIB1054, IDE1006, SA1300 // source-generated imports need unsafe code; the names are the system's
    [DllImport("libc", SetLastError = true)]
    private static extern int prlimit(int process, int resource, ulong[] limit, nint former);
#pragma warning restore SYSLIB1054, IDE1006, SA1300
}
