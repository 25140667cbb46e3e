using Sentinel.Core;
using Sentinel.Resp;

namespace Sentinel.Daemon.Commands;

/// <summary>INFO, ROLE and SHUTDOWN.</summary>
internal sealed class ServerCommands(SentinelLoop loop, InfoText info, IHostApplicationLifetime lifetime)
{
    /// <summary>The commands of this class.</summary>
    public CommandSpec[] Specs { get; } =
    [
        new("info", -1, call => Info(call, info))
        {
            Flags = CommandFlags.Loading | CommandFlags.Stale,
            ExtraCategories = CommandCategories.Dangerous,
            Tips = ["nondeterministic_output", "request_policy:all_shards", "response_policy:special"],
            Since = "1.0.0",
            Summary = "Get information and statistics about the server",
        },
        new("role", 1, call => Role(call, loop))
        {
            Flags = CommandFlags.NoScript | CommandFlags.Loading | CommandFlags.Stale | CommandFlags.Fast,
            ExtraCategories = CommandCategories.Admin | CommandCategories.Dangerous,
            Since = "2.8.12",
            Summary = "Return the role of the instance in the context of replication",
        },
        new("shutdown", -1, call => Shutdown(call, lifetime))
        {
            Flags = CommandFlags.Admin | CommandFlags.NoScript | CommandFlags.Loading | CommandFlags.Stale | CommandFlags.NoMulti | CommandFlags.AllowBusy,
            Since = "1.0.0",
            Summary = "Shut down the server",
        },
    ];

    private static Outcome Info(CommandCall call, InfoText info)
    {
        string[] sections = [.. Enumerable.Range(1, call.Words.Count - 1).Select(call.Words.GetLatin1)];
        call.Reply.WriteBulkString(info.Write(sections));
        return Outcome.Answered;
    }

    private static Outcome Role(CommandCall call, SentinelLoop loop)
    {
        SentinelView view = loop.View;
        RespWriter reply = call.Reply;
        reply.WriteArrayHeader(2);
        reply.WriteBulkString("sentinel"u8);
        reply.WriteArrayHeader(view.Masters.Count);
        foreach (string name in view.Masters.Keys.Order(StringComparer.Ordinal))
            reply.WriteBulkString(name);
        return Outcome.Answered;
    }

    /// <summary>Ends the process in good order. All is on disk already, so how to save makes no difference.</summary>
    private static Outcome Shutdown(CommandCall call, IHostApplicationLifetime lifetime)
    {
        string[] words = [.. Enumerable.Range(1, call.Words.Count - 1).Select(call.Words.GetLatin1).Select(word => word.ToUpperInvariant())];
        bool isAbort = words.Contains("ABORT");
        if (words.Any(word => word is not ("SAVE" or "NOSAVE" or "NOW" or "FORCE" or "ABORT"))
            || (words.Contains("SAVE") && words.Contains("NOSAVE"))
            || (isAbort && words.Length > 1))
            return call.Refuse(CommandCall.SyntaxError);
        if (isAbort)
            return call.Refuse("ERR No shutdown in progress.");
        call.Client.IsClosing = true;
        lifetime.StopApplication();
        return Outcome.Answered;
    }
}
