using System.Collections.Immutable;
using System.Globalization;
using System.Diagnostics.CodeAnalysis;
using Sentinel.Core;
using Sentinel.Daemon.Names;
using Sentinel.Resp;
using Host = Sentinel.Daemon.Configuration.Host;

namespace Sentinel.Daemon.Commands;

/// <summary>The subcommands of SENTINEL that the core decides: read and checked here, then asked for.</summary>
internal sealed class SentinelOrders(SentinelLoop loop, RespServerOptions options)
{
    private const string BadHost = "ERR Invalid IP address or hostname specified";

    /// <summary>FAILOVER: another master, now.</summary>
    public Outcome Failover(CommandCall call)
    {
        string name = call.Words.GetText(2);
        return FailoverArguments.TryRead(call.Words, out FailoverOptions order, out string? error)
            ? loop.AskAsync(id => new FailoverRequested(id, name) { Options = order })
            : call.Refuse(error!);
    }

    /// <summary>EXPLAIN: how it stands with failing a master over, and why. Our own.</summary>
    public Outcome Explain(CommandCall call)
    {
        string name = call.Words.GetText(2);
        return loop.AskAsync(id => new ExplanationRequested(id, name));
    }

    /// <summary>ACKNOWLEDGE: the last switch was seen, and the next one need not wait. Our own.</summary>
    public Outcome Acknowledge(CommandCall call)
    {
        string name = call.Words.GetText(2);
        return loop.AskAsync(id => new AcknowledgeRequested(id, name));
    }

    /// <summary>PAUSE: this Sentinel starts no failover of a master by itself until RESUME. The words after the name are the reason. Our own.</summary>
    public Outcome Pause(CommandCall call)
    {
        string name = call.Words.GetText(2);
        string reason = string.Join(' ', Enumerable.Range(3, call.Words.Count - 3).Select(call.Words.GetText));
        if (reason.Length > MasterOptions.PauseReasonMax || !ControlCharacters.AreAbsent(reason))
            return call.Refuse($"ERR Invalid reason: {MasterOptions.PauseReasonMax} characters at most, none of them a control character");
        return loop.AskAsync(id => new PauseRequested(id, name, reason));
    }

    /// <summary>RESUME: ends what PAUSE began. Our own.</summary>
    public Outcome Resume(CommandCall call)
    {
        string name = call.Words.GetText(2);
        return loop.AskAsync(id => new PauseRequested(id, name, Reason: null));
    }

    /// <summary>ADOPT: what the master has now is the data of the group.</summary>
    public Outcome Adopt(CommandCall call)
    {
        string name = call.Words.GetText(2);
        return loop.AskAsync(id => new AdoptRequested(id, name));
    }

    /// <summary>FLUSHCONFIG: the state to disk, now.</summary>
    public Outcome Flush(CommandCall call) => loop.AskAsync(id => new FlushRequested(id));

    /// <summary>FORGET: one replica or peer less, by its run id or its address.</summary>
    public Outcome Forget(CommandCall call)
    {
        string name = call.Words.GetText(2), who = call.Words.GetText(3);
        int colon = who.LastIndexOf(':');
        if (colon < 0 && SentinelId.TryParse(who, out SentinelId id))
            return loop.AskAsync(request => new ForgetRequested(request, name, id.Text, Address: null));
        if (colon <= 0 || !int.TryParse(who.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port) || port is 0 or > ushort.MaxValue)
            return call.Refuse($"ERR Invalid argument '{call.Words.GetLatin1(3)}' for SENTINEL FORGET: a run id (40 hexadecimal digits) or ip:port is wanted, as SENTINEL REPLICAS and SENTINEL SENTINELS show them");
        string host = who[..colon].TrimStart('[').TrimEnd(']');
        if (Host.TryReadLiteral(host, out string canonical))
            host = canonical;
        return loop.AskAsync(request => new ForgetRequested(request, name, Identity: null, new Address(host, port)));
    }

    /// <summary>IS-MASTER-DOWN-BY-ADDR: a peer asks what we hold of a master and, with a candidate, for our vote.</summary>
    /// <remarks>
    /// A candidate that is no identity gets no vote: who could claim it? An epoch below zero, which Redis would take for one
    /// near the end of all epochs, is an error here.
    /// </remarks>
    public Outcome IsMasterDown(CommandCall call) => TryAskIfMasterDown(call, out Task<Answer>? decision) ? decision : call.Refuse(CommandCall.NotAnInteger);

    /// <summary>The same, as it is asked of the core.</summary>
    public bool TryAskIfMasterDown(CommandCall call, [NotNullWhen(true)] out Task<Answer>? decision)
    {
        decision = null;
        if (!call.Words.TryGetInteger(3, out long port) || !call.Words.TryGetInteger(4, out long epoch) || epoch < 0)
            return false;
        string host = call.Words.GetText(2);
        if (Host.TryReadLiteral(host, out string canonical))
            host = canonical;
        // No master has a port out of range, so it may be any such port.
        var master = new Address(host, (int)Math.Clamp(port, -1, ushort.MaxValue + 1));
        SentinelId? candidate = SentinelId.TryParse(call.Words.GetText(5), out SentinelId id) ? id : null;
        decision = loop.AskAsync(request => new DownQuestionReceived(request, master, new Epoch((ulong)epoch), candidate));
        return true;
    }

    /// <summary>MONITOR: one more master.</summary>
    public Outcome Monitor(CommandCall call)
    {
        RespCommand words = call.Words;
        if (!words.TryGetInteger(5, out long quorum))
            return call.Refuse("ERR Invalid quorum");
        if (!words.TryGetInteger(4, out long port))
            return call.Refuse("ERR Invalid port");
        if (quorum <= 0)
            return call.Refuse("ERR Quorum must be 1 or greater.");
        string name = words.GetText(2);
        if (!IsMasterName(name))
            return call.Refuse("ERR Invalid master name: it must not be empty, and have no comma and no control character");
        string host = words.GetText(3);
        Timing timing = loop.View.Options.Timing;
        var master = new MasterOptions
        {
            Name = name,
            Quorum = (int)Math.Min(quorum, int.MaxValue),
            DownAfter = timing.DefaultDownAfter,
            FailoverTimeout = timing.DefaultFailoverTimeout,
        };
        if (Host.TryReadLiteral(host, out string canonical))
            return Monitor(master, canonical, port);
        return loop.View.Options.ResolveHostnames ? MonitorNameAsync(master, host, port) : call.Refuse(BadHost);
    }

    /// <summary>REMOVE: one master less.</summary>
    public Outcome Remove(CommandCall call)
    {
        string name = call.Words.GetText(2);
        return loop.AskAsync(id => new RemoveRequested(id, name));
    }

    /// <summary>RESET: forgets what was found out about the masters whose names match.</summary>
    public Outcome Reset(CommandCall call)
    {
        string pattern = call.Words.GetText(2);
        ImmutableArray<string> names = [.. loop.View.Masters.Keys.Where(name => Glob.Matches(pattern, name)).Order(StringComparer.Ordinal)];
        return loop.AskAsync(id => new ResetRequested(id, names));
    }

    /// <summary>SET: changes options of one master, all or none. (Redis applies those before the first mistake.)</summary>
    public Outcome Set(CommandCall call)
    {
        string name = call.Words.GetText(2);
        ImmutableArray<MasterChange> changes = MasterChanges.Read(call.Words, options, out string? error);
        return error is not null && loop.View.Masters.ContainsKey(name)
            ? call.Refuse(error)
            : loop.AskAsync(id => new SetRequested(id, name, changes));
    }

    /// <summary>SIMULATE-FAILURE: lets this Sentinel die at a moment of the next failover that it leads; <c>none</c> takes that back.</summary>
    /// <remarks>What it is to do is exactly what was said last: HELP and mistakes leave nothing behind either.</remarks>
    public Outcome SimulateFailure(CommandCall call)
    {
        SimulatedFailures failures = SimulatedFailures.None;
        bool isHelp = false;
        bool isMistake = false;
        for (int at = 2; at < call.Words.Count; at++)
        {
            switch (call.Words.GetText(at).ToLowerInvariant())
            {
                case "crash-after-election":
                    failures |= SimulatedFailures.CrashAfterElection;
                    break;
                case "crash-after-promotion":
                    failures |= SimulatedFailures.CrashAfterPromotion;
                    break;
                case "none":
                    failures = SimulatedFailures.None;
                    break;
                case "help":
                    isHelp = true;
                    break;
                default:
                    isMistake = true;
                    break;
            }
        }
        Task<Answer> done = loop.AskAsync(id => new FailureSimulationRequested(id, isHelp || isMistake ? SimulatedFailures.None : failures));
        return isMistake ? InsteadAsync(done, new Answer.Refused("ERR Unknown failure simulation specified"))
            : isHelp ? InsteadAsync(done, new Answer.Words(["crash-after-election", "crash-after-promotion"]))
            : done;
    }

    /// <summary>Answers otherwise, but not before it is done.</summary>
    private static async Task<Answer> InsteadAsync(Task<Answer> done, Answer answer)
    {
        await done;
        return answer;
    }

    /// <summary>Whether Sentinels can speak of a master by a name: a comma would make their hellos unreadable.</summary>
    private static bool IsMasterName(string name) => name.Length > 0 && !name.Contains(',', StringComparison.Ordinal) && ControlCharacters.AreAbsent(name);

    private async Task<Answer> MonitorNameAsync(MasterOptions master, string host, long port)
    {
        NameLookup found = await NameLookup.OfAsync(host);
        if (found.Ips.IsEmpty)
            return new Answer.Refused(BadHost);
        loop.TryPost(new NameResolved(host, found.Ips));    // so that its address is there as soon as the master is
        return await Monitor(master, host, port);
    }

    private Task<Answer> Monitor(MasterOptions master, string host, long port)
    {
        if (port is >= 0 and <= ushort.MaxValue)
            return loop.AskAsync(id => new MonitorRequested(id, master, new Address(host, (int)port)));
        return Task.FromResult<Answer>(new Answer.Refused("ERR Invalid port number."));
    }
}
