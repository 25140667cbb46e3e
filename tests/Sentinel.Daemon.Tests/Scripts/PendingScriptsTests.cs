using Sentinel.Core;
using Sentinel.Daemon.Tests.Commands;
using Sentinel.Daemon.Tests.Configuration;
using Sentinel.Daemon.Tests.Lab;

namespace Sentinel.Daemon.Tests.Scripts;

/// <summary>Scripts as clients see them.</summary>
public sealed class PendingScriptsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_running_script_is_shown_in_both_protocols_and_counted()
    {
        string script = ScriptFiles.Write(_folder.Path, "n.sh", $"while [ -d {_folder.Path} ] && [ ! -e {_folder.File("go")} ]; do sleep 0.05; done; exit 2");
        await using RunningServer server = await RunningServer.StartAsync(WithScript(script));
        using RespClient client = await server.ConnectAsync();
        using RespClient subscriber = await server.ConnectAsync();
        await subscriber.ExpectAsync("SUBSCRIBE -script-error", "*3|$9|subscribe|$13|-script-error|:1|");
        await Eventually.SoAsync("it runs", () => server.Scripts.View() is [{ ProcessId: > 1 }]);

        string[] reply = await PendingAsync(client, "*1", fieldsHeader: "*10");
        Assert.Equal(["argv", "*3", script, "+monitor", "master m 127.0.0.1 0 quorum 2", "flags", "running", "pid"], reply[..8]);
        Assert.True(int.Parse(reply[8]) > 1);
        Assert.Equal("run-time", reply[9]);
        Assert.InRange(long.Parse(reply[10]), 0, 600_000);
        Assert.Equal(["retry-num", "1"], reply[11..]);
        await client.AskAsync("HELLO 3");
        await PendingAsync(client, "*1", fieldsHeader: "%5");
        Assert.Contains("sentinel_running_scripts:1\r\nsentinel_scripts_queue_length:1\r\n", await InfoAsync(client), StringComparison.Ordinal);

        File.WriteAllText(_folder.File("go"), "");
        string payload = $"{script} 0 2";
        string message = $"*3\r\n$7\r\nmessage\r\n$13\r\n-script-error\r\n${payload.Length}\r\n{payload}\r\n";
        Assert.Equal(message, await subscriber.ReadAsync(message.Length));
        await Eventually.SoAsync("it is done", () => Counts(server) == (0, 0));
        await client.ExpectAsync("SENTINEL PENDING-SCRIPTS", "*0|");
        Assert.Contains("sentinel_running_scripts:0\r\nsentinel_scripts_queue_length:0\r\n", await InfoAsync(client), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_script_that_failed_is_shown_with_the_time_until_it_is_run_again()
    {
        string script = ScriptFiles.Write(_folder.Path, "n.sh", "exit 1");
        await using RunningServer server = await RunningServer.StartAsync(WithScript(script));
        using RespClient client = await server.ConnectAsync();
        await Eventually.SoAsync("it is to be tried again", () => Counts(server) == (0, 1) && server.Scripts.View() is [{ Tries: 1 }]);
        string[] reply = await PendingAsync(client, "*1", fieldsHeader: "*10");
        Assert.Equal(["flags", "scheduled", "pid", "0", "run-delay"], reply[5..10]);
        Assert.InRange(long.Parse(reply[10]), 0, 30_000);
        Assert.Equal(["retry-num", "1"], reply[11..]);
    }

    private static (int, int) Counts(RunningServer server) => server.Scripts.Counts;

    private static MasterState WithScript(string script)
    {
        MasterState master = RunningServer.Unreachable("m");
        return master with { Options = master.Options with { NotificationScript = script } };
    }

    /// <summary>The words of the one script that is pending, without the lengths of strings.</summary>
    private static async Task<string[]> PendingAsync(RespClient client, string header, string fieldsHeader)
    {
        await client.SendAsync("SENTINEL PENDING-SCRIPTS\r\nPING end-of-it\r\n");
        string reply = "";
        while (!reply.EndsWith("end-of-it\r\n", StringComparison.Ordinal))
            reply += await client.ReadAsync(1);
        string[] lines = [.. reply.Split("\r\n").Where(line => !line.StartsWith('$'))];
        Assert.Equal([header, fieldsHeader], lines[..2]);
        return lines[2..^2];
    }

    private static Task<string> InfoAsync(RespClient client) => client.AskTextAsync("INFO sentinel");
}
