using Sentinel.Benchmarks.Servers;
using Sentinel.Benchmarks.Tool;

namespace Sentinel.Benchmarks.Macro;

/// <summary>Something that is measured with both makes by turns, in one run.</summary>
internal abstract class Case
{
    /// <summary>By which it is called on the command line.</summary>
    public abstract string Name { get; }

    /// <summary>What is done, in a sentence.</summary>
    public abstract string SetUp(MacroOptions options);

    /// <exception cref="NotPossibleException">This machine does not let it be run.</exception>
    public abstract Task<IReadOnlyList<Row>> MeasureAsync(MacroOptions options, Makes makes, CancellationToken stopping);

    /// <summary>Two clusters that stand side by side.</summary>
    /// <param name="options">Of both; the program is put in.</param>
    /// <param name="oursOnly">Further lines for each group that only our sentinels know.</param>
    protected static async Task<SidesOf<Cluster>> ClustersAsync(Makes makes, Func<string, ClusterOptions> options, CancellationToken stopping, string oursOnly = "")
    {
        Cluster theirs = await Cluster.StartAsync(options(makes.Theirs), stopping);
        try
        {
            ClusterOptions ours = options(makes.Ours);
            return new SidesOf<Cluster>(theirs, await Cluster.StartAsync(ours with { GroupLines = ours.GroupLines + oursOnly }, stopping));
        }
        catch (Exception)
        {
            await theirs.DisposeAsync();
            throw;
        }
    }

    /// <summary>Does something with theirs, then with ours, and so on.</summary>
    /// <param name="what">For whoever looks on.</param>
    protected static async Task AlternateAsync<T>(string what, int rounds, SidesOf<T> sides, Func<bool, T, Task> measure)
        where T : IAsyncDisposable
    {
        for (int round = 1; round <= rounds; round++)
        {
            await measure(false, sides.Theirs);
            await measure(true, sides.Ours);
            Console.Error.WriteLine($"  {what}: round {round} of {rounds}");
        }
    }
}
