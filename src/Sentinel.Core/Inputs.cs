using System.Collections.Immutable;

namespace Sentinel.Core;

/// <summary>A fact that reached this Sentinel. Named in the past tense.</summary>
public abstract record Input;

/// <summary>Time went on; whatever has become due is to be done.</summary>
public sealed record Tick : Input
{
    /// <summary>All are alike.</summary>
    public static readonly Tick Instance = new();
}

/// <summary>Everything around the core stands ready. The first input.</summary>
public sealed record Started : Input;

/// <summary>The two connections a link to a data node consists of; a link to a peer has only the first.</summary>
public enum LinkChannel
{
    /// <summary>Requests and replies.</summary>
    Command,

    /// <summary>Subscribed to the hello channel.</summary>
    Subscription,
}

/// <summary>Something about one connection of a link.</summary>
/// <param name="Link">The link.</param>
/// <param name="Attempt">The number of the <see cref="Connect"/> this connection came from; facts of an older one are stale.</param>
public abstract record LinkFact(LinkId Link, int Attempt) : Input;

/// <summary>A connection stands.</summary>
/// <param name="Link">The link.</param>
/// <param name="Attempt">The number of its <see cref="Connect"/>.</param>
/// <param name="Channel">Which of the two.</param>
/// <param name="LocalHost">Our own address on it, as peers would reach us.</param>
public sealed record LinkConnected(LinkId Link, int Attempt, LinkChannel Channel, string LocalHost) : LinkFact(Link, Attempt);

/// <summary>A connection could not be made, or ended.</summary>
/// <param name="Link">The link.</param>
/// <param name="Attempt">The number of its <see cref="Connect"/>.</param>
/// <param name="Channel">Which of the two.</param>
/// <param name="Reason">Why, in words.</param>
public sealed record LinkLost(LinkId Link, int Attempt, LinkChannel Channel, string Reason) : LinkFact(Link, Attempt)
{
    /// <summary>What that tells of the other side.</summary>
    public LinkLossCause Cause { get; init; }
}

/// <summary>What the end of a connection, or of an attempt to make one, tells of the other side.</summary>
public enum LinkLossCause
{
    /// <summary>Nothing: nobody answered in time, the host could not be reached, we are set up wrongly, or anything else.</summary>
    Unknown,

    /// <summary>The host answered that nobody listens there (<c>ECONNREFUSED</c>).</summary>
    Refused,

    /// <summary>A connection that stood was closed, or reset, by the other side.</summary>
    ClosedByPeer,
}

/// <summary>An instance answered a request.</summary>
public sealed record Answered(LinkId Link, int Attempt, Request Request, Reply Reply) : LinkFact(Link, Attempt);

/// <summary>A message came in on the hello channel of a data node.</summary>
/// <param name="Link">The node's link.</param>
/// <param name="Attempt">The number of the subscription's <see cref="Connect"/>.</param>
/// <param name="Payload">Null: other traffic of a subscription, which shows only that it is alive.</param>
public sealed record HelloHeard(LinkId Link, int Attempt, string? Payload) : LinkFact(Link, Attempt);

/// <summary>A hello was sent to us directly, with PUBLISH.</summary>
public sealed record HelloReceived(string Payload) : Input;

/// <summary>Somebody asks whether we hold a master down and, with a candidate, for our vote.</summary>
/// <param name="Id">To be answered with an <see cref="Answer.Down"/>.</param>
/// <param name="Master">The master's address; the name plays no role.</param>
/// <param name="Epoch">The asker's epoch.</param>
/// <param name="Candidate">Whom to vote for; null: no vote is asked.</param>
public sealed record DownQuestionReceived(RequestId Id, Address Master, Epoch Epoch, SentinelId? Candidate) : Input;

/// <summary>An operator orders something.</summary>
/// <param name="Id">To be answered.</param>
public abstract record Order(RequestId Id) : Input;

/// <summary>An operator wants another master now.</summary>
public sealed record FailoverRequested(RequestId Id, string MasterName) : Order(Id)
{
    /// <summary>How it is to be done.</summary>
    public FailoverOptions Options { get; init; } = new();
}

/// <summary>An operator wants to know how it stands with failing a master over. Changes nothing.</summary>
/// <param name="Id">Answered with <see cref="Answer.Fields"/>.</param>
/// <param name="MasterName">The master.</param>
public sealed record ExplanationRequested(RequestId Id, string MasterName) : Order(Id);

/// <summary>An operator has seen the last switch of a master: its cooldown (<see cref="MasterOptions.FailoverCooldown"/>) is over.</summary>
public sealed record AcknowledgeRequested(RequestId Id, string MasterName) : Order(Id);

/// <summary>An operator wants this Sentinel to start no failover of a master by itself: see <see cref="MasterOptions.PauseReason"/>.</summary>
/// <param name="Id">Answered when it is on disk.</param>
/// <param name="MasterName">The master.</param>
/// <param name="Reason">Why; null: the pause is over.</param>
public sealed record PauseRequested(RequestId Id, string MasterName, string? Reason) : Order(Id);

/// <summary>An operator adds a master.</summary>
public sealed record MonitorRequested(RequestId Id, MasterOptions Options, Address Address) : Order(Id);

/// <summary>An operator removes a master.</summary>
public sealed record RemoveRequested(RequestId Id, string MasterName) : Order(Id);

/// <summary>An operator lets this Sentinel forget what it found out about masters.</summary>
/// <param name="Id">To be answered with the number of masters.</param>
/// <param name="MasterNames">The masters, all known when the command came.</param>
public sealed record ResetRequested(RequestId Id, ImmutableArray<string> MasterNames) : Order(Id);

/// <summary>An operator lets this Sentinel forget one replica or peer of a master.</summary>
/// <param name="Id">To be answered.</param>
/// <param name="MasterName">The master.</param>
/// <param name="Identity">The run id of the replica, or the identity of the peer; null: <paramref name="Address"/> says which.</param>
/// <param name="Address">Its address; null: <paramref name="Identity"/> says which.</param>
public sealed record ForgetRequested(RequestId Id, string MasterName, string? Identity, Address? Address) : Order(Id);

/// <summary>An operator accepts what the node at a master's address has as the data of the group, whatever was known of them.</summary>
public sealed record AdoptRequested(RequestId Id, string MasterName) : Order(Id);

/// <summary>An operator changes the options of a master.</summary>
/// <param name="Id">To be answered.</param>
/// <param name="MasterName">The master.</param>
/// <param name="Changes">What to change, in order.</param>
public sealed record SetRequested(RequestId Id, string MasterName, ImmutableArray<MasterChange> Changes) : Order(Id);

/// <summary>One changed option.</summary>
/// <param name="Option">Its name.</param>
/// <param name="Shown">Its value as events show it; a password as stars.</param>
/// <param name="Apply">Gives the changed options.</param>
public sealed record MasterChange(string Option, string Shown, Func<MasterOptions, MasterOptions> Apply);

/// <summary>An operator changes what the configuration says about this Sentinel itself.</summary>
/// <param name="Id">Answered when the new options are on disk.</param>
/// <param name="Apply">Gives the changed options; what it was given is never older than what the operator saw.</param>
public sealed record OptionsChangeRequested(RequestId Id, Func<SentinelOptions, SentinelOptions> Apply) : Order(Id)
{
    /// <summary>The answer when host names may not be forbidden, for an address is known by name only. Nothing has changed then.</summary>
    public static readonly Answer NamesAreNeeded = new Answer.Refused("ERR Invalid value 'no' to SENTINEL CONFIG SET 'resolve-hostnames'");
}

/// <summary>An operator changes periods and bounds. They hold at once, for what is under way too, and until the end of this process.</summary>
/// <param name="Id">To be answered.</param>
/// <param name="Apply">Gives the changed timing.</param>
/// <param name="Error">What was wrong with the rest of the command; the changes before it stay, as in Redis. Null: nothing.</param>
public sealed record TimingChangeRequested(RequestId Id, Func<Timing, Timing> Apply, string? Error) : Order(Id);

/// <summary>An operator wants this Sentinel to die at the worst moment of the next failover that it leads.</summary>
/// <param name="Id">To be answered.</param>
/// <param name="Failures">At which moments; they take the place of those said before.</param>
public sealed record FailureSimulationRequested(RequestId Id, SimulatedFailures Failures) : Order(Id);

/// <summary>A host name was resolved.</summary>
/// <param name="Host">As in <see cref="ResolveName"/>.</param>
/// <param name="Ips">Its addresses in the resolver's order; at least one.</param>
public sealed record NameResolved(string Host, ImmutableArray<string> Ips) : Input;

/// <summary>A host name could not be resolved.</summary>
/// <param name="Host">As in <see cref="ResolveName"/>.</param>
/// <param name="Error">The system's words.</param>
/// <param name="IsPassing">Whether the resolver itself failed; else it knows that the name leads nowhere.</param>
public sealed record NameNotResolved(string Host, string Error, bool IsPassing) : Input;

/// <summary>An operator wants the state on disk.</summary>
public sealed record FlushRequested(RequestId Id) : Order(Id);

/// <summary>The state of save <paramref name="Number"/>, and all before it, is on disk to stay.</summary>
public sealed record StateSaved(SaveNumber Number) : Input;

/// <summary>The disk refused save <paramref name="Number"/>; nothing after the last <see cref="StateSaved"/> is sure.</summary>
/// <param name="Number">The save.</param>
/// <param name="Error">The system's words.</param>
public sealed record StateNotSaved(SaveNumber Number, string Error) : Input;

/// <summary>Something about a script that was to be run.</summary>
public abstract record ScriptFact : Input;

/// <summary>A script runs.</summary>
public sealed record ScriptStarted(int ProcessId) : ScriptFact;

/// <summary>A run of a script is over.</summary>
/// <param name="ProcessId">Its process.</param>
/// <param name="ExitCode">What it returned; 0 when it was killed.</param>
/// <param name="Signal">What it was killed by; 0: it ended by itself.</param>
public sealed record ScriptEnded(int ProcessId, int ExitCode, int Signal) : ScriptFact;

/// <summary>A script took too long and was killed.</summary>
public sealed record ScriptTimedOut(string Path, int ProcessId) : ScriptFact;

/// <summary>A script failed, and is not run again.</summary>
/// <param name="Path">The script.</param>
/// <param name="Signal">What killed it at last; 99: it could not be started, and that is tried again.</param>
/// <param name="ExitCode">What it returned at last.</param>
public sealed record ScriptFailed(string Path, int Signal, int ExitCode) : ScriptFact;
