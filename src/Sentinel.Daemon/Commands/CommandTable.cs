using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Sentinel.Core;
using Sentinel.Daemon.Acl;
using Sentinel.Daemon.Configuration;
using Sentinel.Resp;

namespace Sentinel.Daemon.Commands;

/// <summary>Every command that is served: finds the one that is meant, checks what can be checked for all, and calls it.</summary>
/// <remarks>
/// The checks come in Redis' order, so that a stranger learns that a command is unknown but not what it would have done:
/// it exists, its number of words is right, the client has authenticated, its user may call it and use the channels that
/// it names, it may be called while subscribed.
/// </remarks>
internal sealed class CommandTable
{
    // How much of what a client sent is quoted back in an error. As in Redis.
    private const int QuotedMax = 128;

    private readonly CommandLookup _commands;
    private readonly CommandLookup?[] _subcommands;    // by the number of their command

    private readonly AccessControl _users;
    private readonly AclLog _log;
    private readonly SentinelLoop _loop;

    /// <param name="commands">The commands; COMMAND lists them in this order.</param>
    /// <param name="names">What they are called.</param>
    /// <param name="users">Who may call them.</param>
    /// <param name="log">Who was refused.</param>
    /// <param name="loop">The time.</param>
    public CommandTable(IEnumerable<CommandSpec> commands, CommandNames names, AccessControl users, AclLog log, SentinelLoop loop)
    {
        (_users, _log, _loop) = (users, log, loop);
        ImmutableArray<CommandSpec> all = Numbered([.. commands, CommandCommand.Spec(this)]);
        Listed = [.. all.Where(command => command.IsListed)];
        Dictionary<string, CommandSpec> callable = all.Where(command => !names.IsGone(command.FullName)).ToDictionary(command => command.FullName);
        foreach ((string other, string own) in names.Others)
            callable[other] = all.Single(command => command.FullName == own);
        Callable = [.. Listed.Where(callable.ContainsValue)];
        _commands = new CommandLookup(callable.Where(command => !IsHttp(Encoding.Latin1.GetBytes(command.Key))));
        _subcommands = new CommandLookup[all.Max(command => command.Number) + 1];
        foreach (CommandSpec command in all.Where(command => command.Subcommands.Length > 0))
            _subcommands[command.Number] = new CommandLookup(command.Subcommands.Select(subcommand => KeyValuePair.Create(subcommand.FullName[(command.FullName.Length + 1)..], subcommand)));
    }

    /// <summary>The commands that ACLs know, also those that cannot be called because they were removed.</summary>
    public ImmutableArray<CommandSpec> Listed { get; }

    /// <summary>Those of them that can be called: <c>COMMAND</c> tells of them.</summary>
    public ImmutableArray<CommandSpec> Callable { get; }

    /// <summary>A command by what it is called, or with a subcommand's name (<c>sentinel|set</c>) the subcommand; null: there is none, or it is not listed.</summary>
    public CommandSpec? FindListed(string name)
    {
        string[] parts = name.Split('|', 2);
        if (_commands.Find(parts[0]) is not { IsListed: true } spec)
            return null;
        return parts.Length == 1 ? spec : _subcommands[spec.Number]?.Find(parts[1]);
    }

    /// <summary>Answers one request, or says what is wrong with it.</summary>
    public Outcome Call(CommandCall call)
    {
        RespCommand words = call.Words;
        ClientConnection client = call.Client;
        CommandSpec? command = _commands.Find(words.Span(0));
        client.LastCommand = command;
        if (command is null)
            return RefuseUnknown(call);
        if (_subcommands[command.Number] is { } subcommands && words.Count > 1)
        {
            client.LastCommand = command = subcommands.Find(words.Span(1));
            if (command is null)
                return call.Refuse($"ERR unknown subcommand '{Clip(words.GetLatin1(1))}'. Try {words.GetLatin1(0).ToUpperInvariant()} HELP.");
        }
        if (!command.Takes(words.Count) || command.Handler is null)
            return call.Refuse(WrongArity(command.FullName));
        if (!client.IsAuthenticated && !_users.IsOpen && !command.Flags.HasFlag(CommandFlags.NoAuth))
            return call.Refuse("NOAUTH Authentication required.");
        AclUser user = client.Account.User;
        if (!user.AllowsEverything && user.Check(command, words, 0) is { IsAllowed: false } verdict)
            return Deny(call, command, user, verdict);
        if (client.IsSubscribed && client.Version == RespVersion.Resp2 && !command.IsAllowedWhileSubscribed)
            return call.Refuse($"ERR Can't execute '{command.FullName}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context");
        client.Called();
        return command.Handler(call);
    }

    /// <summary>Asks the core before the answers to earlier requests are there, where that makes no difference but in time.</summary>
    /// <param name="call">The call.</param>
    /// <param name="decision">Its answer, once the core has decided.</param>
    /// <returns>False: nothing was done, the request has to wait for its turn (<see cref="Call"/>).</returns>
    public bool TryAsk(CommandCall call, [NotNullWhen(true)] out Task<Answer>? decision)
    {
        decision = null;
        RespCommand words = call.Words;
        ClientConnection client = call.Client;
        if (_commands.Find(words.Span(0)) is not { } container || _subcommands[container.Number] is not { } subcommands || words.Count < 2
            || subcommands.Find(words.Span(1)) is not { Ask: { } ask } command || !command.Takes(words.Count))
            return false;
        AclUser user = client.Account.User;
        bool isAllowed = (client.IsAuthenticated || _users.IsOpen) && (user.AllowsEverything || user.Check(command, words, 0).IsAllowed);
        if (!isAllowed || client.IsSubscribed || client.ReplyMode is not ReplyMode.On || !ask(call, out decision))
            return false;
        client.LastCommand = command;
        client.Called();
        return true;
    }

    /// <summary>Redis' answer to a user that may not call a command.</summary>
    public static string MayNotRun(AclUser user, CommandSpec command) => $"User {user.Name} has no permissions to run the '{command.FullName}' command";

    /// <summary>Redis' answer to too few or too many words.</summary>
    public static string WrongArity(string fullName) => $"ERR wrong number of arguments for '{fullName}' command";

    /// <summary>Gives each command and subcommand its number.</summary>
    private static ImmutableArray<CommandSpec> Numbered(ImmutableArray<CommandSpec> commands)
    {
        int number = 0;
        ImmutableArray<CommandSpec> numbered =
        [
            .. commands.Select(command => command with
            {
                Number = number++,
                Subcommands = [.. command.Subcommands.Select(subcommand => subcommand with { Number = number++ })],
            }),
        ];
        return number <= CommandSet.Capacity ? numbered : throw new InvalidOperationException("There are more commands than a CommandSet has room for.");
    }

    private Outcome Deny(CommandCall call, CommandSpec command, AclUser user, AclVerdict verdict)
    {
        bool isChannel = verdict.Reason is DenialReason.Channel;
        _log.Add(verdict.Reason!.Value, isChannel ? call.Words.GetLatin1(verdict.Word) : command.FullName, user.Name, ClientLine.Of(call.Client, _loop.Now).TrimEnd());
        return call.Refuse(isChannel ? "NOPERM No permissions to access a channel" : $"NOPERM {MayNotRun(user, command)}");
    }

    private static Outcome RefuseUnknown(CommandCall call)
    {
        if (!IsHttp(call.Words.Span(0)))
            return call.Refuse(UnknownCommand(call.Words));
        // Somebody makes a browser speak to us: whatever else is in that request must not be heard.
        call.Client.IsClosing = true;
        return Outcome.Answered;
    }

    /// <summary>Whether a line begins as those of HTTP do. No command can be called so.</summary>
    private static bool IsHttp(ReadOnlySpan<byte> name) => Ascii.EqualsIgnoreCase(name, "POST"u8) || Ascii.EqualsIgnoreCase(name, "Host:"u8);

    private static string UnknownCommand(RespCommand words)
    {
        string arguments = "";
        for (int i = 1; i < words.Count && arguments.Length < QuotedMax; i++)
            arguments += $"'{Clip(words.GetLatin1(i), QuotedMax - arguments.Length)}' ";
        return $"ERR unknown command '{Clip(words.GetLatin1(0))}', with args beginning with: {arguments}";
    }

    /// <summary>The part of a word that is quoted: as in Redis it ends at the first NUL, too.</summary>
    private static string Clip(string word, int lengthMax = QuotedMax)
    {
        int end = word.IndexOf('\0', StringComparison.Ordinal);
        return word[..Math.Min(lengthMax, end < 0 ? word.Length : end)];
    }
}
