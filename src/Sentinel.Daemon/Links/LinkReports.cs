using System.Collections.Concurrent;
using Sentinel.Core;
using Sentinel.Daemon.Logging;
using Sentinel.Resp;

namespace Sentinel.Daemon.Links;

/// <summary>Where links tell what they see: facts to the core, complaints to the log.</summary>
internal sealed class LinkReports(Action<Input> facts, RedisLog log)
{
    /// <summary>Instances remembered for what they do; beyond it all are forgotten, and told once more.</summary>
    private const int RememberedMax = 4096;

    /// <summary>Time before something else is told of the same instance.</summary>
    private const int PauseMs = 10_000;

    private readonly ConcurrentDictionary<Address, (string How, long AtMs)> _misbehaving = new();

    /// <summary>Hands a fact to the core.</summary>
    public void Tell(Input fact) => facts(fact);

    /// <summary>Says that an instance refused what every link begins with.</summary>
    public void Complain(Connect link, string command, RespValue refusal)
    {
        refusal.TryGetText(out string? text);
        log.Write(EventLevel.Warning, $"{link.Address} refuses {command}: {text}");
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
}
