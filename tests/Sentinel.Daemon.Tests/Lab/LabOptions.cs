namespace Sentinel.Daemon.Tests.Lab;

/// <summary>What a lab is made of.</summary>
internal sealed record LabOptions
{
    /// <summary>By what the nodes and the sentinels' file know a node: an address of this machine, or a name of it.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>Where all servers listen; the tests' own clients come to 127.0.0.1.</summary>
    public string Bind { get; init; } = "127.0.0.1";

    public int Replicas { get; init; } = 2;

    public IReadOnlyList<Make> Sentinels { get; init; } = [Make.Ours, Make.Ours, Make.Ours];

    public int Quorum { get; init; } = 2;

    public TimeSpan DownAfter { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan FailoverTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What clients and peers of a sentinel must show; null: nothing.</summary>
    public string? SentinelPassword { get; init; }

    /// <summary>Whether all speak TLS alone, and ask all others for certificates.</summary>
    public bool Tls { get; init; }

    /// <summary>Further lines for the configuration of a node: 0 is the first master.</summary>
    public Func<int, string> Node { get; init; } = _ => "";

    /// <summary>Further lines for the configuration of every sentinel.</summary>
    public string Sentinel { get; init; } = "";
}
