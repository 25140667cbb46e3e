using System.Diagnostics;
using System.Globalization;
using Sentinel.Benchmarks.Servers;
using Sentinel.Benchmarks.Tool;

namespace Sentinel.Benchmarks.Soak;

/// <summary>Real servers live through faults for as long as is asked for, and are judged.</summary>
internal sealed class SoakRun : IAsyncDisposable
{
    private static readonly TimeSpan ProgressPeriod = TimeSpan.FromSeconds(10);

    /// <summary>Redis' own default: so long a master that came back empty leaves the replicas their data, and sentinels the time to take one.</summary>
    private const string SyncDelayOfRedis = "repl-diskless-sync-delay 5";

    /// <summary>Warnings that are kept: many times what anybody reads. Of more only the first are judged.</summary>
    private const int WarningsMax = 50_000;

    private readonly SoakOptions _options;
    private readonly Cluster _cluster;
    private readonly Chronicle _chronicle;
    private readonly GroupFaults[] _groups;
    private readonly SentinelFaults _sentinels;
    private readonly LogTail[] _logs;
    private readonly List<LogEntry> _switches = [];
    private readonly List<LogEntry> _warnings = [];
    private readonly Dictionary<int, (Life Life, long Since)> _lives = [];
    private readonly long _since = Stopwatch.GetTimestamp();

    private SoakRun(SoakOptions options, Cluster cluster)
    {
        (_options, _cluster) = (options, cluster);
        Directory.CreateDirectory(options.Output);
        _chronicle = new Chronicle(Path.Combine(options.Output, "soak-timeline.txt"));
        // Each has a stream of its own, so that what one draws depends on nobody's speed but its own.
        _groups = [.. cluster.Groups.Select((group, i) => new GroupFaults(group, cluster, _chronicle, new Random(HashCode(options.Seed, i))))];
        _sentinels = new SentinelFaults(cluster, _chronicle, new Random(HashCode(options.Seed, -1)));
        _logs = [.. cluster.Sentinels.Select(sentinel => new LogTail($"{sentinel}", sentinel.LogFile))];
        // What was said at the start belongs to no fault.
        foreach (LogTail log in _logs)
            _ = log.ReadNew().Count();
        foreach (Group group in cluster.Groups)
            _chronicle.Note($"{group.Name}: {string.Join(", ", group.Nodes)}");
    }

    /// <returns>Whether all was as it should be.</returns>
    public static async Task<bool> RunAsync(SoakOptions options, CancellationToken stopping)
    {
        using PublishedSentinel sentinel = await PublishedSentinel.GetAsync(options.Sentinel, stopping);
        Console.Error.WriteLine($"{options.Duration.TotalMinutes:0.##} minutes, seed {options.Seed}");
        Cluster cluster = await Cluster.StartAsync(
            new ClusterOptions { Sentinel = sentinel.Path, Groups = options.Groups, DownAfter = options.DownAfter, NodeLines = SyncDelayOfRedis }, stopping);
        await using var run = new SoakRun(options, cluster);
        SoakReport report = await run.LiveAsync(stopping);
        string file = Path.Combine(options.Output, "soak.md");
        await File.WriteAllTextAsync(file, report.Text(), stopping);
        Console.WriteLine(report.Text());
        Console.WriteLine($"This is in {file}, all faults are in {run._chronicle.File}");
        if (!report.IsGood)
            run.KeepLogs();
        return report.IsGood;
    }

    public async ValueTask DisposeAsync()
    {
        _sentinels.Dispose();
        _chronicle.Dispose();
        await _cluster.DisposeAsync();
    }

    private async Task<SoakReport> LiveAsync(CancellationToken stopping)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        enough.CancelAfter(_options.Duration);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        Task looking = LookAsync(over.Token);
        await Task.WhenAll([_sentinels.RunAsync(enough.Token, stopping), .. _groups.Select(group => group.RunAsync(enough.Token, stopping))]);
        await over.CancelAsync();
        await looking;
        stopping.ThrowIfCancellationRequested();
        Look();
        return Report();
    }

    private async Task LookAsync(CancellationToken over)
    {
        // Often enough that a short run has something to be judged by, too.
        TimeSpan period = TimeSpan.FromSeconds(Math.Clamp(_options.Duration.TotalSeconds / 60, 1, ProgressPeriod.TotalSeconds));
        long shownAt = _since;
        while (await GroupFaults.GoesOnAsync(period, over, CancellationToken.None))
        {
            Look();
            if (Stopwatch.GetElapsedTime(shownAt) >= ProgressPeriod)
            {
                shownAt = Stopwatch.GetTimestamp();
                Console.Error.WriteLine(Report().Line(Stopwatch.GetElapsedTime(_since)));
            }
        }
    }

    /// <summary>Reads what the logs have new, and counts what the sentinels use.</summary>
    private void Look()
    {
        foreach (LogEntry entry in _logs.SelectMany(log => log.ReadNew()))
        {
            if (entry.Message.StartsWith("+switch-master ", StringComparison.Ordinal))
                _switches.Add(entry);
            else if (entry.IsWarning && _warnings.Count < WarningsMax)
                _warnings.Add(entry);
        }
        foreach (SentinelServer sentinel in _cluster.Sentinels)
        {
            if (sentinel.Usage is not { } usage)
                continue;
            int process = sentinel.Process.Id;
            if (!_lives.TryGetValue(process, out (Life Life, long Since) life))
                _lives[process] = life = (new Life($"{sentinel}, process {process}"), Stopwatch.GetTimestamp());
            life.Life.Add(new Sample(Stopwatch.GetElapsedTime(life.Since), usage.MemoryBytes, usage.Handles, usage.Threads));
        }
    }

    private SoakReport Report()
    {
        IReadOnlyList<Move> moves = Move.In(_switches);
        var groupsOf = _cluster.Groups.SelectMany(group => group.Nodes.Select(node => (Port: node.Port.ToString(CultureInfo.InvariantCulture), group.Name)))
            .ToDictionary(node => node.Port, node => node.Name);
        var judgement = new Judgement(
            _chronicle.Faults, moves, [.. _groups.SelectMany(group => group.Ledger.Silences)], _warnings, groupsOf,
            [.. _cluster.Sentinels.Select(sentinel => sentinel.Port.ToString(CultureInfo.InvariantCulture))], _options.DownAfter);
        return new SoakReport(_options, _chronicle.Faults, moves, judgement, [.. _lives.Values.Select(life => life.Life)], _chronicle.Findings, _groups.Sum(group => group.Ledger.Total));
    }

    private void KeepLogs()
    {
        foreach (SentinelServer sentinel in _cluster.Sentinels)
            File.Copy(sentinel.LogFile, Path.Combine(_options.Output, $"soak-sentinel-{sentinel.Port}.log"), overwrite: true);
        Console.WriteLine($"The logs of the sentinels are beside it");
    }

    private static int HashCode(int seed, int stream) => unchecked(seed * 31 + stream * 7919);
}
