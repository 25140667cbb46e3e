using System.Security.Cryptography;
using Sentinel.Core;
using Sentinel.Daemon.Commands;
using Sentinel.Resp;

namespace Sentinel.Daemon.Acl;

/// <summary>ACL: who may do what, asked and changed; the table of its subcommands, in the order of its HELP.</summary>
internal sealed class AclCommand
{
    private const CommandFlags Any = CommandFlags.NoScript | CommandFlags.Loading | CommandFlags.Stale;
    private const CommandFlags Admin = Any | CommandFlags.Admin;

    /// <summary>How many entries <c>ACL LOG</c> shows when it is not told. As in Redis.</summary>
    private const int LogCount = 10;

    private const int PasswordBits = 256;
    private const int PasswordBitsMax = 4096;
    private const int BitsPerDigit = 4;

    private readonly AccessControl _users;
    private readonly AclLog _log;

    public AclCommand(AccessControl users, UserChanges changes, AclLog log)
    {
        (_users, _log) = (users, log);
        Spec = new CommandSpec("acl", -2, null)
        {
            Since = "6.0.0",
            Summary = "A container for Access List Control commands",
            Subcommands =
            [
                Sub("cat", -2, changes.ListCategories, Any, "List the ACL categories or the commands inside a category",
                    "CAT [<category>]",
                    "    List all commands that belong to <category>, or all command categories",
                    "    when no category is specified."),
                Sub("deluser", -3, changes.Delete, Admin, "Remove the specified ACL users and the associated rules",
                    "DELUSER <username> [<username> ...]",
                    "    Delete a list of users."),
                Sub("dryrun", -4, changes.DryRun, Admin, "Returns whether the user can execute the given command without executing the command.",
                    "DRYRUN <username> <command> [<arg> ...]",
                    "    Returns whether the user can execute the given command without executing the command.") with { Since = "7.0.0" },
                Sub("getuser", 3, GetUser, Admin, "Get the rules for a specific ACL user",
                    "GETUSER <username>",
                    "    Get the user's details."),
                Sub("genpass", -2, GeneratePassword, Any, "Generate a pseudorandom secure password to use for ACL users",
                    "GENPASS [<bits>]",
                    "    Generate a secure 256-bit user password. The optional `bits` argument can",
                    "    be used to specify a different size."),
                Sub("list", 2, List, Admin, "List the current ACL rules in ACL config file format",
                    "LIST",
                    "    Show users details in config file format."),
                Sub("load", 2, changes.Load, Admin, "Reload the ACLs from the configured ACL file",
                    "LOAD",
                    "    Reload users from the ACL file."),
                Sub("log", -2, Log, Admin, "List latest events denied because of ACLs in place",
                    "LOG [<count> | RESET]",
                    "    Show the ACL log entries."),
                Sub("save", 2, changes.Save, Admin, "Save the current ACL rules in the configured ACL file",
                    "SAVE",
                    "    Save the current config to the ACL file."),
                Sub("setuser", -3, changes.Set, Admin, "Modify or create the rules for a specific ACL user",
                    "SETUSER <username> <attribute> [<attribute> ...]",
                    "    Create or modify a user with the specified attributes."),
                Sub("users", 2, ListNames, Admin, "List the username of all the configured ACL rules",
                    "USERS",
                    "    List all the registered usernames."),
                Sub("whoami", 2, WhoAmI, Any, "Return the name of the user associated to the current connection",
                    "WHOAMI",
                    "    Return the current connection username."),
                Sub("help", 2, call => HelpText.Write(call, Spec!), CommandFlags.Loading | CommandFlags.Stale, "Show helpful text about the different subcommands"),
            ],
        };
    }

    /// <summary>The command.</summary>
    public CommandSpec Spec { get; }

    private static CommandSpec Sub(string name, int arity, Func<CommandCall, Outcome> handler, CommandFlags flags, string summary, params string[] help) =>
        new($"acl|{name}", arity, handler) { Flags = flags, Since = "6.0.0", Summary = summary, Help = [.. help] };

    private static Outcome WhoAmI(CommandCall call)
    {
        call.Reply.WriteBulk(call.Client.User);
        return Outcome.Answered;
    }

    private static Outcome GeneratePassword(CommandCall call)
    {
        long bits = PasswordBits;
        if (call.Words.Count > 3)
            return call.Refuse(WrongNumber("GENPASS"));
        if (call.Words.Count == 3 && !call.Words.TryGetInteger(2, out bits))
            return call.Refuse(CommandCall.NotAnInteger);
        if (bits is <= 0 or > PasswordBitsMax)
            return call.Refuse($"ERR ACL GENPASS argument must be the number of bits for the output password, a positive number up to {PasswordBitsMax}");
        int digits = ((int)bits + BitsPerDigit - 1) / BitsPerDigit;
        call.Reply.WriteBulkString(RandomNumberGenerator.GetHexString(digits, lowercase: true));
        return Outcome.Answered;
    }

    /// <summary>Redis' answer to too many words where it checks them itself.</summary>
    public static string WrongNumber(string subcommand) => $"ERR unknown subcommand or wrong number of arguments for '{subcommand}'. Try ACL HELP.";

    private Outcome List(CommandCall call)
    {
        AclUser[] users = [.. _users.Users];
        call.Reply.WriteArrayHeader(users.Length);
        foreach (AclUser user in users)
            call.Reply.WriteBulk(user.Description);
        return Outcome.Answered;
    }

    private Outcome ListNames(CommandCall call)
    {
        AclUser[] users = [.. _users.Users];
        call.Reply.WriteArrayHeader(users.Length);
        foreach (AclUser user in users)
            call.Reply.WriteBulk(user.Name);
        return Outcome.Answered;
    }

    private Outcome GetUser(CommandCall call)
    {
        RespWriter reply = call.Reply;
        if (_users.Find(call.Words.GetLatin1(2)) is not { } user)
        {
            reply.WriteNull();
            return Outcome.Answered;
        }
        string[] flags = [.. user.Flags];
        reply.WriteMapHeader(6);
        reply.WriteBulkString("flags"u8);
        reply.WriteSetHeader(flags.Length);
        foreach (string flag in flags)
            reply.WriteBulk(flag);
        reply.WriteBulkString("passwords"u8);
        reply.WriteArrayHeader(user.Passwords.Length);
        foreach (string hash in user.Passwords)
            reply.WriteBulk(hash);
        WritePermissions(reply, user.Root);
        reply.WriteBulkString("selectors"u8);
        reply.WriteArrayHeader(user.Selectors.Length);
        foreach (AclSelector selector in user.Selectors)
        {
            reply.WriteMapHeader(3);
            WritePermissions(reply, selector);
        }
        return Outcome.Answered;
    }

    private static void WritePermissions(RespWriter reply, AclSelector selector)
    {
        reply.WriteBulkString("commands"u8);
        reply.WriteBulk(selector.CommandsText);
        reply.WriteBulkString("keys"u8);
        reply.WriteBulk(selector.KeysText);
        reply.WriteBulkString("channels"u8);
        reply.WriteBulk(selector.ChannelsText);
    }

    private Outcome Log(CommandCall call)
    {
        long count = LogCount;
        if (call.Words.Count > 3)
            return call.Refuse(WrongNumber("LOG"));
        if (call.Words.Is(2, "RESET"u8))
        {
            _log.Clear();
            return call.Ok();
        }
        if (call.Words.Count == 3 && !call.Words.TryGetInteger(2, out count))
            return call.Refuse(CommandCall.NotAnInteger);
        RespWriter reply = call.Reply;
        var entries = _log.Newest(count);
        reply.WriteArrayHeader(entries.Length);
        foreach (AclLogEntry entry in entries)
            Write(reply, entry, _log.Now);
        return Outcome.Answered;
    }

    private static void Write(RespWriter reply, AclLogEntry entry, DateTimeOffset now)
    {
        reply.WriteMapHeader(10);
        reply.WriteBulkString("count"u8);
        reply.WriteInteger(entry.Count);
        reply.WriteBulkString("reason"u8);
        reply.WriteBulk(entry.Reason.ToString().ToLowerInvariant());
        reply.WriteBulkString("context"u8);
        reply.WriteBulkString("toplevel"u8);    // there are no transactions or scripts in a Sentinel
        reply.WriteBulkString("object"u8);
        reply.WriteBulk(entry.Object);
        reply.WriteBulkString("username"u8);
        reply.WriteBulk(entry.UserName);
        reply.WriteBulkString("age-seconds"u8);
        reply.WriteDouble(Math.Max(0, (now - entry.UpdatedAt).Ticks / TimeSpan.TicksPerMillisecond) / 1000.0);
        reply.WriteBulkString("client-info"u8);
        reply.WriteBulk(entry.ClientInfo);
        reply.WriteBulkString("entry-id"u8);
        reply.WriteInteger(entry.Id);
        reply.WriteBulkString("timestamp-created"u8);
        reply.WriteInteger(entry.CreatedAt.ToUnixTimeMilliseconds());
        reply.WriteBulkString("timestamp-last-updated"u8);
        reply.WriteInteger(entry.UpdatedAt.ToUnixTimeMilliseconds());
    }
}
