namespace Sentinel.Benchmarks.Servers;

/// <summary>What a cluster is made of. The defaults are the set-up of the README's figures.</summary>
internal sealed record ClusterOptions
{
    /// <summary>The program of all its sentinels.</summary>
    public required string Sentinel { get; init; }

    public int Groups { get; init; } = 1;

    public int Replicas { get; init; } = 2;

    public int Sentinels { get; init; } = 3;

    public TimeSpan DownAfter { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan FailoverTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Further lines for each group in the file of every sentinel; <c>{0}</c> stands for the group's name.</summary>
    public string GroupLines { get; init; } = "";

    /// <summary>Further lines for every node.</summary>
    public string NodeLines { get; init; } = "";

    /// <summary>A majority.</summary>
    public int Quorum => Sentinels / 2 + 1;
}
