using System.Globalization;
using Sentinel.Core;
using Sentinel.Daemon.Configuration;
using Sentinel.Daemon.Logging;

namespace Sentinel.Daemon.Hosting;

/// <summary>Who started us and wants to know how we fare.</summary>
internal sealed class Supervisor : IDisposable
{
    private readonly NotifySocket? _systemd;
    private readonly string? _trouble;

    private Supervisor(Supervision kind, NotifySocket? systemd, string? trouble) => (Kind, _systemd, _trouble) = (kind, systemd, trouble);

    /// <summary>Which one it is; never <see cref="Supervision.Auto"/>.</summary>
    public Supervision Kind { get; }

    /// <summary>How often systemd wants to hear that we are alive; null: it does not ask.</summary>
    public TimeSpan? Watchdog { get; private init; }

    /// <summary>Finds the supervisor that the configuration expects. One that is not there is none, as in Redis.</summary>
    /// <remarks>What supervisors put into the environment is taken out of it, so that no program we start speaks for us.</remarks>
    public static Supervisor Find(Supervision expected)
    {
        string? upstartJob = Take("UPSTART_JOB");
        TimeSpan? watchdog = TakeWatchdog();
        if (expected is Supervision.No)
            return new Supervisor(Supervision.No, null, null);
        if (upstartJob is not null && (expected is Supervision.Auto or Supervision.Upstart))
            return new Supervisor(Supervision.Upstart, null, null);
        if (expected is Supervision.Upstart)
            return new Supervisor(Supervision.No, null, "upstart supervision requested, but UPSTART_JOB not found!");
        if (NotifySocket.Take() is { } systemd)
            return new Supervisor(Supervision.Systemd, systemd, null) { Watchdog = watchdog };
        return new Supervisor(Supervision.No, null, expected is Supervision.Systemd ? "systemd supervision error: NOTIFY_SOCKET not found!" : null);
    }

    /// <summary>We are about to start.</summary>
    public void Starting(RedisLog log)
    {
        if (_trouble is not null)
            log.Write(EventLevel.Warning, _trouble);
        Tell("STATUS=Sentinel is starting...\n", log);
    }

    /// <summary>We listen, and what we must remember is on disk. Under upstart this waits until it lets us go on.</summary>
    public void Ready(RedisLog log)
    {
        Tell("STATUS=Ready to accept connections\n", log);
        Tell("READY=1\n", log);
        if (Kind is not Supervision.Upstart)
            return;
        log.Write(EventLevel.Notice, "supervised by upstart, will stop to signal readiness.");
        SystemCalls.Freeze();
    }

    /// <summary>Keeps systemd informed for as long as what is returned lives; null when it is not there.</summary>
    /// <param name="loop">What it is about.</param>
    public SystemdReports? Report(SentinelLoop loop) => _systemd is null ? null : new SystemdReports(_systemd, Watchdog, loop);

    /// <summary>We are about to stop.</summary>
    public void Stopping(RedisLog log) => Tell("STOPPING=1\n", log);

    /// <inheritdoc/>
    public void Dispose() => _systemd?.Dispose();

    private void Tell(string state, RedisLog log)
    {
        if (_systemd?.Send(state) is { } error)
            log.Write(EventLevel.Warning, $"systemd supervision error: sd_notify: {error}");
    }

    private static TimeSpan? TakeWatchdog()
    {
        string? time = Take("WATCHDOG_USEC");
        string? process = Take("WATCHDOG_PID");
        bool isForUs = process is null || process == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        return isForUs && long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out long microseconds) && microseconds > 0
            ? TimeSpan.FromMicroseconds(microseconds)
            : null;
    }

    private static string? Take(string variable)
    {
        string? value = Environment.GetEnvironmentVariable(variable);
        Environment.SetEnvironmentVariable(variable, null);
        return value;
    }
}
