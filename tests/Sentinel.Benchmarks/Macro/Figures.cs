namespace Sentinel.Benchmarks.Macro;

/// <summary>Gathers the values of a case, round by round, under their labels.</summary>
internal sealed class Figures
{
    private readonly List<(string Label, Unit Unit, List<double> Theirs, List<double> Ours)> _rows = [];

    /// <summary>The rows, in the order in which their labels came first.</summary>
    public IReadOnlyList<Row> Rows => [.. _rows.Select(row => new Row(row.Label, row.Unit, row.Theirs, row.Ours))];

    public void Add(bool isOurs, string label, Unit unit, double value)
    {
        int at = _rows.FindIndex(row => row.Label == label);
        if (at < 0)
        {
            at = _rows.Count;
            _rows.Add((label, unit, [], []));
        }
        (isOurs ? _rows[at].Ours : _rows[at].Theirs).Add(value);
    }
}
