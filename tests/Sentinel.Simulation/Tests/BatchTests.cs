using System.Collections.Concurrent;
using Sentinel.Simulation.Clients;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Tool;

namespace Sentinel.Simulation.Tests;

public class BatchTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Every_seed_runs_once_whatever_the_number_of_threads(int threads)
    {
        var seeds = new ConcurrentBag<ulong>();
        Batch batch = Run($"--seeds 5..104 --threads {threads}", @case =>
        {
            seeds.Add(@case.Seed);
            return Sound(@case);
        });
        Assert.Equal(Enumerable.Range(5, 100).Select(seed => (ulong)seed), seeds.Order());
        Assert.Equal(100UL, batch.Totals.Runs);
        Assert.Equal(TimeSpan.FromMinutes(1000), batch.Totals.SimulatedTime);
        Assert.Empty(batch.Totals.Findings);
    }

    [Fact]
    public void Findings_come_in_the_order_of_their_seeds()
    {
        Batch batch = Run("--seeds 1..50 --threads 4", @case => @case.Seed % 10 == 7 ? Broken(@case) : Sound(@case));
        Assert.Equal([7UL, 17UL, 27UL, 37UL, 47UL], batch.Totals.Findings.Select(finding => finding.Case.Seed));
        Assert.EndsWith($"{"  one-vote",-24} 5: seeds 7 17 27 37 47\n", Told(batch), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_many_findings_only_the_first_seeds_are_shown()
    {
        Batch batch = Run("--seeds 1..21 --threads 2", Broken);
        Assert.EndsWith($"21: seeds {string.Join(' ', Enumerable.Range(1, 20))} ...\n", Told(batch), StringComparison.Ordinal);
    }

    [Fact]
    public void A_batch_that_is_stopped_keeps_what_it_has()
    {
        using var stopping = new CancellationTokenSource();
        Batch batch = Run(
            "--seeds 1..1000 --threads 1",
            @case =>
            {
                if (@case.Seed == 3)
                    stopping.Cancel();
                return Sound(@case);
            },
            stopping.Token);
        Assert.Equal(3UL, batch.Totals.Runs);
    }

    private static string Told(Batch batch)
    {
        var text = new StringWriter();
        batch.Totals.Write(text, times: text, TimeSpan.FromSeconds(10));
        return text.ToString();
    }

    private static Batch Run(string line, Func<Case, Outcome> run, CancellationToken stopping = default)
    {
        var batch = new Batch(Options.Parse(line.Split(' ')), run, stopping);
        batch.Run(_ => { }, Progress.Period);
        return batch;
    }

    private static Outcome Sound(Case @case) => new(@case, [], new Coverage(), @case.Duration, 1, new LossReport(), null);

    private static Outcome Broken(Case @case) => Sound(@case) with { Violations = [new Violation("one-vote", TimeSpan.FromSeconds(1), "voted twice")] };
}
