namespace Sentinel.Daemon.Acl;

/// <summary>Why somebody was refused, as <c>ACL LOG</c> has it; the later ones came nearer to being allowed.</summary>
internal enum DenialReason
{
    /// <summary>The command is not allowed.</summary>
    Command,

    /// <summary>A channel is not allowed.</summary>
    Channel,

    /// <summary>No such user, or not its password.</summary>
    Auth,
}
