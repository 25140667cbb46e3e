using System.Collections.Immutable;
using Sentinel.Daemon.Commands;
using Sentinel.Daemon.Configuration;

namespace Sentinel.Daemon.Acl;

/// <summary>The users there are. Safe to use from any thread; reading takes no lock.</summary>
/// <remarks>There is always a user <c>default</c>, and its account is always the same one.</remarks>
internal sealed class AccessControl
{
    private readonly Lock _gate = new();
    private readonly AclAccount _default;
    private volatile ImmutableSortedDictionary<string, AclAccount> _accounts;

    /// <param name="options">The password of the user <c>default</c>.</param>
    public AccessControl(RespServerOptions options)
    {
        Implied = AclUser.Default(options.RequirePass is { Length: > 0 } password ? FileText.Encode(password) : null);
        _default = new AclAccount(Implied);
        _accounts = ImmutableSortedDictionary.Create<string, AclAccount>(StringComparer.Ordinal).Add(AclUser.DefaultName, _default);
    }

    /// <summary>The user <c>default</c> as <c>requirepass</c> alone makes it.</summary>
    public AclUser Implied { get; }

    /// <summary>The account of connections that name no user.</summary>
    public AclAccount Default => _default;

    /// <summary>Whether whoever connects is the user <c>default</c>, and asked for no password.</summary>
    public bool IsOpen => _default.User is { IsOn: true, IsNoPass: true };

    /// <summary>All users, by name.</summary>
    public IEnumerable<AclUser> Users => _accounts.Values.Select(account => account.User);

    /// <summary>The user of this name; null: there is none.</summary>
    public AclUser? Find(string name) => _accounts.GetValueOrDefault(name)?.User;

    /// <summary>Whether a client may call more than what strangers may.</summary>
    public bool HasAuthenticated(ClientConnection client) => client.IsAuthenticated || IsOpen;

    /// <summary>Makes a client act as a user, if it knows its password.</summary>
    /// <param name="client">The client.</param>
    /// <param name="name">The user.</param>
    /// <param name="password">The password.</param>
    /// <returns>False: no such user, not its password, or the user is off.</returns>
    public bool TryAuthenticate(ClientConnection client, string name, ReadOnlySpan<byte> password)
    {
        // An unknown name takes as long as a known one.
        AclUser user = Find(name) ?? new AclUser(name);
        if (!user.Accepts(password))
            return false;
        lock (_gate)
        {
            // Who removes a user looks for its clients after this lock, and so finds this one or is found out here.
            if (!_accounts.TryGetValue(name, out AclAccount? account))
                return false;
            (client.Account, client.IsAuthenticated) = (account, true);
            return true;
        }
    }

    /// <summary>Changes or makes one user, or leaves all as it is.</summary>
    /// <param name="name">The user.</param>
    /// <param name="change">From the user before, null when there is none, to the user after; null: nothing is to be changed.</param>
    /// <returns>The account and the user before.</returns>
    public (AclAccount Account, AclUser? Before)? Change(string name, Func<AclUser?, AclUser?> change)
    {
        lock (_gate)
        {
            AclAccount? account = _accounts.GetValueOrDefault(name);
            AclUser? before = account?.User;
            if (change(before) is not { } after)
                return null;
            if (account is null)
                _accounts = _accounts.Add(name, account = new AclAccount(after));
            else
                account.User = after;
            return (account, before);
        }
    }

    /// <summary>Removes users. The user <c>default</c> cannot be removed.</summary>
    /// <returns>The accounts that there were; their clients are to be disconnected.</returns>
    public ImmutableArray<AclAccount> Remove(IReadOnlyCollection<string> names)
    {
        lock (_gate)
        {
            ImmutableArray<AclAccount> removed = [.. names.Distinct().Where(name => name != AclUser.DefaultName).Select(name => _accounts.GetValueOrDefault(name)).OfType<AclAccount>()];
            _accounts = _accounts.RemoveRange(removed.Select(account => account.User.Name));
            return removed;
        }
    }

    /// <summary>Makes these the users that there are. Without a user <c>default</c> among them, it may do everything and takes any password, as in Redis.</summary>
    /// <returns>The accounts that are no more; their clients are to be disconnected.</returns>
    public ImmutableArray<AclAccount> ReplaceAll(IEnumerable<AclUser> users)
    {
        lock (_gate)
        {
            Dictionary<string, AclUser> wanted = users.ToDictionary(user => user.Name, StringComparer.Ordinal);
            wanted.TryAdd(AclUser.DefaultName, AclUser.Default(password: null));
            ImmutableArray<AclAccount> removed = [.. _accounts.Values.Where(account => !wanted.ContainsKey(account.User.Name))];
            foreach ((string name, AclUser user) in wanted)
            {
                if (_accounts.TryGetValue(name, out AclAccount? account))
                    account.User = user;
                else
                    _accounts = _accounts.Add(name, new AclAccount(user));
            }
            _accounts = _accounts.RemoveRange(removed.Select(account => account.User.Name));
            return removed;
        }
    }
}
