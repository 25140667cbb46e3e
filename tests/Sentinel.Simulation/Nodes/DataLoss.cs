using Sentinel.Core;

namespace Sentinel.Simulation.Nodes;

/// <summary>A node threw away something that it had.</summary>
/// <param name="By">The node.</param>
/// <param name="At">When.</param>
/// <param name="Before">What it had.</param>
/// <param name="After">What it had then; null: nothing.</param>
/// <param name="IsRestart">Whether it came back so from a restart; else it copied what its master had.</param>
/// <param name="Follows">Why it followed that master.</param>
internal sealed record DataLoss(RedisNode By, Instant At, Dataset Before, Dataset? After, bool IsRestart, RoleReason Follows)
{
    /// <summary>Since when its process ran.</summary>
    public Instant AliveSince { get; init; }

    /// <summary>Since when it had followed that master.</summary>
    public Instant FollowsSince { get; init; }

    /// <summary>
    /// Whether it copied another group's node that had come to the address that it followed, as it was configured to, or since before: Redis does not ask who is there.
    /// </summary>
    public bool CopiedNewcomer { get; init; }

    /// <summary>Whether the node was never to be the master then, so that what it had was of no use to the group.</summary>
    public bool WasNeverToLead { get; init; }

    /// <summary>Whether what was written in a branch up to an offset was thrown away.</summary>
    public bool Took(Branch branch, long offset) => Before.Contains(branch, offset) && After?.Contains(branch, offset) is not true;
}
