using System.Collections.Concurrent;
using Sentinel.Core;
using Sentinel.Daemon.Logging;
using Sentinel.Resp;

namespace Sentinel.Daemon.Links;

/// <summary>Where links tell what they see: facts to the core, complaints to the log. Used from any thread.</summary>
/// <remarks>Links are made anew again and again; what is wrong is told once, and again when it or the credentials change.</remarks>
internal sealed class LinkReports(Action<IReadOnlyList<Input>> facts, RedisLog log)
{
    /// <summary>Instances remembered for what they do; beyond it all are forgotten, and told once more.</summary>
    private const int RememberedMax = 4096;

    /// <summary>Time before something else is told of the same instance.</summary>
    private const int PauseMs = 10_000;

    /// <summary>Characters of an instance's error in the log.</summary>
    private const int ShownMax = 200;

    private readonly ConcurrentDictionary<Address, (string How, long AtMs)> _misbehaving = new();
    private readonly ConcurrentDictionary<(Address Address, string Command), (string Text, Credentials? Credentials)> _told = new();

    /// <summary>Hands a fact to the core.</summary>
    public void Tell(Input fact) => facts([fact]);

    /// <summary>Says that an instance refused what every link begins with, and what may help.</summary>
    public void Complain(Connect link, string command, RespValue refusal)
    {
        refusal.TryGetText(out string? text);
        text = text is { Length: > ShownMax } ? text[..ShownMax] : text ?? "";
        bool isHarmless = command == "AUTH" && text.Contains("without any password configured", StringComparison.Ordinal);
        string advice = command != "AUTH" ? ""
            : isHarmless ? ". It asks for no password, so this does no harm"
            : link.Group is { } group ? $". Correct it with SENTINEL SET {group} auth-pass, and auth-user, or at the instance"
            : ". It is a Sentinel: correct sentinel-pass, and sentinel-user; without them our own requirepass is shown to it";
        Say(isHarmless ? EventLevel.Notice : EventLevel.Warning, link, command, $"{Name(link)} refuses {command}: {text.TrimEnd('.')}{advice}");
    }

    /// <summary>Says that an instance does not keep to the protocol: once, for it will do the same on the next connection.</summary>
    public void Misbehaves(Connect link, string how)
    {
        long now = Environment.TickCount64;
        if (_misbehaving.TryGetValue(link.Address, out (string How, long AtMs) told) && (told.How == how || now - told.AtMs < PauseMs))
            return;
        if (_misbehaving.Count >= RememberedMax)
            _misbehaving.Clear();
        _misbehaving[link.Address] = (how, now);
        log.Write(EventLevel.Warning, $"{link.Address} misbehaves: {how}");
    }

    /// <summary>Says that an instance asks for a password, and that none is configured.</summary>
    public void MissPassword(Connect link) =>
        Say(EventLevel.Warning, link, "AUTH", link.Group is { } group
            ? $"{Name(link)} asks for a password. Set it with SENTINEL SET {group} auth-pass, and auth-user if it is that of a user"
            : $"{Name(link)} is a Sentinel that asks for a password. Set sentinel-pass, and sentinel-user if it is that of a user");

    /// <summary>Says that a connection cannot be made as it is configured.</summary>
    public void CannotConnect(Connect link, string reason) => Say(EventLevel.Warning, link, "", $"Cannot connect to {Name(link)}: {reason}");

    /// <summary>Takes note that an instance took what it may have refused before.</summary>
    /// <param name="link">The link.</param>
    /// <param name="command">The command; empty: that a connection is made.</param>
    public void Settle(Connect link, string command) => _told.TryRemove((link.Address, command), out _);

    private void Say(EventLevel level, Connect link, string command, string text)
    {
        if (_told.TryGetValue((link.Address, command), out var told) && told == (text, link.Credentials))
            return;
        if (_told.Count >= RememberedMax)
            _told.Clear();
        _told[(link.Address, command)] = (text, link.Credentials);
        log.Write(level, text);
    }

    private static string Name(Connect link) => link.Group is { } group ? $"{link.Address} of {group}" : $"{link.Address}";
}
