using System.Collections.Immutable;
using Sentinel.Core;
using Sentinel.Resp;

namespace Sentinel.Daemon.Commands;

/// <summary>The HELP of a command, out of what its subcommands say of themselves.</summary>
internal static class HelpText
{
    /// <summary>Answers with the help, a status string for each line, as Redis does.</summary>
    /// <param name="call">To be answered.</param>
    /// <param name="container">The command.</param>
    /// <param name="own">What there is to say of the command without a subcommand.</param>
    public static Outcome Write(CommandCall call, CommandSpec container, params string[] own)
    {
        ImmutableArray<string> lines =
        [
            $"{call.Words.GetLatin1(0).ToUpperInvariant()} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
            .. own,
            .. container.Subcommands.SelectMany(subcommand => subcommand.Help),
            "HELP",
            "    Print this help.",
        ];
        RespWriter reply = call.Reply;
        reply.WriteArrayHeader(lines.Length);
        foreach (string line in lines)
            reply.WriteSimpleString(line);
        return Outcome.Answered;
    }
}
