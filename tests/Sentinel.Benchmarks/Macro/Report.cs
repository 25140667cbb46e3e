using System.Globalization;
using System.Text;

namespace Sentinel.Benchmarks.Macro;

/// <summary>What was measured, as a Markdown table and a chart, in a folder.</summary>
/// <param name="other">The name of the sentinel that is compared with.</param>
/// <param name="folder">Made when it is first written to.</param>
internal sealed class Report(string other, string folder)
{
    private readonly List<CaseResult> _results = [];

    public void Add(CaseResult result) => _results.Add(result);

    /// <summary>Writes both files anew.</summary>
    public void Write()
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "macro.md"), Markdown());
        File.WriteAllText(Path.Combine(folder, "macro.svg"), new Chart(other, _results).Svg());
    }

    /// <summary>The table, for a README.</summary>
    public string Markdown()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"| | {other} | here | ratio |\n|---|---|---|---|\n");
        foreach (CaseResult result in _results)
        {
            text.Append(CultureInfo.InvariantCulture, $"| **{result.Name}**: {result.SetUp} | {(result.NotRun is null ? "" : "not run")} | {(result.NotRun is { } reason ? OneCell(reason) : "")} | |\n");
            foreach (Row row in result.Rows)
                text.Append(CultureInfo.InvariantCulture, $"| {row.Label} | {Shown(row, row.Theirs)} | {Shown(row, row.Ours)} | {Ratio(row)} |\n");
        }
        return text.ToString();
    }

    private static string Ratio(Row row) => row.Unit is not Unit.Count && row.Ratio is { } ratio ? ratio.ToString("0.00", CultureInfo.InvariantCulture) : "";

    /// <summary>Median and worst of the rounds; of things that are counted, their number.</summary>
    private static string Shown(Row row, IReadOnlyList<double> values) =>
        values.Count == 0 ? "–"
        : row.Unit is Unit.Count ? Figure.Of(row.Middle(values), row.Unit)
        : $"{Figure.Of(row.Middle(values), row.Unit)} / {Figure.Of(row.Worst(values), row.Unit)}{Figure.Suffix(row.Unit)}";

    private static string OneCell(string text) => text.ReplaceLineEndings(" ").Replace('|', '/');
}
