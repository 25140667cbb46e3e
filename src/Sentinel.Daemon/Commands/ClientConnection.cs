using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Sentinel.Core;
using Sentinel.Daemon.Acl;
using Sentinel.Resp;

namespace Sentinel.Daemon.Commands;

/// <summary>One client: who it is, what it may do, what it has subscribed to.</summary>
/// <remarks>
/// Written by the thread that serves its connection. Others read it for <c>CLIENT LIST</c> and INFO, and may see a value
/// that is a moment old.
/// </remarks>
internal sealed class ClientConnection(long id, EndPoint? from, EndPoint? to, ClientOutput output, AclAccount account, bool isAuthenticated, Instant now)
{
    private long _commands;
    private long _errors;
    private long _received;
    private bool _isClosing;
    private volatile AclAccount _account = account;
    private NoOutput? _unwanted;
    private HashSet<string>? _channels;
    private HashSet<string>? _patterns;

    /// <summary>Its number, never used again in this process.</summary>
    public long Id => id;

    /// <summary>Where it comes from, as <c>host:port</c>.</summary>
    public string Address => field ??= Text(from);

    /// <summary>Our side of the connection, as <c>host:port</c>.</summary>
    public string LocalAddress => field ??= Text(to);

    /// <summary>The number of the socket in this process; 0: it has none.</summary>
    public int FileDescriptor { get; init; }

    /// <summary>What goes out to it.</summary>
    public ClientOutput Output => output;

    /// <summary>When it connected.</summary>
    public Instant Since { get; } = now;

    /// <summary>When it last sent something.</summary>
    public Instant LastHeardAt { get; set; } = now;

    /// <summary>What it calls itself (<c>CLIENT SETNAME</c>); null: nothing.</summary>
    public string? Name { get; set; }

    /// <summary>The library it uses, as it says (<c>CLIENT SETINFO</c>); null: it did not say.</summary>
    public string? LibraryName { get; set; }

    /// <summary>The version of that library; null: it did not say.</summary>
    public string? LibraryVersion { get; set; }

    /// <summary>The user it acts as. Set by its own thread, and when that user is removed, by another.</summary>
    public AclAccount Account
    {
        get => _account;
        set => _account = value;
    }

    /// <summary>The name of that user.</summary>
    public string User => _account.User.Name;

    /// <summary>Whether it may call more than what strangers may.</summary>
    public bool IsAuthenticated { get; set; } = isAuthenticated;

    /// <summary>The version of the protocol it speaks.</summary>
    public RespVersion Version { get; set; } = RespVersion.Resp2;

    /// <summary>The command it asked for last, called or refused; null: none yet, or one that there is not.</summary>
    public CommandSpec? LastCommand { get; set; }

    /// <summary>Which keys it wants to be told of; null: none.</summary>
    public Tracking? Tracking { get; set; }

    /// <summary>Whether it asked not to be evicted, which no client is.</summary>
    public bool IsNoEvict { get; set; }

    /// <summary>Whether it wants replies.</summary>
    public ReplyMode ReplyMode { get; set; }

    /// <summary>Set once: what is answered is sent, then the connection is closed, and nothing more is read.</summary>
    public bool IsClosing
    {
        get => Volatile.Read(ref _isClosing);
        set => Volatile.Write(ref _isClosing, value);
    }

    /// <summary>The channels it has subscribed to. Used by <see cref="EventHub"/> alone, and by whom it asks.</summary>
    public HashSet<string> Channels => _channels ??= [];

    /// <summary>The patterns it has subscribed to. Used by <see cref="EventHub"/> alone, and by whom it asks.</summary>
    public HashSet<string> Patterns => _patterns ??= [];

    /// <summary>How many channels it has subscribed to.</summary>
    public int ChannelCount => _channels?.Count ?? 0;

    /// <summary>How many patterns it has subscribed to.</summary>
    public int PatternCount => _patterns?.Count ?? 0;

    /// <summary>Channels and patterns together, as confirmations count them.</summary>
    public int Subscriptions => ChannelCount + PatternCount;

    /// <summary>Whether it has subscribed to anything.</summary>
    public bool IsSubscribed => Subscriptions > 0;

    /// <summary>Commands called by it.</summary>
    public long Commands => Volatile.Read(ref _commands);

    /// <summary>Requests of it that were answered with an error.</summary>
    public long Errors => Volatile.Read(ref _errors);

    /// <summary>Bytes it sent.</summary>
    public long ReceivedBytes => Volatile.Read(ref _received);

    /// <summary>Where its replies are written, if it wants any.</summary>
    public RespWriter Reply => new(ReplyOutput, Version);

    /// <summary>Where the bytes of its replies go.</summary>
    public IBufferWriter<byte> ReplyOutput => ReplyMode is ReplyMode.On ? output.Writer : _unwanted ??= new NoOutput();

    /// <summary>Where what it has subscribed to is confirmed, which it hears in any case.</summary>
    public RespWriter Confirmation => new(output.Writer, Version);

    /// <summary>Takes note of a command that is about to be called.</summary>
    public void Called() => Volatile.Write(ref _commands, _commands + 1);

    /// <summary>Takes note that a request was dealt with, and the next comes.</summary>
    public void Done()
    {
        if (ReplyMode is ReplyMode.Skip or ReplyMode.SkipNext)
            ReplyMode = ReplyMode is ReplyMode.SkipNext ? ReplyMode.Skip : ReplyMode.On;
    }

    /// <summary>Takes note of an error reply.</summary>
    public void CountError() => Volatile.Write(ref _errors, _errors + 1);

    /// <summary>Takes note of what it sent.</summary>
    public void Received(long bytes, Instant at)
    {
        Volatile.Write(ref _received, _received + bytes);
        LastHeardAt = at;
    }

    /// <summary>The text of an end of a connection, as Redis writes it: IPv4 in its own form also where the socket speaks both.</summary>
    public static string Text(EndPoint? end) => end switch
    {
        IPEndPoint { Address.IsIPv4MappedToIPv6: true } ip => $"{ip.Address.MapToIPv4()}:{ip.Port}",
        UnixDomainSocketEndPoint unix => $"{unix}:0",
        _ => end?.ToString() ?? "?:0",
    };
}
