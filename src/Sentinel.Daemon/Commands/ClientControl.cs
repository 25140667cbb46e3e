namespace Sentinel.Daemon.Commands;

/// <summary>CLIENT REPLY, PAUSE, UNPAUSE, UNBLOCK and NO-EVICT.</summary>
/// <remarks>
/// A Sentinel blocks no client and evicts none; and it does not pause: its clients are also
/// its peers, for whom a Sentinel that is silent is down. What is asked is checked all the same.
/// </remarks>
internal static class ClientControl
{
    /// <summary>The subcommands of this class.</summary>
    public static CommandSpec[] Specs { get; } =
    [
        ClientCommand.Sub("unpause", 2, call => call.Ok(), CommandFlags.Admin) with
        {
            Since = "6.2.0",
            Summary = "Resume processing of clients that were paused",
            Help = ["UNPAUSE", "    Stop the current client pause, resuming traffic."],
        },
        ClientCommand.Sub("pause", -3, Pause, CommandFlags.Admin) with
        {
            Since = "2.9.50",
            Summary = "Stop processing commands from clients for some time",
            Help = ["PAUSE <timeout> [WRITE|ALL]", "    Suspend all, or just write, clients for <timeout> milliseconds."],
        },
        ClientCommand.Sub("reply", 3, Reply) with
        {
            Since = "3.2.0",
            Summary = "Instruct the server whether to reply to commands",
            Help = ["REPLY (ON|OFF|SKIP)", "    Control the replies sent to the current connection."],
        },
        ClientCommand.Sub("unblock", -3, Unblock, CommandFlags.Admin) with
        {
            Since = "5.0.0",
            Summary = "Unblock a client blocked in a blocking command from a different connection",
            Help = ["UNBLOCK <clientid> [TIMEOUT|ERROR]", "    Unblock the specified blocked client."],
        },
        ClientCommand.Sub("no-evict", 3, NoEvict, CommandFlags.Admin) with
        {
            Since = "7.0.0",
            Summary = "Set client eviction mode for the current connection",
            Help = ["NO-EVICT (ON|OFF)", "    Protect current client connection from eviction."],
        },
    ];

    private static Outcome Pause(CommandCall call)
    {
        if (call.Words.Count > 4)
            return call.Refuse(WrongNumber("PAUSE"));
        if (call.Words.Count == 4 && !call.Words.Is(3, "WRITE"u8) && !call.Words.Is(3, "ALL"u8))
            return call.Refuse("ERR CLIENT PAUSE mode must be WRITE or ALL");
        if (!call.Words.TryGetInteger(2, out long milliseconds))
            return call.Refuse("ERR timeout is not an integer or out of range");
        return milliseconds < 0 ? call.Refuse("ERR timeout is negative") : call.Ok();
    }

    private static Outcome Reply(CommandCall call)
    {
        ClientConnection client = call.Client;
        if (call.Words.Is(2, "ON"u8))
        {
            client.ReplyMode = ReplyMode.On;
            return call.Ok();
        }
        if (call.Words.Is(2, "OFF"u8))
            client.ReplyMode = ReplyMode.Off;
        else if (!call.Words.Is(2, "SKIP"u8))
            return call.Refuse(CommandCall.SyntaxError);
        else if (client.ReplyMode != ReplyMode.Off)
            client.ReplyMode = ReplyMode.SkipNext;
        return Outcome.Answered;
    }

    private static Outcome Unblock(CommandCall call)
    {
        if (call.Words.Count > 4)
            return call.Refuse(WrongNumber("UNBLOCK"));
        if (call.Words.Count == 4 && !call.Words.Is(3, "TIMEOUT"u8) && !call.Words.Is(3, "ERROR"u8))
            return call.Refuse("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR");
        if (!call.Words.TryGetInteger(2, out _))
            return call.Refuse(CommandCall.NotAnInteger);
        call.Reply.WriteInteger(0);    // there is never one that waits
        return Outcome.Answered;
    }

    private static Outcome NoEvict(CommandCall call)
    {
        bool isOn = call.Words.Is(2, "ON"u8);
        if (!isOn && !call.Words.Is(2, "OFF"u8))
            return call.Refuse(CommandCall.SyntaxError);
        call.Client.IsNoEvict = isOn;
        return call.Ok();
    }

    private static string WrongNumber(string subcommand) => $"ERR unknown subcommand or wrong number of arguments for '{subcommand}'. Try CLIENT HELP.";
}
