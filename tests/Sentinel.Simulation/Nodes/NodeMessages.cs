using Sentinel.Core;

namespace Sentinel.Simulation.Nodes;

// What clients say to nodes.

/// <summary>Are you a master? (<c>ROLE</c>)</summary>
internal sealed record RoleQuery
{
    public static readonly RoleQuery Instance = new();
}

internal sealed record RoleAnswer(bool IsMaster)
{
    public static readonly RoleAnswer Master = new(IsMaster: true);
    public static readonly RoleAnswer Replica = new(IsMaster: false);
}

/// <summary>Write a value. Answered with <see cref="WriteAccepted"/> or an error.</summary>
internal sealed record WriteOrder(int Value);

/// <summary>A value was written.</summary>
/// <param name="Node">By whom.</param>
/// <param name="Branch">Where it is found.</param>
/// <param name="Offset">The offset after it.</param>
/// <param name="At">When.</param>
internal sealed record WriteAccepted(RedisNode Node, Branch Branch, long Offset, Instant At)
{
    /// <summary>Where replicas found that node then.</summary>
    public Address Address { get; } = Node.Address;
}

// What replicas and masters say to each other. A point of the history stands for the bytes up to it.

/// <summary>A replica wants to go on from a point; null: it has none, or wants all anew.</summary>
/// <param name="Port">Where it listens.</param>
/// <param name="HandsOver">Whether the receiver is to become the master (<c>PSYNC … FAILOVER</c>), and who has that done; null: it is not.</param>
internal sealed record Psync(Dataset? From, int Port, RoleReason? HandsOver);

/// <summary>Not now; the replica asks again.</summary>
internal sealed record PsyncRefused(string Error);

/// <summary>The replica can go on from its point; the branch goes by another name from there on if the master's does.</summary>
/// <param name="Through">The branch that the stream is of.</param>
internal sealed record PsyncContinued(Branch Through);

/// <summary>The replica gets all anew; a <see cref="Snapshot"/> will follow.</summary>
internal sealed record FullResync
{
    public static readonly FullResync Instance = new();
}

/// <summary>All data.</summary>
internal sealed record Snapshot(Dataset Data);

/// <summary>More of the stream: up to this point.</summary>
internal sealed record StreamPart(Branch Branch, long End);

/// <summary>How far a replica has come (<c>REPLCONF ACK</c>).</summary>
internal sealed record Ack(long Offset);

/// <summary>The master wants an <see cref="Ack"/> at once.</summary>
internal sealed record AckQuery
{
    public static readonly AckQuery Instance = new();
}
