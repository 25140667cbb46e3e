using BenchmarkDotNet.Attributes;

namespace Sentinel.Benchmarks.Micro;

/// <summary>All that one Sentinel decides from the silence of a master until it leads the failover; peers and disk answer at once.</summary>
public class ElectionBenchmarks
{
    private const int Elections = 64;

    private readonly WatchedGroups[] _groups = new WatchedGroups[Elections];

    [IterationSetup]
    public void Watch()
    {
        for (int i = 0; i < Elections; i++)
            _groups[i] = new WatchedGroups(masters: 1);
    }

    [Benchmark(Description = "win an election", OperationsPerInvoke = Elections)]
    public int Elect()
    {
        int steps = 0;
        foreach (WatchedGroups group in _groups)
            steps += group.Elect();
        return steps;
    }
}
