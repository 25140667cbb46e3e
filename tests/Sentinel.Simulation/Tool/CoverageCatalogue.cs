using System.Collections.Immutable;
using Sentinel.Core;
using Sentinel.Simulation.Faults;
using Sentinel.Simulation.Nodes;
using Sentinel.Simulation.Sentinels;

namespace Sentinel.Simulation.Tool;

/// <summary>Everything that runs have to come across: faults, states, events, and every branch of election and failover.</summary>
/// <remarks>
/// Branches are recognised by what the core says of them: an event with its reason, or a log line. Some leave no such trace and are not
/// here: whether a master that answers again does so before or after the election; how <c>LeaderWatch</c> ends; a veto of a peer
/// against telling a stray; a failover that ends because the new master fell too (<c>+failover-end</c> alone does not tell why).
/// </remarks>
internal static class CoverageCatalogue
{
    public static ImmutableArray<CoverageEntry> Entries { get; } = [.. Faults(), .. Struck(), .. States(), .. Events(), .. Branches()];

    /// <summary>What the core can tell, and no run can come across; with the reason.</summary>
    public static ImmutableSortedDictionary<string, string> LeftOut { get; } = new Dictionary<string, string>
    {
        ["-script-error"] = "there are no scripts here",
        ["-script-timeout"] = "there are no scripts here",
        ["+script-child"] = "there are no scripts here",
        ["-script-child"] = "there are no scripts here",
        [" now, and no longer to "] = "there are no names here",
        ["Failed to resolve hostname '"] = "there are no names here",
        [" is known as "] = "there are no names here",
        [" is not watched: "] = "there are no names here",
        [" and is not followed: "] = "there are no names here: it is a hello that names one",
        ["'resolve-hostnames' stays yes: it is not known where '"] = "there are no names here",
        [" are not followed: their epochs ("] = "nobody makes up epochs, and elections do not come to 4 thousand millions of them",
        ["too many Sentinels are new or have moved"] = "nobody makes up Sentinels",
        [" are known already"] = "nobody makes up Sentinels",
        ["a majority of Sentinels is heard, and none told of another master"] = "all Sentinels here tell what they believe",
        [", and is not listed twice any more"] = "there are no names here",
        [" is not followed: "] = "nobody makes up Sentinels: it is the line of the two reasons above",
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    private static IEnumerable<CoverageEntry> Faults()
    {
        string[] kinds =
        [
            .. Each<CutDirection>(direction => $"{nameof(Partition)} {direction}"),
            .. Each<CutDirection>(direction => $"{nameof(IsolateMaster)} {direction}"),
            .. Each<CutDirection>(direction => $"{nameof(CutPair)} of Sentinels {direction}"),
            .. Each<CutDirection>(direction => $"{nameof(CutPair)} Sentinel and node {direction}"),
            nameof(CutReplication), nameof(CutFromSentinels), $"{nameof(Flap)} of a Sentinel", $"{nameof(Flap)} of a node", nameof(SlowNetwork), nameof(BreakConnections),
            nameof(KillNode), $"{nameof(KillNode)}, original configuration", nameof(EmptyNode), nameof(CutPowerOfNode), nameof(FreezeNode),
            .. Each<Illness>(illness => $"{nameof(SickenNode)} {illness}"),
            nameof(ChangePriority), $"{nameof(OrderNode)} to be a master", $"{nameof(OrderNode)} to follow", nameof(PauseWrites), nameof(HandOver),
            nameof(ReuseAddress), $"{nameof(ReuseAddress)} of a {Part.Master}, by one that may lead", $"{nameof(ReuseAddress)} of a {Part.Replica}, by one that may lead",
            nameof(KillSentinel), nameof(MoveSentinel), nameof(CutPowerOfSentinel), nameof(FreezeSentinel),
            .. Crashes(),
            nameof(FillDisk), nameof(SlowDisk), nameof(TearStateFile), nameof(DriftClock), nameof(JumpClock),
            nameof(OrderFailover), nameof(OrderPlannedSwitch), nameof(OrderAcknowledge), $"{nameof(OrderPause)} on all", $"{nameof(OrderPause)} on one",
            nameof(OrderReset), $"{nameof(OrderReset)}, without a look", nameof(OrderForget), nameof(OrderAdopt), $"{nameof(OrderAdopt)}, without a look", nameof(SetAutoForget),
            nameof(OrderRemoveAndMonitor), $"{nameof(OrderRemoveAndMonitor)}, without a look", nameof(OrderSet),
            $"{nameof(OrderSimulatedFailure)} {SimulatedFailures.CrashAfterElection}", $"{nameof(OrderSimulatedFailure)} {SimulatedFailures.CrashAfterPromotion}",
            .. Strikes(), .. StrikesOfChosen(), .. Meddlings(),
        ];
        return kinds.Select(kind => new CoverageEntry("faults", kind, $"fault {kind}"));
    }

    /// <summary>Those whose moment came, too: a fault that waits for a state, or for a save, may wait in vain.</summary>
    private static IEnumerable<CoverageEntry> Struck() => Strikes().Concat(StrikesOfChosen()).Concat(Meddlings()).Concat(Crashes()).Select(kind => new CoverageEntry("struck when the moment came", kind, $"struck {kind}"));

    private static IEnumerable<string> Crashes() =>
    [
        .. Each<SaveStage>(stage => $"{nameof(CrashInSave)} {stage}"),
        .. Each<SaveStage>(stage => $"{nameof(CrashInSave)} {stage}, with the machine"),
    ];

    private static IEnumerable<string> Strikes() =>
        from step in Enum.GetValues<FailoverStep>()
        where step is not FailoverStep.None
        from fate in Enum.GetValues<LeaderFate>()
        select $"{nameof(StrikeLeader)} in {step.Word()}: {fate}";

    private static IEnumerable<string> StrikesOfChosen() =>
        from stage in Enum.GetValues<ChosenStage>()
        from fate in Enum.GetValues<ChosenFate>()
        select $"{nameof(StrikeChosen)} when {stage}: {fate}";

    private static IEnumerable<string> Meddlings() =>
        from step in Enum.GetValues<FailoverStep>()
        where step is not FailoverStep.None
        from order in Enum.GetValues<Meddling>()
        select $"{nameof(OrderInFailover)} in {step.Word()}: {order}";

    /// <summary>By the event that tells of it: a state that is left within one step of the core is seen in no other way.</summary>
    private static IEnumerable<CoverageEntry> States() =>
        from step in Enum.GetValues<FailoverStep>()
        where step is not FailoverStep.None
        select new CoverageEntry("states of a failover", step.Word(), step is FailoverStep.WaitStart ? "event +try-failover" : $"event +failover-state-{step.Word().Replace('_', '-')}");

    private static IEnumerable<CoverageEntry> Events()
    {
        string[] names =
        [
            "+monitor", "-monitor", "+reset-master", "+set", "+pause", "-pause",
            "+slave", "+sentinel", "-slave", "-sentinel", "+sentinel-address-switch", "+sentinel-address-update", "+sentinel-invalid-addr",
            "+reboot", "+master-lost-data", "+master-foreign-data", "+master-data-adopted", "+role-change", "-role-change", "+convert-to-slave", "+fix-slave-config",
            "+sdown", "-sdown", "+odown", "-odown", "+tilt", "-tilt",
            "+new-epoch", "+vote-for-leader", "+try-failover", "+elected-leader",
            "+failover-state-select-slave", "+selected-slave", "+failover-state-send-slaveof-noone", "+failover-state-wait-promotion",
            "-promotion-failed", "+promoted-slave", "+failover-state-reconf-slaves",
            "+slave-reconf-sent", "+slave-reconf-inprog", "+slave-reconf-done", "-slave-reconf-sent-timeout", "-slave-reconf-refused", "+slave-reconf-sent-be",
            "+failover-end", "+failover-end-for-timeout", "+switch-master", "+failover-report", "+config-update-from",
            "-failover-abort-not-elected", "-failover-abort-no-good-slave", "-failover-abort-slave-timeout",
            "-cmd-link-reconnection", "-pubsub-link-reconnection",
            "+fence", "-fence", "+preflight-warning", "-preflight-warning",
        ];
        return names.Select(name => new CoverageEntry("events", name, $"event {name}"));
    }

    private static IEnumerable<CoverageEntry> Branches() =>
    [
        // Standing for election.
        Line("not tried: others may hear the new master", "No failover of * is tried: it was made the master while this Sentinel did not hear it; others may hear it, and it is given # ms",
            "No failover of mymaster is tried: it was made the master while this Sentinel did not hear it; others may hear it, and it is given 2000 ms"),
        Line("not tried: too few Sentinels", "No failover of * is tried: only # of # Sentinels can be reached, and # votes are needed",
            "No failover of mymaster is tried: only 1 of 3 Sentinels can be reached, and 2 votes are needed"),
        Line("not tried: a replica hears the master", "No failover of * is tried: the master is silent, but its replica # hears it",
            "No failover of mymaster is tried: the master is silent, but its replica 10.1.0.2:6379 hears it"),
        Line("not tried: cooldown, and a peer hears the master", "No failover of * is tried: it became the master less than # ms ago, and Sentinel # does not hold it down; 'SENTINEL ACKNOWLEDGE * ends this cooldown",
            "No failover of mymaster is tried: it became the master less than 60000 ms ago, and Sentinel 3f4b1c2d5e6f708192a3b4c5d6e7f8091a2b3c4d does not hold it down; 'SENTINEL ACKNOWLEDGE mymaster' ends this cooldown"),
        Line("not tried: cooldown, and a replica hears the master", "No failover of * is tried: it became the master less than # ms ago, and its replica # hears it; 'SENTINEL ACKNOWLEDGE * ends this cooldown",
            "No failover of mymaster is tried: it became the master less than 60000 ms ago, and its replica 10.1.0.2:6379 hears it; 'SENTINEL ACKNOWLEDGE mymaster' ends this cooldown"),
        Line("acknowledged by an operator", "The last switch of * was acknowledged by an operator: no cooldown holds the next one back",
            "The last switch of mymaster was acknowledged by an operator: no cooldown holds the next one back"),
        Line("not tried: paused", "No failover of * is tried: an operator has paused it on this Sentinel *; 'SENTINEL RESUME * ends that",
            "No failover of mymaster is tried: an operator has paused it on this Sentinel (work); 'SENTINEL RESUME mymaster' ends that"),
        Line("put off after an attempt", "Next failover delay: I will not start a failover of * before # ms have passed",
            "Next failover delay: I will not start a failover of mymaster before 1312 ms have passed"),
        Line("ordered by an operator", "Executing user requested FAILOVER of *", "Executing user requested FAILOVER of 'mymaster'"),
        Line("ordered: the epoch was another's", "Epoch # of * belongs to another leader: the ordered failover takes the next one",
            "Epoch 7 of mymaster belongs to another leader: the ordered failover takes the next one"),
        Line("ordered: no majority for its epoch", "The ordered failover of * has # of the # votes that would make epoch # its own: it goes on in one that no other Sentinel takes",
            "The ordered failover of mymaster has 1 of the 2 votes that would make epoch 7 its own: it goes on in one that no other Sentinel takes"),

        // Switches that the master takes part in.
        Line("ordered: goes on as a forced one", "The ordered failover of * goes on as a forced one, and what the master has not passed on is lost: *",
            "The ordered failover of mymaster goes on as a forced one, and what the master has not passed on is lost: the master went down"),
        Line("ordered: writes are held back", "The master of * does not hand over by itself, but is told to hold writes back: it *",
            "The master of mymaster does not hand over by itself, but is told to hold writes back: it says ERR unknown command 'FAILOVER'"),
        Line("ordered: a replica does not tell its offset", "# does not take REPLCONF GETACK from us, so that writes wait up to a second longer in a planned switch of * *",
            "10.1.0.2:6379 does not take REPLCONF GETACK from us, so that writes wait up to a second longer in a planned switch of mymaster: NOPERM"),
        Reason("-failover-abort-slave-timeout", "the master could not hand over to any replica", "the master could not hand over, and remains the master: *",
            "the master could not hand over, and remains the master: 10.1.0.2:6379 was too far"),
        Reason("-failover-abort-slave-timeout", "the master could not hand over", "the master could not hand over: *", "the master could not hand over: the master went out"),
        NotPromoted("not close in time", "# was not close to the master in time: *", "10.1.0.2:6379 was not close to the master in time: there was no time left"),
        NotPromoted("writes could not wait longer", "# did not get every byte in the # ms that writes may wait at most", "10.1.0.2:6379 did not get every byte in the 500 ms that writes may wait at most"),
        NotPromoted("the master took it back", "# did not get every byte in time, and the master goes on", "10.1.0.2:6379 did not get every byte in time, and the master goes on"),
        NotPromoted("not reached before", "# cannot be reached", "10.1.0.2:6379 cannot be reached"),
        NotPromoted("the connection to the master was lost", "the connection to the master was lost", "the connection to the master was lost"),
        NotPromoted("the connection to it was lost", "the connection to # was lost", "the connection to 10.1.0.2:6379 was lost"),
        Reason("-failover-abort-slave-timeout", "the new one is no master any more, before that was told", "# is the master no more", "10.1.0.2:6379 is the master no more"),
        Reason("-failover-abort-slave-timeout", "the new one was started anew, before that was told", "# was started anew, as a master, and may have lost what it was chosen for",
            "10.1.0.2:6379 was started anew, as a master, and may have lost what it was chosen for"),

        // Votes.
        Line("left alone: the data are another group's", "# has the data of * and is left alone although * has a replica of that address. *",
            "10.2.0.2:6379 has the data of group1, and is left alone although group2 has a replica of that address. If it is to be one, tell it to follow 10.2.0.1:6379; if not, 'SENTINEL RESET group2' on each Sentinel forgets it"),
        Line("two configurations of one epoch", "Two configurations of * have epoch # the one of # of # Sentinels, with # is taken over",
            "Two configurations of mymaster have epoch 12: the one of 2 of 3 Sentinels, with 10.1.0.2:6379, is taken over"),
        Line("left a master: most Sentinels cannot be reached", "# says that it is a master, and is left one as long as most Sentinels of * cannot be reached: they may know that it is the new one",
            "10.1.0.3:6379 says that it is a master, and is left one as long as most Sentinels of mymaster cannot be reached: they may know that it is the new one"),
        Line("a peer's vote came", "# voted for # #", "3f4b1c2d5e6f708192a3b4c5d6e7f8091a2b3c4d voted for 0f4b1c2d5e6f708192a3b4c5d6e7f8091a2b3c4d 7"),
        Line("a vote was not saved", "No vote for # in epoch # for * the vote could not be saved *",
            "No vote for 0f4b1c2d5e6f708192a3b4c5d6e7f8091a2b3c4d in epoch 7 for mymaster: the vote could not be saved (No space left on device)"),

        // Candidacies and elections that came to nothing.
        NotElected("the master answers again", "the master answers again", "the master answers again"),
        NotElected("no quorum any more", "no quorum holds the master down any more", "no quorum holds the master down any more"),
        NotElected("another one was elected", "# was elected", "0f4b1c2d5e6f708192a3b4c5d6e7f8091a2b3c4d was elected"),
        NotElected("all voted, too few for us", "# of the # votes needed", "1 of the 2 votes needed"),
        NotElected("too few voted in time", "# of the # votes needed came in time", "1 of the 2 votes needed came in time"),
        NotElected("gave way to a newer candidate", "another Sentinel stands in a newer epoch", "another Sentinel stands in a newer epoch"),
        NotElected("gave way to a newer configuration", "a newer configuration confirms the master", "a newer configuration confirms the master"),
        NotElected("gave way to a pause", "an operator has paused the master", "an operator has paused the master"),
        NotElected("own vote was not saved", "epoch and vote could not be saved: *", "epoch and vote could not be saved: No space left on device"),
        NotElected("lapsed after a pause", "this Sentinel did not run for # ms, and the others may have another leader by now",
            "this Sentinel did not run for 5012 ms, and the others may have another leader by now"),
        Line("aborted, in any way", "Failover of * in epoch # aborted: *", "Failover of mymaster in epoch 7 aborted: the master answers again"),

        // No replica to promote, by what is said against one of them.
        NoGoodReplica("none is known", "no replica is known", "no replica is known"),
        Objection("down", "it is down"),
        Objection("not connected", "it is not connected"),
        Objection("silent to PING", "it has not answered a PING lately"),
        NoGoodReplica("a replica is of priority 0", "*# its priority is #*", "10.1.0.2:6379: its priority is 0"),
        Objection("silent to INFO", "it has not answered INFO lately"),
        NoGoodReplica("a replica is another group's", "*# it has the data of *", "10.1.0.2:6379: it has the data of group1"),
        NoGoodReplica("a replica is a master itself", "*# it reports the role of a master", "10.1.0.2:6379: it reports the role of a master"),
        Objection("a master itself, and the former one follows another", "it reports the role of a master, and the master follows another one, which answers it"),
        Objection("a master itself, and the former one can be restored", "it reports the role of a master, and the master, which follows nobody who can be reached, can be told to be the master again"),
        Objection("a master itself, and a follower is waited for", "it reports the role of a master, and a replica is waited for that followed the master when it was last seen"),
        Objection("a copy of an emptied master", "it has copied what the master has now, and others have the data of the group"),
        Objection("empty since its start", "it has no keys and was never linked to the master since it started, but others have keys"),
        Objection("in its first synchronisation", "it has not synchronised with the master yet, and the master is up"),
        Objection("empty", "it never synchronised with the master"),
        Objection("of another history", "its data are of another history, and others have those of the group"),
        NoGoodReplica("the master came back without the data", "*the master is not told to be the master again, for it lost the data of the group, and another node may have those*",
            "no replica is known; the master is not told to be the master again, for it lost the data of the group, and another node may have those; 'SENTINEL ADOPT mymaster' says that it is right so"),
        NoGoodReplica("the master came back as another group's", "*the master is not told to be the master again, for it has the data of *", "no replica is known; the master is not told to be the master again, for it has the data of group1"),
        NoGoodReplica("the master follows another", "*the master says that it follows # if that is the master, let this Sentinel monitor that one", "no replica is known; the master says that it follows 10.1.0.2:6379: if that is the master, let this Sentinel monitor that one"),
        NoGoodReplica("the master is told to be it again", "*the master, which says that it is a replica, is told to be the master again", "no replica is known; the master, which says that it is a replica, is told to be the master again"),
        Objection("far behind", "its link to the master was down long before the master was"),

        // Promotions.
        NotPromoted("refused", "# refused to become master: *", "10.1.0.2:6379 refused to become master: ERR unknown command 'REPLICAOF'"),
        NotPromoted("went down", "# went down", "10.1.0.2:6379 went down"),
        NotPromoted("started anew as a master", "# was started anew, as a master, and may have lost what it was chosen for", "10.1.0.2:6379 was started anew, as a master, and may have lost what it was chosen for"),
        NotPromoted("started anew", "# was started anew, and may have lost what it was chosen for", "10.1.0.2:6379 was started anew, and may have lost what it was chosen for"),
        NotPromoted("made a master by others", "# became a master, but not by the master's own doing: it lacks # bytes of the master", "10.1.0.2:6379 became a master, but not by the master's own doing: it lacks 900 bytes of the master"),
        NotPromoted("takes no more requests", "# takes no more requests", "10.1.0.2:6379 takes no more requests"),
        NotPromoted("not in time", "# did not become master in time", "10.1.0.2:6379 did not become master in time"),
        NotPromoted("says not how far it is", "# did not say in time how far it is", "10.1.0.2:6379 did not say in time how far it is"),
        Line("promotion failed, in any way", "Promotion failed: *", "Promotion failed: 10.1.0.2:6379 went down"),
        Reason("-failover-abort-slave-timeout", "no promotion succeeded", "*tried already*", "10.1.0.2:6379 went down; 10.1.0.2:6379: tried already; 10.1.0.3:6379: it is down"),

        // What it cost.
        Reason("+failover-report", "something is lost, by force", "at least # bytes of the former master are lost; the former master was up, and what it takes until it follows is lost, too",
            "at least 1234 bytes of the former master are lost; the former master was up, and what it takes until it follows is lost, too"),
        Reason("+failover-report", "something is lost, and there was a master all the time", "at least # bytes of the former master are lost", "at least 1234 bytes of the former master are lost"),
        Reason("+failover-report", "something is lost", "at least # bytes of the former master are lost; there was no master for # ms", "at least 1234 bytes of the former master are lost; there was no master for 912 ms"),
        Reason("+failover-report", "nothing is known to be lost", "nothing is known to be lost*", "nothing is known to be lost: the new master has all that the former one was seen to have 912 ms before"),
        Reason("+failover-report", "planned", "nothing is lost*", "nothing is lost; there was no master for 12 ms"),
        Reason("+failover-report", "not known", "what is lost is not known*", "what is lost is not known, for it is not known that the data of the new master go on from those of the former one"),

        // The other replicas, and strays.
        Line("refused to follow", "* refused to follow # for * *", "10.1.0.2:6379 refused to follow 10.1.0.3:6379 for mymaster: READONLY"),
        Line("may forget its role", "* changed its role, but may forget it at a restart: CONFIG REWRITE says: *",
            "10.1.0.2:6379 of mymaster changed its role, but may forget it at a restart: CONFIG REWRITE says: ERR The server is running without a config file"),
        Line("lapsed after its promotion", "What is left of the failover of * in epoch # is left to others: *",
            "What is left of the failover of mymaster in epoch 7 is left to others: this Sentinel did not run for 5012 ms, and the others may have another leader by now"),

        // Who is forgotten.
        Reason("-slave", "by order", "by order", "by order"),
        Reason("-slave", "by itself", "down for more than # s", "down for more than 60 s"),
        Reason("-sentinel", "by order", "by order", "by order"),
        Reason("-sentinel", "by itself", "down for more than # s", "down for more than 60 s"),

        // Masters that are not what the group had.
        Line("the master counts as down for its data", "The master of * at # counts as down: *",
            "The master of mymaster at 10.1.0.1:6379 counts as down: it restarted without its data"),
        LostData("empty", "it restarted without its data: it has no keys, of history # the group had *", "it restarted without its data: it has no keys, of history n1.2000; the group had keys of history n2.1000 at offset 1234"),
        LostData("begun anew", "it restarted without its data: it has only keys written since, of history # the group had *",
            "it restarted without its data: it has only keys written since, of history n1.2000; the group had keys of history n2.1000 at offset 1234"),
        LostData("empty, and a replica is back", "it restarted without its data: * of history # a replica is back that has keys",
            "it restarted without its data: it has no keys, of history n1.2000; a replica is back that has keys"),
        Distrusted("+master-foreign-data", "another group's", "it has the data of * the group had *", "it has the data of group1; the group had keys of history n2.1000 at offset 1234"),
        Distrusted("+master-foreign-data", "nobody's", "its data are of history # which went on from # at offset # and neither is ours; the group had *",
            "its data are of history n1.3000, which went on from n1.2000 at offset 1234, and neither is ours; the group had keys of history n2.1000 at offset 1234"),
        Line("the master is believed, for the others do not doubt it", "The master of * at # is believed, although *the others of the quorum hear it, and do not doubt it",
            "The master of mymaster at 10.1.0.1:6379 is believed, although it restarted without its data: the others of the quorum hear it, and do not doubt it"),
        Line("the master is believed, for nobody has other data", "The master of * at # is believed, although *no replica that can be reached and promoted has other data of the group",
            "The master of mymaster at 10.1.0.1:6379 is believed, although it restarted without its data: no replica that can be reached and promoted has other data of the group"),

        // Writes that are held.
        Reason("+fence", "cut off", "no majority of Sentinels heard for # ms, # of # replicas attached", "no majority of Sentinels heard for 500 ms, 1 of 2 replicas attached"),
        Reason("+fence", "a former master", "it says that it is a master", "it says that it is a master"),
        Released("confirmed", "a majority of Sentinels confirms the master"),
        Released("whole", "all its replicas are attached"),
        Released("demoted", "it is no master"),
        Released("told or left", "it is told what to be, or is left alone"),
        Released("not known", "the others do not say what it is"),
        Released("cut off from the others", "no majority of Sentinels is heard"),
        Released("out of reach", "it cannot be reached"),
        Released("refused", "it is refused"),
        Released("turned off", "it was turned off"),
        Released("a planned switch holds them", "a planned switch holds them"),
        Line("holding writes is refused", "The writes of # of * cannot be held when it is to be fenced: CLIENT PAUSE says: *",
            "The writes of 10.1.0.2:6379, of mymaster, cannot be held when it is to be fenced: CLIENT PAUSE says: NOPERM this user has no permissions to run the 'client|pause' command. It must know CLIENT PAUSE WRITE and, with ACLs, grant +client|pause +client|unpause"),

        // What all this stands on.
        Reason("+sdown", "it refuses connections", "it refuses connections", "it refuses connections"),
        Line("held down for refusing connections", "* has refused connections for # ms, and so is held down",
            "master mymaster 10.1.0.1 6379 has refused connections for 500 ms, and so is held down"),
        Reason("+sdown", "it changed parts", "it has changed parts with a replica", "it has changed parts with a replica"),
        Line("held down for having changed parts", "* follows # which says that it is a master, and nobody tells of a switch: it is held down, so that the group agrees on that",
            "master mymaster 10.1.0.1 6379 follows 10.1.0.2:6379, which says that it is a master, and nobody tells of a switch: it is held down, so that the group agrees on that"),
        Line("alive, and does not count so", "* answers PING, but does not count as alive, for it says: *",
            "slave 10.1.0.2:6379 10.1.0.2 6379 @ mymaster 10.1.0.1 6379 answers PING, but does not count as alive, for it says: BUSY Redis is busy"),
        Line("another Sentinel where a peer should be", "Sentinel # announces # where * it cannot be reached",
            "Sentinel 3f4b1c2d5e6f708192a3b4c5d6e7f8091a2b3c4d announces 10.0.0.1:26379, where Sentinel 0f4b1c2d5e6f708192a3b4c5d6e7f8091a2b3c4d listens: it cannot be reached"),
        Line("saved", "Sentinel new configuration saved on disk", "Sentinel new configuration saved on disk"),
        Line("not saved", "WARNING: Sentinel was not able to save the new configuration on disk!!!: *",
            "WARNING: Sentinel was not able to save the new configuration on disk!!!: No space left on device (for 10 s now, 11 times in a row)"),
        Line("saved again", "Sentinel is able to save its configuration again: it was not for # s, # times in a row",
            "Sentinel is able to save its configuration again: it was not for 12 s, 13 times in a row"),
    ];

    private static CoverageEntry NotElected(string name, string form, string sample) => Reason("-failover-abort-not-elected", name, form, sample);

    private static CoverageEntry NotPromoted(string name, string form, string sample) => Reason("-promotion-failed", name, form, sample);

    private static CoverageEntry NoGoodReplica(string name, string form, string sample) => Reason("-failover-abort-no-good-slave", name, form, sample);

    private static CoverageEntry LostData(string name, string form, string sample) => Distrusted("+master-lost-data", name, form, sample);

    /// <summary>What speaks against a master, without the advice that follows.</summary>
    private static CoverageEntry Distrusted(string eventName, string name, string form, string sample) =>
        Reason(eventName, name, $"{form}* on each Sentinel says so", $"{sample}. If what it has now is to be the data of the group, 'SENTINEL ADOPT mymaster' on each Sentinel says so");

    private static CoverageEntry Released(string name, string reason) => Reason("-fence", name, reason, reason);

    private static CoverageEntry Objection(string name, string objection) =>
        NoGoodReplica($"a replica is {name}", $"*# {objection}*", $"10.1.0.2:6379: {objection}");

    private static CoverageEntry Reason(string eventName, string name, string form, string sample) =>
        new("branches", $"{eventName}: {name}", $"reason {eventName} {form}")
        {
            Sample = coverage => coverage.Count(new SentinelEvent(eventName, EventLevel.Warning, "") { Reason = sample }),
        };

    private static CoverageEntry Line(string name, string form, string sample) =>
        new("branches", name, $"line {form}") { Sample = coverage => coverage.CountLine(sample) };

    private static IEnumerable<string> Each<T>(Func<T, string> kind)
        where T : struct, Enum =>
        Enum.GetValues<T>().Select(kind);
}
