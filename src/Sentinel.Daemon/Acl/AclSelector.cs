using System.Collections.Immutable;
using Sentinel.Core;
using Sentinel.Daemon.Commands;
using Sentinel.Resp;

namespace Sentinel.Daemon.Acl;

/// <summary>One set of permissions: commands, and the keys and channels to use with them. Immutable: changed with <c>with</c>.</summary>
/// <remarks>A user has one of its own, and may have more. A call is allowed when one of them allows all of it.</remarks>
internal sealed record AclSelector
{
    /// <summary>Nothing is allowed.</summary>
    public static readonly AclSelector Nothing = new();

    /// <summary>Everything is allowed.</summary>
    public static readonly AclSelector Everything = new()
    {
        AllowsUnknownCommands = true, Commands = CommandSet.All, HasAllKeys = true, HasAllChannels = true,
    };

    /// <summary>Whether commands that are yet to come are allowed: the rules began with <c>+@all</c>.</summary>
    public bool AllowsUnknownCommands { get; init; }

    /// <summary>The commands allowed with any arguments.</summary>
    public CommandSet Commands { get; init; } = CommandSet.None;

    /// <summary>Commands that are allowed with these first arguments only, by their numbers.</summary>
    public ImmutableDictionary<int, ImmutableArray<string>> FirstArguments { get; init; } = ImmutableDictionary<int, ImmutableArray<string>>.Empty;

    /// <summary>The rules about commands that followed <c>+@all</c> or <c>-@all</c>, such as <c>+ping</c>; what no longer had an effect is left out.</summary>
    public ImmutableArray<string> CommandRules { get; init; } = [];

    /// <summary>Whether all keys are allowed; then there are no <see cref="Keys"/>.</summary>
    public bool HasAllKeys { get; init; }

    /// <summary>The keys allowed.</summary>
    public ImmutableArray<KeyPattern> Keys { get; init; } = [];

    /// <summary>Whether all channels are allowed; then there are no <see cref="Channels"/>.</summary>
    public bool HasAllChannels { get; init; }

    /// <summary>The channels allowed, as globs.</summary>
    public ImmutableArray<string> Channels { get; init; } = [];

    /// <summary>Whether there is nothing that needs to be looked at.</summary>
    public bool AllowsEverything { get; private init; }

    /// <summary>The commands as <c>ACL GETUSER</c> shows them.</summary>
    public string CommandsText => string.Join(' ', CommandRules.Prepend(AllowsUnknownCommands ? "+@all" : "-@all"));

    /// <summary>The keys as <c>ACL GETUSER</c> shows them.</summary>
    public string KeysText => HasAllKeys ? "~*" : string.Join(' ', Keys);

    /// <summary>The channels as <c>ACL GETUSER</c> shows them.</summary>
    public string ChannelsText => HasAllChannels ? "&*" : string.Join(' ', Channels.Select(channel => $"&{channel}"));

    /// <summary>Rules that make this out of <see cref="Nothing"/>, each without a blank; also what tells it from another.</summary>
    public IEnumerable<string> Rules =>
    [
        .. HasAllKeys ? ["~*"] : Keys.Select(key => key.ToString()),
        .. HasAllChannels ? ["&*"] : Channels.Select(channel => $"&{channel}").Prepend("resetchannels"),
        AllowsUnknownCommands ? "+@all" : "-@all",
        .. CommandRules,
    ];

    /// <summary>The same, with what dispatch looks at first brought up to date.</summary>
    public AclSelector Settled() =>
        this with { AllowsEverything = HasAllChannels && AllowsUnknownCommands && CommandRules.All(rule => rule[0] == '+') };

    /// <summary>Whether a call is allowed.</summary>
    /// <param name="command">What is called.</param>
    /// <param name="words">The words of the request.</param>
    /// <param name="start">Where in it the command stands.</param>
    public AclVerdict Check(CommandSpec command, RespCommand words, int start)
    {
        if (!Allows(command, words, start))
            return AclVerdict.Command(start);
        if (HasAllChannels || command.Channels is ChannelArguments.None)
            return AclVerdict.Allowed;
        int end = command.Channels is ChannelArguments.First ? start + 2 : words.Count;
        for (int i = start + 1; i < end; i++)
        {
            if (!AllowsChannel(words.GetLatin1(i), isPattern: command.Channels is ChannelArguments.Patterns))
                return AclVerdict.Channel(i);
        }
        return AclVerdict.Allowed;
    }

    /// <summary>Whether a channel may be used, or a pattern subscribed to: that only as it is written in a rule, for who can say what else it matches?</summary>
    public bool AllowsChannel(string name, bool isPattern) =>
        HasAllChannels || Channels.Any(allowed => isPattern ? allowed == name : Glob.Matches(allowed, name));

    private bool Allows(CommandSpec command, RespCommand words, int start) =>
        Commands.Contains(command.Number)
        || command.Flags.HasFlag(CommandFlags.NoAuth)    // who one is can always be said
        || (FirstArguments.TryGetValue(command.Number, out ImmutableArray<string> arguments) && words.Count > start + 1
            && arguments.Contains(words.GetLatin1(start + 1), StringComparer.OrdinalIgnoreCase));
}
