using Sentinel.Core;

namespace Sentinel.Daemon.Commands;

/// <summary>How much is going on per second: the <c>instantaneous_…</c> fields of INFO.</summary>
/// <remarks>
/// Redis samples every 100 ms. Here a sample is taken when somebody looks, at most once a second, so the numbers are
/// averages since the last look: a monitor that looks every 15 s misses no peak in between, and no timer runs.
/// </remarks>
internal sealed class TrafficRates(Instant start)
{
    private static readonly TimeSpan SampleMin = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private Instant _at = start;
    private ClientTotals _totals;
    private (double Commands, double InputKiB, double OutputKiB) _rates;

    /// <summary>Commands and KiB per second.</summary>
    public (double Commands, double InputKiB, double OutputKiB) Rates(ClientTotals totals, Instant now)
    {
        lock (_gate)
        {
            TimeSpan passed = now - _at;
            if (passed >= SampleMin)
            {
                _rates = (
                    (totals.Commands - _totals.Commands) / passed.TotalSeconds,
                    (totals.ReceivedBytes - _totals.ReceivedBytes) / 1024.0 / passed.TotalSeconds,
                    (totals.SentBytes - _totals.SentBytes) / 1024.0 / passed.TotalSeconds);
                (_at, _totals) = (now, totals);
            }
            return _rates;
        }
    }
}
