using System.Collections.Immutable;
using System.Text;
using System.Threading.Channels;
using Sentinel.Core;
using Sentinel.Daemon.Notifications;
using Sentinel.Resp;

namespace Sentinel.Daemon.Commands;

/// <summary>Pub/sub: brings every event to the clients that have subscribed to it.</summary>
/// <remarks>
/// <para>
/// The deciding thread only puts an event into a queue; a loop of its own here finds the subscribers and gives each a
/// reference to the same frame. So neither their number nor their slowness delays a decision.
/// </para>
/// <para>
/// Subscribing and telling exclude each other, and a confirmation gets its place in the client's output while the lock is
/// held: no message overtakes it, and no event that happens after it is missed. A client gets events in
/// their order, of one event first the channel's message, then those of its patterns.
/// </para>
/// </remarks>
internal sealed partial class EventHub(ILogger<EventHub> logger) : BackgroundService, IEventListener
{
    /// <summary>Events that may wait to be told: many failovers of a thousand masters. Beyond it the subscribers are cut off, so that they know they missed some.</summary>
    private const int EventsMax = 65_536;

    /// <summary>Channels and patterns that one client may subscribe to. Ours: Redis has no bound. There are about fifty kinds of events.</summary>
    private const int SubscriptionsMax = 10_000;

    private static readonly byte[] Message = "message"u8.ToArray();
    private static readonly byte[] PatternMessage = "pmessage"u8.ToArray();

    private readonly Channel<SentinelEvent> _events = Channel.CreateBounded<SentinelEvent>(new BoundedChannelOptions(EventsMax) { SingleReader = true });
    private readonly Lock _gate = new();
    private readonly Dictionary<string, HashSet<ClientConnection>> _channels = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<ClientConnection>> _patterns = new(StringComparer.Ordinal);
    private int _hasGap;

    /// <summary>Channels with a subscriber.</summary>
    public int Channels => Locked(() => _channels.Count);

    /// <summary>Patterns with a subscriber.</summary>
    public int Patterns => Locked(() => _patterns.Count);

    /// <inheritdoc/>
    public void OnEvent(StampedEvent e)
    {
        if (e.Event.Level != EventLevel.Debug && !_events.Writer.TryWrite(e.Event))
            Volatile.Write(ref _hasGap, 1);
    }

    /// <summary>Subscribes to what the call names, and confirms it. Called by the thread that serves the client.</summary>
    /// <param name="call">Its words after the first are channels or patterns.</param>
    /// <param name="isPattern">Whether they are patterns.</param>
    public Outcome Subscribe(CommandCall call, bool isPattern)
    {
        ClientConnection client = call.Client;
        if (client.Subscriptions + call.Words.Count - 1 > SubscriptionsMax)
            return call.Refuse($"ERR too many subscriptions, at most {SubscriptionsMax}");
        client.Output.Share(client.Version);
        lock (_gate)
        {
            for (int i = 1; i < call.Words.Count; i++)
            {
                string name = call.Words.GetLatin1(i);
                if (NamesOf(client, isPattern).Add(name))
                    Add(name, client, isPattern ? _patterns : _channels);
                Confirm(client, isPattern ? "psubscribe"u8 : "subscribe"u8, name);
            }
            client.Output.Commit(client.Version);
        }
        return Outcome.Answered;
    }

    /// <summary>Ends the subscriptions that the call names, or when it names none, all of that kind; and confirms it.</summary>
    public Outcome Unsubscribe(CommandCall call, bool isPattern)
    {
        ClientConnection client = call.Client;
        ReadOnlySpan<byte> word = isPattern ? "punsubscribe"u8 : "unsubscribe"u8;
        lock (_gate)
        {
            List<string> names = call.Words.Count > 1
                ? [.. Enumerable.Range(1, call.Words.Count - 1).Select(call.Words.GetLatin1)]
                : [.. NamesOf(client, isPattern)];
            foreach (string name in names)
            {
                Remove(client, name, isPattern);
                Confirm(client, word, name);
            }
            if (names.Count == 0)
                Confirm(client, word, null);
            client.Output.Commit(client.Version);
        }
        return Outcome.Answered;
    }

    /// <summary>The subscribed clients that fit.</summary>
    /// <param name="fits">May look at <see cref="ClientConnection.Channels"/> and <see cref="ClientConnection.Patterns"/>, which nobody changes meanwhile.</param>
    public ImmutableArray<ClientConnection> Subscribers(Func<ClientConnection, bool> fits)
    {
        lock (_gate)
            return [.. _channels.Values.Concat(_patterns.Values).SelectMany(clients => clients).Distinct().Where(fits)];
    }

    /// <summary>Ends all subscriptions of a client that leaves.</summary>
    public void Forget(ClientConnection client)
    {
        if (!client.IsSubscribed)
            return;
        lock (_gate)
        {
            foreach (string channel in client.Channels)
                Remove(client, channel, _channels);
            foreach (string pattern in client.Patterns)
                Remove(client, pattern, _patterns);
            client.Channels.Clear();
            client.Patterns.Clear();
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Ends without an error also when the host stops before it has wholly started.
        using CancellationTokenRegistration stop = stoppingToken.UnsafeRegister(static writer => ((ChannelWriter<SentinelEvent>)writer!).TryComplete(), _events.Writer);
        await foreach (SentinelEvent happened in _events.Reader.ReadAllAsync(CancellationToken.None))
        {
            lock (_gate)
            {
                if (Interlocked.Exchange(ref _hasGap, 0) != 0)
                    CutOffAll();
                Tell(happened);
            }
        }
    }

    private void Tell(SentinelEvent happened)
    {
        byte[] channel = Encoding.Latin1.GetBytes(happened.Name);
        byte[] payload = Encoding.UTF8.GetBytes(happened.Payload);
        if (_channels.TryGetValue(happened.Name, out HashSet<ClientConnection>? subscribers))
            Push(new PushFrame(Message, channel, payload), subscribers);
        foreach ((string pattern, HashSet<ClientConnection> matched) in _patterns)
        {
            if (Glob.Matches(pattern, happened.Name))
                Push(new PushFrame(PatternMessage, Encoding.Latin1.GetBytes(pattern), channel, payload), matched);
        }
    }

    private static void Push(PushFrame frame, HashSet<ClientConnection> subscribers)
    {
        foreach (ClientConnection subscriber in subscribers)
            subscriber.Output.Push(frame);
    }

    private void CutOffAll()
    {
        HashSet<ClientConnection> all = [.. _channels.Values.Concat(_patterns.Values).SelectMany(subscribers => subscribers)];
        EventsLost(logger, all.Count);
        foreach (ClientConnection subscriber in all)
            subscriber.Output.CutOff("events were lost");
    }

    private static void Confirm(ClientConnection client, ReadOnlySpan<byte> word, string? name)
    {
        RespWriter reply = client.Confirmation;
        reply.WritePushHeader(3);
        reply.WriteBulkString(word);
        if (name is null)
            reply.WriteNull();
        else
            reply.WriteBulkString(Encoding.Latin1.GetBytes(name));
        reply.WriteInteger(client.Subscriptions);
    }

    private static HashSet<string> NamesOf(ClientConnection client, bool isPattern) => isPattern ? client.Patterns : client.Channels;

    private static void Add(string name, ClientConnection client, Dictionary<string, HashSet<ClientConnection>> subscribers)
    {
        if (!subscribers.TryGetValue(name, out HashSet<ClientConnection>? clients))
            subscribers[name] = clients = [];
        clients.Add(client);
    }

    private void Remove(ClientConnection client, string name, bool isPattern)
    {
        if (NamesOf(client, isPattern).Remove(name))
            Remove(client, name, isPattern ? _patterns : _channels);
    }

    private static void Remove(ClientConnection client, string name, Dictionary<string, HashSet<ClientConnection>> subscribers)
    {
        HashSet<ClientConnection> clients = subscribers[name];
        clients.Remove(client);
        if (clients.Count == 0)
            subscribers.Remove(name);
    }

    private T Locked<T>(Func<T> read)
    {
        lock (_gate)
            return read();
    }

    [LoggerMessage(EventId = 3001, Level = LogLevel.Error, Message = "More events than can be told: {Subscribers} subscribers are disconnected, so that they know they missed some")]
    private static partial void EventsLost(ILogger logger, int subscribers);
}
