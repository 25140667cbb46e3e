using System.Collections.Immutable;

namespace Sentinel.Daemon.Configuration;

/// <summary>What this Sentinel's own commands are called: by their names, unless <c>rename-command</c> lines gave them others or none.</summary>
/// <remarks>
/// Another name is one to call by: in ACLs, in what COMMAND tells and in errors a command keeps its own, as in Redis. Peers and
/// clients know only those, so a Sentinel whose commands are renamed is of use to neither; the directive is there because
/// hardened configurations have it.
/// </remarks>
internal sealed class CommandNames
{
    private static readonly string[] Own =
    [
        "acl", "auth", "client", "command", "hello", "info", "ping", "psubscribe", "publish", "punsubscribe", "role", "sentinel",
        "shutdown", "subscribe", "unsubscribe",
    ];

    // By what it is called in lower case: the own name of a command that can be called.
    private readonly ImmutableDictionary<string, string> _callable;

    private CommandNames(ImmutableDictionary<string, string> callable) => _callable = callable;

    /// <summary>All are called by their own names.</summary>
    public static CommandNames Unchanged { get; } = new(Own.ToImmutableDictionary(name => name));

    /// <summary>The other names by which commands are called, each with the command's own.</summary>
    public IEnumerable<KeyValuePair<string, string>> Others => _callable.Where(pair => pair.Key != pair.Value);

    /// <summary>Whether a command can no longer be called by its own name.</summary>
    public bool IsGone(string ownName) => Own.Contains(ownName) && _callable.GetValueOrDefault(ownName) != ownName;

    /// <summary>Applies a line <c>rename-command</c>.</summary>
    /// <exception cref="ConfigurationException">There is no such command, or another one has that name.</exception>
    public CommandNames With(ConfigurationLine line)
    {
        string name = line.Arguments[0].ToLowerInvariant();
        string newName = line.Arguments[1].ToLowerInvariant();
        if (!_callable.TryGetValue(name, out string? command))
            throw line.Error("No such command in rename-command", $"there is no command '{line.Arguments[0]}' here; a Sentinel has: {string.Join(", ", _callable.Keys.Order(StringComparer.Ordinal))}");
        ImmutableDictionary<string, string> others = _callable.Remove(name);
        if (newName.Length == 0)
            return new CommandNames(others);
        return others.ContainsKey(newName)
            ? throw line.Error("Target command name already exists", $"'{line.Arguments[1]}' is another command; choose a name that is none")
            : new CommandNames(others.Add(newName, command));
    }
}
