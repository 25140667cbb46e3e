using Sentinel.Daemon.Tests.Lab;

namespace Sentinel.Daemon.Tests.Clients;

/// <summary>A program of another language that uses Redis through sentinels, as its users would write it, and says what it does.</summary>
/// <remarks>It reads and writes without end. A line says <c>wrote to PORT</c> when the node there took the write.</remarks>
internal sealed class Application : IAsyncDisposable
{
    private static readonly string s_folder = Path.Combine(AppContext.BaseDirectory, "Clients", "applications");

    private readonly ProcessLog _log = new();
    private readonly ChildProcess _process;

    /// <param name="program">What runs it, such as <c>node</c>.</param>
    /// <param name="script">Its file in the folder <c>applications</c> beside this.</param>
    /// <param name="lab">Whose sentinels it is told of, and nothing else.</param>
    public Application(string program, string script, RedisLab lab) =>
        _process = ChildProcess.Start(program, s_folder, _log, [script, RedisLab.MasterName, .. lab.Sentinels.Select(sentinel => $"{sentinel.Port}")]);

    /// <summary>Waits until, from now on, it says something.</summary>
    public async Task SaysAsync(string line)
    {
        _log.Mark();
        await Eventually.UndisputedAsync($"the application says '{line}'", () => Task.FromResult(
            _log.Lines.Contains(line) ? null
            : _process.IsRunning ? $"it says:\n{_log.Tail(10)}"
            : $"it has ended:\n{_log.Tail(30)}"));
    }

    /// <summary>Waits for a line that begins so, from now on.</summary>
    /// <returns>The rest of that line.</returns>
    public async Task<string> SaysWhatAsync(string beginning)
    {
        _log.Mark();
        string? line = null;
        await Eventually.SoAsync($"the application says '{beginning}…'", () =>
            (line = _log.Lines.FirstOrDefault(said => said.StartsWith(beginning, StringComparison.Ordinal))) is not null);
        return line![beginning.Length..].Trim();
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    /// <summary>Installs what the applications of Node.js need, in the versions of <c>package-lock.json</c>, unless it is there.</summary>
    public static async Task InstallNodeModulesAsync()
    {
        string installed = Path.Combine(s_folder, "node_modules", ".package-lock.json");
        if (File.Exists(installed) && File.GetLastWriteTimeUtc(installed) >= File.GetLastWriteTimeUtc(Path.Combine(s_folder, "package-lock.json")))
            return;
        var log = new ProcessLog();
        await using var npm = ChildProcess.Start("npm", s_folder, log, "ci", "--no-audit", "--no-fund", "--ignore-scripts");
        Assert.True(await npm.ExitCodeAsync() == 0, $"npm ci failed:\n{log.Tail(30)}");
    }
}
