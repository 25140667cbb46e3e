using System.Net.Sockets;
using System.Text;
using Sentinel.Daemon.Tests.Configuration;
using Sentinel.Daemon.Tests.Lab;

namespace Sentinel.Daemon.Tests.CommandLine;

/// <summary>What supervisors are told.</summary>
public sealed class SupervisionTests : IDisposable
{
    private const int Continue = 18;    // SIGCONT

    private readonly TemporaryFolder _folder = new();
    private readonly Socket _systemd = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    public void Dispose()
    {
        _systemd.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("systemd", false)]
    [InlineData("auto", true)]
    public async Task Systemd_hears_of_start_readiness_what_goes_on_and_the_end(string supervised, bool isAbstract)
    {
        await using var daemon = new Daemon();
        daemon.Environment["NOTIFY_SOCKET"] = Listen(isAbstract);
        daemon.Start(daemon.Configure("sentinel monitor m 127.0.0.1 1 1\nsentinel down-after-milliseconds m 1\n"), "--supervised", supervised, "--daemonize", "yes");
        Assert.Equal("STATUS=Sentinel is starting...\n", await HearAsync());
        Assert.Equal("STATUS=Ready to accept connections\n", await HearAsync());
        Assert.Equal("READY=1\n", await HearAsync());
        // It listens, and its file is saved.
        Assert.Contains($"process_supervised:systemd\r\n", (await RespConnection.AskAsync(daemon.Port, "INFO", "server")).Text(), StringComparison.Ordinal);
        Assert.Contains("sentinel myid ", await File.ReadAllTextAsync(daemon.File("s.conf")), StringComparison.Ordinal);
        while (await HearAsync() != "STATUS=0 of 1 masters ok (m odown)\n")
        {
            // before it was down
        }
        daemon.Signal(Daemon.Terminate);
        while (await HearAsync() is var state && state != "STOPPING=1\n")
            Assert.StartsWith("STATUS=", state);
        Assert.Equal(0, await daemon.ExitCodeAsync());
    }

    [Fact]
    public async Task The_watchdog_is_fed_while_decisions_are_taken()
    {
        await using var daemon = new Daemon();
        daemon.Environment["NOTIFY_SOCKET"] = Listen(isAbstract: false);
        daemon.Environment["WATCHDOG_USEC"] = "2000000";
        daemon.Start(daemon.Configure(), "--supervised", "systemd");
        for (int signs = 0; signs < 2;)
            signs += await HearAsync() == "WATCHDOG=1\n" ? 1 : 0;
    }

    [Fact]
    public async Task Who_is_not_supervised_tells_nobody()
    {
        await using var daemon = new Daemon();
        daemon.Environment["NOTIFY_SOCKET"] = Listen(isAbstract: false);
        daemon.Start(daemon.Configure());
        await daemon.AnswersAsync();
        Assert.Contains("process_supervised:no\r\n", (await RespConnection.AskAsync(daemon.Port, "INFO", "server")).Text(), StringComparison.Ordinal);
        Assert.Equal(0, _systemd.Available);
    }

    [Theory]
    [InlineData("systemd", "systemd supervision error: NOTIFY_SOCKET not found!")]
    [InlineData("upstart", "upstart supervision requested, but UPSTART_JOB not found!")]
    public async Task A_supervisor_that_is_not_there_is_missed_in_the_log_only(string supervised, string complaint)
    {
        await using var daemon = new Daemon();
        daemon.Environment["NOTIFY_SOCKET"] = null;
        daemon.Environment["UPSTART_JOB"] = null;
        daemon.Start(daemon.Configure(), "--supervised", supervised);
        await daemon.AnswersAsync();
        await daemon.SaysAsync(complaint);
    }

    [Fact]
    public async Task Upstart_sees_it_stop_when_it_is_ready_and_lets_it_go_on()
    {
        await using var daemon = new Daemon();
        daemon.Environment["UPSTART_JOB"] = "sentinel";
        daemon.Start(daemon.Configure(), "--supervised", "upstart");
        await Eventually.SoAsync("it is stopped", () => File.ReadAllText($"/proc/{daemon.Id}/stat").Split(") ")[1].StartsWith('T'));
        daemon.Signal(Continue);
        await daemon.AnswersAsync();
        await daemon.SaysAsync("supervised by upstart, will stop to signal readiness.");
    }

    private string Listen(bool isAbstract)
    {
        string path = _folder.File("notify");
        _systemd.Bind(new UnixDomainSocketEndPoint(isAbstract ? $"\0{path}" : path));
        return isAbstract ? $"@{path}" : path;
    }

    private async Task<string> HearAsync()
    {
        using var patience = new CancellationTokenSource(Eventually.Patience);
        byte[] buffer = new byte[4096];
        return Encoding.UTF8.GetString(buffer, 0, await _systemd.ReceiveAsync(buffer, SocketFlags.None, patience.Token));
    }
}
