namespace Sentinel.Daemon.Acl;

/// <summary>A user as connections hold it: what it may do changes, who it is does not.</summary>
internal sealed class AclAccount(AclUser user)
{
    private volatile AclUser _user = user;

    /// <summary>What it may do now. Set by <see cref="AccessControl"/> alone.</summary>
    public AclUser User
    {
        get => _user;
        set => _user = value;
    }
}
