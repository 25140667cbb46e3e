using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Sentinel.Daemon.Configuration;

namespace Sentinel.Daemon.Tests.Configuration;

/// <summary>A running <c>redis-sentinel</c>, the one whose files we read and that must read ours.</summary>
internal sealed class RealSentinel : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly int _port;

    private RealSentinel(Process process, int port) => (_process, _port) = (process, port);

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Starts it on a file that says which port, and waits until it serves.</summary>
    public static RealSentinel Start(string file, int port)
    {
        Process process = Launch(file);
        var output = new ConcurrentQueue<string>();
        var isDecided = new TaskCompletionSource();
        process.OutputDataReceived += (_, line) => Heard(line.Data);
        process.ErrorDataReceived += (_, line) => Heard(line.Data);
        process.Exited += (_, _) => isDecided.TrySetResult();
        process.EnableRaisingEvents = true;
        process.BeginOutputReadLine();    // to its end, or it would stop at a full pipe
        process.BeginErrorReadLine();
        if (isDecided.Task.Wait(Patience) && !process.HasExited)
            return new RealSentinel(process, port);
        process.Kill();
        process.WaitForExit();
        throw new InvalidOperationException($"redis-sentinel did not start on:\n{File.ReadAllText(file)}\n{string.Join('\n', output)}");

        void Heard(string? line)
        {
            output.Enqueue(line ?? "");
            if (line?.Contains("Sentinel ID is", StringComparison.Ordinal) == true)
                isDecided.TrySetResult();
        }
    }

    /// <summary>What it says, on either stream, of a file that it refuses.</summary>
    public static string Refusal(string file, params string[] options)
    {
        using Process process = Launch([file, .. options]);
        using var patience = new CancellationTokenSource(Patience);
        using var end = patience.Token.Register(process.Kill);    // should it accept the file, it would run for ever
        string output = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
        process.WaitForExit();
        return output;
    }

    /// <summary>Asks one command.</summary>
    /// <returns>The bytes of the reply as text, which must be complete when they end in a newline and hold <paramref name="lines"/> of them.</returns>
    public string Ask(int lines, params string[] words)
    {
        using var client = new TcpClient();
        client.Connect(IPAddress.Loopback, _port);
        client.ReceiveTimeout = (int)Patience.TotalMilliseconds;
        NetworkStream stream = client.GetStream();
        stream.Write(Encoding.ASCII.GetBytes($"*{words.Length}\r\n"));
        foreach (string word in words)
        {
            byte[] bytes = FileText.Encode(word);
            stream.Write([.. Encoding.ASCII.GetBytes($"${bytes.Length}\r\n"), .. bytes, .. "\r\n"u8]);
        }
        var reply = new List<byte>();
        for (int read; reply.Count(b => b == '\n') < lines && (read = stream.ReadByte()) >= 0;)
            reply.Add((byte)read);
        return FileText.Decode([.. reply]);
    }

    /// <summary>The port at which it has the master of this name; null: it knows no such master.</summary>
    public int? PortOf(string master)
    {
        string reply = Ask(1, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", master);
        return reply.StartsWith("*2", StringComparison.Ordinal)
            ? int.Parse(Ask(5, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", master).Split("\r\n")[4])
            : null;
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static Process Launch(params string[] arguments)
    {
        string program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/bin")
            .Select(folder => Path.Combine(folder, "redis-sentinel"))
            .First(File.Exists);
        return Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
    }
}
