using Sentinel.Core;
using Sentinel.Resp;

namespace Sentinel.Daemon.Commands;

/// <summary>SENTINEL DEBUG: periods and bounds that are otherwise the same for everybody, for tests and for people who know.</summary>
/// <remarks>
/// They hold from the answer on, for what is under way too, and are forgotten when the process ends. Pairs before a
/// mistake stay changed, as in Redis.
/// </remarks>
internal sealed class SentinelDebug(SentinelLoop loop)
{
    // In the order in which they are shown.
    private static readonly Parameter[] Parameters =
    [
        new("INFO-PERIOD", timing => timing.InfoPeriod, (timing, time) => timing with { InfoPeriod = time }),
        new("PING-PERIOD", timing => timing.PingPeriodMax, (timing, time) => timing with { PingPeriodMax = time }),
        new("ASK-PERIOD", timing => timing.AskPeriod, (timing, time) => timing with { AskPeriod = time }),
        new("PUBLISH-PERIOD", timing => timing.PublishPeriod, (timing, time) => timing with { PublishPeriod = time }),
        new("DEFAULT-DOWN-AFTER", timing => timing.DefaultDownAfter, (timing, time) => timing with { DefaultDownAfter = time }),
        new("DEFAULT-FAILOVER-TIMEOUT", timing => timing.DefaultFailoverTimeout, (timing, time) => timing with { DefaultFailoverTimeout = time }),
        new("TILT-TRIGGER", timing => timing.TiltTrigger, (timing, time) => timing with { TiltTrigger = time }),
        new("TILT-PERIOD", timing => timing.TiltPeriod, (timing, time) => timing with { TiltPeriod = time }),
        new("SLAVE-RECONF-TIMEOUT", timing => timing.ReplicaReconfTimeout, (timing, time) => timing with { ReplicaReconfTimeout = time }),
        new("MIN-LINK-RECONNECT-PERIOD", timing => timing.MinLinkReconnectPeriod, (timing, time) => timing with { MinLinkReconnectPeriod = time }),
        new("ELECTION-TIMEOUT", timing => timing.ElectionTimeout, (timing, time) => timing with { ElectionTimeout = time }),
        new("SCRIPT-MAX-RUNTIME", timing => timing.ScriptMaxRuntime, (timing, time) => timing with { ScriptMaxRuntime = time }),
        new("SCRIPT-RETRY-DELAY", timing => timing.ScriptRetryDelay, (timing, time) => timing with { ScriptRetryDelay = time }),
    ];

    /// <summary>Shows all, or changes some.</summary>
    public Outcome Call(CommandCall call)
    {
        RespCommand words = call.Words;
        if (words.Count == 2)
            return Show(call);
        var changes = new List<Func<Timing, Timing>>();
        string? error = null;
        for (int at = 2; at < words.Count && error is null; at += 2)
        {
            string name = words.GetLatin1(at);
            Parameter? parameter = Array.Find(Parameters, parameter => parameter.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (parameter is null || at + 1 == words.Count)
                error = $"ERR Unknown option or number of arguments for SENTINEL DEBUG '{name}'";
            else if (!words.TryGetInteger(at + 1, out long milliseconds) || milliseconds <= 0)
                error = $"ERR Invalid argument '{words.GetLatin1(at + 1)}' for SENTINEL DEBUG '{name}'";
            else
                changes.Add(timing => parameter.Change(timing, TimeSpan.FromMilliseconds(Math.Min(milliseconds, int.MaxValue))));
        }
        return loop.AskAsync(id => new TimingChangeRequested(id, timing => changes.Aggregate(timing, (changed, change) => change(changed)), error));
    }

    private Outcome Show(CommandCall call)
    {
        Timing timing = loop.View.Options.Timing;
        RespWriter reply = call.Reply;
        reply.WriteMapHeader(Parameters.Length);
        foreach (Parameter parameter in Parameters)
        {
            reply.WriteBulkString(parameter.Name);
            reply.WriteBulkString((long)parameter.Read(timing).TotalMilliseconds);
        }
        return Outcome.Answered;
    }

    /// <param name="Name">As it is shown; case does not matter when it is given.</param>
    /// <param name="Read">Its value.</param>
    /// <param name="Change">Gives it another value.</param>
    private sealed record Parameter(string Name, Func<Timing, TimeSpan> Read, Func<Timing, TimeSpan, Timing> Change);
}
