using System.Buffers;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Text;
using Sentinel.Core;
using Sentinel.Daemon.Configuration;
using Sentinel.Resp;

namespace Sentinel.Daemon.Links;

/// <summary>One outgoing connection: to a data node or peer for requests, or to a data node for hellos. What is said on it; how the bytes get there is its kind's.</summary>
/// <remarks>
/// Requests are written by the deciding thread alone and gathered until <see cref="Flush"/>, so that those which are due
/// together leave in one packet. Replies come in order; each is handed to the core with the request it answers.
/// </remarks>
internal abstract class LinkConnection : IDisposable
{
    /// <summary>
    /// What one reply may be at most. An INFO is some 10 kB, but Redis 7.0 counts each word that ever began an error of a script, without
    /// a bound: it has some MB then. What is beyond this is no data node that we can use.
    /// </summary>
    private static readonly RespLimits ReplyLimits = new()
    {
        MaxBulkLength = 16 * 1024 * 1024,
        MaxMessageLength = 17 * 1024 * 1024,
        MaxElements = 65_536,
        MaxDepth = 8,
    };

    /// <summary>Messages that are taken from one subscription in a second: several times what the most Sentinels of a master say.</summary>
    private const int HellosPerSecondMax = 1000;

    // What is asked of everybody all the time, as it leaves.
    private static readonly byte[] s_ping = Encoding.ASCII.GetBytes("*1\r\n$4\r\nPING\r\n");
    private static readonly byte[] s_info = Encoding.ASCII.GetBytes("*1\r\n$4\r\nINFO\r\n");

    private readonly Connect _order;
    private readonly LinkSite _site;
    private readonly RespReplyReader _replies = new(ReplyLimits);
    private readonly Queue<Expected> _expected = new(capacity: 0);
    private readonly List<Reply> _collected = new(capacity: 0);

    // Facts that come again and again. They never change, so one of each is enough.
    private Answered? _pong;
    private HelloHeard? _ownHello;

    private long _heardSince = Stopwatch.GetTimestamp();
    private int _heard;

    protected LinkConnection(Connect order, LinkSite site) => (_order, _site) = (order, site);

    /// <summary>The order it came from.</summary>
    protected Connect Order => _order;

    /// <summary>What it shares with all others.</summary>
    protected LinkSite Site => _site;

    /// <summary>Guards what is to leave and what is expected, and whether it is closed.</summary>
    protected Lock Gate { get; } = new();

    /// <summary>What is to leave. Under <see cref="Gate"/>.</summary>
    protected Outbox Outbox { get; } = new();

    /// <summary>Whether it was closed, on order or because it ended.</summary>
    protected bool IsClosed { get; private set; }

    /// <summary>Lets the connection begin when its turn comes.</summary>
    public void Start()
    {
        lock (Gate)
            Introduce();    // it leaves as soon as the connection stands, before all that comes later
        _site.Poller.Begin(this);
    }

    /// <summary>Begins to connect. Not on the deciding thread.</summary>
    public abstract void Open();

    /// <summary>Gathers a request, to leave with the next <see cref="Flush"/>. Called by the deciding thread.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="renamed">Commands that the instance knows under another name: by their names in upper case.</param>
    public void Write(Request request, ImmutableSortedDictionary<string, string> renamed)
    {
        lock (Gate)
        {
            if (IsClosed)
                return;
            if (renamed.IsEmpty && Prepared(request) is { } bytes)
            {
                _expected.Enqueue(new Expected(request, null, 1));
                Outbox.Write(bytes);
                return;
            }
            ImmutableArray<ImmutableArray<string>> commands = request.Commands;
            _expected.Enqueue(new Expected(request, null, commands.Length));
            var writer = new RespWriter(Outbox, RespVersion.Resp2);
            foreach (ImmutableArray<string> command in commands)
                WriteCommand(writer, renamed, command.AsSpan());
        }
    }

    /// <summary>Lets leave what was gathered. Does not wait.</summary>
    public abstract void Flush();

    /// <summary>Ends the connection; nothing more is reported of it.</summary>
    public void Dispose()
    {
        lock (Gate)
        {
            if (IsClosed)
                return;
            IsClosed = true;
            Outbox.Clear();
        }
        Close();
    }

    /// <summary>Ends what the bytes go over. Called once.</summary>
    protected abstract void Close();

    /// <summary>Hands a fact to the core.</summary>
    protected abstract void Tell(Input fact);

    /// <summary>It stands.</summary>
    /// <param name="localHost">Our own address on it.</param>
    protected void Opened(string localHost)
    {
        Flush();
        Tell(new LinkConnected(_order.Link, _order.Attempt, _order.Channel, localHost));
    }

    /// <summary>It is over; that is reported, unless it was closed on order.</summary>
    protected void End(LinkEnd end)
    {
        bool wasOrdered;
        lock (Gate)
            wasOrdered = IsClosed;
        Dispose();
        if (!wasOrdered)
            Tell(new LinkLost(_order.Link, _order.Attempt, _order.Channel, end.Reason) { Cause = end.Cause });
    }

    /// <summary>Takes in what came. By one thread at a time.</summary>
    /// <returns>Why the connection is given up for it; null: it goes on.</returns>
    protected LinkEnd? Take(ReadOnlyMemory<byte> input)
    {
        while (!input.IsEmpty)
        {
            if (_order.Channel == LinkChannel.Subscription && _replies.IsBetweenMessages && HelloFrame.Take(input.Span, out ReadOnlySpan<byte> hello) is > 0 and int length)
            {
                input = input[length..];
                Hear(hello);
                continue;
            }
            var buffer = new ReadOnlySequence<byte>(input);
            RespReadStatus status = _replies.TryRead(ref buffer, out RespValue value);
            input = input[^(int)buffer.Length..];
            if (status is RespReadStatus.ProtocolError)
                return Broken($"protocol error: {_replies.ProtocolError}");
            if (status is RespReadStatus.NeedMore)
                break;
            if (_order.Channel == LinkChannel.Subscription && value.Kind is RespKind.Array or RespKind.Push)
                HearSubscription(value);
            else if (value.Kind is RespKind.Push)
                return Broken("it pushed what was not asked");
            else if (!TakeReply(value))
                return Broken("it answered what was not asked");
        }
        return null;
    }

    /// <summary>How long nothing is to be read, for more hellos came than may. Asked after each <see cref="Take"/>.</summary>
    /// <remarks>Not read, it stays with whoever sends it: neither our memory nor the other masters pay for it.</remarks>
    protected TimeSpan Rest()
    {
        if (_heard < HellosPerSecondMax)
            return TimeSpan.Zero;
        TimeSpan rest = TimeSpan.FromSeconds((double)_heard / HellosPerSecondMax) - Stopwatch.GetElapsedTime(_heardSince);
        (_heardSince, _heard) = (Stopwatch.GetTimestamp(), 0);
        if (rest <= TimeSpan.Zero)
            return TimeSpan.Zero;
        _heardSince += (long)(rest.TotalSeconds * Stopwatch.Frequency);
        _site.Reports.Misbehaves(_order, $"more than {HellosPerSecondMax} messages in a second on its hello channel; they are read no faster");
        return rest;
    }

    /// <summary>Authenticates, names the connection and subscribes. Refusals are told to the operator; PING shows what they mean.</summary>
    private void Introduce()
    {
        bool isCommand = _order.Channel == LinkChannel.Command;
        var writer = new RespWriter(Outbox, RespVersion.Resp2);
        if (_order.Credentials is { } credentials)
        {
            _expected.Enqueue(new Expected(null, "AUTH", 1));
            WriteCommand(writer, _order.RenamedCommands, credentials.User is { } user ? ["AUTH", user, credentials.Password] : ["AUTH", credentials.Password]);
        }
        _expected.Enqueue(new Expected(null, "CLIENT SETNAME", 1));
        WriteCommand(writer, _order.RenamedCommands, ["CLIENT", "SETNAME", isCommand ? _site.CommandName : _site.SubscriptionName]);
        if (!isCommand)
            WriteCommand(writer, _order.RenamedCommands, ["SUBSCRIBE", HelloMessage.Channel]);
    }

    private static byte[]? Prepared(Request request) =>
        ReferenceEquals(request, Request.Ping.Instance) ? s_ping : ReferenceEquals(request, Request.Info.Instance) ? s_info : null;

    private static void WriteCommand(RespWriter writer, ImmutableSortedDictionary<string, string> renamed, ReadOnlySpan<string> words)
    {
        writer.WriteArrayHeader(words.Length);
        WriteWord(writer, renamed.GetValueOrDefault(words[0], words[0]));
        foreach (string word in words[1..])
            WriteWord(writer, word);
    }

    /// <summary>Bytes of the configuration that are not UTF-8, as a password may have, leave as they stand there.</summary>
    private static void WriteWord(RespWriter writer, string word)
    {
        if (word.AsSpan().ContainsAnyInRange('\uDC80', '\uDCFF'))
            writer.WriteBulkString(FileText.Encode(word));
        else
            writer.WriteBulkString(word.AsSpan());
    }

    /// <summary>Tells the operator, too, why the connection is given up: such an instance is of no use until somebody looks at it.</summary>
    private LinkEnd Broken(string reason)
    {
        _site.Reports.Misbehaves(_order, reason);
        return new LinkEnd(reason);
    }

    /// <summary>Of our own hello the core learns only that the subscription is alive.</summary>
    private void Hear(ReadOnlySpan<byte> hello)
    {
        _heard++;
        Tell(_site.IsOwn(hello)
            ? _ownHello ??= new HelloHeard(_order.Link, _order.Attempt, null)
            : new HelloHeard(_order.Link, _order.Attempt, Encoding.UTF8.GetString(hello)));
    }

    private void HearSubscription(RespValue value)
    {
        if (value.Items is [var kind, _, var message] && kind.Is("message"u8) && message.TryGetText(out _))
        {
            Hear(message.Bytes.Span);
            return;
        }
        _heard++;
        Tell(new HelloHeard(_order.Link, _order.Attempt, null));
    }

    private bool TakeReply(RespValue value)
    {
        Expected expected;
        lock (Gate)
        {
            if (!_expected.TryPeek(out expected))
            {
                // A refused SUBSCRIBE is answered with an error that no request waits for.
                if (_order.Channel == LinkChannel.Subscription && value.IsError)
                    _site.Reports.Complain(_order, "SUBSCRIBE", value);
                return _order.Channel == LinkChannel.Subscription;
            }
        }
        if (expected.Request is not { } request)
        {
            Done();
            HearIntroduction(expected.Introduction!, value);
            return true;
        }
        if (ReferenceEquals(request, Request.Ping.Instance) && value.Kind is RespKind.SimpleString && value.Is("PONG"u8))
        {
            Done();
            Tell(_pong ??= new Answered(_order.Link, _order.Attempt, request, new Reply.Text("PONG")));
            return true;
        }
        Reply reply = Replies.FromWire(value);
        if (expected.Commands > 1)
        {
            _collected.Add(reply);
            if (request.IsAnswered(_collected) is not { } isAnswered)
                return false;
            if (!isAnswered)
                return true;
            reply = new Reply.List([.. _collected]);
            _collected.Clear();
        }
        Done();
        Tell(new Answered(_order.Link, _order.Attempt, request, reply));
        return true;
    }

    private void Done()
    {
        lock (Gate)
            _expected.TryDequeue(out _);
    }

    private void HearIntroduction(string command, RespValue reply)
    {
        _site.Reports.Settle(_order, "");    // with TLS 1.3 not before: it may have accepted the connection, but not us
        bool isAuthentication = command == "AUTH";
        if (isAuthentication && reply.IsError)
            _site.Reports.Complain(_order, command, reply);
        else if (_order.Credentials is null && reply.TryGetText(out string? text) && text.StartsWith("NOAUTH", StringComparison.Ordinal))
            _site.Reports.MissPassword(_order);
        else if (isAuthentication || _order.Credentials is null)
            _site.Reports.Settle(_order, "AUTH");
    }

    /// <param name="Request">Null: part of the introduction, of which the core knows nothing.</param>
    /// <param name="Introduction">The command of the introduction.</param>
    /// <param name="Commands">How many commands it is.</param>
    private readonly record struct Expected(Request? Request, string? Introduction, int Commands);
}
