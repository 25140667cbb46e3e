using System.Collections.Immutable;
using System.Globalization;

namespace Sentinel.Core;

/// <summary>Something asked of an instance: one command or several, written together and answered in order.</summary>
/// <remarks>
/// The answer of a request of one command is that command's reply; of several, a <see cref="Reply.List"/> of theirs.
/// </remarks>
public abstract record Request
{
    /// <summary>The commands, each a list of words.</summary>
    public abstract ImmutableArray<ImmutableArray<string>> Commands { get; }

    /// <summary>Whether these replies are all that answer it.</summary>
    /// <param name="replies">Those that came; at least one.</param>
    /// <returns>False: more are to come. Null: they make no sense, and what comes next may be the answer to anything.</returns>
    public virtual bool? IsAnswered(IReadOnlyList<Reply> replies) => replies.Count == Commands.Length;

    /// <summary>Are you there?</summary>
    public sealed record Ping : Request
    {
        /// <summary>All are alike.</summary>
        public static readonly Ping Instance = new();

        /// <inheritdoc/>
        public override ImmutableArray<ImmutableArray<string>> Commands { get; } = One("PING");
    }

    /// <summary>What are you, and how do you stand?</summary>
    public sealed record Info : Request
    {
        /// <summary>All are alike.</summary>
        public static readonly Info Instance = new();

        /// <inheritdoc/>
        public override ImmutableArray<ImmutableArray<string>> Commands { get; } = One("INFO");
    }

    /// <summary>Tells the instance, and through it our peers, who we are and what we believe.</summary>
    public sealed record PublishHello(HelloMessage Hello) : Request
    {
        /// <inheritdoc/>
        public override ImmutableArray<ImmutableArray<string>> Commands => One("PUBLISH", HelloMessage.Channel, Hello.ToString());
    }

    /// <summary>Asks a peer whether it holds a master down and, with a candidate, for its vote.</summary>
    /// <param name="MasterName">Not sent: the peer goes by the address.</param>
    /// <param name="Master">The configured address of the master.</param>
    /// <param name="Epoch">The election's epoch; without a candidate the current one.</param>
    /// <param name="Candidate">Null: only whether the master is down.</param>
    public sealed record AskIfDown(string MasterName, Address Master, Epoch Epoch, SentinelId? Candidate) : Request
    {
        /// <inheritdoc/>
        public override ImmutableArray<ImmutableArray<string>> Commands =>
            One("SENTINEL", "is-master-down-by-addr", Master.Host, Number(Master.Port), Epoch.ToString(), Candidate?.Text ?? "*");
    }

    /// <summary>Asks a peer what it believes about a master: address, configuration epoch, failover under way.</summary>
    public sealed record AskMaster(string MasterName) : Request
    {
        /// <inheritdoc/>
        public override ImmutableArray<ImmutableArray<string>> Commands => One("SENTINEL", "MASTER", MasterName);
    }

    /// <summary>Asks a peer who it is: what it announces may be the address of another.</summary>
    public sealed record AskIdentity : Request
    {
        /// <summary>All are alike.</summary>
        public static readonly AskIdentity Instance = new();

        /// <inheritdoc/>
        public override ImmutableArray<ImmutableArray<string>> Commands { get; } = One("SENTINEL", "MYID");
    }

    /// <summary>Finds out, without any effect, whether a node takes <c>REPLICAOF</c> from us or knows only <c>SLAVEOF</c>.</summary>
    /// <remarks>
    /// A port that is no number is refused by every version after the checks of existence, arity and ACL, and before
    /// anything is done; so the error tells which of them it was.
    /// </remarks>
    public sealed record ProbeReplicaOf : Request
    {
        /// <summary>All are alike.</summary>
        public static readonly ProbeReplicaOf Instance = new();

        /// <inheritdoc/>
        public override ImmutableArray<ImmutableArray<string>> Commands { get; } = One("REPLICAOF", "probe", "not-a-port");
    }

    /// <summary>
    /// Makes a node a master or a replica in one transaction: the change, its saving, and the closing of all clients, who
    /// so ask anew where the master is. Followed in the same write by the INFO that shows the outcome.
    /// </summary>
    /// <param name="Verb">The word the node takes: <c>REPLICAOF</c> or <c>SLAVEOF</c>.</param>
    /// <param name="Master">Whom to follow; null: be a master.</param>
    public sealed record Reconfigure(string Verb, Address? Master) : Request
    {
        /// <summary>Place of EXEC among the commands.</summary>
        public const int ExecIndex = 5;

        /// <summary>Place of INFO among the commands.</summary>
        public const int InfoIndex = 6;

        /// <inheritdoc/>
        public override ImmutableArray<ImmutableArray<string>> Commands =>
        [
            ["MULTI"],
            Master is { } master ? [Verb, master.Host, Number(master.Port)] : [Verb, "NO", "ONE"],
            ["CONFIG", "REWRITE"],
            ["CLIENT", "KILL", "TYPE", "normal"],
            ["CLIENT", "KILL", "TYPE", "pubsub"],
            ["EXEC"],
            ["INFO"],
        ];
    }

    /// <summary>Lets a master hand its role over by itself: it holds writes back until the replica has every byte, and changes parts with it.</summary>
    /// <param name="Replica">Who is to be the master, by the address that the master itself calls it.</param>
    /// <param name="Timeout">After this time it goes on as the master, and writes with it.</param>
    public sealed record HandOver(Address Replica, TimeSpan Timeout) : Request
    {
        /// <inheritdoc/>
        public override ImmutableArray<ImmutableArray<string>> Commands =>
            One("FAILOVER", "TO", Replica.Host, Number(Replica.Port), "TIMEOUT", Milliseconds(Timeout));
    }

    /// <summary>Lets a node that was handed the role of the master keep it over a restart.</summary>
    public sealed record KeepRole : Request
    {
        /// <summary>All are alike.</summary>
        public static readonly KeepRole Instance = new();

        /// <inheritdoc/>
        public override ImmutableArray<ImmutableArray<string>> Commands { get; } = One("CONFIG", "REWRITE");
    }

    /// <summary>Takes <see cref="HandOver"/> back.</summary>
    public sealed record StopHandingOver : Request
    {
        /// <summary>All are alike.</summary>
        public static readonly StopHandingOver Instance = new();

        /// <inheritdoc/>
        public override ImmutableArray<ImmutableArray<string>> Commands { get; } = One("FAILOVER", "ABORT");
    }

    /// <summary>Lets a replica tell its master now how far it is, which it else does once a second.</summary>
    /// <remarks>
    /// The first command has no answer, unless it is refused. The second one is known to be wrong, and passes the same checks of
    /// existence and ACL; so one error tells that it was done, and two alike that it was not.
    /// </remarks>
    public sealed record TellOffset : Request
    {
        /// <summary>All are alike.</summary>
        public static readonly TellOffset Instance = new();

        /// <inheritdoc/>
        public override ImmutableArray<ImmutableArray<string>> Commands { get; } = [["REPLCONF", "GETACK", "*"], ["REPLCONF", "odd"]];

        /// <inheritdoc/>
        public override bool? IsAnswered(IReadOnlyList<Reply> replies) => replies switch
        {
            [Reply.Error { Message: var error }] => error.StartsWith("ERR syntax error", StringComparison.Ordinal),
            [var first, var second] when first == second => true,
            _ => null,
        };
    }

    /// <summary>Holds the writes of a master for some time, and lets it say what it has written.</summary>
    /// <param name="Lease">After this time it lets them through, whatever has become of us.</param>
    public sealed record HoldWritesAndTell(TimeSpan Lease) : Request
    {
        /// <inheritdoc/>
        public override ImmutableArray<ImmutableArray<string>> Commands => [["CLIENT", "PAUSE", Milliseconds(Lease), "WRITE"], ["INFO"]];
    }

    /// <summary>Ends a script that keeps a node busy.</summary>
    public sealed record KillScript : Request
    {
        /// <inheritdoc/>
        public override ImmutableArray<ImmutableArray<string>> Commands { get; } = One("SCRIPT", "KILL");
    }

    /// <summary>Finds out, without any effect, whether a node lets us hold its writes.</summary>
    /// <remarks>A time that is no number is refused after the checks of existence, arity and ACL, and before anything is done.</remarks>
    public sealed record ProbePause : Request
    {
        /// <summary>All are alike.</summary>
        public static readonly ProbePause Instance = new();

        /// <inheritdoc/>
        public override ImmutableArray<ImmutableArray<string>> Commands { get; } = One("CLIENT", "PAUSE", "not-a-time", "WRITE");

        /// <summary>Whether an answer means that it does.</summary>
        public static bool IsTaken(Reply reply) => reply is Reply.Error { Message: var error } && error.Contains("not an integer", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Finds out, without any effect, whether a node lets us change its role, close its clients, and end a transaction.</summary>
    /// <remarks>
    /// EXEC without MULTI, a port that is no number and a type that nobody knows are refused after the checks of existence, arity and ACL, and
    /// before anything is done. EXEC comes first of all that is tried of a transaction: without it none would come to its end.
    /// </remarks>
    /// <param name="Verb">The word to try: <c>REPLICAOF</c> or <c>SLAVEOF</c>.</param>
    public sealed record ProbeOrders(string Verb) : Request
    {
        /// <summary>The word of later versions.</summary>
        public const string ReplicaOf = "REPLICAOF";

        /// <summary>The other word.</summary>
        public string Other => Verb == ReplicaOf ? "SLAVEOF" : ReplicaOf;

        /// <inheritdoc/>
        public override ImmutableArray<ImmutableArray<string>> Commands => [["EXEC"], [Verb, "probe", "not-a-port"], ["CLIENT", "KILL", "TYPE", "probe"]];
    }

    /// <summary>Finds out whether a node lets us begin a transaction. Only for one that lets us end it.</summary>
    public sealed record ProbeTransaction : Request
    {
        /// <summary>All are alike.</summary>
        public static readonly ProbeTransaction Instance = new();

        /// <inheritdoc/>
        public override ImmutableArray<ImmutableArray<string>> Commands { get; } = [["MULTI"], ["EXEC"]];
    }

    /// <summary>Finds out, without any effect, whether a node lets us save its configuration. Only for one that takes transactions.</summary>
    /// <remarks>
    /// There is no wrong form of <c>CONFIG REWRITE</c> that passes the check of arity in every version, so it is queued, and then a word with
    /// too few arguments, for which the whole transaction is thrown away. This takes no right to <c>DISCARD</c>.
    /// </remarks>
    public sealed record ProbeRewrite : Request
    {
        /// <summary>All are alike.</summary>
        public static readonly ProbeRewrite Instance = new();

        /// <inheritdoc/>
        public override ImmutableArray<ImmutableArray<string>> Commands { get; } = [["MULTI"], ["CONFIG", "REWRITE"], ["CONFIG"], ["EXEC"]];
    }

    /// <summary>Asks a node how it is set up for its part as a replica or as a master.</summary>
    /// <remarks>One command for each, for before Redis 7.0 each takes one name. Of the password only that there is one is looked at.</remarks>
    public sealed record AskSettings : Request
    {
        /// <summary>How many there are.</summary>
        public const int Count = 4;

        /// <summary>All are alike.</summary>
        public static readonly AskSettings Instance = new();

        /// <inheritdoc/>
        public override ImmutableArray<ImmutableArray<string>> Commands { get; } =
        [
            ["CONFIG", "GET", "masterauth"],
            ["CONFIG", "GET", "masteruser"],
            ["CONFIG", "GET", "tls-replication"],
            ["CONFIG", "GET", "min-replicas-to-write"],
        ];
    }

    /// <summary>Holds the writes of a node for some time; a longer time ordered before goes on.</summary>
    public sealed record HoldWrites(TimeSpan Time) : Request
    {
        /// <inheritdoc/>
        public override ImmutableArray<ImmutableArray<string>> Commands => One("CLIENT", "PAUSE", Milliseconds(Time), "WRITE");
    }

    /// <summary>Lets the writes of a node through again, whoever held them.</summary>
    public sealed record ReleaseWrites : Request
    {
        /// <summary>All are alike.</summary>
        public static readonly ReleaseWrites Instance = new();

        /// <inheritdoc/>
        public override ImmutableArray<ImmutableArray<string>> Commands { get; } = One("CLIENT", "UNPAUSE");
    }

    /// <summary>Asks a master how many replicas acknowledge what it has written so far; those that did not yet are asked at once, unless its writes are held.</summary>
    /// <param name="Enough">It answers as soon as so many did.</param>
    /// <param name="Time">It answers after this time in any case. What follows on the connection waits meanwhile.</param>
    public sealed record CountAttached(int Enough, TimeSpan Time) : Request
    {
        /// <inheritdoc/>
        public override ImmutableArray<ImmutableArray<string>> Commands => One("WAIT", Number(Enough), Milliseconds(Time));
    }

    private static ImmutableArray<ImmutableArray<string>> One(params ImmutableArray<string> words) => [words];

    private static string Milliseconds(TimeSpan time) => ((long)Math.Ceiling(time.TotalMilliseconds)).ToString(CultureInfo.InvariantCulture);

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
