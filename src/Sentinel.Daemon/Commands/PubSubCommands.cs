using Sentinel.Core;

namespace Sentinel.Daemon.Commands;

/// <summary>SUBSCRIBE and its kin, and PUBLISH.</summary>
internal sealed class PubSubCommands(EventHub hub, SentinelLoop loop)
{
    private const CommandFlags Subscription = CommandFlags.PubSub | CommandFlags.NoScript | CommandFlags.Loading | CommandFlags.Stale;

    /// <summary>The commands of this class.</summary>
    public CommandSpec[] Specs { get; } =
    [
        Of("subscribe", -2, call => hub.Subscribe(call, isPattern: false), "Listen for messages published to the given channels") with { Channels = ChannelArguments.All },
        Of("unsubscribe", -1, call => hub.Unsubscribe(call, isPattern: false), "Stop listening for messages posted to the given channels"),
        Of("psubscribe", -2, call => hub.Subscribe(call, isPattern: true), "Listen for messages published to channels matching the given patterns") with { Channels = ChannelArguments.Patterns },
        Of("punsubscribe", -1, call => hub.Unsubscribe(call, isPattern: true), "Stop listening for messages posted to channels matching the given patterns"),
        new("publish", 3, call => Publish(call, loop))
        {
            Flags = CommandFlags.PubSub | CommandFlags.Loading | CommandFlags.Stale | CommandFlags.Fast,
            Channels = ChannelArguments.First,
            Since = "2.0.0",
            Group = "pubsub",
            Summary = "Post a message to a channel",
        },
    ];

    private static CommandSpec Of(string name, int arity, Func<CommandCall, Outcome> handle, string summary) =>
        new(name, arity, handle)
        {
            Flags = Subscription,
            IsAllowedWhileSubscribed = true,
            Since = "2.0.0",
            Group = "pubsub",
            Summary = summary,
        };

    /// <summary>Takes in the hello of a peer. The reply says nothing about it, as in Redis: nobody waits for what it leads to.</summary>
    private static Outcome Publish(CommandCall call, SentinelLoop loop)
    {
        if (!call.Words.Span(1).SequenceEqual("__sentinel__:hello"u8))
            return call.Refuse("ERR Only HELLO messages are accepted by Sentinel instances.");
        loop.TryPost(new HelloReceived(call.Words.GetText(2)));
        call.Reply.WriteInteger(1);
        return Outcome.Answered;
    }
}
