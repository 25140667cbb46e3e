using System.Collections.Immutable;

namespace Sentinel.Core;

/// <summary>What is known of the data of a group, and better known after a restart too. To lose it is harmless: it is learnt again.</summary>
public sealed record LineageState
{
    /// <summary>The master that the group is monitored as.</summary>
    public required string MasterName { get; init; }

    /// <summary>Replication histories (<c>master_replid</c>) of the group, the oldest first; at most <see cref="HistoriesMax"/>.</summary>
    public ImmutableArray<string> Histories { get; init; } = [];

    /// <summary>The history that the last one went on from (<c>master_replid2</c>); null: none.</summary>
    public string? FormerHistory { get; init; }

    /// <summary>The process (<c>run_id</c>) that was the master last; null: not known.</summary>
    public string? RunId { get; init; }

    /// <summary>Whether it was heard to be the master, and not only named as one by others.</summary>
    public bool HasSeenMaster { get; init; }

    /// <summary>How far its replication stream had come, in bytes.</summary>
    public ulong Offset { get; init; }

    /// <summary>Whether it had keys.</summary>
    public bool HadKeys { get; init; }

    /// <summary>The process that was believed although it began without the data, for nobody who had them could be asked; null: none.</summary>
    public string? BelievedEmpty { get; init; }

    /// <summary>Histories kept: as many failovers back.</summary>
    public const int HistoriesMax = 16;
}
