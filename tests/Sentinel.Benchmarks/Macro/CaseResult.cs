namespace Sentinel.Benchmarks.Macro;

/// <summary>What came of a case.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="SetUp">What was done, in a sentence for the reader of the table.</param>
/// <param name="Rows">Its figures; empty: it was not run to its end.</param>
/// <param name="NotRun">Why it was not, or went wrong; null: it went well.</param>
internal sealed record CaseResult(string Name, string SetUp, IReadOnlyList<Row> Rows, string? NotRun);
