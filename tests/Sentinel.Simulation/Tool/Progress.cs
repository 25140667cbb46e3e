using System.Globalization;

namespace Sentinel.Simulation.Tool;

/// <summary>The line that says how far a batch is. A terminal shows it in one place; in a file it comes again and again.</summary>
internal sealed class Progress(TextWriter to, bool isTerminal, SeedRange seeds)
{
    /// <summary>Often enough to see that it goes on, and seldom enough for a log.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    public void Show(Batch batch)
    {
        Totals totals = batch.Totals;
        string line = string.Create(
            CultureInfo.InvariantCulture,
            $"{totals.Runs:N0} of {seeds.Count:N0} seeds, {totals.SimulatedTime.TotalHours:N1} h simulated, {totals.SpeedUp(batch.WallTime):N0} times real time, rules broken: {totals.Findings.Count}");
        if (isTerminal)
            to.Write($"\r{line,-100}");
        else
            to.WriteLine(line);
    }

    /// <summary>Leaves the line as it is.</summary>
    public void End()
    {
        if (isTerminal)
            to.WriteLine();
    }
}
