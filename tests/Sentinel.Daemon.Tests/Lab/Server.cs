using System.Security.Cryptography.X509Certificates;
using Sentinel.Resp;

namespace Sentinel.Daemon.Tests.Lab;

/// <summary>A server that runs, dies and comes back on the same port with the same configuration file.</summary>
/// <param name="folder">Its own; made here.</param>
/// <param name="port">Where it listens.</param>
/// <param name="configuration">What its file holds at first.</param>
internal abstract class Server(string folder, int port, string configuration) : IAsyncDisposable
{
    private ChildProcess? _process;

    public int Port => port;

    /// <summary>What we show to it, for it speaks TLS only; null: it does not.</summary>
    public X509Certificate2? Certificate { get; init; }

    public string Folder { get; } = Directory.CreateDirectory(folder).FullName;

    /// <summary>Which the server rewrites.</summary>
    public string ConfigurationFile { get; } = WriteNew(Path.Combine(folder, "server.conf"), configuration);

    public ProcessLog Log { get; } = new();

    /// <summary>A frozen one runs too.</summary>
    public bool IsRunning => _process is { IsRunning: true };

    /// <summary>The process, once it was started.</summary>
    public ChildProcess Process => _process ?? throw new InvalidOperationException($"{this} was never started");

    protected abstract string Program { get; }

    /// <summary>Starts the program and returns at once.</summary>
    public void Launch() => _process = ChildProcess.Start(Program, Folder, Log, ConfigurationFile);

    /// <summary>Starts, or resumes, unless it runs; and waits until it answers.</summary>
    public virtual Task StartAsync()
    {
        _process?.Resume();
        if (!IsRunning)
            Launch();
        return Eventually.SoAsync($"{this} answers", async () =>
        {
            // Somebody may have had the port for a moment.
            if (!IsRunning && Log.Tail(5).Contains("Address already in use", StringComparison.Ordinal))
                Launch();
            return (await AskAsync("PING")).Text() == "PONG";
        });
    }

    /// <summary>Lets the system end it in the middle of what it does, as a crash would.</summary>
    public Task KillAsync() => Process.KillAsync();

    /// <summary>Kills and starts it.</summary>
    public async Task RestartAsync()
    {
        await KillAsync();
        await StartAsync();
    }

    /// <summary>Sends one command; an error is a reply too.</summary>
    public virtual Task<RespValue> AskAsync(params string[] command) => RespConnection.AskAsync(Port, Certificate, command);

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
    }

    private static string WriteNew(string file, string text)
    {
        File.WriteAllText(file, text);
        return file;
    }
}
