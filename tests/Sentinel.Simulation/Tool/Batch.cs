using System.Diagnostics;
using Sentinel.Simulation.Kernel;

namespace Sentinel.Simulation.Tool;

/// <summary>Runs many seeds, several at a time. Runs share nothing, so that the number of threads changes no story.</summary>
internal sealed class Batch(Options options, Func<Case, Outcome> run, CancellationToken stopping)
{
    private readonly Lock _lock = new();
    private readonly SeedRange _seeds = options.Seeds!;
    private ulong _begun;

    public Totals Totals { get; } = new();

    public TimeSpan WallTime { get; private set; }

    /// <summary>Runs all of them, or as many as there is time for before it is stopped.</summary>
    /// <param name="progress">Called now and then, by the calling thread.</param>
    public void Run(Action<Batch> progress, TimeSpan progressPeriod)
    {
        long startedAt = Stopwatch.GetTimestamp();
        // Threads of our own: the pool would start more of them than there are cores, since none of them ever waits.
        int count = (int)Math.Min((ulong)options.Threads, _seeds.Count);
        Thread[] threads = [.. Enumerable.Range(0, count).Select(number => new Thread(RunSome) { Name = $"runs {number}", IsBackground = true })];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
        {
            while (!thread.Join(progressPeriod))
                Look();
        }
        Look();

        void Look()
        {
            lock (_lock)
            {
                WallTime = Stopwatch.GetElapsedTime(startedAt);
                progress(this);
            }
        }
    }

    private void RunSome()
    {
        while (!stopping.IsCancellationRequested && Next() is { } seed)
        {
            Outcome outcome = run(options.CaseOf(seed));
            lock (_lock)
                Totals.Add(outcome);
        }
    }

    private ulong? Next()
    {
        lock (_lock)
            return _begun < _seeds.Count ? _seeds.First + _begun++ : null;
    }
}
