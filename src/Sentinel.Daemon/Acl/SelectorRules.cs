using System.Collections.Immutable;
using Sentinel.Daemon.Commands;

namespace Sentinel.Daemon.Acl;

/// <summary>Reads the rules about commands, keys and channels.</summary>
/// <param name="commands">Every command with its subcommands, as far as rules may name them.</param>
internal sealed class SelectorRules(ImmutableArray<CommandSpec> commands)
{
    private readonly Dictionary<string, CommandSpec> _byName = commands
        .SelectMany(command => command.Subcommands.Where(subcommand => subcommand.IsListed).Prepend(command))
        .ToDictionary(command => command.FullName, StringComparer.OrdinalIgnoreCase);

    /// <summary>Applies rules one after the other.</summary>
    /// <param name="selector">The permissions before.</param>
    /// <param name="rules">The rules.</param>
    /// <param name="message">What is wrong with the first bad rule.</param>
    /// <returns>The permissions after; null: a rule is bad.</returns>
    public AclSelector? Apply(AclSelector selector, IEnumerable<string> rules, out string? message)
    {
        message = null;
        AclSelector? changed = selector;
        foreach (string rule in rules)
        {
            changed = Apply(changed, rule, out message);
            if (changed is null)
                return null;
        }
        return changed.Settled();
    }

    private AclSelector? Apply(AclSelector selector, string rule, out string? message)
    {
        message = null;
        switch (rule.ToLowerInvariant())
        {
            case "":    // as in Redis, where it comes from two blanks in a file
                return selector;
            case "allkeys" or "~*":
                return selector with { HasAllKeys = true, Keys = [] };
            case "resetkeys":
                return selector with { HasAllKeys = false, Keys = [] };
            case "allchannels" or "&*":
                return selector with { HasAllChannels = true, Channels = [] };
            case "resetchannels":
                return selector with { HasAllChannels = false, Channels = [] };
            case "allcommands" or "+@all":
                return WithAllCommands(selector, isAllowed: true);
            case "nocommands" or "-@all":
                return WithAllCommands(selector, isAllowed: false);
        }
        return rule[0] switch
        {
            '~' => WithKeys(selector, new KeyPattern(rule[1..], true, true), out message),
            '%' => WithKeys(selector, ReadKeyPattern(rule), out message),
            '&' => WithChannel(selector, rule[1..], out message),
            '+' or '-' when rule.Length > 1 && rule[1] == '@' => WithCategory(selector, rule, out message),
            '+' or '-' => WithCommand(selector, rule, out message),
            _ => Refuse(AclMistake.Syntax, out message),
        };
    }

    private static AclSelector? Refuse(string why, out string message)
    {
        message = why;
        return null;
    }

    private static AclSelector WithAllCommands(AclSelector selector, bool isAllowed) => selector with
    {
        AllowsUnknownCommands = isAllowed,
        Commands = isAllowed ? CommandSet.All : CommandSet.None,
        FirstArguments = ImmutableDictionary<int, ImmutableArray<string>>.Empty,
        CommandRules = [],
    };

    /// <summary>Reads <c>%RW~pattern</c>.</summary>
    /// <returns>Null: not of that form.</returns>
    private static KeyPattern? ReadKeyPattern(string rule)
    {
        int end = rule.IndexOf('~', StringComparison.Ordinal);
        string permissions = (end < 0 ? rule[1..] : rule[1..end]).ToUpperInvariant();
        return permissions is "R" or "W" or "RW" or "WR"
            ? new KeyPattern(end < 0 ? "" : rule[(end + 1)..], permissions.Contains('R'), permissions.Contains('W'))
            : null;
    }

    private static AclSelector? WithKeys(AclSelector selector, KeyPattern? keys, out string? message)
    {
        if (keys is { Pattern: "*", MayRead: true, MayWrite: true })
        {
            message = null;
            return selector with { HasAllKeys = true, Keys = [] };
        }
        message = selector.HasAllKeys ? AclMistake.KeysAfterAll : keys is null || ByteText.HasBlanks(keys.Pattern) ? AclMistake.Syntax : null;
        if (message is not null)
            return null;
        KeyPattern? known = selector.Keys.FirstOrDefault(other => other.Pattern == keys!.Pattern);
        return selector with
        {
            Keys = known is null
                ? selector.Keys.Add(keys!)
                : selector.Keys.Replace(known, known with { MayRead = known.MayRead | keys!.MayRead, MayWrite = known.MayWrite | keys.MayWrite }),
        };
    }

    private static AclSelector? WithChannel(AclSelector selector, string channel, out string? message)
    {
        message = selector.HasAllChannels ? AclMistake.ChannelsAfterAll : ByteText.HasBlanks(channel) ? AclMistake.Syntax : null;
        return message is not null ? null : selector.Channels.Contains(channel) ? selector : selector with { Channels = selector.Channels.Add(channel) };
    }

    private AclSelector? WithCategory(AclSelector selector, string rule, out string? message)
    {
        if (CommandSpec.CategoryOf(rule[2..]) is not { } category)
            return Refuse(AclMistake.UnknownName, out message);
        message = null;
        // A command stands for its subcommands, also for those of another category.
        IEnumerable<CommandSpec> meant = commands.SelectMany(command =>
            command.Categories.HasFlag(category) ? command.Subcommands.Prepend(command) : command.Subcommands.Where(subcommand => subcommand.Categories.HasFlag(category)));
        return With(selector, rule, [.. meant.Select(command => command.Number)]);
    }

    private AclSelector? WithCommand(AclSelector selector, string rule, out string? message)
    {
        string name = rule[1..];
        if (_byName.TryGetValue(name, out CommandSpec? command))
        {
            message = null;
            return With(selector, rule, [.. command.Subcommands.Prepend(command).Select(meant => meant.Number)]);
        }
        int bar = name.LastIndexOf('|');
        if (rule[0] == '-' || bar < 0 || !_byName.TryGetValue(name[..bar], out command))
            return Refuse(AclMistake.UnknownName, out message);
        message = command.FullName.Contains('|') ? AclMistake.FirstArgumentOfSubcommand
            : bar == name.Length - 1 ? AclMistake.Syntax
            : !command.Subcommands.IsEmpty ? AclMistake.UnknownName
            : null;
        return message is null ? WithFirstArgument(selector, rule, command.Number, name[(bar + 1)..].ToLowerInvariant()) : null;
    }

    private static AclSelector WithFirstArgument(AclSelector selector, string rule, int command, string argument)
    {
        ImmutableArray<string> arguments = selector.FirstArguments.GetValueOrDefault(command, []);
        return selector with
        {
            FirstArguments = arguments.Contains(argument) ? selector.FirstArguments : selector.FirstArguments.SetItem(command, arguments.Add(argument)),
            CommandRules = WithRule(selector.CommandRules, rule),
        };
    }

    private static AclSelector With(AclSelector selector, string rule, int[] commands) => selector with
    {
        Commands = selector.Commands.With(commands, isIn: rule[0] == '+'),
        FirstArguments = selector.FirstArguments.RemoveRange(commands),
        CommandRules = WithRule(selector.CommandRules, rule),
    };

    /// <summary>The rules with one more; those before about the same command or category, or its subcommands, no longer have an effect.</summary>
    private static ImmutableArray<string> WithRule(ImmutableArray<string> rules, string rule)
    {
        string added = rule.ToLowerInvariant();
        string name = added[1..];
        return rules.RemoveAll(other => other.AsSpan(1).SequenceEqual(name) || other.AsSpan(1).StartsWith($"{name}|")).Add(added);
    }
}
