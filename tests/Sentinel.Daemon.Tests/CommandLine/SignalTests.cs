using Sentinel.Daemon.Tests.Lab;

namespace Sentinel.Daemon.Tests.CommandLine;

/// <summary>What signals do.</summary>
public sealed class SignalTests
{
    [Theory]
    [InlineData(Daemon.Terminate, "SIGTERM")]
    [InlineData(Daemon.Interrupt, "SIGINT")]
    public async Task A_signal_that_comes_twice_is_told_once_in_its_own_form(int signal, string name)
    {
        await using var daemon = new Daemon();
        daemon.Start(daemon.Configure());
        await daemon.AnswersAsync();
        daemon.Signal(Daemon.Hangup);    // ignored
        daemon.Signal(signal);
        daemon.Signal(signal);
        Assert.Equal(0, await daemon.ExitCodeAsync());
        Assert.Matches($@"^{daemon.Id}:signal-handler \(\d+\) Received {name} scheduling shutdown\.\.\.$", Assert.Single(daemon.Output, line => line.Contains("Received", StringComparison.Ordinal)));
        Assert.EndsWith("# User requested shutdown...", daemon.Output[^2]);
        Assert.EndsWith("# Sentinel is now ready to exit, bye bye...", daemon.Output[^1]);
    }

    [Fact]
    public async Task SIGTERM_ends_it_with_0_at_any_moment_of_its_start()
    {
        // Not before its own code runs: until then a signal ends it as it ends any program.
        await using var daemon = new Daemon();
        daemon.Start(daemon.Configure());
        await daemon.SaysAsync("is starting");
        daemon.Signal(Daemon.Terminate);
        Assert.Equal(0, await daemon.ExitCodeAsync());
        Assert.EndsWith("# Sentinel is now ready to exit, bye bye...", daemon.Output[^1]);
    }
}
