using System.Collections.Immutable;

namespace Sentinel.Core;

/// <summary>An order to the shell, performed in the order given. Named as a command.</summary>
public abstract record Effect;

/// <summary>
/// Open a connection: authenticate, name it, for a subscription subscribe to the hello channel; then report
/// <see cref="LinkConnected"/>, and in any case one <see cref="LinkLost"/> when it is over, unless ordered to <see cref="Disconnect"/>.
/// </summary>
/// <param name="Link">The link; new ones need no announcement.</param>
/// <param name="Attempt">To be given back with every fact of this connection.</param>
/// <param name="Channel">Which connection.</param>
/// <param name="Address">Where: an IP address and a port.</param>
/// <param name="Credentials">Null: do not authenticate.</param>
public sealed record Connect(LinkId Link, int Attempt, LinkChannel Channel, Address Address, Credentials? Credentials) : Effect
{
    /// <summary>The master whose group a data node is of; null: it is another Sentinel.</summary>
    public string? Group { get; init; }

    /// <summary>Commands that it knows under another name; see <see cref="MasterOptions.RenamedCommands"/>.</summary>
    public ImmutableSortedDictionary<string, string> RenamedCommands { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}

/// <summary>Close a connection at once. Nothing more is heard of it, and what was sent on it and has not left is not to leave: it may be wrong by now.</summary>
public sealed record Disconnect(LinkId Link, LinkChannel Channel) : Effect;

/// <summary>Find out where a host name leads; its outcome is <see cref="NameResolved"/> or <see cref="NameNotResolved"/>.</summary>
/// <remarks>Not given again for a name before its outcome.</remarks>
public sealed record ResolveName(string Host) : Effect;

/// <summary>Send a request on the command connection of a link; its outcome is an <see cref="Answered"/> or a <see cref="LinkLost"/>.</summary>
public sealed record Send(LinkId Link, int Attempt, Request Request) : Effect
{
    /// <summary>Commands that the instance knows under another name; see <see cref="MasterOptions.RenamedCommands"/>.</summary>
    public ImmutableSortedDictionary<string, string> RenamedCommands { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}

/// <summary>Bring the state (<see cref="SentinelCore.State"/>) to disk; its outcome is <see cref="StateSaved"/> or <see cref="StateNotSaved"/>.</summary>
/// <remarks>Of several waiting ones only the last needs to be done: it covers those before it.</remarks>
public sealed record PersistState(SaveNumber Number) : Effect;

/// <summary>Bring what is known of all groups' data (<see cref="SentinelCore.Lineages"/>) to disk, some time. Nothing waits for it, and no outcome is told.</summary>
public sealed record KeepLineages : Effect
{
    /// <summary>All are alike.</summary>
    public static readonly KeepLineages Instance = new();
}

/// <summary>Tell an event: log, pub/sub and all other listeners.</summary>
public sealed record PublishEvent(SentinelEvent Event) : Effect;

/// <summary>Run a program of the operator's. Its end is nobody's concern here; what is told of it are <see cref="ScriptFact"/>s.</summary>
/// <param name="Path">The program, as configured.</param>
/// <param name="Arguments">What it is told.</param>
public sealed record RunScript(string Path, ImmutableArray<string> Arguments) : Effect;

/// <summary>Write a log line that is no event.</summary>
public sealed record WriteLog(EventLevel Level, string Text) : Effect;

/// <summary>End the process at once, as a crash would: nothing that was ordered after this is done.</summary>
public sealed record SimulateCrash : Effect;

/// <summary>Answer a question.</summary>
public sealed record GiveAnswer(RequestId Id, Answer Answer) : Effect;

/// <summary>What a question is answered with.</summary>
public abstract record Answer
{
    /// <summary>It was done.</summary>
    public sealed record Ok : Answer;

    /// <summary>It was refused: code word and message.</summary>
    public sealed record Refused(string Error) : Answer;

    /// <summary>A number.</summary>
    public sealed record Count(int Number) : Answer;

    /// <summary>Some words.</summary>
    public sealed record Words(ImmutableArray<string> Items) : Answer;

    /// <summary>Named values; each name occurs once.</summary>
    public sealed record Fields(ImmutableArray<KeyValuePair<string, string>> Items) : Answer;

    /// <summary>Answer to <see cref="DownQuestionReceived"/>.</summary>
    /// <param name="IsDown">Whether we hold that master down.</param>
    /// <param name="Leader">Whom we voted for; null: nobody, or no vote was asked.</param>
    /// <param name="LeaderEpoch">In which epoch.</param>
    public sealed record Down(bool IsDown, SentinelId? Leader, Epoch LeaderEpoch) : Answer;
}
