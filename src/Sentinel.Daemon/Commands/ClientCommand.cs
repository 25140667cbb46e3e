using System.Collections.Immutable;
using Sentinel.Core;
using Sentinel.Daemon.Acl;
using Sentinel.Resp;

namespace Sentinel.Daemon.Commands;

/// <summary>CLIENT: what a client says of itself, who is connected, and sending one away.</summary>
internal sealed class ClientCommand
{
    /// <summary>Redis' answer to a name that would break the lines of <c>CLIENT LIST</c>.</summary>
    public const string BadName = "ERR Client names cannot contain spaces, newlines or special characters.";

    private const CommandFlags Own = CommandFlags.NoScript | CommandFlags.Loading | CommandFlags.Stale;

    private readonly ClientRegistry _clients;
    private readonly AccessControl _users;
    private readonly SentinelLoop _loop;

    public ClientCommand(ClientRegistry clients, AccessControl users, SentinelLoop loop)
    {
        (_clients, _users, _loop) = (clients, users, loop);
        Spec = new CommandSpec("client", -2, null)
        {
            Since = "2.4.0",
            Group = "connection",
            Summary = "A container for client connection commands",
            // In the order of Redis' HELP.
            Subcommands =
            [
                .. new ClientTracking(clients).Specs,
                Sub("getname", 2, GetName) with { Since = "2.6.9", Summary = "Get the current connection name", Help = ["GETNAME", "    Return the name of the current connection."] },
                Sub("id", 2, Id) with { Since = "5.0.0", Summary = "Returns the client ID for the current connection", Help = ["ID", "    Return the ID of the current connection."] },
                Sub("info", 2, Info) with
                {
                    Tips = ["nondeterministic_output"],
                    Since = "6.2.0",
                    Summary = "Returns information about the current client connection.",
                    Help = ["INFO", "    Return information about the current client connection."],
                },
                Sub("kill", -3, Kill, CommandFlags.Admin) with
                {
                    Since = "2.4.0",
                    Summary = "Kill the connection of a client",
                    Help =
                    [
                        "KILL <ip:port>",
                        "    Kill connection made from <ip:port>.",
                        "KILL <option> <value> [<option> <value> [...]]",
                        "    Kill connections. Options are:",
                        "    * ADDR (<ip:port>|<unixsocket>:0)",
                        "      Kill connections made from the specified address",
                        "    * ID <client-id>",
                        "      Kill the connection with this ID.",
                        "    * LADDR (<ip:port>|<unixsocket>:0)",
                        "      Kill connections made to specified local address",
                        "    * MAXAGE <maxage>",
                        "      Kill connections older than the specified age in seconds.",
                        "    * TYPE (NORMAL|MASTER|REPLICA|PUBSUB)",
                        "      Kill connections by type.",
                        "    * USER <username>",
                        "      Kill connections authenticated by <username>.",
                        "    * SKIPME (YES|NO)",
                        "      Skip killing current connection (default: yes).",
                    ],
                },
                Sub("list", -2, List, CommandFlags.Admin) with
                {
                    Tips = ["nondeterministic_output"],
                    Since = "2.4.0",
                    Summary = "Get the list of client connections",
                    Help =
                    [
                        "LIST [options ...]",
                        "    Return information about client connections. Options:",
                        "    * TYPE (NORMAL|MASTER|REPLICA|PUBSUB)",
                        "      Return clients of specified type.",
                        "    * ID <client-id> [<client-id> ...]",
                        "      Return clients with these IDs.",
                    ],
                },
                .. ClientControl.Specs,
                Sub("setinfo", 4, SetInfo) with
                {
                    Since = "7.2.0",
                    Summary = "Sets information specific to the client or connection.",
                    Help = ["SETINFO <option> <value>", "    Set client meta attr. Options are:", "    * LIB-NAME: the client lib name.", "    * LIB-VER: the client lib version."],
                },
                Sub("setname", 3, SetName) with { Since = "2.6.9", Summary = "Set the current connection name", Help = ["SETNAME <name>", "    Assign the name <name> to the current connection."] },
                Sub("help", 2, call => HelpText.Write(call, Spec!)) with { Flags = CommandFlags.Loading | CommandFlags.Stale, Since = "5.0.0", Summary = "Show helpful text about the different subcommands" },
            ],
        };
    }

    /// <summary>The command.</summary>
    public CommandSpec Spec { get; }

    /// <summary>Whether this can be a client's name.</summary>
    public static bool IsName(ReadOnlySpan<byte> text) => !text.ContainsAnyExceptInRange((byte)'!', (byte)'~');

    /// <summary>Names a client; an empty name unsets it.</summary>
    public static void SetName(ClientConnection client, string name) => client.Name = name.Length > 0 ? name : null;

    /// <summary>A subcommand.</summary>
    public static CommandSpec Sub(string name, int arity, Func<CommandCall, Outcome> handler, CommandFlags flags = CommandFlags.None) =>
        new($"client|{name}", arity, handler) { Flags = flags | Own, ExtraCategories = CommandCategories.Connection, Group = "connection" };

    private static Outcome Id(CommandCall call)
    {
        call.Reply.WriteInteger(call.Client.Id);
        return Outcome.Answered;
    }

    private static Outcome GetName(CommandCall call)
    {
        call.Reply.WriteBulkString(call.Client.Name);
        return Outcome.Answered;
    }

    private static Outcome SetName(CommandCall call)
    {
        if (!IsName(call.Words.Span(2)))
            return call.Refuse(BadName);
        SetName(call.Client, call.Words.GetLatin1(2));
        return call.Ok();
    }

    private static Outcome SetInfo(CommandCall call)
    {
        string option = call.Words.GetLatin1(2);
        bool isName = call.Words.Is(2, "LIB-NAME"u8);
        if (!isName && !call.Words.Is(2, "LIB-VER"u8))
            return call.Refuse($"ERR Unrecognized option '{option}'");
        if (!IsName(call.Words.Span(3)))
            return call.Refuse($"ERR {option} cannot contain spaces, newlines or special characters.");
        string value = call.Words.GetLatin1(3);
        if (isName)
            call.Client.LibraryName = value;
        else
            call.Client.LibraryVersion = value;
        return call.Ok();
    }

    private Outcome Info(CommandCall call)
    {
        call.Reply.WriteVerbatim("txt"u8, ClientLine.Of(call.Client, _loop.Now));
        return Outcome.Answered;
    }

    private Outcome List(CommandCall call)
    {
        RespCommand words = call.Words;
        IEnumerable<ClientConnection> listed = _clients.All;
        Instant now = _loop.Now;
        if (words.Count == 4 && words.Is(2, "TYPE"u8))
        {
            if (new ClientFilter().OfType(words.GetLatin1(3)) is not { } filter)
                return call.Refuse($"ERR Unknown client type '{words.GetLatin1(3)}'");
            listed = listed.Where(client => filter.Means(client, now));
        }
        else if (words.Count > 3 && words.Is(2, "ID"u8))
        {
            List<long> ids = [];
            for (int i = 3; i < words.Count; i++)
            {
                if (!words.TryGetInteger(i, out long id))
                    return call.Refuse("ERR Invalid client ID");
                ids.Add(id);
            }
            listed = ids.Select(_clients.Find).OfType<ClientConnection>();
        }
        else if (words.Count > 2)
        {
            return call.Refuse(CommandCall.SyntaxError);
        }
        call.Reply.WriteVerbatim("txt"u8, string.Concat(listed.Select(client => ClientLine.Of(client, now))));
        return Outcome.Answered;
    }

    private Outcome Kill(CommandCall call)
    {
        if (call.Words.Count == 3)
            return Kill(call, new ClientFilter { Address = call.Words.GetLatin1(2) }) > 0 ? call.Ok() : call.Refuse("ERR No such client");
        if (!TryReadFilter(call, out ClientFilter filter, out string? error))
            return call.Refuse(error!);
        call.Reply.WriteInteger(Kill(call, filter));
        return Outcome.Answered;
    }

    private int Kill(CommandCall call, ClientFilter filter)
    {
        Instant now = _loop.Now;
        ImmutableArray<ClientConnection> killed = [.. _clients.All.Where(client => filter.Means(client, now))];
        foreach (ClientConnection client in killed)
        {
            client.IsClosing = true;    // whatever it has sent is not heard any more
            if (client != call.Client)    // which is told first
                client.Output.CutOff($"client {call.Client.Id} ({call.Client.Address}) killed it", LogLevel.Information);
        }
        return killed.Length;
    }

    private bool TryReadFilter(CommandCall call, out ClientFilter filter, out string? error)
    {
        RespCommand words = call.Words;
        filter = new ClientFilter { Except = call.Client };
        error = null;
        for (int i = 2; i < words.Count; i += 2)
        {
            if (i + 1 == words.Count)
            {
                error = CommandCall.SyntaxError;
                return false;
            }
            string value = words.GetLatin1(i + 1);
            bool isNumber = words.TryGetInteger(i + 1, out long number);
            (ClientFilter? narrowed, error) = words.GetLatin1(i).ToUpperInvariant() switch
            {
                "ID" => (isNumber && number > 0 ? filter with { Id = number } : null, "ERR client-id should be greater than 0"),
                "TYPE" => (filter.OfType(value), $"ERR Unknown client type '{value}'"),
                "ADDR" => (filter with { Address = value }, null),
                "LADDR" => (filter with { LocalAddress = value }, null),
                "USER" => (_users.Find(value) is not null ? filter with { User = value } : null, $"ERR No such user '{value}'"),
                "SKIPME" => (SkipMe(filter, call.Client, value), CommandCall.SyntaxError),
                "MAXAGE" when !isNumber => (null, "ERR maxage is not an integer or out of range"),
                "MAXAGE" => (number > 0 ? filter with { MaxAge = TimeSpan.FromSeconds(Math.Min(number, int.MaxValue)) } : null, "ERR maxage should be greater than 0"),
                _ => (null, CommandCall.SyntaxError),
            };
            if (narrowed is null)
                return false;
            filter = narrowed;
        }
        return true;
    }

    private static ClientFilter? SkipMe(ClientFilter filter, ClientConnection me, string value) => value.ToUpperInvariant() switch
    {
        "YES" => filter with { Except = me },
        "NO" => filter with { Except = null },
        _ => null,
    };
}
