using System.Collections.Immutable;
using Sentinel.Core;
using Sentinel.Daemon.Commands;
using Sentinel.Resp;

namespace Sentinel.Daemon.Acl;

/// <summary>The subcommands of ACL that need to know all commands, or change who may do what and so who stays connected.</summary>
/// <param name="users">The users.</param>
/// <param name="grammar">The rules; not at hand before all commands are, of which this is one.</param>
/// <param name="clients">Who is connected.</param>
/// <param name="hub">Who has subscribed to what.</param>
/// <param name="options">Where the file is.</param>
/// <param name="logger">Where it says why a file could not be saved.</param>
internal sealed partial class UserChanges(AccessControl users, Lazy<AclGrammar> grammar, ClientRegistry clients, EventHub hub, RespServerOptions options, ILogger<UserChanges> logger)
{
    private const string NoFile =
        "ERR This Redis instance is not configured to use an ACL file. You may want to specify users via the ACL SETUSER command and then issue a CONFIG REWRITE "
        + "(assuming you have a Redis configuration file set) in order to store users in the Redis configuration.";

    private const string NotSaved = "ERR There was an error trying to save the ACLs. Please check the server logs for more information";

    private readonly Lock _file = new();    // one LOAD or SAVE at a time

    /// <summary>CAT: the categories, or the commands of one.</summary>
    public Outcome ListCategories(CommandCall call)
    {
        if (call.Words.Count > 3)
            return call.Refuse(AclCommand.WrongNumber("CAT"));
        IReadOnlyList<string> names = CommandSpec.AllCategoryNames;
        if (call.Words.Count == 3)
        {
            string wanted = call.Words.GetLatin1(2);
            if (CommandSpec.CategoryOf(wanted) is not { } category)
                return call.Refuse($"ERR Unknown category '{wanted}'");
            names = [.. grammar.Value.Commands.SelectMany(command => command.Subcommands.Prepend(command)).Where(command => command.Categories.HasFlag(category)).Select(command => command.FullName)];
        }
        call.Reply.WriteArrayHeader(names.Count);
        foreach (string name in names)
            call.Reply.WriteBulkString(name);
        return Outcome.Answered;
    }

    /// <summary>DRYRUN: whether a user could do something.</summary>
    public Outcome DryRun(CommandCall call)
    {
        RespCommand words = call.Words;
        if (users.Find(words.GetLatin1(2)) is not { } user)
            return call.Refuse($"ERR User '{words.GetLatin1(2)}' not found");
        if (grammar.Value.Find(words, 3) is not { } command)
            return call.Refuse($"ERR Command '{words.GetLatin1(3)}' not found");
        if (!command.Takes(words.Count - 3))
            return call.Refuse(CommandTable.WrongArity(command.FullName));
        AclVerdict verdict = user.Check(command, words, 3);
        if (verdict.IsAllowed)
            return call.Ok();
        call.Reply.WriteBulk(verdict.Reason is DenialReason.Channel
            ? $"User {user.Name} has no permissions to access the '{words.GetLatin1(verdict.Word)}' channel"
            : CommandTable.MayNotRun(user, command));
        return Outcome.Answered;
    }

    /// <summary>SETUSER: makes or changes a user, all rules or none.</summary>
    public Outcome Set(CommandCall call)
    {
        string name = call.Words.GetLatin1(2);
        if (!AclGrammar.IsName(name))
            return call.Refuse("ERR Usernames can't contain spaces or null characters");
        if (!AclRules.TryJoin(Words(call, 3), out ImmutableArray<string> rules, out AclMistake? mistake))
            return call.Refuse($"ERR {mistake.Message}");
        AclRules grammarRules = grammar.Value.Rules;
        if (users.Change(name, before => grammarRules.Apply(before ?? grammarRules.NewUser(name), rules, out mistake)) is not var (account, _))
            return call.Refuse($"ERR Error in ACL SETUSER modifier '{mistake!.Rule}': {mistake.Message}");
        DisconnectSubscribers(call.Client, account);
        return call.Ok();
    }

    /// <summary>DELUSER: removes users, and disconnects their clients.</summary>
    public Outcome Delete(CommandCall call)
    {
        string[] names = [.. Words(call, 2)];
        if (names.Contains(AclUser.DefaultName))
            return call.Refuse("ERR The 'default' user cannot be removed");
        ImmutableArray<AclAccount> removed = users.Remove(names);
        Disconnect(call.Client, removed);
        call.Reply.WriteInteger(removed.Length);
        return Outcome.Answered;
    }

    /// <summary>LOAD: the users of the ACL file instead of all there are, or no change when a line of it is wrong.</summary>
    public Outcome Load(CommandCall call)
    {
        if (options.AclFile is not { } path)
            return call.Refuse(NoFile);
        ClientConnection client = call.Client;
        // Not on this thread, which serves other clients too: a disk may take its time.
        return Task.Run<Answer>(() =>
        {
            lock (_file)
            {
                ImmutableArray<AclUser> loaded = AclFile.Read(path, grammar.Value, out string? error);
                if (error is not null)
                    return new Answer.Refused($"ERR {error}");
                Disconnect(client, users.ReplaceAll(loaded));
                DisconnectSubscribers(client, account: null);
                return new Answer.Ok();
            }
        });
    }

    /// <summary>SAVE: all users into the ACL file.</summary>
    public Outcome Save(CommandCall call)
    {
        if (options.AclFile is not { } path)
            return call.Refuse(NoFile);
        return Task.Run<Answer>(() =>
        {
            // Of two saves the one that writes last has the newer users.
            lock (_file)
            {
                if (AclFile.Save(path, users.Users) is not { } error)
                    return new Answer.Ok();
                SaveFailed(logger, path, error);
                return new Answer.Refused(NotSaved);
            }
        });
    }

    private static IEnumerable<string> Words(CommandCall call, int start)
    {
        RespCommand words = call.Words;
        return Enumerable.Range(start, words.Count - start).Select(words.GetLatin1);
    }

    private void Disconnect(ClientConnection caller, ImmutableArray<AclAccount> removed)
    {
        foreach (ClientConnection client in clients.All.Where(client => removed.Contains(client.Account)))
        {
            // Should it get another word in, it is a stranger.
            (client.Account, client.IsAuthenticated) = (users.Default, false);
            Disconnect(caller, client, "its user was removed");
        }
    }

    /// <summary>Disconnects those of a user, or with null of all users, that have subscribed to what they may no longer have. They could not know that nothing comes any more.</summary>
    private void DisconnectSubscribers(ClientConnection caller, AclAccount? account)
    {
        foreach (ClientConnection client in hub.Subscribers(client => (account is null || client.Account == account) && !client.Account.User.AllowsSubscriptions(client.Channels, client.Patterns)))
            Disconnect(caller, client, "its user may no longer use a channel that it has subscribed to");
    }

    private static void Disconnect(ClientConnection caller, ClientConnection client, string reason)
    {
        client.IsClosing = true;    // whatever it has sent is not heard any more
        if (client != caller)    // which is told first
            client.Output.CutOff(reason);
    }

    [LoggerMessage(EventId = 3101, Level = LogLevel.Warning, Message = "The users could not be saved to ACL file '{Path}': {Error}")]
    private static partial void SaveFailed(ILogger logger, string path, string error);
}
