using System.Reflection;
using Sentinel.Daemon.Tests.Lab;

namespace Sentinel.Daemon.Tests.Soak;

/// <summary>The soak as its user runs it; not how well it goes, for that is a matter of the machine.</summary>
[Collection(LabCollection.Name)]
public sealed class ToolTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sentinel-soak-");
    private readonly ProcessLog _log = new();
    private ChildProcess? _soak;

    private string TimeLine => Path.Combine(_folder.FullName, "out", "soak-timeline.txt");

    /// <summary>Where it has its servers.</summary>
    private DirectoryInfo Temporary => _folder.CreateSubdirectory("tmp");

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_soak is not null)
            await _soak.DisposeAsync();
        foreach (int server in Servers())
            System.Diagnostics.Process.GetProcessById(server).Kill();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_short_soak_strikes_recovers_and_tells_what_it_saw()
    {
        Soak("0.2");
        await Eventually.SoAsync("the soak is over", () => !_soak!.IsRunning, TimeSpan.FromMinutes(3));
        string said = _log.Tail(1000);
        // Whether it is good, its unit tests decide: here a busy machine would.
        Assert.True(await _soak!.ExitCodeAsync() is 0 or 1, said);
        string report = await File.ReadAllTextAsync(Path.Combine(_folder.FullName, "out", "soak.md"));
        Assert.Contains("seed 3", report, StringComparison.Ordinal);
        Assert.Contains("| connection storm | ", report, StringComparison.Ordinal);
        Assert.DoesNotContain("did not recover", report, StringComparison.Ordinal);
        string[] faults = await File.ReadAllLinesAsync(TimeLine);
        Assert.Equal(faults.Count(line => line.Contains(" is over: ", StringComparison.Ordinal)) * 2, faults.Count(line => line.Contains('#', StringComparison.Ordinal)));
        NothingIsLeft();
    }

    [Fact]
    public async Task A_soak_that_is_stopped_ends_all_that_it_started()
    {
        Soak("60");
        await Eventually.SoAsync("faults strike", () => File.Exists(TimeLine) && File.ReadLines(TimeLine).Any(line => line.Contains('#', StringComparison.Ordinal)));
        Assert.NotEmpty(Servers());
        _soak!.AskToEnd();
        Assert.Equal(130, await _soak.ExitCodeAsync());
        NothingIsLeft();
    }

    private void Soak(string minutes)
    {
        string tool = typeof(ToolTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "Benchmarks").Value!;
        _soak = ChildProcess.Start("env", _folder.FullName, _log,
            $"TMPDIR={Temporary.FullName}", "dotnet", tool, "soak", "--minutes", minutes, "--seed", "3", "--groups", "1", "--down-after", "3000",
            "--sentinel", Path.Combine(AppContext.BaseDirectory, "sentinel"), "--output", Path.Combine(_folder.FullName, "out"));
    }

    private void NothingIsLeft()
    {
        Assert.Empty(Servers());
        Assert.Empty(Temporary.GetDirectories("sentinel-bench-*"));
    }

    /// <summary>The processes that work in its folder: they change their names, not where they are.</summary>
    private int[] Servers() =>
    [
        .. Directory.GetDirectories("/proc")
            .Select(process => int.TryParse(Path.GetFileName(process), out int id) ? id : 0)
            .Where(id => id != 0 && FolderOf(id).StartsWith(Path.Combine(Temporary.FullName, "sentinel-bench-"), StringComparison.Ordinal)),
    ];

    private static string FolderOf(int process)
    {
        try
        {
            return new FileInfo($"/proc/{process}/cwd").LinkTarget ?? "";
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
