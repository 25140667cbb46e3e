using System.Buffers;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Sentinel.Daemon.Acl;

/// <summary>Reads the rules that make a user. Pure, and safe to use from any thread.</summary>
/// <remarks>Rules and messages: Redis' documentation of ACL SETUSER, and redis-sentinel 7.0.15 asked.</remarks>
/// <param name="selectors">Reads the rules that are not about the user as such.</param>
/// <param name="hasAllChannels">Whether users begin with all channels (<c>acl-pubsub-default allchannels</c>).</param>
internal sealed class AclRules(SelectorRules selectors, bool hasAllChannels)
{
    private const int HashLength = 64;

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    /// <summary>A user that may do nothing yet.</summary>
    public AclUser NewUser(string name) => new(name) { Root = NewSelector() };

    /// <summary>Joins the words of selectors, which begin with <c>(</c> and end with <c>)</c>, into one rule each.</summary>
    /// <returns>False: one is not closed; <paramref name="mistake"/> is about its first word.</returns>
    public static bool TryJoin(IEnumerable<string> words, out ImmutableArray<string> rules, [NotNullWhen(false)] out AclMistake? mistake)
    {
        var joined = ImmutableArray.CreateBuilder<string>();
        string? open = null;
        string first = "";
        foreach (string word in words)
        {
            if (open is null && word.StartsWith('('))
                (open, first) = ("", word);
            string rule = open is null or "" ? word : $"{open} {word}";
            bool isOpen = open is not null && !word.EndsWith(')');
            open = isOpen ? rule : null;
            if (!isOpen)
                joined.Add(rule);
        }
        rules = joined.ToImmutable();
        mistake = open is null ? null : new AclMistake(first, $"Unmatched parenthesis in acl selector starting at '{first}'.");
        return mistake is null;
    }

    /// <summary>Applies rules one after the other.</summary>
    /// <param name="user">The user before.</param>
    /// <param name="rules">The rules; a selector is one rule.</param>
    /// <param name="mistake">What is wrong with the first bad rule.</param>
    /// <returns>The user after; null: a rule is bad, and nothing is to be changed.</returns>
    public AclUser? Apply(AclUser user, IEnumerable<string> rules, out AclMistake? mistake)
    {
        mistake = null;
        AclUser? changed = user;
        foreach (string rule in rules)
        {
            changed = Apply(changed, rule, out string? message);
            if (changed is null)
            {
                mistake = new AclMistake(rule, message!);
                return null;
            }
        }
        return changed;
    }

    private AclSelector NewSelector() => AclSelector.Nothing with { HasAllChannels = hasAllChannels };

    private AclUser? Apply(AclUser user, string rule, out string? message)
    {
        message = null;
        switch (rule.ToLowerInvariant())
        {
            case "on":
                return user with { IsOn = true };
            case "off":
                return user with { IsOn = false };
            case "nopass":
                return user with { IsNoPass = true, Passwords = [] };
            case "resetpass":
                return user with { IsNoPass = false, Passwords = [] };
            case "sanitize-payload":
                return user with { SanitizesPayload = true };
            case "skip-sanitize-payload":
                return user with { SanitizesPayload = false };
            case "clearselectors":
                return user with { Selectors = [] };
            case "reset":
                return NewUser(user.Name);
        }
        switch (rule is [var first, ..] ? first : '\0')
        {
            case '>':
                return WithPassword(user, AclUser.Hash(Encoding.Latin1.GetBytes(rule[1..])));
            case '#' when IsHash(rule):
                return WithPassword(user, rule[1..]);
            case '<':
                return Without(user, AclUser.Hash(Encoding.Latin1.GetBytes(rule[1..])), out message);
            case '!' when IsHash(rule):
                return Without(user, rule[1..], out message);
            case '#' or '!':
                message = AclMistake.NotAHash;
                return null;
            case '(' when rule.EndsWith(')'):
                return selectors.Apply(NewSelector(), Inner(rule), out message) is { } added ? user with { Selectors = user.Selectors.Add(added) } : null;
            default:
                return selectors.Apply(user.Root, [rule], out message) is { } root ? user with { Root = root } : null;
        }
    }

    private static string[] Inner(string selector) => selector[1..^1].Split([' ', '\t', '\n', '\v', '\f', '\r'], StringSplitOptions.RemoveEmptyEntries);

    private static bool IsHash(string rule) =>
        rule.Length == 1 + HashLength && rule.AsSpan(1).IndexOfAnyExcept(Digits) < 0;

    private static AclUser WithPassword(AclUser user, string hash) =>
        user with { IsNoPass = false, Passwords = user.Passwords.Contains(hash) ? user.Passwords : user.Passwords.Add(hash) };

    private static AclUser? Without(AclUser user, string hash, out string? message)
    {
        message = user.Passwords.Contains(hash) ? null : AclMistake.NoSuchPassword;
        return message is null ? user with { Passwords = user.Passwords.Remove(hash) } : null;
    }
}
