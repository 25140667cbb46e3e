using Sentinel.Core;
using Sentinel.Daemon.Logging;
using Sentinel.Resp;

namespace Sentinel.Daemon.Links;

/// <summary>Where links tell what they see: facts to the core, complaints to the log.</summary>
internal sealed class LinkReports(Action<Input> facts, RedisLog log)
{
    /// <summary>Hands a fact to the core.</summary>
    public void Tell(Input fact) => facts(fact);

    /// <summary>Says that an instance refused what every link begins with.</summary>
    public void Complain(Connect link, string command, RespValue refusal)
    {
        refusal.TryGetText(out string? text);
        log.Write(EventLevel.Warning, $"{link.Address} refuses {command}: {text}");
    }
}
