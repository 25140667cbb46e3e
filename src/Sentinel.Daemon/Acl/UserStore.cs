using System.Collections.Immutable;
using Sentinel.Core;
using Sentinel.Daemon.Configuration;
using Sentinel.Daemon.Logging;

namespace Sentinel.Daemon.Acl;

/// <summary>Brings the users from the configuration at start, and back to its file.</summary>
internal sealed class UserStore(AccessControl users, AclGrammar grammar, SentinelConfiguration configuration, RedisLog log)
{
    private ImmutableDictionary<string, AclUser> _implied = ImmutableDictionary<string, AclUser>.Empty;

    /// <summary>Makes the users that the configuration, or the file that it names, tells of. Called once, before anybody can connect.</summary>
    /// <returns>False: something is wrong with them, and the log says what.</returns>
    public bool TryLoad()
    {
        if (configuration.AclFile is { } path)
            return TryLoad(path);
        List<AclUser> loaded = [];
        foreach (UserLine line in UserLine.Effective(configuration.Users))
        {
            if (Read(line) is not { } user)
            {
                Complain("Critical error while loading ACLs. Exiting.");
                return false;
            }
            if (!user.IsOn)
                log.Write(EventLevel.Notice, $"The user '{ByteText.ToFile(user.Name)}' is disabled (there is no 'on' modifier in the user description). Make sure this is not a configuration error.");
            loaded.Add(user);
        }
        _implied = UserLine.Effective(configuration.Users.Where(line => !line.IsOfFile)).Select(Read).OfType<AclUser>().Prepend(users.Implied)
            .GroupBy(user => user.Name).ToImmutableDictionary(same => same.Key, same => same.Last());
        if (!loaded.Exists(user => user.Name == AclUser.DefaultName))
            loaded.Add(users.Implied);
        users.ReplaceAll(loaded);
        return true;
    }

    /// <summary>The users as they are now, for the configuration file; null: they have a file of their own.</summary>
    public SavedUsers? Saved() => configuration.AclFile is null ? new SavedUsers([.. users.Users], _implied, grammar.Rules) : null;

    private bool TryLoad(string path)
    {
        if (!configuration.Users.IsEmpty)
        {
            Complain(
                "Configuring Redis with users defined in redis.conf and at the same setting an ACL file path is invalid. This setup is very likely to lead to configuration "
                + "errors and security holes, please define either an ACL file or declare users directly in your redis.conf, but not both.");
            return false;
        }
        ImmutableArray<AclUser> loaded = AclFile.Read(path, grammar, out string? error);
        if (error is not null)
        {
            Complain($"Aborting Redis startup because of ACL errors: {ByteText.ToFile(error)}");
            return false;
        }
        if (configuration.Options.RequirePass is not null && !loaded.Any(user => user.Name == AclUser.DefaultName))
            Complain($"requirepass has no effect, as in Redis: '{path}' holds no user 'default', who therefore needs no password and may do everything");
        users.ReplaceAll(loaded);
        return true;
    }

    /// <summary>Makes the user of a line; null: a rule is wrong, and the log says which.</summary>
    private AclUser? Read(UserLine line)
    {
        if (!AclGrammar.IsName(line.Name))
        {
            Complain("Spaces not allowed in ACL usernames");
            return null;
        }
        AclUser? user = grammar.Rules.Apply(grammar.Rules.NewUser(line.Name), line.Rules, out AclMistake? mistake);
        if (user is null)
            Complain($"Error loading ACL rule '{ByteText.ToFile(mistake!.Rule)}' for the user named '{ByteText.ToFile(line.Name)}': {mistake.Message}");
        return user;
    }

    private void Complain(string what) => log.Write(EventLevel.Warning, what);
}
