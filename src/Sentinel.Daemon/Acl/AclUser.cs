using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Sentinel.Daemon.Commands;
using Sentinel.Resp;

namespace Sentinel.Daemon.Acl;

/// <summary>A user and all that it may do. Immutable: changed with <c>with</c>, by <see cref="AclRules"/>.</summary>
/// <param name="Name">A character is a byte, here and in all other texts of rules.</param>
internal sealed record AclUser(string Name)
{
    /// <summary>The user of connections that name none.</summary>
    public const string DefaultName = "default";

    /// <summary>Whether one may authenticate as this user. Who has done so before stays, as in Redis.</summary>
    public bool IsOn { get; init; }

    /// <summary>Whether any password will do.</summary>
    public bool IsNoPass { get; init; }

    /// <summary>Whether a data node would look closely at what this user restores. Kept for their sake. Default true.</summary>
    public bool SanitizesPayload { get; init; } = true;

    /// <summary>SHA-256 of its passwords, in lower case hexadecimal digits.</summary>
    public ImmutableArray<string> Passwords { get; init; } = [];

    /// <summary>What it may do.</summary>
    public AclSelector Root { get; init; } = AclSelector.Nothing;

    /// <summary>What else it may do.</summary>
    public ImmutableArray<AclSelector> Selectors { get; init; } = [];

    /// <summary>Whether no call of it needs to be looked at.</summary>
    public bool AllowsEverything => Root.AllowsEverything;

    /// <summary>The words of its flags.</summary>
    public IEnumerable<string> Flags =>
        [IsOn ? "on" : "off", .. IsNoPass ? ["nopass"] : Array.Empty<string>(), SanitizesPayload ? "sanitize-payload" : "skip-sanitize-payload"];

    /// <summary>Rules that make this user, in the order of Redis. Of a selector, several words.</summary>
    public IEnumerable<string> Rules =>
    [
        .. Flags,
        .. Passwords.Select(hash => $"#{hash}"),
        .. Root.Rules,
        .. Selectors.Select(selector => $"({string.Join(' ', selector.Rules)})"),
    ];

    /// <summary>The whole user as a line of a file, which also tells it from another.</summary>
    public string Description => $"user {Name} {string.Join(' ', Rules)}";

    /// <summary>The user <c>default</c> of a Sentinel that is told nothing of users.</summary>
    /// <param name="password">Its password as bytes; null: it takes any.</param>
    public static AclUser Default(byte[]? password) => new(DefaultName)
    {
        IsOn = true,
        IsNoPass = password is null,
        Passwords = password is null ? [] : [Hash(password)],
        Root = AclSelector.Everything.Settled(),
    };

    /// <summary>A password as it is kept.</summary>
    public static string Hash(ReadOnlySpan<byte> password) => Convert.ToHexStringLower(SHA256.HashData(password));

    /// <summary>Whether one may authenticate with this password. Takes as long for a wrong one as for the right one.</summary>
    public bool Accepts(ReadOnlySpan<byte> password)
    {
        // Hashes, because the comparison takes equal lengths, and its own time must not tell the length.
        ReadOnlySpan<byte> hash = MemoryMarshal.AsBytes(Hash(password).AsSpan());
        bool isRight = IsNoPass;
        foreach (string known in Passwords)
            isRight |= CryptographicOperations.FixedTimeEquals(hash, MemoryMarshal.AsBytes(known.AsSpan()));
        return isRight && IsOn;
    }

    /// <summary>Whether a call is allowed.</summary>
    /// <param name="command">What is called.</param>
    /// <param name="words">The words of the request.</param>
    /// <param name="start">Where in it the command stands.</param>
    public AclVerdict Check(CommandSpec command, RespCommand words, int start)
    {
        AclVerdict nearest = Root.Check(command, words, start);
        foreach (AclSelector selector in Selectors)
        {
            if (nearest.IsAllowed)
                break;
            nearest = AclVerdict.Nearer(nearest, selector.Check(command, words, start));
        }
        return nearest;
    }

    /// <summary>Whether somebody may stay subscribed to these channels and patterns.</summary>
    public bool AllowsSubscriptions(IEnumerable<string> channels, IEnumerable<string> patterns)
    {
        ImmutableArray<AclSelector> selectors = [Root, .. Selectors];
        return channels.All(channel => selectors.Any(selector => selector.AllowsChannel(channel, isPattern: false)))
            && patterns.All(pattern => selectors.Any(selector => selector.AllowsChannel(pattern, isPattern: true)));
    }
}
