using System.Collections.Immutable;

namespace Sentinel.Core;

/// <summary>What survives a restart: the part of the configuration file that this Sentinel writes itself.</summary>
/// <param name="Id">Who we are.</param>
/// <param name="CurrentEpoch">The largest epoch heard of.</param>
/// <param name="Masters">The monitored masters.</param>
public sealed record SentinelState(SentinelId Id, Epoch CurrentEpoch, ImmutableArray<MasterState> Masters);

/// <summary>What survives a restart about one master.</summary>
public sealed record MasterState
{
    /// <summary>Its options.</summary>
    public required MasterOptions Options { get; init; }

    /// <summary>Where the current master is; after a confirmed promotion the promoted node.</summary>
    public required Address Address { get; init; }

    /// <summary>The epoch of the failover that made it master.</summary>
    public Epoch ConfigEpoch { get; init; }

    /// <summary>The epoch of the last vote given for this master.</summary>
    public Epoch LeaderEpoch { get; init; }

    /// <summary>Known replicas.</summary>
    public ImmutableArray<Address> Replicas { get; init; } = [];

    /// <summary>Known peers.</summary>
    public ImmutableArray<PeerState> Peers { get; init; } = [];
}

/// <summary>What survives a restart about a peer.</summary>
public sealed record PeerState(SentinelId Id, Address Address);
