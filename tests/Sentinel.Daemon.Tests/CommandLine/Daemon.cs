using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Sentinel.Daemon.Tests.Configuration;
using Sentinel.Daemon.Tests.Lab;

namespace Sentinel.Daemon.Tests.CommandLine;

/// <summary>Our program, started as a user or a supervisor would, in a folder of its own.</summary>
internal sealed class Daemon : IAsyncDisposable
{
    public const int Hangup = 1, Interrupt = 2, Kill = 9, Terminate = 15;

    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentQueue<string> _output = new();
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly List<int> _others = [];
    private Process? _process;

    public static string Executable { get; } = OurExecutable.FullPath;

    public int Port { get; } = Ports.Take();

    public string Folder => _folder.Path;

    /// <summary>Further variables of its environment; null removes one.</summary>
    public Dictionary<string, string?> Environment { get; } = [];

    /// <summary>The program to run. Default: ours by its own name.</summary>
    public string Program { get; init; } = Executable;

    public int Id => _process!.Id;

    public string[] Output => [.. _output];

    public string[] Errors => [.. _errors];

    public string File(string name) => _folder.File(name);

    /// <summary>Makes a configuration file that listens on a port of its own.</summary>
    public string Configure(string more = "") => _folder.Write("s.conf", $"port {Port}\nbind 127.0.0.1\n{more}");

    public void Start(params IEnumerable<string> arguments) => StartWith(null, arguments);

    public void StartWith(string? input, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(Program, arguments)
        {
            UseShellExecute = false,
            WorkingDirectory = Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string? value) in Environment)
            start.Environment[name] = value;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Note(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Note(_errors, line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        _process.StandardInput.Write(input);
        _process.StandardInput.Close();
    }

    /// <summary>Runs it to its end.</summary>
    public async Task<int> RunAsync(params string[] arguments)
    {
        Start(arguments);
        return await ExitCodeAsync();
    }

    public async Task<int> ExitCodeAsync()
    {
        using var patience = new CancellationTokenSource(Eventually.Patience);
        await _process!.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    public bool HasExited => _process!.HasExited;

    public Task AnswersAsync(params string[] authentication) => Eventually.SoAsync("it answers", async () =>
    {
        if (authentication.Length == 0)
            return (await RespConnection.AskAsync(Port, "PING")).Text() == "PONG";
        using RespConnection connection = await RespConnection.ConnectAsync(Port);
        return (await connection.AskTogetherAsync(authentication, ["PING"]))[1].Text() == "PONG";
    });

    public Task SaysAsync(string part) =>
        Eventually.SoAsync($"it says '{part}'", () => Output.Any(line => line.Contains(part, StringComparison.Ordinal)));

    public void Signal(int signal) => Assert.Equal(0, kill(Id, signal));

    /// <summary>Sends a signal to a process that this one left behind, and takes care of it from now on.</summary>
    public static bool Signal(int process, int signal) => kill(process, signal) == 0;

    /// <summary>The process in a pidfile, which is ended with the test.</summary>
    public async Task<int> OtherAsync(string pidFile)
    {
        int id = 0;
        await Eventually.SoAsync("there is a pidfile", () =>
            System.IO.File.Exists(pidFile) && System.IO.File.ReadAllText(pidFile) is [.. var text, '\n'] && int.TryParse(text, CultureInfo.InvariantCulture, out id));
        _others.Add(id);
        return id;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (int other in _others)
        {
            _ = kill(other, Kill);
            await Eventually.SoAsync("it has ended", () => HasEnded(other));
        }
        if (_process is not null)
        {
            _process.Kill();
            await ExitCodeAsync();
            _process.Dispose();
        }
        _folder.Dispose();
    }

    /// <remarks>One that nobody waits for stays in the list of processes.</remarks>
    private static bool HasEnded(int process)
    {
        try
        {
            return System.IO.File.ReadAllText($"/proc/{process}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static void Note(ConcurrentQueue<string> lines, string? line)
    {
        if (line is not null)
            lines.Enqueue(line);
    }

    [DllImport("libc")]
    private static extern int kill(int process, int signal);
}
