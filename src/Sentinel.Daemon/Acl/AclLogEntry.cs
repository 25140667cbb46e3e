namespace Sentinel.Daemon.Acl;

/// <summary>Refusals of one kind to one user, as <c>ACL LOG</c> shows them.</summary>
/// <param name="Id">From 0, never used again in this process.</param>
/// <param name="Reason">Why.</param>
/// <param name="Object">The command, the channel, or for a wrong password the command that brought it.</param>
/// <param name="UserName">The user; for a wrong password the name that was given.</param>
/// <param name="CreatedAt">When the first was.</param>
internal sealed record AclLogEntry(long Id, DenialReason Reason, string Object, string UserName, DateTimeOffset CreatedAt)
{
    /// <summary>How many there were.</summary>
    public long Count { get; init; } = 1;

    /// <summary>When the last was.</summary>
    public DateTimeOffset UpdatedAt { get; init; } = CreatedAt;

    /// <summary>The client that was refused last, as <c>CLIENT LIST</c> shows it.</summary>
    public string ClientInfo { get; init; } = "";
}
