using System.Globalization;
using Sentinel.Simulation.Clients;
using Sentinel.Simulation.Kernel;

namespace Sentinel.Simulation.Tool;

/// <summary>What many runs came to together.</summary>
internal sealed class Totals
{
    /// <summary>Of each rule; who broke it in more has one cause to look for first.</summary>
    private const int SeedsShown = 20;

    private readonly SortedDictionary<ulong, Finding> _findings = [];
    private readonly LossReport _losses = new();
    private long _steps;

    public ulong Runs { get; private set; }
    public TimeSpan SimulatedTime { get; private set; }
    public Coverage Coverage { get; } = new();

    /// <summary>Runs in which a rule broke, by their seeds; the order does not tell which thread was faster.</summary>
    public IReadOnlyCollection<Finding> Findings => _findings.Values;

    public void Add(Outcome outcome)
    {
        Runs++;
        SimulatedTime += outcome.SimulatedTime;
        _steps += outcome.Steps;
        Coverage.Add(outcome.Coverage);
        _losses.Add(outcome.Losses);
        if (!outcome.Violations.IsEmpty)
            _findings.Add(outcome.Case.Seed, new Finding(outcome.Case, outcome.Violations[0]));
    }

    /// <summary>How much faster time passes here than outside.</summary>
    public double SpeedUp(TimeSpan wallTime) => wallTime > TimeSpan.Zero ? SimulatedTime / wallTime : 0;

    /// <param name="to">Where all goes that is the same each time.</param>
    /// <param name="times">Where the rest goes: how long it took.</param>
    /// <param name="wallTime">How long it took.</param>
    public void Write(TextWriter to, TextWriter times, TimeSpan wallTime)
    {
        Line("runs", Number(Runs));
        Line("simulated", $"{SimulatedTime.TotalHours.ToString("N1", CultureInfo.InvariantCulture)} h");
        LineTo(times, "took", $"{wallTime.TotalSeconds.ToString("N1", CultureInfo.InvariantCulture)} s, {Number((ulong)SpeedUp(wallTime))} times as fast as real time");
        Line("steps", Number((ulong)_steps));
        Line("switches told", Number((ulong)Coverage.SwitchesTold));
        Line("writes acknowledged", Number((ulong)_losses.Acknowledged));
        foreach (LossCause cause in Enum.GetValues<LossCause>())
            Line($"  lost: {cause}", Number((ulong)_losses.LostBy(cause)));
        Line("rules broken", Number((ulong)_findings.Count));
        foreach (IGrouping<string, Finding> rule in Findings.GroupBy(finding => finding.Violation.Checker).OrderBy(rule => rule.Key, StringComparer.Ordinal))
            Line($"  {rule.Key}", $"{rule.Count()}: seeds {string.Join(' ', rule.Take(SeedsShown).Select(finding => finding.Case.Seed))}{(rule.Count() > SeedsShown ? " ..." : "")}");

        void Line(string what, string value) => LineTo(to, what, value);

        static void LineTo(TextWriter writer, string what, string value) => writer.WriteLine($"{what,-24} {value}");
    }

    private static string Number(ulong number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
