using System.Collections.Immutable;
using Sentinel.Daemon.Acl;

namespace Sentinel.Daemon.Configuration;

/// <summary>A line <c>user &lt;name&gt; &lt;rules&gt;</c>.</summary>
/// <param name="Name">The user.</param>
/// <param name="Rules">Its rules; a selector is one.</param>
/// <param name="Line">Where it stands.</param>
internal sealed record UserLine(string Name, ImmutableArray<string> Rules, ConfigurationLine Line)
{
    // Commands are not known yet, so whatever is wrong with one is found out later, as in Redis.
    private static readonly AclRules Grammar = new(new SelectorRules([]), hasAllChannels: false);

    /// <summary>Whether it stands in the configuration file itself, and so is ours to rewrite.</summary>
    public bool IsOfFile => Line.Origin is ConfigurationOrigin.File;

    /// <summary>Adds what a line says to what others said.</summary>
    /// <exception cref="ConfigurationException">A rule cannot be one, or there is such a user already.</exception>
    /// <remarks>
    /// The same user may stand in an included file or on the command line and, since it was once saved, in the file
    /// itself too; Redis refuses that at its next start.
    /// </remarks>
    public static ImmutableArray<UserLine> Add(ImmutableArray<UserLine> users, ConfigurationLine line)
    {
        string name = ByteText.FromFile(line.Words[1]);
        if (users.FirstOrDefault(user => user.Name == name && user.Line.Origin == line.Origin) is { } other)
        {
            throw line.Error(
                $"Error in user declaration '{line.Words[1]}': Duplicate user found. A user can only be defined once in config files",
                $"user '{line.Words[1]}' is already defined by line {other.Line.Number} of {other.Line.File}; remove one of the two");
        }
        if (!AclRules.TryJoin(line.Words.Skip(2).Select(ByteText.FromFile), out ImmutableArray<string> rules, out AclMistake? mistake))
            throw line.Error($"Error in user declaration '{mistake.Rule}': {mistake.Message}", $"'{mistake.Rule}' begins a selector that is not closed; end it with ')'");
        for (int i = 0; i < rules.Length; i++)
        {
            if (Grammar.Apply(Grammar.NewUser(name), rules.Take(i + 1).Where(rule => !IsAboutCommands(rule)), out mistake) is null)
            {
                // The word that Redis names is one two places before the rule.
                throw line.Error($"Error in user declaration '{line.Words[Math.Min(i, line.Words.Length - 1)]}': {mistake!.Message}", $"rule '{ByteText.ToFile(mistake.Rule)}' of user '{line.Words[1]}': {mistake.Message}");
            }
        }
        return users.Add(new UserLine(name, rules, line));
    }

    /// <summary>Those that count: of lines about the same user that of the command line, then that of the file itself.</summary>
    public static IEnumerable<UserLine> Effective(IEnumerable<UserLine> users) =>
        users.GroupBy(user => user.Name, StringComparer.Ordinal).Select(lines => lines.MaxBy(user => user.Line.Origin switch
        {
            ConfigurationOrigin.CommandLine => 2,
            ConfigurationOrigin.File => 1,
            _ => 0,
        })!);

    private static bool IsAboutCommands(string rule) =>
        Grammar.Apply(Grammar.NewUser(""), [rule], out AclMistake? mistake) is null && mistake!.IsUnknownName;
}
