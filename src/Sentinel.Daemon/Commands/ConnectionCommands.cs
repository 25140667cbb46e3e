using Sentinel.Core;
using Sentinel.Daemon.Acl;
using Sentinel.Resp;

namespace Sentinel.Daemon.Commands;

/// <summary>PING, AUTH, HELLO and QUIT.</summary>
internal sealed class ConnectionCommands(Authentication authentication)
{
    private const CommandFlags Handshake =
        CommandFlags.NoScript | CommandFlags.Loading | CommandFlags.Stale | CommandFlags.Fast | CommandFlags.NoAuth | CommandFlags.AllowBusy;

    /// <summary>The commands of this class.</summary>
    public CommandSpec[] Specs { get; } =
    [
        new("ping", -1, Ping)
        {
            Flags = CommandFlags.Fast,
            ExtraCategories = CommandCategories.Connection,
            Tips = ["request_policy:all_shards", "response_policy:all_succeeded"],
            IsAllowedWhileSubscribed = true,
            Since = "1.0.0",
            Group = "connection",
            Summary = "Ping the server",
        },
        new("auth", -2, call => Auth(call, authentication))
        {
            Flags = Handshake,
            ExtraCategories = CommandCategories.Connection,
            Since = "1.0.0",
            Group = "connection",
            Summary = "Authenticate to the server",
        },
        new("hello", -1, call => Hello(call, authentication))
        {
            Flags = Handshake,
            ExtraCategories = CommandCategories.Connection,
            Since = "6.0.0",
            Group = "connection",
            Summary = "Handshake with Redis",
        },
        // Redis Sentinel has no such command, so its users see an error where others see OK; friendlier, and so not listed.
        new("quit", -1, Quit)
        {
            Flags = Handshake,
            ExtraCategories = CommandCategories.Connection,
            IsAllowedWhileSubscribed = true,
            IsListed = false,
            Since = "1.0.0",
            Group = "connection",
            Summary = "Close the connection",
        },
    ];

    private static Outcome Ping(CommandCall call)
    {
        if (call.Words.Count > 2)
            return call.Refuse(CommandTable.WrongArity("ping"));
        RespWriter reply = call.Reply;
        if (call.Client is { IsSubscribed: true, Version: RespVersion.Resp2 })
        {
            // The form of a message: a subscribed RESP2 client expects nothing else.
            reply.WriteArrayHeader(2);
            reply.WriteBulkString("pong"u8);
            reply.WriteBulkString(call.Words.Count > 1 ? call.Words.Span(1) : []);
        }
        else if (call.Words.Count > 1)
        {
            reply.WriteBulkString(call.Words.Span(1));
        }
        else
        {
            reply.WriteSimpleString("PONG"u8);
        }
        return Outcome.Answered;
    }

    private static Outcome Auth(CommandCall call, Authentication authentication)
    {
        if (call.Words.Count > 3)
            return call.Refuse(CommandCall.SyntaxError);
        if (call.Words.Count == 2 && !authentication.HasPassword)
            return call.Refuse("ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?");
        int password = call.Words.Count - 1;
        string name = password == 1 ? AclUser.DefaultName : call.Words.GetLatin1(1);
        return authentication.TryLetIn(call, name, password) ? call.Ok() : call.Refuse(Authentication.WrongPass);
    }

    /// <summary>Who names user and password is let in where they stand; the rest is changed only if all that is asked for can be. As in Redis.</summary>
    private static Outcome Hello(CommandCall call, Authentication authentication)
    {
        RespCommand words = call.Words;
        ClientConnection client = call.Client;
        long version = (long)client.Version;
        if (words.Count > 1 && !words.TryGetInteger(1, out version))
            return call.Refuse("ERR Protocol version is not an integer or out of range");
        if (version is not (2 or 3))
            return call.Refuse("NOPROTO unsupported protocol version");

        int name = 0;
        for (int i = 2; i < words.Count; i++)
        {
            if (words.Is(i, "AUTH"u8) && i + 2 < words.Count)
            {
                if (!authentication.TryLetIn(call, words.GetLatin1(i + 1), i + 2))
                    return call.Refuse(Authentication.WrongPass);
                i += 2;
            }
            else if (words.Is(i, "SETNAME"u8) && i + 1 < words.Count)
            {
                name = ++i;
                if (!ClientCommand.IsName(words.Span(name)))
                    return call.Refuse(ClientCommand.BadName);
            }
            else
            {
                return call.Refuse($"ERR Syntax error in HELLO option '{words.GetLatin1(i)}'");
            }
        }
        if (!authentication.HasDone(client))
            return call.Refuse("NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time");

        client.Version = (RespVersion)version;
        if (name > 0)
            ClientCommand.SetName(client, words.GetLatin1(name));

        RespWriter reply = call.Reply;
        reply.WriteMapHeader(6);
        reply.WriteBulkString("server"u8);
        reply.WriteBulkString("redis"u8);
        reply.WriteBulkString("version"u8);
        reply.WriteBulkString(ServerVersion.Compatible);
        reply.WriteBulkString("proto"u8);
        reply.WriteInteger(version);
        reply.WriteBulkString("id"u8);
        reply.WriteInteger(client.Id);
        reply.WriteBulkString("mode"u8);
        reply.WriteBulkString("sentinel"u8);
        reply.WriteBulkString("modules"u8);
        reply.WriteArrayHeader(0);
        return Outcome.Answered;
    }

    private static Outcome Quit(CommandCall call)
    {
        call.Client.IsClosing = true;
        return call.Ok();
    }
}
