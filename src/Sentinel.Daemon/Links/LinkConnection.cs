using System.Buffers;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Net.Sockets;
using Sentinel.Core;
using Sentinel.Daemon.Configuration;
using Sentinel.Resp;

namespace Sentinel.Daemon.Links;

/// <summary>One outgoing connection: to a data node or peer for requests, or to a data node for hellos.</summary>
/// <remarks>
/// Requests are written by the deciding thread alone and gathered until <see cref="Flush"/>, so that those which are due
/// together leave in one packet. Replies come in order; each is handed to the core with the request it answers.
/// </remarks>
internal sealed class LinkConnection : IDisposable
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

    // A read rents its memory only when bytes are there: thousands of idle links hold none.
    private static readonly StreamPipeReaderOptions ReadOptions = new(bufferSize: 8192, minimumReadSize: 1024, leaveOpen: true, useZeroByteReads: true);

    private readonly Connect _order;
    private readonly string _clientName;
    private readonly LinkReports _reports;
    private readonly LinkTransport _transport;
    private Stream? _stream;
    private readonly CancellationTokenSource _closing = new();
    private readonly ConcurrentQueue<Expected> _expected = new();
    private readonly Lock _writing = new();
    private ArrayBufferWriter<byte> _gathered = new(256);
    private ArrayBufferWriter<byte> _leaving = new(256);
    private bool _isSending;
    private volatile bool _isClosed;

    /// <param name="order">What to connect to, and how.</param>
    /// <param name="id">Who we are: part of the connection's name.</param>
    /// <param name="transport">Makes the connection.</param>
    /// <param name="reports">Where facts and complaints go.</param>
    public LinkConnection(Connect order, SentinelId id, LinkTransport transport, LinkReports reports)
    {
        (_order, _transport, _reports) = (order, transport, reports);
        _clientName = $"sentinel-{id.Short}-{(order.Channel == LinkChannel.Command ? "cmd" : "pubsub")}";
    }

    /// <summary>The life of the connection, over when it is closed or lost. Never fails.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <summary>Begins to connect, away from the calling thread.</summary>
    public void Start() => Completion = Task.Run(RunAsync);

    /// <summary>How it ended is reported, unless it was closed on order.</summary>
    private async Task RunAsync()
    {
        string reason;
        LinkLossCause cause = LinkLossCause.Unknown;
        try
        {
            await ConnectAsync();
            (reason, cause) = await ReadAsync();
        }
        catch (SocketException failure) when (failure.SocketErrorCode == SocketError.ConnectionRefused)
        {
            (reason, cause) = ("Connection refused", LinkLossCause.Refused);
        }
        catch (SocketException failure)
        {
            reason = failure.Message;
        }
        catch (LinkSetupException failure)
        {
            reason = failure.Message;
            _reports.CannotConnect(_order, reason);
        }
        catch (IOException failure)
        {
            reason = failure.GetBaseException().Message;
            if (failure.GetBaseException() is SocketException { SocketErrorCode: SocketError.ConnectionReset })
                cause = LinkLossCause.ClosedByPeer;
            if (IsAlert(reason))
                _reports.CannotConnect(_order, $"it ended the connection with a word of TLS: {reason}");
        }
        catch (Exception failure) when (failure is OperationCanceledException or ObjectDisposedException)
        {
            reason = "closed";
        }
        catch (Exception bug)
        {
            reason = bug.ToString();    // the core must hear that the connection is over, whatever ended it
        }
        bool wasOrdered = _isClosed;
        Dispose();
        if (!wasOrdered)
            _reports.Tell(new LinkLost(_order.Link, _order.Attempt, _order.Channel, reason) { Cause = cause });
    }

    /// <summary>Gathers a request, to leave with the next <see cref="Flush"/>. Called by the deciding thread.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="renamed">Commands that the instance knows under another name: by their names in upper case.</param>
    public void Write(Request request, ImmutableSortedDictionary<string, string> renamed)
    {
        ImmutableArray<ImmutableArray<string>> commands = request.Commands;
        _expected.Enqueue(new Expected(request, null));
        lock (_writing)
        {
            var writer = new RespWriter(_gathered, RespVersion.Resp2);
            foreach (ImmutableArray<string> command in commands)
                WriteCommand(writer, renamed, command.AsSpan());
        }
    }

    /// <summary>Lets leave what was gathered. Does not wait.</summary>
    public void Flush()
    {
        lock (_writing)
        {
            if (_isSending || _gathered.WrittenCount == 0 || _isClosed)
                return;
            _isSending = true;
        }
        // Mostly the system takes it at once, and this is over when the call returns. Failures end the reading side too.
        Sending = SendAsync();
    }

    /// <summary>The sending under way.</summary>
    public Task Sending { get; private set; } = Task.CompletedTask;

    /// <summary>Ends the connection; nothing more is reported of it.</summary>
    public void Dispose()
    {
        lock (_writing)
        {
            if (_isClosed)
                return;
            _isClosed = true;
        }
        _closing.Cancel();
        _stream?.Dispose();
        _closing.Dispose();
    }

    private async Task ConnectAsync()
    {
        (Stream stream, string localHost) = await _transport.ConnectAsync(_order.Address, _closing.Token);
        lock (_writing)
        {
            if (_isClosed)
            {
                stream.Dispose();
                throw new ObjectDisposedException(nameof(LinkConnection));
            }
            _stream = stream;
        }
        Introduce();
        Flush();
        _reports.Tell(new LinkConnected(_order.Link, _order.Attempt, _order.Channel, localHost));
    }

    /// <summary>Authenticates, names the connection and subscribes. Refusals are told to the operator; PING shows what they mean.</summary>
    private void Introduce()
    {
        lock (_writing)
        {
            var writer = new RespWriter(_gathered, RespVersion.Resp2);
            if (_order.Credentials is { } credentials)
            {
                _expected.Enqueue(new Expected(null, "AUTH"));
                WriteCommand(writer, _order.RenamedCommands, credentials.User is { } user ? ["AUTH", user, credentials.Password] : ["AUTH", credentials.Password]);
            }
            _expected.Enqueue(new Expected(null, "CLIENT SETNAME"));
            WriteCommand(writer, _order.RenamedCommands, ["CLIENT", "SETNAME", _clientName]);
            if (_order.Channel == LinkChannel.Subscription)
                WriteCommand(writer, _order.RenamedCommands, ["SUBSCRIBE", HelloMessage.Channel]);
        }
    }

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

    /// <summary>Whether the other side's TLS said why it goes, most often because it does not like our certificate.</summary>
    /// <remarks>With TLS 1.3 it comes only after the handshake, which for us is over before the other side has looked at it.</remarks>
    private static bool IsAlert(string reason) => reason.Contains(" alert ", StringComparison.Ordinal);

    private async Task SendAsync()
    {
        try
        {
            while (true)
            {
                lock (_writing)
                {
                    if (_gathered.WrittenCount == 0)
                    {
                        _isSending = false;
                        return;
                    }
                    (_gathered, _leaving) = (_leaving, _gathered);
                }
                await _stream!.WriteAsync(_leaving.WrittenMemory, _closing.Token);
                _leaving.ResetWrittenCount();
            }
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The reading side sees the end too, and reports it. _isSending stays: nothing more is sent.
        }
    }

    /// <returns>Why it ended, and what that tells of the other side.</returns>
    private async Task<(string Reason, LinkLossCause Cause)> ReadAsync()
    {
        PipeReader input = PipeReader.Create(_stream!, ReadOptions);
        var replies = new RespReplyReader(ReplyLimits);
        List<Reply> collected = [];
        long second = Stopwatch.GetTimestamp();
        int heard = 0;
        while (true)
        {
            ReadResult read = await input.ReadAsync(_closing.Token);
            ReadOnlySequence<byte> buffer = read.Buffer;
            RespReadStatus status;
            while ((status = replies.TryRead(ref buffer, out RespValue value)) is RespReadStatus.Complete)
            {
                if (_order.Channel == LinkChannel.Subscription && value.Kind is RespKind.Array or RespKind.Push)
                {
                    HearSubscription(value);
                    if (++heard < HellosPerSecondMax)
                        continue;
                    // Not read, it stays with whoever sends it: neither our memory nor the other masters pay for it.
                    await RestOfSecondAsync(second);
                    (second, heard) = (Stopwatch.GetTimestamp(), 0);
                }
                else if (value.Kind is RespKind.Push)
                {
                    return Broken("it pushed what was not asked");
                }
                else if (!TakeReply(value, collected))
                {
                    return Broken("it answered what was not asked");
                }
            }
            if (status is RespReadStatus.ProtocolError)
                return Broken($"protocol error: {replies.ProtocolError}");
            input.AdvanceTo(buffer.Start);
            if (read.IsCompleted)
                return ("Server closed the connection", LinkLossCause.ClosedByPeer);
        }
    }

    /// <summary>Waits unless the messages came slowly enough.</summary>
    private async Task RestOfSecondAsync(long since)
    {
        TimeSpan rest = TimeSpan.FromSeconds(1) - Stopwatch.GetElapsedTime(since);
        if (rest <= TimeSpan.Zero)
            return;
        _reports.Misbehaves(_order, $"more than {HellosPerSecondMax} messages in a second on its hello channel; they are read no faster");
        await Task.Delay(rest, _closing.Token);
    }

    /// <summary>Tells the operator, too, why the connection is given up: such an instance is of no use until somebody looks at it.</summary>
    private (string Reason, LinkLossCause Cause) Broken(string reason)
    {
        _reports.Misbehaves(_order, reason);
        return (reason, LinkLossCause.Unknown);
    }

    private void HearSubscription(RespValue value)
    {
        string? payload = value.Items is [var kind, _, var message] && kind.Is("message"u8) && message.TryGetText(out string? text) ? text : null;
        _reports.Tell(new HelloHeard(_order.Link, _order.Attempt, payload));
    }

    private bool TakeReply(RespValue value, List<Reply> collected)
    {
        if (!_expected.TryPeek(out Expected? expected))
        {
            // A refused SUBSCRIBE is answered with an error that no request waits for.
            if (_order.Channel == LinkChannel.Subscription && value.IsError)
                _reports.Complain(_order, "SUBSCRIBE", value);
            return _order.Channel == LinkChannel.Subscription;
        }
        if (expected.Request is null)
        {
            _expected.TryDequeue(out _);
            HearIntroduction(expected.Introduction!, value);
            return true;
        }
        collected.Add(Replies.FromWire(value));
        if (expected.Request.IsAnswered(collected) is not { } isAnswered)
            return false;
        if (!isAnswered)
            return true;
        _expected.TryDequeue(out _);
        Reply reply = expected.Request.Commands.Length == 1 ? collected[0] : new Reply.List([.. collected]);
        collected.Clear();
        _reports.Tell(new Answered(_order.Link, _order.Attempt, expected.Request, reply));
        return true;
    }

    private void HearIntroduction(string command, RespValue reply)
    {
        _reports.Settle(_order, "");    // with TLS 1.3 not before: it may have accepted the connection, but not us
        bool isAuthentication = command == "AUTH";
        if (isAuthentication && reply.IsError)
            _reports.Complain(_order, command, reply);
        else if (_order.Credentials is null && reply.TryGetText(out string? text) && text.StartsWith("NOAUTH", StringComparison.Ordinal))
            _reports.MissPassword(_order);
        else if (isAuthentication || _order.Credentials is null)
            _reports.Settle(_order, "AUTH");
    }

    /// <param name="Request">Null: part of the introduction, of which the core knows nothing.</param>
    /// <param name="Introduction">The command of the introduction.</param>
    private sealed record Expected(Request? Request, string? Introduction);
}
