using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Sentinel.Daemon.Tests.Lab;

/// <summary>A running program. It leads a process group of its own, so that whatever it forks ends with it.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private const int Kill = 9;
    private const int Terminate = 15;
    private const int Continue = 18;
    private const int Stop = 19;

    private readonly Process _process;

    private ChildProcess(Process process) => _process = process;

    public int Id => _process.Id;

    public bool IsRunning => !_process.HasExited;

    /// <param name="program">Its path, or a name to look for on the PATH.</param>
    /// <param name="folder">Where it works.</param>
    /// <param name="log">Receives what it says.</param>
    /// <param name="arguments">Its arguments.</param>
    public static ChildProcess Start(string program, string folder, ProcessLog log, params IEnumerable<string> arguments)
    {
        // setsid gives it the group and then becomes the program: the process id stays.
        var process = new Process
        {
            StartInfo = new ProcessStartInfo("setsid", arguments.Prepend(program))
            {
                WorkingDirectory = folder,
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        process.OutputDataReceived += (_, output) => Note(output.Data);
        process.ErrorDataReceived += (_, output) => Note(output.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new ChildProcess(process);

        void Note(string? line)
        {
            if (line is not null)
                log.Add(line);
        }
    }

    /// <summary>SIGTERM.</summary>
    public void AskToEnd() => Signal(Terminate);

    /// <summary>SIGSTOP: it answers nothing any more, while its connections stay open.</summary>
    public void Freeze() => Signal(Stop);

    /// <summary>SIGCONT.</summary>
    public void Resume() => Signal(Continue);

    /// <summary>SIGKILL, and waits for the end.</summary>
    public async Task KillAsync()
    {
        Signal(Kill);
        await ExitCodeAsync();
    }

    /// <summary>Waits for the end, and until all that it said is in the log.</summary>
    public async Task<int> ExitCodeAsync()
    {
        using var patience = new CancellationTokenSource(Eventually.Patience);
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    private void Signal(int signal)
    {
        // In its first moments it has no group of its own yet.
        if (kill(-Id, signal) != 0 && IsRunning)
            _ = kill(Id, signal);
    }

    [DllImport("libc")]
    private static extern int kill(int process, int signal);
}
