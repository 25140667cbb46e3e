namespace Sentinel.Benchmarks.Macro;

/// <summary>One figure of both makes: a value for each round.</summary>
/// <param name="Label">What was measured.</param>
/// <param name="Unit">What it counts.</param>
/// <param name="Theirs">Of the sentinel that is compared with; empty: it has nothing like it.</param>
/// <param name="Ours">Of ours.</param>
internal sealed record Row(string Label, Unit Unit, IReadOnlyList<double> Theirs, IReadOnlyList<double> Ours)
{
    /// <summary>Whether less of it is better.</summary>
    public bool IsLessBetter => Unit is not Unit.PerSecond;

    /// <summary>Ours by theirs; null: there is no such ratio.</summary>
    public double? Ratio => Ours.Count > 0 && Theirs.Count > 0 && Middle(Theirs) > 0 ? Middle(Ours) / Middle(Theirs) : null;

    /// <summary>The one value that stands for all rounds: the median, of things that are counted their sum.</summary>
    public double Middle(IReadOnlyList<double> values) => Unit is Unit.Count ? values.Sum() : Quantile(values, 0.5);

    /// <summary>The worst of all rounds.</summary>
    public double Worst(IReadOnlyList<double> values) => IsLessBetter ? values.Max() : values.Min();

    /// <summary>The value below which a part of all lie.</summary>
    /// <param name="values">At least one.</param>
    /// <param name="part">0.5: the median.</param>
    public static double Quantile(IEnumerable<double> values, double part)
    {
        double[] sorted = [.. values.Order()];
        double place = (sorted.Length - 1) * part;
        int below = (int)place;
        return below + 1 < sorted.Length ? sorted[below] + (sorted[below + 1] - sorted[below]) * (place - below) : sorted[below];
    }
}
