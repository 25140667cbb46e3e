using System.Collections.Immutable;
using System.Text;
using Sentinel.Daemon.Commands;
using Sentinel.Resp;

namespace Sentinel.Daemon.Acl;

/// <summary>What rules may speak of: the commands there are, and how a user begins.</summary>
/// <param name="table">The commands.</param>
/// <param name="options">Whether users begin with all channels.</param>
internal sealed class AclGrammar(CommandTable table, RespServerOptions options)
{
    /// <summary>The commands that rules may name.</summary>
    public ImmutableArray<CommandSpec> Commands => table.Listed;

    /// <summary>Reads rules.</summary>
    public AclRules Rules { get; } = new(new SelectorRules(table.Listed), options.HasAllChannelsByDefault);

    /// <summary>Whether this can be a user's name.</summary>
    public static bool IsName(string text) => !ByteText.HasBlanks(text);

    /// <summary>The command or subcommand that begins at a word; null: there is none.</summary>
    public CommandSpec? Find(RespCommand words, int start)
    {
        CommandSpec? command = Commands.FirstOrDefault(command => words.Is(start, Encoding.ASCII.GetBytes(command.FullName)));
        return command is null || command.Subcommands.IsEmpty || words.Count == start + 1
            ? command
            : command.Subcommands.FirstOrDefault(subcommand => words.Is(start + 1, Encoding.ASCII.GetBytes(subcommand.FullName[(command.FullName.Length + 1)..])));
    }
}
