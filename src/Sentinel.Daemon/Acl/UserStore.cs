using System.Collections.Immutable;
using Sentinel.Core;
using Sentinel.Daemon.Configuration;
using Sentinel.Daemon.Logging;

namespace Sentinel.Daemon.Acl;

/// <summary>Brings the users from the configuration at start, and back to its file.</summary>
internal sealed class UserStore(AccessControl users, AclGrammar grammar, SentinelConfiguration configuration, RedisLog log)
{
    private ImmutableDictionary<string, AclUser> _implied = ImmutableDictionary<string, AclUser>.Empty;

    /// <summary>Loads the users. Called once, before anybody can connect.</summary>
    /// <returns>False: something is wrong with them, and the log says what, and what to do.</returns>
    public bool TryLoad()
    {
        ImmutableArray<ConfigurationException> mistakes = Load();
        foreach (ConfigurationException mistake in mistakes)
            log.Write(EventLevel.Warning, mistake.Original);
        if (!mistakes.IsEmpty && configuration.AclFile is null)
            log.Write(EventLevel.Warning, "Critical error while loading ACLs. Exiting.");
        foreach (ConfigurationException mistake in mistakes)
            log.Write(EventLevel.Warning, $"Hint: {mistake.Message}");
        return mistakes.IsEmpty;
    }

    /// <summary>Makes the users that the configuration, or the file that it names, tells of.</summary>
    /// <returns>What is wrong with them, and stops a start; nobody has changed then.</returns>
    public ImmutableArray<ConfigurationException> Load()
    {
        if (configuration.AclFile is { } path)
            return Load(path) is { } mistaken ? [mistaken] : [];
        List<AclUser> loaded = [];
        List<ConfigurationException> mistakes = [];
        foreach (UserLine line in UserLine.Effective(configuration.Users))
        {
            if (Read(line, out ConfigurationException? mistake) is { } user)
                loaded.Add(user);
            else
                mistakes.Add(mistake!);
        }
        if (mistakes.Count > 0)
            return [.. mistakes];
        foreach (AclUser user in loaded.Where(user => !user.IsOn))
            log.Write(EventLevel.Notice, $"The user '{ByteText.ToFile(user.Name)}' is disabled (there is no 'on' modifier in the user description). Make sure this is not a configuration error.");
        _implied = UserLine.Effective(configuration.Users.Where(line => !line.IsOfFile)).Select(line => Read(line, out _)).OfType<AclUser>().Prepend(users.Implied)
            .GroupBy(user => user.Name).ToImmutableDictionary(same => same.Key, same => same.Last());
        if (!loaded.Exists(user => user.Name == AclUser.DefaultName))
            loaded.Add(users.Implied);
        users.ReplaceAll(loaded);
        return [];
    }

    /// <summary>The users as they are now, for the configuration file; null: they have a file of their own.</summary>
    public SavedUsers? Saved() => configuration.AclFile is null ? new SavedUsers([.. users.Users], _implied, grammar.Rules) : null;

    /// <returns>What is wrong; null: nothing.</returns>
    private ConfigurationException? Load(string path)
    {
        if (!configuration.Users.IsEmpty)
        {
            return configuration.Users[0].Line.Error(
                "Configuring Redis with users defined in redis.conf and at the same setting an ACL file path is invalid. This setup is very likely to lead to configuration "
                + "errors and security holes, please define either an ACL file or declare users directly in your redis.conf, but not both.",
                $"move the 'user' lines to '{path}', or remove the line 'aclfile'");
        }
        ImmutableArray<AclUser> loaded = AclFile.Read(path, grammar, out string? error);
        if (error is not null)
        {
            const int MayRead = 4;
            string cure = Posix.CheckAccess(path, MayRead) is not null || Posix.Stamp(path) is not { IsRegular: true }
                ? "create the file, which may be empty, or correct the path in 'aclfile' or the permissions"
                : "correct or remove the lines named above; the file is taken whole or not at all";
            return new ConfigurationException($"Aborting Redis startup because of ACL errors: {ByteText.ToFile(error)}", $"{Path.GetFullPath(path, configuration.Directory)}: {cure}", isLogged: true);
        }
        if (configuration.Options.RequirePass is not null && !loaded.Any(user => user.Name == AclUser.DefaultName))
            log.Write(EventLevel.Warning, $"requirepass has no effect, as in Redis: '{path}' holds no user 'default', who therefore needs no password and may do everything");
        users.ReplaceAll(loaded);
        return null;
    }

    /// <summary>Makes the user of a line.</summary>
    /// <returns>Null: a rule is wrong.</returns>
    private AclUser? Read(UserLine line, out ConfigurationException? mistake)
    {
        mistake = null;
        if (!AclGrammar.IsName(line.Name))
        {
            mistake = line.Line.Error("Spaces not allowed in ACL usernames", "write the name of the user without blanks");
            return null;
        }
        AclUser? user = grammar.Rules.Apply(grammar.Rules.NewUser(line.Name), line.Rules, out AclMistake? wrong);
        if (user is null)
        {
            string rule = ByteText.ToFile(wrong!.Rule);
            mistake = line.Line.Error(
                $"Error loading ACL rule '{rule}' for the user named '{ByteText.ToFile(line.Name)}': {wrong.Message}",
                wrong.IsUnknownName
                    ? $"a Sentinel has no command or category of the name in '{rule}'; correct or remove the rule (COMMAND LIST and ACL CAT tell the names)"
                    : $"correct or remove the rule '{rule}'");
        }
        return user;
    }
}
