using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Sentinel.Benchmarks.Tool;

namespace Sentinel.Benchmarks.Micro;

/// <summary>Pieces of the code by themselves: time and memory of one operation.</summary>
internal static class MicroRun
{
    private static readonly Type[] s_all = [typeof(RespBenchmarks), typeof(CoreBenchmarks), typeof(ElectionBenchmarks), typeof(SaveBenchmarks), typeof(FanOutBenchmarks)];

    /// <summary>What <c>--only</c> may name.</summary>
    public static IEnumerable<string> Names => s_all.Select(NameOf);

    /// <returns>Whether all that was asked for was measured.</returns>
    public static bool Run(MicroOptions options)
    {
        // In this process: nothing is built or restored at run time.
        Job job = (options.IsQuick ? Job.ShortRun : Job.Default.WithMinIterationCount(8).WithMaxIterationCount(16)).WithToolchain(InProcessEmitToolchain.Instance);
        ManualConfig config = ManualConfig.CreateEmpty()
            .AddJob(job)
            .AddDiagnoser(MemoryDiagnoser.Default)
            .AddColumnProvider(DefaultColumnProviders.Descriptor, DefaultColumnProviders.Params, DefaultColumnProviders.Metrics)
            .AddColumn(StatisticColumn.Median, StatisticColumn.StdDev, StatisticColumn.Min, StatisticColumn.Max)
            .HideColumns("Type", "Gen0", "Gen1", "Gen2")
            .AddExporter(MarkdownExporter.GitHub)
            .AddLogger(ConsoleLogger.Default)
            .WithArtifactsPath(options.Output)
            .WithOptions(ConfigOptions.JoinSummary | ConfigOptions.DisableLogFile);
        Type[] wanted = [.. s_all.Where(type => options.Only.Length == 0 || options.Only.Contains(NameOf(type)))];
        Summary[] summaries = BenchmarkRunner.Run(wanted, config);
        Console.WriteLine($"The table is in {Path.Combine(options.Output, "results")}");
        return summaries.All(summary => !summary.HasCriticalValidationErrors && summary.Reports.Length == summary.BenchmarksCases.Length && summary.Reports.All(report => report.Success));
    }

    private static string NameOf(Type type) => type.Name[..^"Benchmarks".Length].ToLowerInvariant();
}
