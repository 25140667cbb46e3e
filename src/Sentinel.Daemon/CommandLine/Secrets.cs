using Sentinel.Daemon.Configuration;

namespace Sentinel.Daemon.CommandLine;

/// <summary>Lines that hold what nobody else may know.</summary>
internal static class Secrets
{
    private const string Hidden = "***";

    /// <summary>Whether a line holds a secret.</summary>
    public static bool IsIn(ConfigurationLine line) => Place(line) is { } place && line.Words.Length > place;

    /// <summary>The line as it may be shown.</summary>
    public static string Hide(ConfigurationLine line) =>
        IsIn(line) ? string.Join(' ', line.Words.Take(Place(line)!.Value).Append(Hidden)) : line.Text;

    /// <summary>What is said of a line, as it may be shown.</summary>
    /// <param name="text">What is said.</param>
    /// <param name="line">The line; null: it is about none.</param>
    public static string Hide(string text, ConfigurationLine? line) =>
        line is null || !IsIn(line) ? text
        : line.Words.Skip(Place(line)!.Value)
            .Where(word => word.Length > 0 && (line.Name != "user" || IsPasswordOfUser(word)))
            .OrderByDescending(word => word.Length)    // one may be a part of another
            .Aggregate(text, (hidden, word) => hidden.Replace(word, Hidden, StringComparison.Ordinal));

    /// <summary>Whether a rule of a user is a password, or the hash of one; the others may be shown.</summary>
    private static bool IsPasswordOfUser(string rule) => rule[0] is '>' or '<' or '#' or '!';

    /// <summary>The first word that is secret.</summary>
    private static int? Place(ConfigurationLine line) => line.Name switch
    {
        "requirepass" or "masterauth" or "primaryauth" or "tls-key-file-pass" or "tls-client-key-file-pass" => 1,
        "user" => 2,
        "sentinel" when line.Words.Length > 1 => line.Words[1].ToLowerInvariant() switch
        {
            "sentinel-pass" => 2,
            "auth-pass" or "webhook" => 3,
            _ => null,
        },
        _ => null,
    };
}
