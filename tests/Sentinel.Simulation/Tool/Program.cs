using System.Diagnostics;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Mutation;

namespace Sentinel.Simulation.Tool;

/// <summary>The command line of the simulation.</summary>
internal static class Program
{
    private const int NothingFound = 0, RuleBroken = 1, WrongUsage = 2;

    /// <summary>Findings that are told in full: one for each rule, and not more rules than can be looked into at once.</summary>
    private const int FindingsTold = 3;

    public static int Main(string[] args)
    {
        Options options;
        try
        {
            options = Options.Parse(args);
            CheckKept(options);
        }
        catch (UsageException wrong)
        {
            Console.Error.WriteLine(wrong.Message);
            return WrongUsage;
        }
        if (options.IsHelp)
        {
            Console.WriteLine(Options.Help);
            return NothingFound;
        }
        Trace.Listeners.Clear();
        Trace.Listeners.Add(new AssertionListener());
        using var stopping = new CancellationTokenSource();
        Console.CancelKeyPress += (_, pressed) =>
        {
            // Asked a second time, it ends at once.
            pressed.Cancel = !stopping.IsCancellationRequested;
            stopping.Cancel();
        };
        if (!options.Scenarios.IsEmpty)
            return ScenarioReport.Write(Console.Out, options) ? NothingFound : RuleBroken;
        if (options.IsMutationCheck)
            return MutationReport.Write(Console.Out, stopping.Token) ? NothingFound : RuleBroken;
        return Run(options, stopping.Token);
    }

    /// <exception cref="UsageException">Faults are to be kept that the plan does not have.</exception>
    private static void CheckKept(Options options)
    {
        if (options.Kept is not { IsEmpty: false } kept)
            return;
        int faults = Simulator.PlanOf(options.CaseOf(options.Seeds!.First)).Length;
        if (kept.Max() >= faults)
            throw new UsageException($"--keep {kept.Max()}: in {Options.MinutesOf(options.Duration)} minutes this seed has {faults} faults, and the first is number 0");
    }

    private static int Run(Options options, CancellationToken stopping)
    {
        var batch = new Batch(options, @case => Simulator.Run(@case), stopping);
        var progress = new Progress(Console.Error, !Console.IsErrorRedirected, options.Seeds!);
        batch.Run(progress.Show, Progress.Period);
        progress.End();
        Totals totals = batch.Totals;
        if (options.ShowsTranscript && totals.Runs > 0)
            Console.Write(Simulator.Run(options.CaseOf(options.Seeds!.First), isTold: true).Transcript);
        var report = new FindingReport(Console.Out, options.TranscriptFile, stopping);
        foreach (Finding finding in totals.Findings.DistinctBy(finding => finding.Violation.Checker).Take(options.TellsFindings ? FindingsTold : 0))
            report.Write(finding, isShrunk: options.Kept is null);
        if (options.ShowsCoverage)
            CoverageReport.Write(Console.Out, totals.Coverage);
        Console.WriteLine();
        totals.Write(Console.Out, times: options.ShowsTranscript ? Console.Error : Console.Out, batch.WallTime);
        return totals.Findings.Count == 0 ? NothingFound : RuleBroken;
    }
}
