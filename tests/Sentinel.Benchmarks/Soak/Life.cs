namespace Sentinel.Benchmarks.Soak;

/// <summary>One process of a sentinel, from its start to its end, and whether what it uses grew.</summary>
/// <remarks>
/// What a process uses when it has warmed up (after a sixth of its life, ten minutes at most) is compared with what it uses at last,
/// each by the mean of a part of the samples without its lowest and highest tenth: what goes to and fro has no middle value, and what is
/// counted in the middle of a storm of connections is no growth. It may have become less.
/// </remarks>
internal sealed class Life(string sentinel)
{
    /// <summary>How much more it may be at last.</summary>
    public const double GrowthMax = 0.05;

    /// <summary>A few are no growth: a link that is being made anew when it is counted, a thread that is idle.</summary>
    public const int FewHandles = 5, FewThreads = 3;

    private static readonly TimeSpan WarmUpMax = TimeSpan.FromMinutes(10);

    /// <summary>A shorter one says nothing: what was just started still grows.</summary>
    private static readonly TimeSpan ShortestJudged = TimeSpan.FromMinutes(3);

    /// <summary>The part of the time after the warm-up that is looked at, at its begin and at its end.</summary>
    private const int Parts = 4;

    private readonly List<Sample> _samples = [];

    public string Sentinel => sentinel;

    public IReadOnlyList<Sample> Samples => _samples;

    public void Add(Sample sample) => _samples.Add(sample);

    /// <summary>Whether it is long enough to be judged.</summary>
    public bool IsLongEnough => _samples.Count >= 4 * Parts && _samples[^1].Age >= ShortestJudged;

    /// <summary>What it used at its start, after the warm-up, and at last.</summary>
    public (double AtStart, double Warm, double AtLast) Course(Func<Sample, double> of)
    {
        TimeSpan length = _samples[^1].Age;
        TimeSpan warmUp = length / 6 < WarmUpMax ? length / 6 : WarmUpMax;
        TimeSpan part = (length - warmUp) / Parts;
        return (of(_samples[0]), Middle(warmUp, warmUp + part), Middle(length - part, length));

        double Middle(TimeSpan from, TimeSpan to)
        {
            double[] values = [.. _samples.Where(sample => sample.Age >= from && sample.Age <= to).Select(of).DefaultIfEmpty(of(_samples[^1])).Order()];
            int extreme = values.Length < 3 ? 0 : (values.Length + 9) / 10;
            return values[extreme..^extreme].Average();
        }
    }

    /// <summary>What grew, in words; empty: nothing, or it is too short to be judged.</summary>
    public IEnumerable<string> Growths()
    {
        if (!IsLongEnough)
            return [];
        return new[]
        {
            Growth("memory in MB", sample => sample.MemoryBytes / 1048576.0, 0),
            Growth("handles", sample => sample.Handles, FewHandles),
            Growth("threads", sample => sample.Threads, FewThreads),
        }.OfType<string>();
    }

    private string? Growth(string what, Func<Sample, double> of, double few)
    {
        (_, double warm, double atLast) = Course(of);
        return atLast - warm > Math.Max(few, warm * GrowthMax) ? $"{sentinel}: {what} grew from {warm:0.0} to {atLast:0.0}" : null;
    }
}
