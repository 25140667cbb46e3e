using System.Collections.Immutable;

namespace Sentinel.Daemon.Configuration;

/// <summary>What could be read of a configuration, however wrong it is: for whoever wants to see all that is wrong, not only the first of it.</summary>
/// <param name="Configuration">As if the wrong lines were not there.</param>
/// <param name="Lines">All lines, the wrong ones and those of included files among them, in the order in which they were read.</param>
/// <param name="Mistakes">Each of which stops a start.</param>
internal sealed record Examination(
    SentinelConfiguration Configuration, ImmutableArray<ConfigurationLine> Lines, ImmutableArray<ConfigurationException> Mistakes)
{
    /// <summary>Whether there is a file, and it could be read.</summary>
    public required bool IsRead { get; init; }

    /// <summary>Whether the file may be written; where it may not, a mistake says so.</summary>
    public required bool IsWritable { get; init; }

    /// <summary>The line of a generic directive that counts, the last one; null: there is none.</summary>
    /// <param name="name">Its main name.</param>
    public ConfigurationLine? Directive(string name) => Lines.LastOrDefault(line => GenericDirectives.MainName(line.Name) == name);

    /// <summary>The value of a generic directive; null when there is no line, or an empty value.</summary>
    public string? Value(string name) => Directive(name) is { Arguments: [{ Length: > 0 } value, ..] } ? value : null;

    /// <summary>The <c>sentinel</c> lines of one kind.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="master">Only those about this master; null: all.</param>
    public IEnumerable<ConfigurationLine> Statements(StatementKind kind, string? master = null) =>
        Lines.Where(line => StatementKind.Of(line.Words) == kind && (master is null || line.Words[2] == master));

    /// <summary>Where a master got a setting: the last line of that kind, else the one that monitors it.</summary>
    public ConfigurationLine? PlaceOf(StatementKind kind, string master) =>
        Statements(kind, master).LastOrDefault() ?? Statements(StatementKind.Monitor, master).LastOrDefault();
}
