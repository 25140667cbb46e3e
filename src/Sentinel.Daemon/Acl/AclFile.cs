using System.Collections.Immutable;
using Sentinel.Daemon.Configuration;

namespace Sentinel.Daemon.Acl;

/// <summary>The file that <c>aclfile</c> names: a line <c>user &lt;name&gt; &lt;rules&gt;</c> for each user, one blank between words, no quotes, no comments.</summary>
/// <remarks>Format and messages: redis-sentinel 7.0.15 asked. It is written as the configuration file is: the old one or the new one, whole.</remarks>
internal static class AclFile
{
    private const string NothingChanged = "WARNING: ACL errors detected, no change to the previously active ACL rules was performed";

    private static readonly char[] Blanks = [' ', '\t', '\r', '\n'];

    /// <summary>Reads the users of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="grammar">The rules.</param>
    /// <param name="error">Everything that is wrong with it, in Redis' words; null: nothing, and all users are returned.</param>
    public static ImmutableArray<AclUser> Read(string path, AclGrammar grammar, out string? error)
    {
        byte[]? content = ReadAll(path, out error);
        if (content is null)
        {
            error = $"Error loading ACLs, opening file '{path}': {error}";
            return [];
        }
        return Parse(System.Text.Encoding.Latin1.GetString(content), path, grammar, out error);
    }

    /// <summary>Reads the users of a text; see <see cref="Read"/>.</summary>
    public static ImmutableArray<AclUser> Parse(string text, string path, AclGrammar grammar, out string? error)
    {
        var users = new Dictionary<string, AclUser>(StringComparer.Ordinal);
        List<string> mistakes = [];
        int number = 0;
        foreach (string raw in text.Split('\n'))
        {
            number++;
            string line = raw.Trim(Blanks);
            if (line.Length == 0)
                continue;
            if (line.Split(' ') is not ["user", var name, .. var words])
                mistakes.Add($"{path}:{number} should start with user keyword followed by the username");
            else if (!AclGrammar.IsName(name))
                mistakes.Add($"'{path}:{number}: username '{name}' contains invalid characters");
            else if (!users.TryAdd(name, grammar.Rules.NewUser(name)))
                mistakes.Add($"WARNING: Duplicate user '{name}' found on line {number}");
            else if (!AclRules.TryJoin(words, out ImmutableArray<string> rules, out _))
                mistakes.Add($"{path}:{number}: Unmatched parenthesis in selector definition");
            else
                users[name] = Apply(users[name], rules, grammar.Rules, mistake => mistakes.Add($"{path}:{number}: {mistake}"));
        }
        error = mistakes.Count == 0 ? null : $"{string.Concat(mistakes.Select(mistake => $"{mistake}. "))}{NothingChanged}";
        return error is null ? [.. users.Values] : [];
    }

    /// <summary>Makes a file hold these users. One at a time.</summary>
    /// <returns>Why it could not be written; null: it is on disk.</returns>
    public static string? Save(string path, IEnumerable<AclUser> users)
    {
        string text = ByteText.ToFile(string.Concat(users.Select(user => $"{user.Description}\n")));
        return new StateFile(Path.GetFullPath(path)).Save(_ => text) is SaveResult.Failed(var error) ? error : null;
    }

    private static AclUser Apply(AclUser user, ImmutableArray<string> rules, AclRules grammar, Action<string> complain)
    {
        foreach (string rule in rules)
        {
            if (grammar.Apply(user, [rule], out AclMistake? mistake) is { } changed)
                user = changed;
            else
                complain(mistake!.IsUnknownName ? $"Error in applying operation '{rule}': {mistake.Message}" : mistake.Message);
        }
        return user;
    }

    private static byte[]? ReadAll(string path, out string? error)
    {
        if (Posix.Stamp(path) is { IsRegular: false })
        {
            error = "Not a regular file";    // a pipe would never end
            return null;
        }
        using var file = Posix.Open(path, out error);
        return file is null ? null : Posix.ReadAll(file, out error);
    }
}
