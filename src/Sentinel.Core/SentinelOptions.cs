namespace Sentinel.Core;

/// <summary>What the configuration says about this Sentinel itself. Immutable: changed with <c>with</c>.</summary>
public sealed record SentinelOptions
{
    /// <summary>Port announced to peers when <see cref="AnnouncePort"/> is 0: the one we listen on.</summary>
    public int Port { get; init; } = 26379;

    /// <summary>The port announced in its place when peers connect with TLS; 0: they do not.</summary>
    public int TlsPort { get; init; }

    /// <summary>Address announced to peers; null: the local address of the connection a hello goes out on.</summary>
    public string? AnnounceIp { get; init; }

    /// <summary>Port announced to peers; 0: the one we listen on.</summary>
    public int AnnouncePort { get; init; }

    /// <summary>Whether instances may be known by name instead of by IP address. Default false, as in Redis.</summary>
    public bool ResolveHostnames { get; init; }

    /// <summary>Whether names are announced instead of the IP addresses they resolve to. Default false, as in Redis.</summary>
    public bool AnnounceHostnames { get; init; }

    /// <summary>ACL user on peers; null: the default user.</summary>
    public string? SentinelUser { get; init; }

    /// <summary>Password on peers; null: <see cref="RequirePass"/> is used.</summary>
    public string? SentinelPass { get; init; }

    /// <summary>The password that this Sentinel asks of its own clients; null: none.</summary>
    public string? RequirePass { get; init; }

    /// <summary>The port that peers are told.</summary>
    public int AnnouncedPort => AnnouncePort is > 0 and <= ushort.MaxValue ? AnnouncePort : TlsPort != 0 ? TlsPort : Port;

    /// <summary>Periods and bounds.</summary>
    public Timing Timing { get; init; } = new();

    /// <summary>What is sent to authenticate with a peer; null: nothing.</summary>
    /// <remarks>Source: Redis Sentinel uses its own password towards peers when it has no other.</remarks>
    public Credentials? PeerCredentials =>
        SentinelPass is { } password ? new Credentials(SentinelUser, password)
        : RequirePass is { } own ? new Credentials(null, own)
        : null;
}
