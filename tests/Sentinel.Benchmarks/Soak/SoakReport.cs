using System.Globalization;
using System.Text;
using Sentinel.Benchmarks.Macro;
using Sentinel.Benchmarks.Tool;

namespace Sentinel.Benchmarks.Soak;

/// <summary>What came of a soak, and the verdict.</summary>
internal sealed class SoakReport(
    SoakOptions options, IReadOnlyList<Fault> faults, IReadOnlyList<Move> moves, Judgement judgement, IReadOnlyList<Life> lives, IReadOnlyList<string> findings, long writes)
{
    /// <summary>Lines that are shown of each kind of finding; the time-line and the logs have them all.</summary>
    private const int ShownMax = 20;

    private const double Megabyte = 1024 * 1024;

    private string[] Growths => [.. lives.SelectMany(life => life.Growths())];

    /// <summary>Whether there was no needless failover, no unexplained warning, no group that stayed ill, and nothing that grew.</summary>
    public bool IsGood => judgement.Needless.Count == 0 && judgement.Unexplained.Count == 0 && findings.Count == 0 && Growths.Length == 0;

    /// <summary>How it stands, in a line.</summary>
    public string Line(TimeSpan elapsed) => string.Create(CultureInfo.InvariantCulture,
        $"{elapsed:hh\\:mm\\:ss}  {faults.Count} faults, {moves.Count} failovers, needless {judgement.Needless.Count}, unexplained warnings {judgement.Unexplained.Count}, {writes} writes, lost {faults.Sum(fault => fault.Lost)}; MB {string.Join(" ", Running().Select(life => $"{life.Samples[^1].MemoryBytes / Megabyte:0}"))}");

    /// <summary>All of it, in Markdown.</summary>
    public string Text()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"""
            ## {options.Duration.TotalMinutes:0.##} minutes, seed {options.Seed}: {(IsGood ? "good" : "NOT good")}

            {options.Groups} groups of a master and two replicas, three sentinels, `down-after-milliseconds {options.DownAfter.TotalMilliseconds}`.
            {faults.Count} faults, {moves.Count} failovers, needless ones: {judgement.Needless.Count}, of masters that did not answer their client either: {judgement.Unreachable.Count};
            {writes} acknowledged writes, lost: {faults.Sum(fault => fault.Lost)}.

            | fault | times | outage: median / 90 % / worst, ms | writes | lost |
            |---|---|---|---|---|

            """);
        foreach (IGrouping<FaultKind, Fault> kind in faults.Where(fault => fault.OverAt is not null).GroupBy(fault => fault.Kind).OrderBy(kind => kind.Key))
            text.Append(CultureInfo.InvariantCulture, $"| {Words(kind.Key)} | {kind.Count()} | {Outages(kind)} | {kind.Sum(fault => fault.Acknowledged)} | {kind.Sum(fault => fault.Lost)} |\n");
        text.Append(CultureInfo.InvariantCulture, $"\n| process | lived | memory, MB: at its start / warm / at last | handles | threads | verdict |\n|---|---|---|---|---|---|\n");
        foreach (Life life in lives.Where(life => life.IsLongEnough))
            text.Append(CultureInfo.InvariantCulture, $"| {life.Sentinel} | {life.Samples[^1].Age:hh\\:mm\\:ss} | {Course(life, sample => sample.MemoryBytes / Megabyte)} | {Course(life, sample => sample.Handles)} | {Course(life, sample => sample.Threads)} | {(life.Growths().Any() ? "GROWS" : "flat")} |\n");
        text.Append(CultureInfo.InvariantCulture, $"\nProcesses that lived too short to be judged: {lives.Count(life => !life.IsLongEnough)} of {lives.Count}; most memory of all: {lives.SelectMany(life => life.Samples).Select(sample => sample.MemoryBytes / Megabyte).DefaultIfEmpty().Max():0} MB.\n");
        Section(text, "Needless failovers", judgement.Needless.Select(move => $"{move.At:dd MMM HH:mm:ss.fff} {move.Group}: {move.From} -> {move.To}"));
        Section(text, "Failovers of masters that did not answer their client either (the machine was too busy: no finding)", judgement.Unreachable.Select(move => $"{move.At:dd MMM HH:mm:ss.fff} {move.Group}: {move.From} -> {move.To}"));
        Section(text, "Warnings that no fault explains", judgement.Unexplained.Select(line => $"{line.At:dd MMM HH:mm:ss.fff} {line.Sentinel}: {line.Message}"));
        Section(text, "What grew", Growths);
        Section(text, "Else", findings);
        return text.ToString();
    }

    private static void Section(StringBuilder text, string title, IEnumerable<string> lines)
    {
        string[] all = [.. lines];
        if (all.Length == 0)
            return;
        text.Append(CultureInfo.InvariantCulture, $"\n### {title}: {all.Length}\n\n");
        foreach (string line in all.Take(ShownMax))
            text.Append(CultureInfo.InvariantCulture, $"    {line}\n");
        if (all.Length > ShownMax)
            text.Append(CultureInfo.InvariantCulture, $"    ... and {all.Length - ShownMax} more\n");
    }

    private IEnumerable<Life> Running() => lives.GroupBy(life => life.Sentinel.Split(',')[0]).OrderBy(of => of.Key, StringComparer.Ordinal).Select(of => of.Last());

    private static string Course(Life life, Func<Sample, double> of)
    {
        (double atStart, double warm, double atLast) = life.Course(of);
        return string.Create(CultureInfo.InvariantCulture, $"{atStart:0.#} / {warm:0.#} / {atLast:0.#}");
    }

    private static string Outages(IEnumerable<Fault> faults)
    {
        double[] outages = [.. faults.Select(fault => fault.Outage).OfType<TimeSpan>().Select(outage => outage.TotalMilliseconds)];
        return outages.Length == 0 ? "–" : string.Create(CultureInfo.InvariantCulture, $"{Row.Quantile(outages, 0.5):0} / {Row.Quantile(outages, 0.9):0} / {outages.Max():0}");
    }

    /// <summary>The name of a fault, its words apart.</summary>
    private static string Words(FaultKind kind) =>
        string.Concat(kind.ToString().Select((letter, i) => char.IsUpper(letter) ? $"{(i > 0 ? " " : "")}{char.ToLowerInvariant(letter)}" : $"{letter}"));
}
