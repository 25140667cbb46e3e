using System.Collections.Immutable;
using Sentinel.Daemon.Configuration;

namespace Sentinel.Daemon.Acl;

/// <summary>The users as the configuration file is to say them. Immutable.</summary>
/// <param name="users">The users there are.</param>
/// <param name="implied">Users that there are without any line of the file: <c>default</c>, and those of included files and of the command line.</param>
/// <param name="rules">Reads lines.</param>
internal sealed class SavedUsers(ImmutableArray<AclUser> users, ImmutableDictionary<string, AclUser> implied, AclRules rules) : IEquatable<SavedUsers>
{
    /// <summary>The users there are.</summary>
    public ImmutableArray<AclUser> All => users;

    private ImmutableDictionary<string, AclUser> Implied => implied;

    /// <summary>Whether a line of the file is one of a user, and of which; null: it is not.</summary>
    public static string? NameIn(ImmutableArray<string> words) =>
        words.Length > 1 && words[0].Equals("user", StringComparison.OrdinalIgnoreCase) ? ByteText.FromFile(words[1]) : null;

    /// <summary>Whether they are the very same users.</summary>
    public bool Equals(SavedUsers? other) =>
        other is not null && All.AsSpan().SequenceEqual(other.All.AsSpan(), ReferenceEqualityComparer.Instance) && ReferenceEquals(Implied, other.Implied);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SavedUsers);

    /// <inheritdoc/>
    public override int GetHashCode() => All.Length;

    /// <summary>Whether a user needs no line.</summary>
    public bool IsImplied(AclUser user) => implied.TryGetValue(user.Name, out AclUser? other) && other.Description == user.Description;

    /// <summary>Whether a line may stay as it is: it makes this very user, and shows no password.</summary>
    public bool IsSaidBy(AclUser user, ImmutableArray<string> line) =>
        AclRules.TryJoin(line.Skip(2).Select(ByteText.FromFile), out ImmutableArray<string> said, out _)
        && !said.Any(rule => rule.StartsWith('>') || rule.StartsWith('<'))
        && rules.Apply(rules.NewUser(user.Name), said, out _)?.Description == user.Description;

    /// <summary>The line for a user.</summary>
    public static string Line(AclUser user) =>
        string.Join(' ', user.Rules.SelectMany(Words).Prepend(user.Name).Select(ByteText.ToFile).Select(ConfigurationLexer.Write).Prepend("user"));

    /// <summary>The words of a rule: of a selector as many as Redis writes, unless it could not be put together again.</summary>
    private static IEnumerable<string> Words(string rule)
    {
        string[] words = rule.Split(' ');
        return AclRules.TryJoin(words, out ImmutableArray<string> joined, out _) && joined is [var same] && same == rule ? words : [rule];
    }
}
