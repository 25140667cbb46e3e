using System.Collections.Immutable;
using Sentinel.Core;

namespace Sentinel.Daemon.Commands;

/// <summary>One command or subcommand: what dispatch, the check of arguments, COMMAND and HELP know about it.</summary>
/// <param name="FullName">Lower case; of a subcommand with its command: <c>sentinel|set</c>.</param>
/// <param name="Arity">How many words, the name's own included; negative: at least so many.</param>
/// <param name="Handler">
/// Answers one call, or lets the core decide the answer. It never blocks. Null: there are only subcommands.
/// </param>
internal sealed record CommandSpec(string FullName, int Arity, Func<CommandCall, Outcome>? Handler)
{
    private static readonly string[] FlagWords = ["admin", "pubsub", "noscript", "loading", "stale", "fast", "no_auth", "no_multi", "allow_busy"];
    private static readonly string[] CategoryWords = [.. Enum.GetNames<CommandCategories>().Skip(1).Select(name => name.ToLowerInvariant())];

    /// <summary>What tells it from all others in the sets of commands that users may call. Given by the <see cref="CommandTable"/>, from 0.</summary>
    public int Number { get; init; }

    /// <summary>The arguments that name channels; who calls it must be allowed to use them. Default none.</summary>
    public ChannelArguments Channels { get; init; }

    /// <summary>
    /// Of a command that the core answers and that changes nothing for the client itself: how the core is asked. Such calls need not wait for
    /// the answers to those before them. Null: it is called by its handler alone.
    /// </summary>
    public AskCore? Ask { get; init; }

    /// <summary>What is special about it.</summary>
    public CommandFlags Flags { get; init; }

    /// <summary>ACL categories beyond those that follow from the flags.</summary>
    public CommandCategories ExtraCategories { get; init; }

    /// <summary>What proxies should know, as <c>COMMAND INFO</c> shows it.</summary>
    public ImmutableArray<string> Tips { get; init; } = [];

    /// <summary>The version of Redis that brought it.</summary>
    public string Since { get; init; } = "2.8.4";

    /// <summary>The chapter of Redis' manual.</summary>
    public string Group { get; init; } = "server";

    /// <summary>What it does, in a line.</summary>
    public string Summary { get; init; } = "";

    /// <summary>Its lines in the HELP of its command: the syntax, then what it does. Empty: an alias, not listed there.</summary>
    public ImmutableArray<string> Help { get; init; } = [];

    /// <summary>Its subcommands.</summary>
    public ImmutableArray<CommandSpec> Subcommands { get; init; } = [];

    /// <summary>Whether <c>COMMAND</c> tells of it. Default true.</summary>
    public bool IsListed { get; init; } = true;

    /// <summary>Whether a client that is subscribed with RESP2 may still call it.</summary>
    public bool IsAllowedWhileSubscribed { get; init; }

    /// <summary>Its ACL categories.</summary>
    public CommandCategories Categories =>
        ExtraCategories
        | (Flags.HasFlag(CommandFlags.PubSub) ? CommandCategories.PubSub : CommandCategories.None)
        | (Flags.HasFlag(CommandFlags.Admin) ? CommandCategories.Admin | CommandCategories.Dangerous : CommandCategories.None)
        | (Flags.HasFlag(CommandFlags.Fast) ? CommandCategories.Fast : CommandCategories.Slow);

    /// <summary>The words of its flags.</summary>
    public IEnumerable<string> FlagNames => FlagWords.Where((_, bit) => ((int)Flags & (1 << bit)) != 0);

    /// <summary>The words of its categories, each with its <c>@</c>.</summary>
    public IEnumerable<string> CategoryNames => CategoryWords.Where((_, bit) => ((int)Categories & (1 << bit)) != 0).Select(word => $"@{word}");

    /// <summary>The names of all categories, in the order in which <c>ACL CAT</c> shows them.</summary>
    public static IReadOnlyList<string> AllCategoryNames => CategoryWords;

    /// <summary>The category of this name, in upper or lower case; null: there is none.</summary>
    public static CommandCategories? CategoryOf(string name)
    {
        int bit = Array.FindIndex(CategoryWords, word => word.Equals(name, StringComparison.OrdinalIgnoreCase));
        return bit < 0 ? null : (CommandCategories)(1 << bit);
    }

    /// <summary>Whether a request of so many words is one.</summary>
    public bool Takes(int words) => Arity >= 0 ? words == Arity : words >= -Arity;
}
