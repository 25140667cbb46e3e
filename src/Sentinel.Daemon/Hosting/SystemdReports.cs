using Sentinel.Core;

namespace Sentinel.Daemon.Hosting;

/// <summary>Tells systemd what goes on, and that decisions are still taken.</summary>
/// <remarks>
/// The view is looked at once a second rather than at each event: a failover has a dozen of them. The watchdog is fed only
/// when the deciding loop has made a step since, so one that hangs has the process restarted, whatever other threads do.
/// </remarks>
internal sealed class SystemdReports : IDisposable
{
    /// <summary>Masters in trouble that are named; systemd shows one line.</summary>
    private const int NamesMax = 5;

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly NotifySocket _systemd;
    private readonly SentinelLoop _loop;
    private readonly ManualResetEventSlim _stopping = new();
    private readonly Thread _thread;
    private readonly TimeSpan _period;
    private readonly int _periodsPerSign;

    /// <param name="systemd">Where it listens.</param>
    /// <param name="watchdog">After how long without a sign it restarts us; null: never.</param>
    /// <param name="loop">What decides.</param>
    public SystemdReports(NotifySocket systemd, TimeSpan? watchdog, SentinelLoop loop)
    {
        (_systemd, _loop) = (systemd, loop);
        if (watchdog is { } limit)
        {
            // half of it, as sd_watchdog_enabled(3) advises
            _periodsPerSign = (int)Math.Ceiling(limit / 2 / LookEvery);
            _period = limit / 2 / _periodsPerSign;
        }
        else
        {
            _period = LookEvery;
        }
        _thread = new Thread(Run) { Name = "systemd", IsBackground = true };
        _thread.Start();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopping.Set();
        _thread.Join();
        _stopping.Dispose();
    }

    /// <summary>What is to be seen in <c>systemctl status</c>.</summary>
    internal static string Status(SentinelView view)
    {
        MasterView[] down = [.. view.Masters.Values.Where(master => master.IsSubjectivelyDown || master.IsObjectivelyDown).OrderBy(master => master.Name, StringComparer.Ordinal)];
        string names = string.Join(", ", down.Take(NamesMax).Select(master => $"{master.Name} {(master.IsObjectivelyDown ? "odown" : "sdown")}"));
        string more = down.Length > NamesMax ? ", ..." : "";
        string tilt = view.TiltSince is null ? "" : "; in TILT mode";
        return $"{view.Masters.Count - down.Length} of {view.Masters.Count} masters ok{(down.Length == 0 ? "" : $" ({names}{more})")}{tilt}";
    }

    private void Run()
    {
        string? told = null;
        long steps = _loop.Steps;
        for (int period = 1; !_stopping.Wait(_period); period++)
        {
            string status = Status(_loop.View);
            if (status != told && _systemd.Send($"STATUS={status}\n") is null)
                told = status;
            if (_periodsPerSign == 0 || period % _periodsPerSign != 0)
                continue;
            long now = _loop.Steps;
            if (now != steps)
                _systemd.Send("WATCHDOG=1\n");
            steps = now;
            _loop.TryPost(Tick.Instance);    // there is a step to see next time, however quiet it is
        }
    }
}
