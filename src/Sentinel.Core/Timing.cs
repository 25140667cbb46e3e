namespace Sentinel.Core;

/// <summary>The periods and bounds that are the same for all masters.</summary>
/// <remarks>
/// Those that Redis Sentinel has carry its values; the others are what makes this one fast, and are chosen so
/// that an old peer or client cannot tell the difference.
/// </remarks>
public sealed record Timing
{
    /// <summary>Longest time between two PINGs of a healthy link. Default 1 s, as in Redis.</summary>
    public TimeSpan PingPeriodMax { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Shortest time between two PINGs, whatever <see cref="MasterOptions.DownAfter"/> says. Default 50 ms.</summary>
    public TimeSpan PingPeriodMin { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// Time between the PINGs of two data nodes: of very many each is asked less often, down to <see cref="PingPeriodMax"/>, and each at another
    /// time. Default 1 ms: a thousand PINGs a second, and more only where <see cref="PingPeriodMax"/> or <c>down-after-milliseconds</c> asks for it.
    /// </summary>
    public TimeSpan PingSpacing { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>Time between two INFO of a node when all is well. Default 10 s, as in Redis.</summary>
    public TimeSpan InfoPeriod { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time between two INFO of a replica while its master is in trouble or its link to it is down. Default 1 s, as in Redis.</summary>
    public TimeSpan InfoPeriodInTrouble { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Time between two INFO of a node that has just been told to change. Default 50 ms.</summary>
    public TimeSpan InfoPeriodOfChange { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Time between two INFO of a master and of its successor while writes are held back for a planned switch. Default 10 ms.</summary>
    public TimeSpan InfoPeriodOfHandover { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>How long a planned switch may take until the replica is the master, unless the order says. Default 5 s.</summary>
    public TimeSpan HandoverTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a master holds writes back after each time that it is asked to. Default 1 s; never longer than it may be in all.</summary>
    public TimeSpan HandoverLease { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Time between two hellos to the same instance. Default 2 s, as in Redis.</summary>
    public TimeSpan PublishPeriod { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Time between two questions to a peer whether it holds a master down. Default 1 s, as in Redis.</summary>
    public TimeSpan AskPeriod { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The same in the first seconds, towards peers that did not agree yet; a peer that does not ask back is noticed so. Default 100 ms.</summary>
    public TimeSpan AskPeriodAtFirst { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long <see cref="AskPeriodAtFirst"/> holds after a master was seen down. Default 3 s.</summary>
    public TimeSpan AskOftenFor { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long an attempt to connect may take at least, whatever <see cref="MasterOptions.DownAfter"/> says: a slow handshake would else never end. Default 1 s.</summary>
    public TimeSpan ConnectTimeoutMin { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Time between two attempts to reach a former master that went away, how long one may take, and time between two looks at one that is
    /// back: until it is told that it is none, what it takes is lost. Default 100 ms; longer with very many links.
    /// </summary>
    public TimeSpan ProbePeriod { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Age at which a connection that does not answer may be replaced, at most. Default 15 s, as in Redis.</summary>
    public TimeSpan MinLinkReconnectPeriod { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long after the one before it the next Sentinel in the order stands for election. Default 40 ms.</summary>
    /// <remarks>Longer than a vote takes: one save of the state and one round trip, usually a few milliseconds.</remarks>
    public TimeSpan StandingStagger { get; init; } = TimeSpan.FromMilliseconds(40);

    /// <summary>The same at most for slow answers, when many masters are down at once. Default 2 s.</summary>
    public TimeSpan CrowdedStaggerMax { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a candidate waits for votes. Default 1 s; never longer than the failover timeout.</summary>
    public TimeSpan ElectionTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The same at most, when many masters are down at once. Default 10 s, as Redis always waits.</summary>
    public TimeSpan ElectionTimeoutMax { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// So many masters down at once make each wait of an election longer by its own length: their elections share the Sentinels, and one
    /// that is not waited for is held again. Default 10.
    /// </summary>
    public int Crowd { get; init; } = 10;

    /// <summary>Pause after the first lost election, doubled by each further one up to <see cref="RetryPauseMax"/>. Default 100 ms.</summary>
    public TimeSpan RetryPause { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest pause between two attempts. Default 10 s.</summary>
    public TimeSpan RetryPauseMax { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>When a voter first asks the candidate it voted for how it stands. Default 300 ms after the vote.</summary>
    public TimeSpan LeaderCheckAfter { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>Time between two such questions. Default 500 ms.</summary>
    public TimeSpan LeaderCheckPeriod { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>A candidate that is not elected this long after our vote has lost. Default 1.5 s.</summary>
    public TimeSpan CandidatePatience { get; init; } = TimeSpan.FromMilliseconds(1500);

    /// <summary>A leader that is silent for this long, or for the time after which it is down if that is shorter, is not at work. Default 5 s.</summary>
    public TimeSpan LeaderSilence { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the choice of the replica waits for fresh offsets. Default 100 ms.</summary>
    public TimeSpan FreshOffsetsWait { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long a replica that was held down must be back before it is chosen: what cut it off may have cut off the master too, and those who have more. Default 1 s.</summary>
    public TimeSpan ReturnWait { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Age of the last valid PING reply and of the INFO beyond which a replica is not promoted: five PING periods, as in Redis.</summary>
    public TimeSpan SelectionFreshness => 5 * PingPeriodMax;

    /// <summary>How long one replica may take to follow the new master before the next one is told to. Default 10 s, as in Redis.</summary>
    public TimeSpan ReplicaReconfTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Pause before the peers are asked again about a stray instance. Default 500 ms.</summary>
    public TimeSpan StrayPollPeriod { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a master and a replica say that they have changed parts before they are believed, when nobody tells of a switch. Default 2 s.</summary>
    public TimeSpan ChangedPartsPatience { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a node's writes are held by one order. Should we die, they go on after this time. Default 1 s.</summary>
    public TimeSpan FenceLease { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Time between two such orders, and between two questions how many replicas are attached. Default 300 ms.</summary>
    public TimeSpan FencePeriod { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>How long a master waits for acknowledgements of its replicas before it tells how many came. Default 100 ms.</summary>
    /// <remarks>Redis looks at the clock ten times a second, so it may take twice as long. Our PINGs wait meanwhile.</remarks>
    public TimeSpan AcknowledgementWait { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Silence before the instances of a master that is monitored from now on are down. Default 30 s, as in Redis.</summary>
    public TimeSpan DefaultDownAfter { get; init; } = MasterOptions.DefaultDownAfter;

    /// <summary>Bound of each state of a failover of a master that is monitored from now on. Default 180 s, as in Redis.</summary>
    public TimeSpan DefaultFailoverTimeout { get; init; } = MasterOptions.DefaultFailoverTimeout;

    /// <summary>How long a script may run before it is killed. Default 60 s, as in Redis.</summary>
    public TimeSpan ScriptMaxRuntime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Pause before a script that failed is run again, doubled by each further failure. Default 30 s, as in Redis.</summary>
    public TimeSpan ScriptRetryDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Time between two resolutions of the name of an instance that answers. Default 5 s; longer with very many names.</summary>
    public TimeSpan NamePeriod { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The same while it cannot be reached or does not answer, and the shortest time between any two of one name. Default 1 s.</summary>
    public TimeSpan NameRetryPeriod { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long the answer to a peer waits for the resolution of a name in its question. Default 500 ms.</summary>
    public TimeSpan NameWait { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>A gap of this length in our own work means that we were not running, and starts TILT. Default 2 s, as in Redis.</summary>
    public TimeSpan TiltTrigger { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long TILT lasts at most. Default 30 s, which is how long it always lasts in Redis.</summary>
    public TimeSpan TiltPeriod { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long TILT waits for those who answered before it and do not answer now. Default 2 s.</summary>
    public TimeSpan TiltPatience { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often we look at the clock even when nothing is due, so that a gap can be told from quiet. Default 500 ms.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How old the kept offset of a master may become. Default 60 s.</summary>
    public TimeSpan LineagePeriod { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Pause before a failed save of the state is tried again. Default 1 s.</summary>
    public TimeSpan SaveRetry { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long writes may be held back in all: half of the silence after which a master is down.</summary>
    /// <remarks>A hello to a master that holds writes back waits, and with it every PING of the same Sentinel: to its peers, that master would look dead.</remarks>
    public static TimeSpan HoldMax(TimeSpan downAfter) => downAfter / 2;

    /// <summary>The PING period of an instance: <c>min(1 s, down-after / 5)</c>, not below 50 ms.</summary>
    /// <remarks>Five chances to hear from an instance before it counts as down, so that one slow reply never decides.</remarks>
    public TimeSpan PingPeriod(TimeSpan downAfter)
    {
        TimeSpan fifth = downAfter / 5;
        return fifth < PingPeriodMin ? PingPeriodMin : fifth < PingPeriodMax ? fifth : PingPeriodMax;
    }

    /// <summary>The PING period of a data node among so many links: longer with very many (<see cref="PingSpacing"/>), but it has two chances in <paramref name="downAfter"/>.</summary>
    public TimeSpan PingPeriodAmong(int links, TimeSpan downAfter)
    {
        TimeSpan usual = PingPeriod(downAfter), half = downAfter / 2, longest = half < PingPeriodMax ? half : PingPeriodMax;
        TimeSpan wanted = links * PingSpacing < longest ? links * PingSpacing : longest;
        return wanted > usual ? wanted : usual;
    }

    /// <summary>What <see cref="ProbePeriod"/> comes to with so many links: many may go to one dead host.</summary>
    public TimeSpan ProbePeriodAmong(int links) => ProbePeriod * (1 + links / 50);

    /// <summary>The PING period of a peer whose silence for <paramref name="fenceAfter"/> fences a master: it has three chances at least.</summary>
    public TimeSpan PingPeriod(TimeSpan downAfter, TimeSpan fenceAfter)
    {
        TimeSpan usual = PingPeriod(downAfter), third = fenceAfter / 3;
        return fenceAfter <= TimeSpan.Zero || third >= usual ? usual : third < PingPeriodMin ? PingPeriodMin : third;
    }
}
