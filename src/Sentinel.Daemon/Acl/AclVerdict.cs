namespace Sentinel.Daemon.Acl;

/// <summary>Whether a call is allowed, and if not, for which of its words.</summary>
/// <param name="Reason">What it failed at; null: it is allowed.</param>
/// <param name="Word">The word of the request that is not allowed.</param>
internal readonly record struct AclVerdict(DenialReason? Reason, int Word)
{
    /// <summary>It is allowed.</summary>
    public static AclVerdict Allowed => default;

    /// <summary>Whether it is allowed.</summary>
    public bool IsAllowed => Reason is null;

    /// <summary>The command is not allowed.</summary>
    public static AclVerdict Command(int word) => new(DenialReason.Command, word);

    /// <summary>A channel is not allowed.</summary>
    public static AclVerdict Channel(int word) => new(DenialReason.Channel, word);

    /// <summary>The one of two that came nearer to being allowed: that is the one a user is told.</summary>
    public static AclVerdict Nearer(AclVerdict one, AclVerdict other) =>
        one.IsAllowed || (!other.IsAllowed && (one.Reason, one.Word).CompareTo((other.Reason, other.Word)) >= 0) ? one : other;
}
