using Sentinel.Benchmarks.Servers;
using Sentinel.Benchmarks.Tool;

namespace Sentinel.Benchmarks.Macro;

/// <summary>Real servers, and sentinels of both makes by turns.</summary>
internal static class MacroRun
{
    private static readonly Case[] s_all =
    [
        new FailoverCase("kill", FailoverCase.Fault.Killed),
        new FailoverCase("stop", FailoverCase.Fault.Frozen),
        new FailoverCase("manual", FailoverCase.Fault.Replaced),
        new FailoverCase("crash", FailoverCase.Fault.Crashed),
        new PlannedCase(),
        new QueryCase(),
        new StartCase(),
        new MastersCase(),
        new MassCase(),
        new PartitionCase(),
    ];

    /// <summary>What <c>--case</c> may name.</summary>
    public static IEnumerable<string> Names => s_all.Select(@case => @case.Name);

    /// <returns>Whether all that was asked for was measured.</returns>
    public static async Task<bool> RunAsync(MacroOptions options, CancellationToken stopping)
    {
        string against = PublishedSentinel.Existing("--against", options.Against);
        using PublishedSentinel ours = await PublishedSentinel.GetAsync(options.Sentinel, stopping);
        var makes = new Makes(against, ours.Path);
        var report = new Report(Path.GetFileName(against), options.Output);
        bool isWhole = true;
        foreach (Case @case in s_all.Where(@case => options.Cases.Contains(@case.Name)))
        {
            Console.Error.WriteLine($"{@case.Name}: {@case.SetUp(options)}");
            CaseResult result = await MeasureAsync(@case, options, makes, stopping);
            isWhole &= result.NotRun is null;
            // After each case, so that what is stopped early leaves what it has.
            report.Add(result);
            report.Write();
        }
        Console.WriteLine(report.Markdown());
        Console.WriteLine($"Table and chart are in {options.Output}");
        return isWhole;
    }

    private static async Task<CaseResult> MeasureAsync(Case @case, MacroOptions options, Makes makes, CancellationToken stopping)
    {
        try
        {
            return new CaseResult(@case.Name, @case.SetUp(options), await @case.MeasureAsync(options, makes, stopping), null);
        }
        catch (NotPossibleException missing)
        {
            return new CaseResult(@case.Name, @case.SetUp(options), [], missing.Message);
        }
        // One case that goes wrong does not take the figures of the others with it; it is told, and fails the run.
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            Console.Error.WriteLine(failure);
            return new CaseResult(@case.Name, @case.SetUp(options), [], $"went wrong: {failure.Message}");
        }
    }
}
